package io.jobrelay.pool;

import com.zaxxer.hikari.HikariDataSource;
import com.zaxxer.hikari.SQLExceptionOverride;
import io.jobrelay.protocol.FatalErrors;
import io.jobrelay.protocol.Redaction;
import java.io.IOException;
import java.io.OutputStream;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.SQLTransientConnectionException;
import java.sql.Statement;
import java.time.Clock;
import java.util.Optional;
import java.util.Properties;
import java.util.Set;
import org.h2.engine.SessionLocal;
import org.h2.jdbc.JdbcConnection;
import org.h2.mvstore.FileStore;
import org.h2.store.fs.FileUtils;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.jdbc.datasource.AbstractDataSource;

/**
 * Opens an H2 again that could not write its file, because the disk is full, say. H2 closes the file then and refuses every statement from
 * there on, with room again too, for as long as one of its connections is left; what it had committed is in the file.
 *
 * <p>From the first such failure nobody gets a connection. Once a second the file is closed for good, so that nobody who still writes into
 * the old one can meet the new one, the database is opened, and asked to write, with room to spare: it finds some inside its own file, and
 * would otherwise come and go with every few callbacks. Only then it is used again. After an Error, or where something else than the disk keeps
 * it closed, no waiting helps: a relay that runs by itself ends then, and is started again.
 *
 * <p>It takes H2's session and store into its hands because no statement can: {@code SHUTDOWN IMMEDIATELY} is refused on a database that has
 * closed itself, and as long as one connection to that one is left, every new one meets it.
 */
public final class H2Reopening extends AbstractDataSource implements SQLExceptionOverride, AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(H2Reopening.class);
    /** H2's codes for a file that cannot be read or written, one found broken, and a database that was closed under its users for that. */
    private static final Set<Integer> SIGNS = Set.of(90_028, 90_031, 90_030, 90_098, 90_121);
    /** What H2 says of a database whose file it could only open to read, as on a disk that has become read-only. */
    private static final int READ_ONLY = 90_097;
    private static final long PAUSE_MILLIS = 1_000;
    private static final int ROOM = 4 << 20;
    /** Of tries that failed by something else than the disk: what is left of the old database in this process does not go by waiting. */
    private static final int MOST_TRIES = 10;
    private final String url;
    private final Properties properties;
    private final Clock clock;
    private HikariDataSource pool;
    private Held held;
    private int vain;
    private volatile String broken;

    /** A connection that keeps the database open, and what must be closed with it, taken while all was well. */
    private record Held(Connection connection, org.h2.engine.Database database, FileStore<?> store) {
    }

    /**
     * @param url of an H2 in a file that this process alone has open
     * @param properties of a connection, user and password among them
     * @param clock the relay's
     */
    public H2Reopening(String url, Properties properties, Clock clock) {
        this.url = url;
        this.properties = properties;
        this.clock = clock;
    }

    /**
     * @param opened the pool that has its connections from here
     * @throws SQLException when there is none to be had
     */
    public synchronized void of(HikariDataSource opened) throws SQLException {
        pool = opened;
        held = hold();
    }

    /** @return why the database cannot be used at the moment, without secrets; empty when it can */
    public Optional<String> broken() {
        return Optional.ofNullable(broken);
    }

    @java.lang.Override
    public Connection getConnection() throws SQLException {
        if (broken != null) {
            throw new SQLTransientConnectionException("The database is being opened again");
        }
        return DriverManager.getConnection(url, properties);
    }

    @java.lang.Override
    public Connection getConnection(String user, String password) throws SQLException {
        return getConnection(); // they stand in the properties
    }

    @java.lang.Override
    public Override adjudicate(SQLException failure) {
        FatalErrors.see(failure); // H2 wraps what it ran out of
        if (SIGNS.contains(failure.getErrorCode())) {
            begin(failure);
        }
        return Override.CONTINUE_EVICT; // they all go together, below
    }

    private synchronized void begin(SQLException failure) {
        if (broken == null && pool != null && !pool.isClosed()) {
            broken = Redaction.of(failure);
            LOG.warn("The database could not write its file and is opened again until it can: {}", broken);
            Thread thread = new Thread(this::untilItWrites, "relay-reopen-database");
            thread.setDaemon(true);
            thread.start();
        }
    }

    private void untilItWrites() {
        while (!tried()) {
            try {
                Thread.sleep(PAUSE_MILLIS);
            } catch (InterruptedException e) {
                return;
            }
        }
    }

    private synchronized boolean tried() {
        if (pool.isClosed()) {
            return true;
        }
        try {
            drop();
            pool.getHikariPoolMXBean().softEvictConnections();
            held = hold();
            write(held.connection);
            spare(held.store.getFileName() + ".room");
            broken = null;
            vain = 0;
            LOG.info("The database writes again.");
            return true;
        } catch (Throwable e) { // whatever it is, this thread is the only one that can open it again
            broken = Redaction.of(e);
            FatalErrors.see(e);
            vain = ofDisk(e) ? 0 : vain + 1;
            if (vain == MOST_TRIES) {
                FatalErrors.give("the database does not open again, " + broken);
            }
            return false;
        }
    }

    private static boolean ofDisk(Throwable failure) {
        for (Throwable t = failure; t != null; t = t.getCause()) {
            if (t instanceof IOException || t instanceof SQLException sql && sql.getErrorCode() == READ_ONLY) {
                return true;
            }
        }
        return false;
    }

    private Held hold() throws SQLException {
        Connection connection = DriverManager.getConnection(url, properties);
        org.h2.engine.Database database = ((SessionLocal) connection.unwrap(JdbcConnection.class).getSession()).getDatabase();
        return new Held(connection, database, database.getStore().getMvStore().getFileStore());
    }

    /** The file first: whoever still has the old database in his hands cannot write any more. */
    private void drop() {
        if (held != null) {
            quietly(held.store::close);
            quietly(held.database::shutdownImmediately);
            quietly(held.connection::close);
            held = null;
        }
    }

    private interface Step {
        void run() throws Exception;
    }

    private static void quietly(Step step) {
        try {
            step.run();
        } catch (Throwable e) {
            FatalErrors.see(e);
            LOG.debug("As it should be: it is closed already", e);
        }
    }

    /** A row that nobody reads on H2, flushed as what is answered is. */
    private void write(Connection connection) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute("UPDATE relay_setting SET value_text = '" + clock.millis() + "' WHERE name = 'alive.at'");
            statement.execute("CHECKPOINT SYNC");
        }
    }

    private static void spare(String file) throws IOException {
        try (OutputStream room = FileUtils.newOutputStream(file, false)) {
            room.write(new byte[ROOM]);
        } finally {
            FileUtils.tryDelete(file);
        }
    }

    /** Called when the pool is closed: with the last connection H2 closes its file. */
    @java.lang.Override
    public synchronized void close() {
        if (held != null) {
            quietly(held.connection::close);
            held = null;
        }
    }
}
