package io.jobrelay.db;

import com.zaxxer.hikari.HikariDataSource;
import io.jobrelay.pool.DatabaseTrouble;
import io.jobrelay.pool.PromptThread;
import io.jobrelay.protocol.FatalErrors;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import javax.sql.DataSource;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.dao.DataAccessException;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.datasource.SingleConnectionDataSource;

/**
 * Commits something on the way that callbacks take, and says in one sentence why that cannot be done. A database may answer every query and
 * take no write, or never come back from a commit: whoever looks at its answers alone calls it well while every callback is refused.
 *
 * <p>However many ask, there is one attempt at a time, on one connection, and it is shared; one that does not come back in time is given up by
 * the driver, and until then nothing is asked anew.
 */
public final class CommitProbe {

    private static final Logger LOG = LoggerFactory.getLogger(CommitProbe.class);
    private static final String WRITE = "UPDATE relay_setting SET value_text = value_text WHERE name = 'alive.at'";
    /** Takes no row in, but the lock and the right of whoever does. A block: of a statement the driver would ask first what it is, without a bound. */
    private static final String ON_THE_WAY = "DO $$ BEGIN INSERT INTO relay_callback (job, via, received_at, verdict, body_size, body_sha256)"
            + " SELECT '', 'webhook', 0, 'New', 0, '' WHERE FALSE; " + WRITE + "; END $$";
    private static final String READ_ONLY = "SELECT pg_is_in_recovery() AS standby, current_setting('default_transaction_read_only') AS by_default";
    private static final String LOCKED = "SELECT DISTINCT l.pid FROM pg_locks l WHERE l.granted AND l.pid <> pg_backend_pid() AND l.relation IN"
            + " (to_regclass('relay_callback'), to_regclass('relay_setting')) AND l.mode NOT IN ('AccessShareLock', 'RowShareLock', 'RowExclusiveLock')";
    private static final String WAITING = "SELECT pid FROM pg_stat_activity WHERE wait_event = 'SyncRep' LIMIT 1";
    /** What does not fit into 64 kB goes to a file: 320 kB, which nobody has to clear away. */
    private static final String ROOM = "WITH room AS MATERIALIZED (SELECT repeat('x', 8000) FROM generate_series(1, 40)) SELECT COUNT(*) FROM room";
    private static final String DISK_FULL = "53100";
    private static final String REFUSED_AS_READ_ONLY = "25006";
    private static final List<String> MET_ANOTHER = List.of("40001", "40P01");
    private static final String CANCELLED = "57014";
    private static final List<String> NOT_ALLOWED_OR_NOT_THERE = List.of("42501", "42P01", "3F000");
    private static final int QUERY_SECONDS = 2;
    private static final int SILENCE_MILLIS = 2_500;
    private static final long PATIENCE_NANOS = TimeUnit.MILLISECONDS.toNanos(2_300);
    private static final long AS_IF_IT_WROTE = 1 << 20;
    private static final long FRESH_NANOS = TimeUnit.MILLISECONDS.toNanos(200);
    private static final long LOOK_MILLIS = 500;
    private static final long ROOM_NANOS = TimeUnit.SECONDS.toNanos(10);
    private static final long REMEMBERED_NANOS = TimeUnit.MINUTES.toNanos(10);
    private static final long BETWEEN_NANOS = TimeUnit.SECONDS.toNanos(2);

    private final Database database;
    private final Executor asker;
    private final Consumer<DataSource> after;
    private Attempt attempt;
    private volatile String last = "";
    private volatile String lost;
    private volatile long lostAt;
    private long roomAskedAt = System.nanoTime() - ROOM_NANOS;
    private long sessionsGivenUpAt = System.nanoTime() - BETWEEN_NANOS;

    /** One of them, from its beginning. */
    private static final class Attempt {
        private final long began = System.nanoTime();
        private final CompletableFuture<Optional<String>> verdict = new CompletableFuture<>();
        private final CompletableFuture<Void> looked = new CompletableFuture<>();
        private volatile long ended;

        boolean isFresh() {
            return !looked.isDone() || System.nanoTime() - ended < FRESH_NANOS;
        }
    }

    /**
     * @param database whose tables are there
     * @param asker one thread, so that the database is never asked twice at once
     * @param after is given the connection of each attempt that went well, for what else there is to look at
     */
    public CommitProbe(Database database, Executor asker, Consumer<DataSource> after) {
        this.database = database;
        this.asker = asker;
        this.after = after;
    }

