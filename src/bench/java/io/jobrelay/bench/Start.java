package io.jobrelay.bench;

import java.nio.file.Path;
import java.util.List;

/** From the start of the process to its first answer: the relay by {@code bin/relay} on a database that is there already. */
final class Start implements Part {

    private static final int ROUNDS = 5;

    @Override
    public String name() {
        return "start";
    }

    @Override
    public List<Kind> kinds() {
        return List.of(Kind.H2);
    }

    @Override
    public void measure(Session session, Kind kind, Report report) throws Exception {
        Path folder = session.folder("start");
        Store store = Store.create(kind, folder);
        Series relay = new Series();
        Series empty = new Series();
        for (int round = 0; round < Scale.rounds(ROUNDS); round++) {
            try (App app = App.relay(folder, store.keys())) {
                relay.add(app.secondsToAnswer);
            }
            try (App app = App.empty(session.folder("empty"))) {
                empty.add(app.secondsToAnswer);
            }
        }
        report.add(Row.compared("start to first answer, " + kind, "s", relay, "empty camel-main application", empty, Goal.atMost(2)));
    }
}
