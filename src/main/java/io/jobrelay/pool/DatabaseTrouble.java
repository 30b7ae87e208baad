package io.jobrelay.pool;

import io.jobrelay.protocol.Redaction;
import java.sql.SQLException;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * What a failure of the database means to whoever runs the relay, and what to do about it, by the code that the database gives it: its words
 * are in the language of its server. How often it is told does not matter, so that it costs nothing and asks nobody.
 */
public final class DatabaseTrouble {

    /** A bouncer that keeps a transaction together for nobody, in its own words, which are the same everywhere. */
    private static final String STATEMENT_POOLING = "statement pooling";
    /** Of a statement that the driver has prepared. */
    private static final Pattern DRIVERS_NAME = Pattern.compile("\\bS_\\d+\\b");
    private static final String POOL_MODE = "A pooler such as PgBouncer with pool_mode = statement stands in front of the database, and the relay needs"
            + " transactions: set pool_mode = transaction (or session) for it.";
    private static final String PREPARED = "A pooler such as PgBouncer in transaction mode stands in front of the database and loses what was prepared:"
            + " write prepareThreshold=0 into the database's URL (relay.db.url, or that of the application's DataSource).";
    private static final String STARTS = "The database takes no connections at the moment, because it starts, stops or recovers: wait, and if it stays so"
            + " see its log.";
    private static final String REFUSED = "The database refuses the role: correct relay.db.username and relay.db.password, or the role and pg_hba.conf"
            + " of the server.";
    private static final String GONE = "The relay's tables cannot be found in the database: see that the role's search_path leads to them, restore them,"
            + " or start the relay again, which makes new ones.";
    private static final String UNREACHABLE = "The database does not answer: see that it runs, that relay.db.url leads to it, and that the way is open.";
    private static final String FILES = "The database cannot read or write files of its own: see its log and its disk.";
    private static final Map<String, String> STATES = Map.ofEntries(
            Map.entry("08007", "A synchronous standby has not confirmed a commit: start it, or take it out of synchronous_standby_names and call"
                    + " pg_reload_conf()."),
            Map.entry("25006", "The database is read-only: let relay.db.url lead to the primary (with several hosts, targetServerType=primary), or switch"
                    + " default_transaction_read_only off."),
            Map.entry("26000", PREPARED), Map.entry("42P05", PREPARED),
            Map.entry("28000", REFUSED), Map.entry("28P01", REFUSED),
            Map.entry("3D000", "The database that relay.db.url names does not exist: correct the name, or make it (CREATE DATABASE)."),
            Map.entry("3F000", GONE), Map.entry("42P01", GONE),
            Map.entry("40001", "The database ends transactions that meet others: let the relay's role have READ COMMITTED"
                    + " (ALTER ROLE ... SET default_transaction_isolation = 'read committed')."),
            Map.entry("42501", "The relay's role lacks a right in the database: GRANT it; bin/relay doctor names it."),
            Map.entry("53100", "The database's disk is full: make room on it."),
            Map.entry("53200", "The database has no memory left: give its server more, or let others use less."),
            Map.entry("53300", "The database has no connection left for the relay: raise max_connections, or the CONNECTION LIMIT of the role or the"
                    + " database, or let others use fewer."),
            Map.entry("57014", "The database did not finish a small write in time: see what holds a lock on the tables relay_* (pg_locks), and its disk."),
            Map.entry("57P01", STARTS), Map.entry("57P02", STARTS), Map.entry("57P03", STARTS),
            Map.entry("58030", FILES), Map.entry("XX001", FILES), Map.entry("XX002", FILES));
    private static final Map<Integer, String> H2_CODES = Map.of(
            90_096, "The relay's user lacks a right in the database: it needs ADMIN on an H2.",
            90_097, "The database is read-only: let the relay's user write its file, on a disk that is not mounted read-only, and take"
                    + " ACCESS_MODE_DATA=r out of its URL.");
    private static final int DEEPEST = 50;

    private DatabaseTrouble() {
    }

    /**
     * @param failure whatever was thrown
     * @return what it means and the cure, with the database's own words behind it, redacted; empty where its code is none of those known here
     */
    public static Optional<String> known(Throwable failure) {
        String found = null;
        Throwable t = failure;
        for (int depth = 0; t != null && depth < DEEPEST; depth++, t = t.getCause()) { // the innermost knows best
            if (t instanceof SQLException sql) {
                String sentence = sentence(sql);
                found = sentence == null ? found : sentence + " (" + words(sql) + ")";
            }
        }
        return Optional.ofNullable(found);
    }

    /**
     * @param failure whatever was thrown by the database
     * @return what it means and the cure where that is known, else the database's own words, redacted
     */
    public static String of(Throwable failure) {
        return known(failure).orElseGet(() -> "The database cannot be used: " + Redaction.of(failure));
    }

    /**
     * @param failure whatever was thrown, by the database or not
     * @return what it means and the cure where that is known, else its own words, redacted
     */
    public static String told(Throwable failure) {
        return known(failure).orElseGet(() -> Redaction.of(failure));
    }

    /** @return whether a failure has a code, on any level of it */
    public static boolean has(Throwable failure, String state) {
        Throwable t = failure;
        for (int depth = 0; t != null && depth < DEEPEST; depth++, t = t.getCause()) {
            if (t instanceof SQLException sql && state.equals(sql.getSQLState())) {
                return true;
            }
        }
        return false;
    }

    /** @return whether a bouncer refuses to keep a transaction together */
    public static boolean isOfStatementMode(Throwable failure) {
        Throwable t = failure;
        for (int depth = 0; t != null && depth < DEEPEST; depth++, t = t.getCause()) {
            if (t instanceof SQLException sql && String.valueOf(sql.getMessage()).contains(STATEMENT_POOLING)) {
                return true;
            }
        }
        return false;
    }

    /** @return whether a server connection knows another statement, or none, by the name of one that was prepared */
    public static boolean isOfLostStatement(Throwable failure) {
        Throwable t = failure;
        for (int depth = 0; t != null && depth < DEEPEST; depth++, t = t.getCause()) {
            if (t instanceof SQLException sql && (PREPARED.equals(STATES.get(String.valueOf(sql.getSQLState()))) || isOfAnotherStatement(sql))) {
                return true;
            }
        }
        return false;
    }

    private static boolean isOfAnotherStatement(SQLException failure) {
        return "08P01".equals(failure.getSQLState()) && DRIVERS_NAME.matcher(String.valueOf(failure.getMessage())).find();
    }

    private static String sentence(SQLException failure) {
        if (isOfStatementMode(failure)) {
            return POOL_MODE;
        }
        String state = failure.getSQLState();
        if (isOfAnotherStatement(failure)) {
            return PREPARED;
        }
        if (state == null || STATES.containsKey(state)) {
            return state == null ? null : STATES.get(state);
        }
        return state.startsWith("08") && failure.getErrorCode() == 0 ? UNREACHABLE : H2_CODES.get(failure.getErrorCode());
    }

    private static String words(SQLException failure) {
        String state = failure.getSQLState();
        String first = String.valueOf(failure.getMessage()).lines().findFirst().orElse(""); // where it happened is behind that
        return (state == null ? "" : state + ": ") + Redaction.of(first).replaceFirst("(; SQL statement:.*|\\.)$", "");
    }
}
