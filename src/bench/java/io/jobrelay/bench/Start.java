package io.jobrelay.bench;

import java.nio.file.Files;
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
        Path home = Path.of(System.getProperty("bench.home")).toAbsolutePath();
        Path archive = home.resolve("relay.jsa");
        Files.deleteIfExists(archive);
        report.add(row("start to first answer, " + kind, session, folder, store));
        try {
            prepare(home);
            report.add(row("the same after bin/relay prepare, " + kind, session, folder, store));
        } finally {
            Files.deleteIfExists(archive); // the other parts measure what was unpacked
        }
    }

    private static Row row(String figure, Session session, Path folder, Store store) {
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
        return Row.compared(figure, "s", relay, "empty camel-main application", empty, Goal.atMost(2));
    }

    private static void prepare(Path home) throws Exception {
        ProcessBuilder builder = new ProcessBuilder(home.resolve("bin/relay").toString(), "prepare").redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD);
        builder.environment().put("JAVA_HOME", System.getProperty("java.home"));
        if (Processes.start(builder).waitFor() != 0) {
            throw new IllegalStateException("bin/relay prepare failed");
        }
    }
}
