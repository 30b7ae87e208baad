package io.jobrelay.bench;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.stream.Stream;

/** The processor time of all processes of the benchmark's PostgreSQL. */
final class PostgresCpu {

    private static final double TICKS_A_SECOND = 100; // Linux counts in these for every process that reads /proc, whatever the kernel's own clock
    private static final int USER = 11;
    private static final int CHILDREN_END = 15;
    private final ProcessHandle postmaster;

    /** @param store any database of that server */
    PostgresCpu(Store store) throws SQLException {
        try (Connection connection = store.connect(); Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery("SELECT pg_backend_pid()")) {
            row.next();
            postmaster = ProcessHandle.of(row.getLong(1)).flatMap(ProcessHandle::parent)
                    .orElseThrow(() -> new IllegalStateException("The processes of PostgreSQL cannot be seen from here"));
        }
    }

    /** @return seconds so far, those of backends that have ended included: their postmaster has inherited them */
    double seconds() {
        try (Stream<ProcessHandle> children = postmaster.descendants()) {
            return (ticks(postmaster.pid(), CHILDREN_END) + children.mapToLong(child -> ticks(child.pid(), USER + 2)).sum()) / TICKS_A_SECOND;
        }
    }

    /** Fields from {@code utime} to before {@code end}, counted as in proc(5) after the name: utime, stime, and the two of ended children. */
    private static long ticks(long pid, int end) {
        try {
            String stat = Files.readString(Path.of("/proc/" + pid + "/stat"));
            String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ");
            long sum = 0;
            for (int i = USER; i < end; i++) {
                sum += Long.parseLong(fields[i]);
            }
            return sum;
        } catch (NoSuchFileException e) {
            return 0; // it has just ended, and the postmaster has it
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