    /** @return why nothing can be committed now, and what to do, in one sentence without secrets; empty when it can. Comes back within three seconds */
    public Optional<String> trouble() {
        Optional<String> broken = database.broken();
        if (broken.isPresent()) {
            return Optional.of("The database cannot write its file (" + broken.get().replaceFirst("; SQL statement:.*", "") + "): see to its disk, whether it"
                    + " has room and can be written; the relay opens it again by itself.");
        }
        Attempt asked = attempt();
        try {
            Optional<String> verdict = asked.verdict.get(Math.max(0, asked.began + PATIENCE_NANOS - System.nanoTime()), TimeUnit.NANOSECONDS);
            asked.looked.get(LOOK_MILLIS, TimeUnit.MILLISECONDS);
            return verdict;
        } catch (TimeoutException e) {
            return asked.verdict.isDone() ? asked.verdict.join() : Optional.of("The database does not answer: a small write has not come back within "
                    + (PATIENCE_NANOS / 100_000_000) / 10.0 + " s. See that its machine and the way to it are well." + last);
        } catch (ExecutionException e) {
            FatalErrors.see(e);
            return Optional.of(DatabaseTrouble.of(e));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return Optional.empty();
        }
    }

    /** @param failure that somebody else had with the database; what only comes and goes is remembered for a while */
    public void saw(Throwable failure) {
        if (DatabaseTrouble.isOfLostStatement(failure)) {
            lost = DatabaseTrouble.of(failure);
            lostAt = System.nanoTime();
        }
    }

    /** @return a sentence while statements get lost between here and the server */
    public List<String> losses() {
        return lost == null || System.nanoTime() - lostAt > REMEMBERED_NANOS ? List.of() : List.of(lost);
    }

    /** @return the one that is under way, or has just ended, else a new one */
    private synchronized Attempt attempt() {
        if (attempt == null || !attempt.isFresh()) {
            Attempt next = new Attempt();
            try {
                asker.execute(() -> inHurry(next));
                attempt = next;
            } catch (RejectedExecutionException e) { // everything is being stopped
                next.verdict.complete(Optional.empty());
                next.looked.complete(null);
                return next;
            }
        }
        return attempt;
    }

    /** It must not wait behind those who may, and has a bound of its own, which comes first. */
    private void inHurry(Attempt now) {
        try {
            PromptThread.with(AS_IF_IT_WROTE, () -> {
                run(now);
                return null;
            });
        } catch (Exception e) {
            now.verdict.completeExceptionally(e); // it throws none
        }
    }

    private void run(Attempt now) {
        try (Connection connection = database.dataSource().getConnection()) {
            int network = bound(connection);
            try {
                Optional<String> trouble = trouble(connection);
                last = trouble.map(sentence -> " The last attempt that ended: " + sentence).orElse("");
                now.verdict.complete(trouble);
                if (trouble.isEmpty()) {
                    after.accept(new SingleConnectionDataSource(connection, true));
                }
            } finally {
                unbound(connection, network);
            }
        } catch (SQLException | RuntimeException e) {
            FatalErrors.see(e);
            String trouble = DatabaseTrouble.of(e);
            last = " The last attempt that ended: " + trouble;
            now.verdict.complete(Optional.of(trouble));
        } catch (Throwable t) {
            now.verdict.completeExceptionally(t);
            throw t;
        } finally {
            now.ended = System.nanoTime();
            now.looked.complete(null);
        }
    }

    private Optional<String> trouble(Connection connection) {
        try {
            Optional<String> standby = write(connection) ? Optional.empty() : new Standbys(on(connection)).waitedFor();
            if (standby.isPresent()) {
                return standby;
            }
            database.flush();
            room(connection);
            return Optional.empty();
        } catch (SQLException e) {
            FatalErrors.see(e);
            if (MET_ANOTHER.stream().anyMatch(state -> DatabaseTrouble.has(e, state))) {
                return Optional.empty(); // which wrote the same row: so it can be written
            }
            String trouble = told(connection, e);
            if (DatabaseTrouble.has(e, REFUSED_AS_READ_ONLY)) {
                giveUpSessions(connection);
            }
            return Optional.of(trouble);
        }
    }

    /** @return whether the commit was waited for to its end: one that is cut short ends well, with a warning */
    private boolean write(Connection connection) throws SQLException {
        long began = System.nanoTime();
        try (Statement statement = connection.createStatement()) {
            statement.setQueryTimeout(database.bound(QUERY_SECONDS));
            if (database.kind() == Database.Kind.H2) {
                statement.executeUpdate(WRITE);
                return true;
            }
            statement.execute(ON_THE_WAY);
            return statement.getWarnings() == null && System.nanoTime() - began < TimeUnit.SECONDS.toNanos(QUERY_SECONDS);
        }
    }

