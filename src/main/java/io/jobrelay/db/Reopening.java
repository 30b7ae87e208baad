package io.jobrelay.db;

import com.zaxxer.hikari.HikariDataSource;
import com.zaxxer.hikari.SQLExceptionOverride;
import io.jobrelay.ops.Redaction;
import java.io.IOException;
import java.io.OutputStream;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Clock;
import java.util.Optional;
import java.util.Properties;
import java.util.Set;
import org.h2.store.fs.FileUtils;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Opens an H2 again that could not write its file, because the disk is full, say. H2 closes the file then and refuses every statement from
 * there on, with room again too, for as long as one of its connections is left; what it had committed is in the file.
 *
 * <p>Once a second it is closed for good, opened, and asked to write. Until that succeeds, with room to spare, it counts as {@link #broken}:
 * an H2 that is opened again finds some room inside its own file, and would come and go with every few callbacks.
 */
final class Reopening implements SQLExceptionOverride {

    private static final Logger LOG = LoggerFactory.getLogger(Reopening.class);
    /** H2's codes for a file that cannot be read or written, one found broken, and a database that was closed under its users for that. */
    private static final Set<Integer> SIGNS = Set.of(90_028, 90_031, 90_030, 90_098, 90_121);
    private static final long PAUSE_MILLIS = 1_000;
    private static final int ROOM = 8 << 20;
    private final String url;
    private final Properties properties;
    private final Clock clock;
    private HikariDataSource pool;
    private volatile String broken;

    /**
     * @param url of the H2
     * @param properties of a connection, user and password among them
     * @param clock the relay's
     */
    Reopening(String url, Properties properties, Clock clock) {
        this.url = url;
        this.properties = properties;
        this.clock = clock;
    }

    /** @param opened the pool whose connections stand in the way of a new beginning */
    synchronized void of(HikariDataSource opened) {
        pool = opened;
    }

    /** @return why the database cannot be used at the moment, without secrets; empty when it can */
    Optional<String> broken() {
        return Optional.ofNullable(broken);
    }

    @java.lang.Override
    public Override adjudicate(SQLException failure) {
        if (SIGNS.contains(failure.getErrorCode())) {
            begin(failure);
        }
        return Override.CONTINUE_EVICT; // they all go together, below
    }

    private synchronized void begin(SQLException failure) {
        if (broken == null && pool != null) {
            broken = Redaction.of(failure);
            Thread thread = new Thread(this::untilItWrites, "relay-reopen-database");
            thread.setDaemon(true);
            thread.start();
        }
    }

    private void untilItWrites() {
        LOG.warn("The database could not write its file and is opened again until it can: {}", broken);
        while (!pool.isClosed()) {
            try {
                write();
                pool.getHikariPoolMXBean().softEvictConnections();
                broken = null;
                LOG.info("The database writes again.");
                return;
            } catch (SQLException | IOException | RuntimeException e) {
                broken = Redaction.of(e);
                close();
            }
            try {
                Thread.sleep(PAUSE_MILLIS);
            } catch (InterruptedException e) {
                return;
            }
        }
    }

    /** A row that nobody reads on H2, flushed as what is answered is. */
    private void write() throws SQLException, IOException {
        try (Connection connection = DriverManager.getConnection(url, properties); Statement statement = connection.createStatement()) {
            try (ResultSet path = statement.executeQuery("SELECT DATABASE_PATH()")) {
                if (path.next() && path.getString(1) != null) {
                    fill(path.getString(1) + ".room");
                }
            }
            statement.execute("UPDATE relay_setting SET value_text = '" + clock.millis() + "' WHERE name = 'alive.at'");
            statement.execute("CHECKPOINT SYNC");
        }
    }

    /** Where the file would lie on another machine (an H2 reached by tcp), its folder is not here and there is nothing to try. */
    private static void fill(String file) throws IOException {
        if (FileUtils.isDirectory(FileUtils.getParent(file))) {
            try (OutputStream room = FileUtils.newOutputStream(file, false)) {
                room.write(new byte[ROOM]);
            } finally {
                FileUtils.tryDelete(file);
            }
        }
    }

    private void close() {
        try (Connection connection = DriverManager.getConnection(url, properties); Statement statement = connection.createStatement()) {
            statement.execute("SHUTDOWN IMMEDIATELY");
        } catch (SQLException | RuntimeException e) {
            LOG.debug("As it should be: closed, or not to be opened yet", e);
        }
    }
}
