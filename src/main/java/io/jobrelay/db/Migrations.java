package io.jobrelay.db;

import io.jobrelay.config.StartFailure;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.springframework.core.io.ClassPathResource;
import org.springframework.jdbc.BadSqlGrammarException;
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

    private static final Pattern TABLE = Pattern.compile("CREATE TABLE (?:IF NOT EXISTS )?(relay_\\w+)");
    private static final List<String> SCRIPTS = List.of("V001__relay", "V002__second_outcome", "V003__api", "V004__time");
    private static final String DONE = "SELECT script FROM relay_schema";
    /** On PostgreSQL. */
    private static final String THERE = "SELECT to_regclass('relay_schema')";

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

    /**
     * Looks whether the tables are those of this program, and leaves them as they are.
     *
     * @param database of a relay
     * @throws SQLException when it cannot be read
     * @throws StartFailure when it holds no tables of a relay, or older or newer ones
     */
    public static void check(Database database) throws SQLException {
        try (Connection connection = database.dataSource().getConnection()) {
            JdbcTemplate jdbc = new JdbcTemplate(new SingleConnectionDataSource(connection, true));
            List<String> done = new ArrayList<>();
            try {
                done.addAll(jdbc.queryForList(DONE, String.class));
            } catch (BadSqlGrammarException e) {
                // there is no such table
            }
            if (done.isEmpty()) {
                throw new StartFailure("The database that relay.db.url names holds no tables of a relay. They are made when a relay starts.");
            }
            if (!done.containsAll(SCRIPTS)) {
                throw new StartFailure("The database holds an older schema than this program knows. It is brought up to date when the relay starts.");
            }
            done.removeAll(SCRIPTS);
            refuseNewer(done);
        }
    }

    /**
     * Looks as {@link #run} would, and changes nothing.
     *
     * @param database of a relay, or one that is to be one's
     * @return why its tables cannot be made, brought up to date or worked with, and what to do; empty when they can
     * @throws SQLException when it cannot be read
     */
    public static List<String> hindrances(Database database) throws SQLException {
        if (database.kind() == Database.Kind.H2) {
            return List.of();
        }
        try (Connection connection = database.dataSource().getConnection()) {
            JdbcTemplate jdbc = new JdbcTemplate(new SingleConnectionDataSource(connection, true));
            TableRights rights = new TableRights(jdbc);
            if (jdbc.queryForObject(THERE, String.class) == null) {
                return rights.hindrances();
            }
            List<String> missing = rights.missing();
            return missing.isEmpty() && !jdbc.queryForList(DONE, String.class).containsAll(SCRIPTS) ? rights.hindrancesToChange() : missing;
        }
    }

    /**
     * @param database with tables of a relay
     * @return whether a newer program has brought them up to date
     */
    public static boolean isNewer(Database database) {
        try {
            return !Set.copyOf(SCRIPTS).containsAll(new JdbcTemplate(database.dataSource()).queryForList(DONE, String.class));
        } catch (BadSqlGrammarException e) {
            return false; // there are none
        }
    }

    private static void refuseNewer(List<String> unknown) {
        if (!unknown.isEmpty()) {
            throw new StartFailure("The database holds a newer schema (" + unknown.get(0)
                    + ") than this program knows. Run the newer program, or restore a backup made before it.");
        }
    }

    /** @throws StartFailure with what hinders: somebody can cure it in the database, and the next start goes on */
    private static void refuse(List<String> hindrances) {
        if (!hindrances.isEmpty()) {
            throw StartFailure.passing(String.join(" ", hindrances), null);
        }
    }

    /** @return the names of the tables that the scripts make, their history's first */
    static List<String> tables() {
        Stream<String> made = SCRIPTS.stream().flatMap(script -> TABLE.matcher(text("io/jobrelay/db/postgresql/" + script + ".sql")).results()
                .map(match -> match.group(1)));
        return Stream.concat(Stream.of("relay_schema"), made).toList();
    }

    private static String text(String script) {
        try {
            return new ClassPathResource(script).getContentAsString(StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void run(Connection connection, Database.Kind kind, long now) {
        JdbcTemplate jdbc = new JdbcTemplate(new SingleConnectionDataSource(connection, true));
        if (kind == Database.Kind.POSTGRESQL) {
            jdbc.execute("SELECT pg_advisory_xact_lock(" + LOCK + ")");
        }
        TableRights rights = kind == Database.Kind.POSTGRESQL ? new TableRights(jdbc) : null;
        if (rights == null || jdbc.queryForObject(THERE, String.class) == null) { // IF NOT EXISTS asks for rights all the same
            refuse(rights == null ? List.of() : rights.hindrances());
            jdbc.execute("CREATE TABLE IF NOT EXISTS relay_schema (script VARCHAR(100) PRIMARY KEY, ran_at BIGINT NOT NULL)");
        } else {
            rights.check();
        }
        List<String> done = new ArrayList<>(jdbc.queryForList(DONE, String.class));
        if (rights != null && !done.isEmpty() && !done.containsAll(SCRIPTS)) {
            refuse(rights.hindrancesToChange());
        }
        for (String script : SCRIPTS) {
            if (!done.remove(script)) {
                ScriptUtils.executeSqlScript(connection, new ClassPathResource("io/jobrelay/db/" + kind.folder() + "/" + script + ".sql"));
                jdbc.update("INSERT INTO relay_schema (script, ran_at) VALUES (?, ?)", script, now);
            }
        }
        refuseNewer(done);
    }
}
