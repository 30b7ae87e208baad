package io.jobrelay.db;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.dao.DataAccessException;
import org.springframework.jdbc.core.JdbcTemplate;

/**
 * Says when a PostgreSQL answers a commit that it has not flushed to the disk. The relay works on such a server, but its promise to lose no
 * callback then holds only as long as the server's power does. What counts is what a session of the relay's has, whoever has set it.
 */
public final class Durability {

    private static final Logger LOG = LoggerFactory.getLogger(Durability.class);
    /** True: a server that only speaks PostgreSQL's protocol may not know the name. */
    private static final String SETTINGS = "SELECT current_setting('fsync', true) AS fsync, current_setting('synchronous_commit', true) AS waits,"
            + " current_setting('server_encoding', true) AS encoding";
    private final JdbcTemplate jdbc;
    private final boolean asked;
    private volatile List<String> weak = List.of();

    /** @param database the relay's; of an H2 nothing needs to be asked, the relay flushes that itself */
    public Durability(Database database) {
        this.jdbc = new JdbcTemplate(database.dataSource());
        this.asked = database.kind() == Database.Kind.POSTGRESQL;
        this.jdbc.setQueryTimeout(2);
    }

    /** Asks the database, and logs what is newly wrong. One that cannot say leaves things as they were. */
    public void look() {
        List<String> found = ask();
        if (!found.equals(weak)) {
            found.forEach(LOG::warn);
            weak = found;
        }
    }

    /** @return a sentence for each setting that endangers what is answered now; as of the last look where the database cannot say */
    public List<String> ask() {
        try {
            return asked ? weaknesses(jdbc.queryForObject(SETTINGS, new Rows())) : List.of();
        } catch (DataAccessException e) {
            LOG.debug("The database does not tell how it commits", e);
            return weak;
        }
    }

    /** @return a sentence for each setting that endangers what was answered, as of the last look */
    public List<String> weak() {
        return weak;
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
            found.add(Encoding.sentence(encoding.toString()));
        }
        return found;
    }
}
