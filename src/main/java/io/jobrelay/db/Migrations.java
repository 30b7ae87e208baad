package io.jobrelay.db;

import io.jobrelay.config.StartFailure;
import java.io.IOException;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import org.springframework.core.io.ClassPathResource;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.datasource.SingleConnectionDataSource;
import org.springframework.jdbc.datasource.init.ScriptUtils;

/**
 * Brings the relay's tables to the present version by numbered scripts, with a history table of the relay's own. Not Flyway: its mere
 * presence on the class path makes Spring Boot run it over the host's tables.
 *
 * <p>A relay may be killed in the middle, and several may start at once. On PostgreSQL all scripts are one transaction, and one instance
 * runs them while the others wait. H2 commits each statement by itself and has one instance only; its scripts can be run again from the top.
 */
public final class Migrations {

    private static final List<String> SCRIPTS = List.of("V001__relay");

    /** Number of the lock that instances wait for, in the database's own space of numbers: "relay" in ASCII. */
    private static final long LOCK = 0x72656c6179L;

    private Migrations() {
    }

    /**
     * Runs the scripts that have not run yet, in order, each recorded with what it did.
     *
     * @param database to bring up to date
     * @param now milliseconds since the epoch, written into the history
     * @throws SQLException when a script fails
     * @throws StartFailure when the schema is newer than this program
     */
    public static void run(Database database, long now) throws SQLException {
        try (Connection connection = database.dataSource().getConnection()) {
            boolean autoCommit = connection.getAutoCommit();
            connection.setAutoCommit(false);
            try {
                run(connection, database.kind(), now);
                connection.commit();
            } catch (SQLException | RuntimeException e) {
                connection.rollback();
                throw e;
            } finally {
                connection.setAutoCommit(autoCommit);
            }
        }
    }

    private static void run(Connection connection, Database.Kind kind, long now) {
        JdbcTemplate jdbc = new JdbcTemplate(new SingleConnectionDataSource(connection, true));
        if (kind == Database.Kind.POSTGRESQL) {
            jdbc.execute("SELECT pg_advisory_xact_lock(" + LOCK + ")");
        }
        jdbc.execute("CREATE TABLE IF NOT EXISTS relay_schema (script VARCHAR(100) PRIMARY KEY, ran_at BIGINT NOT NULL)");
        List<String> done = new ArrayList<>(jdbc.queryForList("SELECT script FROM relay_schema", String.class));
        for (String script : SCRIPTS) {
            if (!done.remove(script)) {
                ScriptUtils.executeSqlScript(connection, new ClassPathResource("io/jobrelay/db/" + kind.folder() + "/" + script + ".sql"));
                jdbc.update("INSERT INTO relay_schema (script, ran_at) VALUES (?, ?)", script, now);
            }
        }
        if (!done.isEmpty()) {
            throw new StartFailure("The database holds a newer schema (" + done.get(0)
                    + ") than this program knows. Run the newer program, or restore a backup made before it.");
        }
    }
}
