package io.jobrelay.bench;

import java.util.List;
import java.util.Locale;

/**
 * How cost grows, with open jobs and with instances: a table of its own, and some twenty minutes of work. On PostgreSQL more jobs are opened,
 * and more relays started, beside those that run and are warm; an H2 belongs to the relay that has opened it, and is made anew for each line.
 */
final class Growth implements Part {

    private static final int[] STAYING = {1_000, 100_000, 1_000_000};
    private static final int[] INSTANCES = {2, 4};
    private static final int H2_POOL = 450_000;
    private static final int POSTGRES_POOL = 60_000;
    private static final int CONNECTIONS = 128;
    private static final double WINDOW_SECONDS = 2;
    private static final int ROUNDS = 3;
    private static final String HEAD = "| database | open jobs that stay | instances | durable answers/s (min–max) | p50 | p99 "
            + "| processors used, waiting for the disk | then forwarded/s |\n| --- | --- | --- | --- | --- | --- | --- | --- |\n";

    @Override
    public String name() {
        return "growth";
    }

    @Override
    public void measure(Session session, Kind kind, Report report) throws Exception {
        StringBuilder table = new StringBuilder(HEAD);
        try {
            if (kind == Kind.POSTGRESQL) {
                postgres(session, table);
            } else {
                for (int staying : STAYING) {
                    h2(session, Scale.count(staying), table);
                }
            }
        } finally {
            report.table(table.toString());
        }
    }

    private static void postgres(Session session, StringBuilder table) throws Exception {
        Store store = Store.create(Kind.POSTGRESQL, session.folder("growth"));
        session.seen(store);
        try (Fleet fleet = new Fleet(session, store, Scale.count(POSTGRES_POOL))) {
            fleet.stay(Scale.count(STAYING[0]));
            warm(fleet, fleet.add());
            for (int staying : STAYING) {
                fleet.stay(Scale.count(staying));
                table.append(line(fleet, store));
            }
            for (int instances : INSTANCES) {
                while (fleet.relays().size() < instances) {
                    warm(fleet, fleet.add());
                }
                table.append(line(fleet, store));
            }
        }
    }

    private static void h2(Session session, int staying, StringBuilder table) throws Exception {
        Store store = Store.create(Kind.H2, session.folder("growth"));
        try (Fleet fleet = new Fleet(session, store, 0)) {
            fleet.open(Scale.count(H2_POOL));
            fleet.stay(staying);
            warm(fleet, fleet.add());
            table.append(line(fleet, store));
        }
    }

    private static void warm(Fleet fleet, App relay) {
        Warm.up(relay, () -> fleet.load(List.of(relay), CONNECTIONS, 2 * Warm.seconds()));
    }

    private static String line(Fleet fleet, Store store) {
        Series rate = new Series();
        Series p50 = new Series();
        Series p99 = new Series();
        Series used = new Series();
        Series waiting = new Series();
        Series forwarded = new Series();
        for (int round = 0; round < Scale.rounds(ROUNDS); round++) {
            Fleet.Loaded loaded = fleet.load(fleet.relays(), CONNECTIONS, Scale.seconds(WINDOW_SECONDS));
            rate.add(loaded.result().perSecond());
            p50.add(loaded.result().p50Micros() / 1000.0);
            p99.add(loaded.result().p99Micros() / 1000.0);
            used.add(100 * loaded.processors().used());
            waiting.add(100 * loaded.processors().waiting());
            forwarded.add(loaded.forwardedPerSecond());
        }
        return String.format(Locale.ROOT, "| %s | %,d | %d | %s (%s–%s) | %s | %s | %.0f %%, %.0f %% | %s |%n", store.kind(), fleet.staying(),
                fleet.relays().size(), Row.number(rate.median()), Row.number(rate.min()), Row.number(rate.max()), Row.value(p50.median(), "ms"),
                Row.value(p99.median(), "ms"), used.median(), waiting.median(), Row.number(forwarded.median()));
    }
}
