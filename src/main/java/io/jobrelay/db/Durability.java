package io.jobrelay.db;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import javax.sql.DataSource;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.dao.DataAccessException;
import org.springframework.jdbc.BadSqlGrammarException;
import org.springframework.jdbc.core.JdbcTemplate;

/**
 * Says when a PostgreSQL answers a commit that it has not flushed to the disk, or that a standby which may be promoted does not have, and what
 * else makes it answer less well than it could. The relay works on such a server, but its promise to lose no callback then holds only as long
 * as the server's power does. What counts is what a session of the relay's has, whoever has set it.
 */
public final class Durability {

    private static final Logger LOG = LoggerFactory.getLogger(Durability.class);
    /** True: a server that only speaks PostgreSQL's protocol may not know the name. */
    private static final String SETTINGS = "SELECT current_setting('fsync', true) AS fsync, current_setting('synchronous_commit', true) AS waits,"
            + " current_setting('server_encoding', true) AS encoding";
    private final Database database;
    private volatile List<String> weak = List.of();
    private volatile List<String> rights = List.of();

    /** @param database the relay's; an H2 is flushed by the relay itself */
    public Durability(Database database) {
        this.database = database;
    }

    /** Asks the database, and logs what is newly wrong. One that cannot say leaves things as they were. */
    public void look() {
        look(database.dataSource());
    }

    /** @param dataSource of the database, perhaps a single connection: asked as {@link #look()} does */
    public void look(DataSource dataSource) {
        List<String> before = weak;
        List<String> rightsBefore = rights;
        ask(dataSource);
        weak.stream().filter(sentence -> !before.contains(sentence)).forEach(LOG::warn);
        rights.stream().filter(sentence -> !rightsBefore.contains(sentence)).forEach(LOG::warn);
    }

    /** @return a sentence for each setting that endangers what is answered now; as of the last look where the database cannot say */
    public List<String> ask() {
        ask(database.dataSource());
        return weak;
    }

    /** @return a sentence for each setting that endangers what was answered, as of the last look */
    public List<String> weak() {
        return weak;
    }

    /** @return a sentence for each right on its tables that the relay's role lacks, as of the last look */
    public List<String> rights() {
        return rights;
    }

    /** @return how a commit is kept where nothing endangers it */
    public String kept() {
        if (database.kind() == Database.Kind.H2) {
            return "H2: each commit is written and flushed by the relay. One process; for more, use PostgreSQL.";
        }
        try {
            String standbys = new Standbys(jdbc(database.dataSource())).safe();
            return "PostgreSQL: each commit is flushed" + (standbys.isEmpty() ? "." : ", and waits for " + standbys + ".");
        } catch (DataAccessException e) {
            LOG.debug("The database does not tell of standbys", e);
            return "PostgreSQL: each commit is flushed.";
        }
    }

    private void ask(DataSource dataSource) {
        JdbcTemplate jdbc = jdbc(dataSource);
        try {
            List<String> found = new ArrayList<>();
            if (database.kind() == Database.Kind.POSTGRESQL) {
                found.addAll(weaknesses(jdbc.queryForObject(SETTINGS, new RowReader())));
                found.addAll(standbys(jdbc));
                rights = new TableRights(jdbc).missing();
            }
            IsolationCheck.sentence(jdbc, database).ifPresent(found::add);
            weak = List.copyOf(found);
        } catch (DataAccessException e) {
            LOG.debug("The database does not tell how it commits", e);
        }
    }

    private List<String> standbys(JdbcTemplate jdbc) {
        try {
            return new Standbys(jdbc).weaknesses();
        } catch (BadSqlGrammarException e) {
            LOG.debug("The database does not tell of standbys", e);
            return List.of();
        }
    }

    private static JdbcTemplate jdbc(DataSource dataSource) {
        JdbcTemplate jdbc = new JdbcTemplate(dataSource);
        jdbc.setQueryTimeout(2);
        return jdbc;
    }

    private static List<String> weaknesses(Map<String, Object> settings) {
        List<String> found = new ArrayList<>();
        if ("off".equals(settings.get("fsync"))) {
            found.add("fsync is off on this PostgreSQL: when its machine stops, callbacks that were answered 200 can be lost and the whole database"
                    + " with them. Switch it on in postgresql.conf.");
        }
        if ("off".equals(settings.get("waits"))) {
            found.add("synchronous_commit is off for the relay's sessions: when PostgreSQL or its machine stops, callbacks that were answered 200"
                    + " can be lost. Switch it on for the server, the database, the role or the URL that has switched it off.");
        }
        Object encoding = settings.get("encoding");
        if (encoding != null && !"UTF8".equals(encoding)) {
            found.add(EncodingCheck.sentence(encoding.toString()));
        }
        return found;
    }
}
