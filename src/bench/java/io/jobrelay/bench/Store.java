package io.jobrelay.bench;

import io.jobrelay.support.Postgres;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * A database of the relay that can be filled with jobs.
 *
 * @param kind of database
 * @param url that a relay is given
 * @param user of it
 * @param password of the user
 */
record Store(Kind kind, String url, String user, String password) {

    private static final String SANDBOX = "sandbox";
    private static final String ELSEWHERE = "http://127.0.0.1:9";
    private static final Map<List<?>, Store> EMPTY = new HashMap<>();

    /** @return a new store below the folder (H2) or in the benchmark's server, with the tables as a relay makes them at its first start */
    static Store create(Kind kind, Path folder) throws SQLException, IOException {
        return create(App.HOME, kind, folder);
    }

    /** As the other, with the tables that the distribution in {@code home} makes. */
    static synchronized Store create(Path home, Kind kind, Path folder) throws SQLException, IOException {
        List<?> made = List.of(home, kind);
        if (!EMPTY.containsKey(made)) {
            Path first = folder.resolveSibling("empty-store-" + EMPTY.size());
            Store store = kind == Kind.H2 ? h2(first) : new Store(kind, Postgres.newDatabase(), "postgres", "postgres");
            App.relay(home, first, store.keys()).close();
            EMPTY.put(made, store);
        }
        return EMPTY.get(made).copy(folder);
    }

    private static Store h2(Path folder) {
        return new Store(Kind.H2, "jdbc:h2:file:" + folder.toAbsolutePath().resolve("data/relay") + ";DB_CLOSE_ON_EXIT=FALSE", "sa", "");
    }

    private Store copy(Path folder) throws SQLException, IOException {
        if (kind == Kind.H2) {
            Store copy = h2(folder);
            Files.createDirectories(copy.h2File().getParent());
            Files.copy(h2File(), copy.h2File());
            return copy;
        }
        Store copy = new Store(kind, Postgres.newDatabase(), user, password);
        try (Connection server = DriverManager.getConnection(url.substring(0, url.lastIndexOf('/')) + "/postgres", user, password);
                Statement statement = server.createStatement()) {
            statement.execute("DROP DATABASE " + copy.database());
            statement.execute("CREATE DATABASE " + copy.database() + " TEMPLATE " + database());
        }
        return copy;
    }

    private String database() {
        return url.substring(url.lastIndexOf('/') + 1);
    }

    private Path h2File() {
        return Path.of(url.substring("jdbc:h2:file:".length(), url.indexOf(';')) + ".mv.db");
    }

    /** @return the URL of a new database for the plain way; H2 writes at once there too, but does not flush */
    static String plainUrl(Kind kind, Path folder) {
        return kind == Kind.H2 ? "jdbc:h2:file:" + folder.toAbsolutePath().resolve("plain") + ";WRITE_DELAY=0" : Postgres.newDatabase();
    }

    /** @return the file of H2 that belongs to such a URL */
    static Path plainFile(Path folder) {
        return folder.resolve("plain.mv.db");
    }

    /** @return the keys of a relay that uses it, to be added to */
    Map<String, String> keys() {
        return new TreeMap<>(Map.of("relay.db.url", url, "relay.db.username", user, "relay.db.password", password));
    }

    /** @return a connection; to H2 only while no relay runs */
    Connection connect() throws SQLException {
        return DriverManager.getConnection(url, user, password);
    }

    /**
     * Inserts open jobs, number {@code from} to the one before {@code to}. A relay that starts takes what was open before for missed and polls it
     * all: these are at another server than its own, so that it leaves them in peace.
     */
    void open(int from, int to) throws SQLException {
        insert(from, to, ELSEWHERE, "'InProgress'", "NULL", System.currentTimeMillis() + 3_600_000);
        execute("INSERT INTO relay_job_id (job_id, job) SELECT id, id FROM relay_job WHERE id >= '" + Jobs.id(from)
                + "' AND id < '" + Jobs.id(to) + "'");
        analyze();
    }

