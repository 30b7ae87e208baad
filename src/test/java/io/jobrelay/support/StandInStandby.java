package io.jobrelay.support;

import java.nio.ByteBuffer;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.Properties;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.postgresql.PGConnection;
import org.postgresql.replication.LogSequenceNumber;
import org.postgresql.replication.PGReplicationStream;

/** What a PostgreSQL takes for a standby: it is sent all that is written, keeps nothing, and says that it has it when the test wants it to. */
public final class StandInStandby implements AutoCloseable {

    private final ScheduledExecutorService reader = Executors.newSingleThreadScheduledExecutor();
    private final Connection connection;
    private final PGReplicationStream stream;
    private volatile boolean confirms;

    /**
     * @param url of a database of the primary, with a user that may replicate
     * @param name its {@code application_name}
     * @throws SQLException when the primary does not take it
     */
    public StandInStandby(String url, String name) throws SQLException {
        Properties properties = new Properties();
        properties.setProperty("user", "postgres");
        properties.setProperty("replication", "true");
        properties.setProperty("preferQueryMode", "simple");
        properties.setProperty("assumeMinServerVersion", "14");
        properties.setProperty("ApplicationName", name);
        connection = DriverManager.getConnection(url, properties);
        stream = connection.unwrap(PGConnection.class).getReplicationAPI().replicationStream().physical()
                .withStartPosition(LogSequenceNumber.valueOf(position())).withStatusInterval(1, TimeUnit.SECONDS).start();
        reader.scheduleWithFixedDelay(this::read, 0, 10, TimeUnit.MILLISECONDS);
    }

    private String position() throws SQLException {
        try (var statement = connection.createStatement(); var answer = statement.executeQuery("IDENTIFY_SYSTEM")) {
            answer.next();
            return answer.getString("xlogpos");
        }
    }

    private void read() {
        try {
            for (ByteBuffer some = stream.readPending(); some != null; some = stream.readPending()) {
                some.clear();
            }
            if (confirms) {
                stream.setFlushedLSN(stream.getLastReceiveLSN());
                stream.setAppliedLSN(stream.getLastReceiveLSN());
                stream.forceUpdateStatus();
            }
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    /** From now on it says what it has. */
    public void confirm() {
        confirms = true;
    }

    @Override
    public void close() throws SQLException {
        reader.shutdownNow();
        connection.close();
    }
}
