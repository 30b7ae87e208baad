package io.jobrelay.bench;

import java.io.IOException;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.List;

/**
 * Durable answers in the first ten seconds after a start, of a Java that has just been started each time: a relay that gets ten callbacks a minute
 * is never warm. The plain way is started with the same options for its Java.
 */
final class Cold implements Part {

    private static final double WINDOW_SECONDS = 10;
    private static final int ROUNDS = 3;
    private static final int OPEN_JOBS = 80_000; // more than come through in that time

    @Override
    public String name() {
        return "cold";
    }

    @Override
    public void measure(Session session, Kind kind, Report report) throws Exception {
        session.empty(); // after that the process that sends is warm
        compare(session, kind, report, 1, Goal.atLeast(1));
        compare(session, kind, report, 32, Goal.atLeast(1.5));
    }

    private static void compare(Session session, Kind kind, Report report, int connections, Goal goal) throws SQLException, IOException {
        Series plain = new Series();
        Series relay = new Series();
        for (int round = 0; round < Scale.rounds(ROUNDS); round++) {
            Started started = relay(session, kind, App.HOME, connections);
            relay.add(started.perSecond);
            Path folder = session.folder("plain");
            try (App app = App.plain(folder, Store.plainUrl(kind, folder), started.javaOptions)) {
                plain.add(perSecond(session, app, connections));
            }
        }
        report.add(Row.compared(figure(connections) + kind, "/s", relay, "the plain way", plain, goal));
    }

    /** @return what is measured, as the table says it */
    static String figure(int connections) {
        return "durable answers in the first 10 s after a start, " + connections + (connections == 1 ? " connection, " : " connections, ");
    }

    /** What a relay answered in the first ten seconds, and the options of its Java. */
    record Started(double perSecond, String[] javaOptions) {
    }

    /** @return what came of a start of the distribution in {@code home} */
    static Started relay(Session session, Kind kind, Path home, int connections) throws SQLException, IOException {
        Path folder = session.folder("cold");
        Store store = Store.create(home, kind, folder);
        store.open(0, Scale.count(OPEN_JOBS));
        try (App app = App.relay(home, folder, store.keys())) {
            return new Started(perSecond(session, app, connections), app.javaOptions());
        }
    }

    private static double perSecond(Session session, App app, int connections) {
        return session.load().load(List.of(app.port), connections, 0, Scale.count(OPEN_JOBS), Scale.seconds(WINDOW_SECONDS), 0).orFail().perSecond();
    }
}
