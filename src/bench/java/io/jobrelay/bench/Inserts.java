package io.jobrelay.bench;

import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.atomic.AtomicLong;

/** A yardstick, a process of its own: what a database can store when nothing else is done. Each client inserts and commits single rows of 2 kB. */
public final class Inserts {

    private Inserts() {
    }

    /**
     * Makes its table, then reads lines of seconds and answers each with the rows a second that all clients together have committed.
     *
     * @param args URL of a PostgreSQL; how many clients
     * @throws Exception when the database or the benchmark is gone
     */
    public static void main(String[] args) throws Exception {
        try (Connection connection = connect(args[0])) {
            connection.createStatement().execute(Yardstick.TABLE);
        }
        BufferedReader in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.US_ASCII));
        for (String line = in.readLine(); line != null; line = in.readLine()) {
            System.out.println(String.format(Locale.ROOT, "%.3f", run(args[0], Integer.parseInt(args[1]), Double.parseDouble(line))));
        }
    }

    private static Connection connect(String url) throws SQLException {
        return DriverManager.getConnection(url, "postgres", "postgres");
    }

    private static double run(String url, int clients, double seconds) throws Exception {
        List<Connection> connections = new ArrayList<>();
        for (int i = 0; i < clients; i++) {
            connections.add(connect(url));
        }
        AtomicLong rows = new AtomicLong();
        List<Thread> threads = new ArrayList<>();
        Jobs jobs = new Jobs();
        long began = System.nanoTime();
        long end = began + (long) (seconds * 1e9);
        for (Connection connection : connections) {
            Thread thread = new Thread(() -> {
                try (PreparedStatement insert = connection.prepareStatement("INSERT INTO plain_callback (body) VALUES (?)")) {
                    while (System.nanoTime() < end) {
                        insert.setString(1, new String(jobs.body((int) rows.get(), Jobs.BODY_BYTES), StandardCharsets.US_ASCII));
                        insert.executeUpdate();
                        rows.incrementAndGet();
                    }
                } catch (SQLException e) {
                    throw new IllegalStateException(e);
                }
            });
            threads.add(thread);
            thread.start();
        }
        for (Thread thread : threads) {
            thread.join();
        }
        double took = (System.nanoTime() - began) / 1e9;
        for (Connection connection : connections) {
            connection.close();
        }
        return rows.get() / took;
    }
}