    /** A small write finds room in a page that is there; a callback needs new ones. Looked at now and then, and each time while there is none. */
    private void room(Connection connection) throws SQLException {
        if (database.kind() == Database.Kind.H2 || System.nanoTime() - roomAskedAt < ROOM_NANOS) {
            return;
        }
        connection.setAutoCommit(false);
        try (Statement statement = connection.createStatement()) {
            statement.setQueryTimeout(database.bound(QUERY_SECONDS));
            statement.execute("SET LOCAL work_mem = '64kB'");
            statement.executeQuery(ROOM).close();
            roomAskedAt = System.nanoTime();
        } catch (SQLException e) {
            if (DatabaseTrouble.has(e, DISK_FULL)) {
                throw e;
            }
            roomAskedAt = System.nanoTime();
            LOG.debug("The database does not let its disk be tried", e);
        } finally {
            if (!connection.isClosed()) { // its pool may have given it up for what it said
                connection.rollback();
                connection.setAutoCommit(true);
            }
        }
    }

    /** What the code alone does not tell, the database does, as far as it can still be asked. */
    private String told(Connection connection, SQLException failure) {
        try {
            String more = database.kind() == Database.Kind.H2 ? null : connection.isClosed() ? askedAnew(failure) : asked(on(connection), failure);
            return more == null ? DatabaseTrouble.of(failure) : more;
        } catch (SQLException | DataAccessException e) {
            LOG.debug("The database does not tell more", e);
            return DatabaseTrouble.of(failure);
        }
    }

    /** On another connection: the pool has given up the one that it could not write on. */
    private String askedAnew(SQLException failure) throws SQLException {
        try (Connection another = database.dataSource().getConnection()) {
            return asked(on(another), failure);
        }
    }

    private static String asked(JdbcTemplate jdbc, SQLException failure) {
        if (DatabaseTrouble.has(failure, REFUSED_AS_READ_ONLY)) {
            Map<String, Object> why = jdbc.queryForObject(READ_ONLY, new RowReader());
            return Boolean.TRUE.equals(why.get("standby")) ? "This PostgreSQL is a standby (pg_is_in_recovery), which is read-only: promote it, or let relay.db.url"
                    + " lead to the primary (with several hosts, targetServerType=primary)."
                    : "on".equals(why.get("by_default")) ? "The database is read-only: default_transaction_read_only is on for the relay's sessions. Switch it"
                            + " off for the server, the database or the role that has it on." : null;
        }
        if (NOT_ALLOWED_OR_NOT_THERE.stream().anyMatch(state -> DatabaseTrouble.has(failure, state))) {
            TableRights rights = new TableRights(jdbc);
            List<String> lacks = rights.missing();
            return lacks.isEmpty() ? rights.closed().orElse(null) : String.join(" ", lacks);
        }
        if (DatabaseTrouble.has(failure, CANCELLED)) {
            if (!jdbc.queryForList(WAITING, Integer.class).isEmpty()) {
                return new Standbys(jdbc).waitedFor().orElse(null); // whoever waits for one has the row
            }
            List<String> holders = jdbc.queryForList(LOCKED, String.class);
            return holders.isEmpty() ? null : "The relay's tables are locked by another session, process " + String.join(", ", holders)
                    + " of the database: let it end, or end it (SELECT pg_terminate_backend(" + holders.get(0) + ")).";
        }
        return null;
    }

    private static JdbcTemplate on(Connection connection) {
        JdbcTemplate jdbc = new JdbcTemplate(new SingleConnectionDataSource(connection, true));
        jdbc.setQueryTimeout(1);
        return jdbc;
    }

    /** Sessions that were begun as read-only stay so when the database is that no more. */
    private void giveUpSessions(Connection connection) {
        try {
            DataSource pool = database.dataSource();
            if (!pool.isWrapperFor(HikariDataSource.class)) {
                connection.abort(Runnable::run);
            } else if (System.nanoTime() - sessionsGivenUpAt > BETWEEN_NANOS) {
                sessionsGivenUpAt = System.nanoTime();
                pool.unwrap(HikariDataSource.class).getHikariPoolMXBean().softEvictConnections();
            }
        } catch (SQLException e) {
            LOG.debug("The connections stay in their pool", e);
        }
    }

    /** Where the other end is gone without a word, the driver is told how long to wait for one. */
    private int bound(Connection connection) {
        try {
            int before = connection.getNetworkTimeout();
            if (before == 0 || before > SILENCE_MILLIS) {
                connection.setNetworkTimeout(Runnable::run, SILENCE_MILLIS);
            }
            return before;
        } catch (SQLException e) {
            LOG.debug("This driver waits as long as it likes", e);
            return -1;
        }
    }

    private static void unbound(Connection connection, int before) throws SQLException {
        if (before == 0 || before > SILENCE_MILLIS) {
            if (!connection.isClosed()) {
                connection.setNetworkTimeout(Runnable::run, before);
            }
        }
    }
}
