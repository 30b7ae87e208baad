package io.jobrelay.db;

import java.security.SecureRandom;
import java.util.Base64;
import java.util.List;
import org.springframework.dao.DuplicateKeyException;
import org.springframework.jdbc.core.JdbcTemplate;

/** The relay's own facts, kept where all instances see them. */
public final class Settings {

    private static final String SECRET = "webhook.secret";
    private final JdbcTemplate jdbc;

    /** @param database that holds {@code relay_setting} */
    public Settings(Database database) {
        this.jdbc = new JdbcTemplate(database.dataSource());
    }

    /**
     * @param configured {@code relay.webhook.secret}, or empty
     * @return the secrets of callback and media URLs: those configured, else the one made at the first start and kept since
     */
    public List<String> secrets(List<String> configured) {
        if (!configured.isEmpty()) {
            return configured;
        }
        byte[] random = new byte[32];
        new SecureRandom().nextBytes(random);
        putIfAbsent(SECRET, Base64.getUrlEncoder().withoutPadding().encodeToString(random));
        return List.of(get(SECRET));
    }

    /**
     * @param name of a setting
     * @return its value, or null
     */
    public String get(String name) {
        return jdbc.queryForList("SELECT value_text FROM relay_setting WHERE name = ?", String.class, name).stream().findFirst().orElse(null);
    }

    /**
     * Opens the row in which all instances agree about one API server.
     *
     * @param server base URL, or {@code sandbox}
     */
    public void knowServer(String server) {
        try {
            jdbc.update("INSERT INTO relay_api (server) SELECT ? WHERE NOT EXISTS (SELECT 1 FROM relay_api WHERE server = ?)", server, server);
        } catch (DuplicateKeyException e) {
            // another instance was first
        }
    }

    private void putIfAbsent(String name, String value) {
        try {
            jdbc.update("INSERT INTO relay_setting (name, value_text) SELECT ?, ? WHERE NOT EXISTS (SELECT 1 FROM relay_setting WHERE name = ?)",
                    name, value, name);
        } catch (DuplicateKeyException e) {
            // another instance was first: its value counts
        }
    }
}
