package io.jobrelay.bench;

import java.util.Locale;

/**
 * How cost grows, with open jobs and with instances: a table of its own, and minutes of work. The jobs that the load ends are open at the
 * beginning too, besides those that stay.
 */
final class Growth implements Part {

    private static final int[] STAYING = {1_000, 100_000, 1_000_000};
    private static final int[] INSTANCES = {1, 2, 4};
    private static final int ENDED = 600_000;
    private static final int CONNECTIONS = 128;
    private static final double WINDOW_SECONDS = 2;
    private static final int ROUNDS = 3;
    private static final int CLAIMS = 31;
    private static final int WARM_CLAIMS = 15;
    private static final int DUE = 200;
    private static final String HEAD = "| database | open jobs that stay | instances | durable answers/s (min–max) | p50 | p99 | claiming 100 due polls |\n"
            + "| --- | --- | --- | --- | --- | --- | --- |\n";

    @Override
    public String name() {
        return "growth";
    }

    @Override
    public void measure(Session session, Kind kind, Report report) throws Exception {
        StringBuilder table = new StringBuilder(HEAD);
        try {
            for (int staying : STAYING) {
                table.append(line(session, kind, Scale.count(staying), 1));
            }
            for (int instances : INSTANCES) {
                if (kind == Kind.POSTGRESQL && instances > 1) {
                    table.append(line(session, kind, Scale.count(STAYING[0]), instances));
                }
            }
        } finally {
            report.table(table.toString());
        }
    }

    private static String line(Session session, Kind kind, int staying, int instances) throws Exception {
        int ended = Scale.count(ENDED);
        Store store = Store.create(kind, session.folder("growth"));
        session.seen(store);
        store.open(0, ended + staying);
        Series rate = new Series();
        Series p50 = new Series();
        Series p99 = new Series();
        try (Fleet fleet = new Fleet(session, store, instances, ended)) {
            Warm.up(fleet.relays(), () -> fleet.load(CONNECTIONS, Warm.seconds() * instances));
            for (int round = 0; round < Scale.rounds(ROUNDS); round++) {
                Load.Result result = fleet.load(CONNECTIONS, Scale.seconds(WINDOW_SECONDS));
                rate.add(result.perSecond());
                p50.add(result.p50Micros() / 1000.0);
                p99.add(result.p99Micros() / 1000.0);
            }
        }
        return String.format(Locale.ROOT, "| %s | %,d | %d | %s (%s–%s) | %s | %s | %s |%n", kind, staying, instances, Row.number(rate.median()),
                Row.number(rate.min()), Row.number(rate.max()), Row.value(p50.median(), "ms"), Row.value(p99.median(), "ms"),
                Row.value(claim(store, ended + staying), "ms"));
    }

    /** Measured when no relay runs any more, which would poll the jobs that are due here. */
    private static double claim(Store store, int next) throws Exception {
        store.openDue(next, next + DUE);
        store.analyze();
        Series millis = new Series();
        try (var connection = store.connect()) {
            connection.setAutoCommit(false);
            for (int i = -WARM_CLAIMS; i < CLAIMS; i++) {
                double took = Claims.Claim.POLLS.millis(connection);
                if (i >= 0) {
                    millis.add(took);
                }
            }
        }
        return millis.median();
    }
}