    /** Inserts open jobs that are due to be polled. */
    void openDue(int from, int to) throws SQLException {
        insert(from, to, SANDBOX, "'InProgress'", "NULL", System.currentTimeMillis() - 3_600_000);
    }

    /** Inserts jobs that are due to be submitted. */
    void queued(int from, int to) throws SQLException {
        insert(from, to, SANDBOX, "'Queued'", String.valueOf(System.currentTimeMillis() - 3_600_000), 0);
    }

    /** Ends open jobs, each by a callback of a few bytes, with a delivery that is due. Such callbacks are there to be found, not to be read. */
    void end(int from, int to) throws SQLException {
        long then = System.currentTimeMillis() - 3_600_000;
        String these = " WHERE id >= '" + Jobs.id(from) + "' AND id < '" + Jobs.id(to) + "'";
        execute("INSERT INTO relay_callback (job, via, received_at, verdict, status, job_id, body_size, body_sha256, settled_at)"
                + " SELECT id, 'webhook', " + then + ", 'Settled', 'Success', job_id, 2000, '" + "0".repeat(64) + "', " + then + " FROM relay_job" + these);
        execute("UPDATE relay_job SET status = 'Success', ended_at = " + then + ", received_via = 'webhook', next_poll_at = NULL,"
                + " callback_id = (SELECT c.id FROM relay_callback c WHERE c.job = relay_job.id)" + these);
        execute("INSERT INTO relay_delivery (job, sink, status, next_attempt_at) SELECT id, 'file', 'Pending', " + then + " FROM relay_job" + these);
    }

    private void insert(int from, int to, String server, String status, String nextSubmitAt, long nextPollAt) throws SQLException {
        String series = kind == Kind.H2 ? "SYSTEM_RANGE(" + from + ", " + (to - 1) + ") AS s(x)" : "generate_series(" + from + ", " + (to - 1) + ") AS s(x)";
        String id = "'00000000-0000-7000-8000-' || LPAD(CAST(s.x AS VARCHAR), 12, '0')";
        long now = System.currentTimeMillis();
        execute("INSERT INTO relay_job (id, api, server, status, job_id, accepted_at, attempts, next_submit_at, next_poll_at, expires_at)"
                + " SELECT " + id + ", '/ai/audio/v1/async/speech-to-text', '" + server + "', " + status + ", "
                + (nextPollAt == 0 ? "NULL" : id) + ", " + now + ", 1, " + nextSubmitAt + ", "
                + (nextPollAt == 0 ? "NULL" : nextPollAt + " + s.x") + ", " + (now + 604_800_000) + " FROM " + series);
        execute("UPDATE relay_tally SET n = n + " + (to - from) + " WHERE name = 'accepted'");
    }

    /** Lets the planner know what is in it, as the server's own analysis would after a while. */
    void analyze() throws SQLException {
        execute(kind == Kind.H2 ? "ANALYZE" : "VACUUM ANALYZE");
    }

    void execute(String statement) throws SQLException {
        try (Connection connection = connect(); Statement s = connection.createStatement()) {
            s.execute(statement);
        }
    }

    /** @return what a query counts */
    long number(String query) throws SQLException {
        try (Connection connection = connect(); Statement s = connection.createStatement(); ResultSet rows = s.executeQuery(query)) {
            rows.next();
            return rows.getLong(1);
        }
    }

    /** @return the bytes that it takes on the disk once it is compacted: H2's file; of PostgreSQL the relay's tables with indexes and TOAST */
    long compactedBytes() throws SQLException, IOException {
        if (kind == Kind.H2) {
            execute("SHUTDOWN COMPACT");
            return Files.size(h2File());
        }
        execute("VACUUM FULL");
        return number("SELECT SUM(pg_total_relation_size(oid)) FROM pg_class WHERE relkind = 'r' AND relname LIKE 'relay%'");
    }
}
