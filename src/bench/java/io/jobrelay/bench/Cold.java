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
            Path folder = session.folder("cold");
            Store store = Store.create(kind, folder);
            store.open(0, Scale.count(OPEN_JOBS));
            String[] sameJava;
            try (App app = App.relay(folder, store.keys())) {
                relay.add(load(session, app, connections).perSecond());
                sameJava = app.javaOptions();
            }
            Path beside = session.folder("plain");
            try (App app = App.plain(beside, Store.plainUrl(kind, beside), sameJava)) {
                plain.add(load(session, app, connections).perSecond());
            }
        }
        report.add(Row.compared("durable answers in the first 10 s after a start, " + connections + (connections == 1 ? " connection, " : " connections, ")
                + kind, "/s", relay, "the plain way", plain, goal));
    }

    private static Load.Result load(Session session, App app, int connections) {
        return session.load().load(List.of(app.port), connections, 0, Scale.count(OPEN_JOBS), Scale.seconds(WINDOW_SECONDS), 0).orFail();
    }
}
