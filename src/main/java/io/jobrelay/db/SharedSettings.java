package io.jobrelay.db;

import io.jobrelay.config.StartFailure;
import io.jobrelay.protocol.Sha256;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.time.Clock;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Collections;
import java.util.List;
import org.springframework.dao.DuplicateKeyException;
import org.springframework.jdbc.core.JdbcTemplate;

/** The relay's own facts, kept where all instances see them. */
public final class SharedSettings {

    private static final String SECRET = "webhook.secret";
    private static final String DIGESTS = "webhook.secret.digests";
    private static final String ALIVE = "alive.at";
    /** Each instance says every two seconds that it is alive. */
    private static final long MOMENT_MILLIS = 5_000;
    private final JdbcTemplate jdbc;
    private final boolean alone;
    private final Clock clock;

    /**
     * @param database that holds {@code relay_setting}
     * @param clock the relay's
     */
    public SharedSettings(Database database, Clock clock) {
        this.jdbc = new JdbcTemplate(database.dataSource());
        this.alone = database.alone();
        this.clock = clock;
    }

    /**
     * Agrees with the other instances on the secrets of callback and media URLs.
     *
     * @param configured {@code relay.webhook.secret}, or empty
     * @return the first signs, all verify: those configured, and the one made at the first start that went without
     * @throws StartFailure when open jobs, or those that a running instance accepts, have URLs that none of them could verify
     */
    public List<String> secrets(List<String> configured) {
        List<String> secrets = new ArrayList<>(configured);
        if (configured.isEmpty()) {
            byte[] random = new byte[32];
            new SecureRandom().nextBytes(random);
            putIfAbsent(SECRET, Base64.getUrlEncoder().withoutPadding().encodeToString(random));
        }
        String made = get(SECRET);
        if (made != null) {
            secrets.add(made);
        }
        List<String> digests = secrets.stream().map(SharedSettings::digest).toList();
        String known = get(DIGESTS);
        if (known != null && Collections.disjoint(List.of(known.split(",")), digests) && (openJobs() || othersLive())) {
            throw new StartFailure("None of the secrets in relay.webhook.secret is one that another instance, or the last start, signs with,"
                    + " so callbacks could not be verified. Put the old secret behind the new one until the jobs open now have ended"
                    + (alone ? "." : ", in every instance."));
        }
        put(DIGESTS, String.join(",", digests));
        return secrets;
    }

    private boolean openJobs() {
        return !jdbc.queryForList("SELECT id FROM relay_job WHERE status IN ('Queued', 'InProgress') LIMIT 1", String.class).isEmpty();
    }

    private boolean othersLive() {
        String alive = alone ? null : get(ALIVE);
        return alive != null && clock.millis() - Long.parseLong(alive) < MOMENT_MILLIS;
    }

    private static String digest(String secret) {
        return Sha256.of(secret.getBytes(StandardCharsets.UTF_8)).substring(0, 16);
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

    private void put(String name, String value) {
        if (jdbc.update("UPDATE relay_setting SET value_text = ? WHERE name = ?", value, name) == 0) {
            putIfAbsent(name, value);
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
