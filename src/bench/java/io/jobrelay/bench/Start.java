package io.jobrelay.bench;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * From the start of the process to its first answer, and what is resident soon after: the relay by {@code bin/relay}, on a database that is there
 * already, beside an empty application of camel-main with the same options for its Java.
 */
final class Start implements Part {

    /** As in the part {@code memory}. */
    static final String HEAP = "-Xmx256m";
    private static final int ROUNDS = 3;
    private static final long IDLE_MILLIS = 2_000;

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
        Path archive = App.HOME.resolve("relay.jsa");
        Files.deleteIfExists(archive);
        Both both = new Both(session, folder, store);
        report.add(both.idle());
        report.add(both.start("start to first answer, " + kind));
        try {
            prepare();
            report.add(new Both(session, folder, store).start("the same after bin/relay prepare, " + kind));
        } finally {
            Files.deleteIfExists(archive); // the other parts measure what was unpacked
        }
    }

    private static void prepare() throws Exception {
        ProcessBuilder builder = new ProcessBuilder(App.HOME.resolve("bin/relay").toString(), "prepare").redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD);
        builder.environment().put("JAVA_HOME", System.getProperty("java.home"));
        if (Processes.start(builder).waitFor() != 0) {
            throw new IllegalStateException("bin/relay prepare failed");
        }
    }

    /** Both started in turns. */
    private static final class Both {

        private final Kind kind;
        private final Series relaySeconds = new Series();
        private final Series emptySeconds = new Series();
        private final Series relayMiB = new Series();
        private final Series emptyMiB = new Series();
        private String options;

        Both(Session session, Path folder, Store store) {
            kind = store.kind();
            for (int round = 0; round < Scale.rounds(ROUNDS); round++) {
                String[] same;
                try (App app = App.relay(folder, store.keys(), HEAP)) {
                    same = app.javaOptions();
                    relaySeconds.add(app.secondsToAnswer);
                    Pause.millis(IDLE_MILLIS);
                    relayMiB.add(app.residentMiB());
                }
                try (App app = App.empty(session.folder("empty"), same)) {
                    emptySeconds.add(app.secondsToAnswer);
                    Pause.millis(IDLE_MILLIS);
                    emptyMiB.add(app.residentMiB());
                }
                options = String.join(" ", same);
            }
        }

        Row start(String figure) {
            return Row.compared(figure, "s", relaySeconds, "empty camel-main application", emptySeconds, Goal.atMost(2));
        }

        Row idle() {
            return Row.compared("resident memory after start, idle, " + kind + " (both with " + options + ")", "MiB", relayMiB,
                    "empty camel-main application", emptyMiB, Goal.atMost(2));
        }
    }
}
