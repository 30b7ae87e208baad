package io.jobrelay.bench;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/** A yardstick: what H2 takes to store one row of 2 kB and flush it to the disk, with one table, one index, no HTTP and nobody else about. */
final class FlushedInserts implements AutoCloseable {

    private final Jobs jobs = new Jobs();
    private final Connection connection;
    private final PreparedStatement insert;
    private final Statement flush;
    private int next;

    /** @param folder of a new database */
    FlushedInserts(Path folder) throws SQLException {
        connection = DriverManager.getConnection("jdbc:h2:file:" + folder.resolve("flushed"), "sa", "");
        flush = connection.createStatement();
        flush.execute("SET WRITE_DELAY 0");
        flush.execute(Yardstick.TABLE);
        insert = connection.prepareStatement("INSERT INTO plain_callback (body) VALUES (?)");
    }

    /**
     * @param seconds how long rows are inserted, one after the other
     * @return the median of what one took until it was flushed, in milliseconds
     */
    double p50Millis(double seconds) throws SQLException {
        List<Long> took = new ArrayList<>();
        long end = System.nanoTime() + (long) (seconds * 1e9);
        for (long began = System.nanoTime(); began < end; began = System.nanoTime()) {
            insert.setString(1, new String(jobs.body(next++, Jobs.BODY_BYTES), StandardCharsets.US_ASCII));
            insert.executeUpdate();
            flush.execute("CHECKPOINT SYNC");
            took.add(System.nanoTime() - began);
        }
        Collections.sort(took);
        return took.get(took.size() / 2) / 1e6;
    }

    @Override
    public void close() throws SQLException {
        connection.close();
    }
}
