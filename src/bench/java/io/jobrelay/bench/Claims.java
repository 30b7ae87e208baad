package io.jobrelay.bench;

import java.io.IOException;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.CompletableFuture;

/**
 * Claiming 100 due jobs with a million open ones in the table and with a thousand: the statements of the relay's claims, in a transaction that
 * is rolled back. Due are twice as many as are claimed.
 */
final class Claims implements Part {

    private static final int FEW = 1_000;
    private static final int MANY = 1_000_000;
    private static final int BATCH = 100;
    private static final int WARM = 15;
    private static final int ROUNDS = 31;
    /** Claims that take that long need no warming up, and not so many rounds. */
    private static final double LONG_MILLIS = 500;
    private static final int FEWEST = 5;
    private static final long LONGEST_NANOS = 15_000_000_000L;
    private final Map<Kind, CompletableFuture<Store>> many = new EnumMap<>(Kind.class);

    @Override
    public String name() {
        return "claims";
    }

    @Override
    public void measure(Session session, Kind kind, Report report) throws Exception {
        Store few = filled(session, kind, FEW);
        Store many = many(session, kind);
        session.seen(few);
        try (Connection a = few.connect(); Connection b = many.connect()) {
            a.setAutoCommit(false);
            b.setAutoCommit(false);
            for (Claim claim : Claim.values()) {
                Series small = new Series();
                Series large = new Series();
                long end = System.nanoTime() + LONGEST_NANOS;
                for (int round = -WARM; round < ROUNDS && (small.size() < FEWEST || System.nanoTime() < end); round++) {
                    double one = claim.millis(a);
                    double other = claim.millis(b);
                    if (round >= 0 || one + other > LONG_MILLIS) {
                        small.add(one);
                        large.add(other);
                    }
                }
                String open = String.format(Locale.ROOT, "%,d", Scale.count(MANY));
                report.add(Row.compared("claiming 100 due " + claim.what + ", " + open + " open jobs, " + kind,
                        Row.value(large.median(), "ms"), "1,000 open jobs: " + Row.value(small.median(), "ms"),
                        large.over(small.median()), Goal.atMost(1.5)));
            }
        }
    }

    /** @return a store with a million open jobs; those of both databases are filled at the same time, each by one processor */
    private Store many(Session session, Kind kind) {
        if (many.isEmpty()) {
            session.kinds().forEach(each -> many.put(each, CompletableFuture.supplyAsync(() -> {
                try {
                    return filled(session, each, Scale.count(MANY));
                } catch (SQLException | IOException e) {
                    throw new IllegalStateException("The store with many jobs cannot be filled: " + e.getMessage(), e);
                }
            })));
        }
        CompletableFuture.allOf(many.values().toArray(CompletableFuture[]::new)).join();
        return many.get(kind).join();
    }

    /** @return a store with that many open jobs of which none is due, and some due ones of each kind */
    static Store filled(Session session, Kind kind, int open) throws SQLException, IOException {
        Store store = Store.create(kind, session.folder("claims"));
        store.openDue(0, 2 * BATCH);
        store.queued(2 * BATCH, 4 * BATCH);
        store.openDue(4 * BATCH, 6 * BATCH);
        store.end(4 * BATCH, 6 * BATCH);
        store.open(6 * BATCH, 6 * BATCH + open);
        return store;
    }

    /** What the routes {@code submit-claim}, {@code poll-claim} and {@code forward-due} do in their transactions. */
    enum Claim {
        SUBMITS("submits") {
            @Override
            int run(Connection connection, Map<String, ?> parameters) throws SQLException {
                return claim(connection, "job-due-submit", "job-claim", parameters);
            }
        },
        POLLS("polls") {
            @Override
            int run(Connection connection, Map<String, ?> parameters) throws SQLException {
                return claim(connection, "job-due-poll", "job-claim", parameters)
                        + claim(connection, "job-due-hint", "job-claim", parameters);
            }
        },
        DELIVERIES("deliveries") {
            @Override
            int run(Connection connection, Map<String, ?> parameters) throws SQLException {
                Map<String, Object> all = new HashMap<>(parameters);
                all.putAll(new RouteSql("delivery-next", parameters).query(connection).get(0));
                return claim(connection, "delivery-due", "delivery-claim", all);
            }
        };

        final String what;

        Claim(String what) {
            this.what = what;
        }

        abstract int run(Connection connection, Map<String, ?> parameters) throws SQLException;

        /** @return how long it took */
        double millis(Connection connection) throws SQLException {
            long now = System.currentTimeMillis();
            Map<String, ?> parameters = Map.of("now", now, "batch", BATCH, "hints", 20, "server", "sandbox", "free", List.of("file"), "most", BATCH,
                    "claim", "00000000-0000-7000-8000-000000000000", "lease_until", now + 60_000);
            long began = System.nanoTime();
            int claimed = run(connection, parameters);
            double millis = (System.nanoTime() - began) / 1e6;
            connection.rollback();
            if (claimed != BATCH) {
                throw new IllegalStateException(claimed + " instead of " + BATCH + " " + what + " were claimed");
            }
            return millis;
        }

        private static int claim(Connection connection, String due, String lease, Map<String, ?> parameters) throws SQLException {
            List<Map<String, Object>> rows = new RouteSql(due, parameters).query(connection);
            RouteSql.batch(connection, lease, parameters, rows);
            return rows.size();
        }
    }
}
