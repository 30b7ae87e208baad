package io.jobrelay.bench;

/**
 * Processor time of a callback: for the relay from the request until its outcome is a file, for the plain way until it is stored. On PostgreSQL
 * the time of the server counts too, on both sides. Beside it stands what the files alone cost, which are in the one figure and not in the other.
 */
final class Cpu implements Part {

    private static final int CALLBACKS = 2_000;
    private static final int ROUNDS = 3;
    private static final int CONNECTIONS = 32;

    @Override
    public String name() {
        return "cpu";
    }

    @Override
    public boolean needsTrio() {
        return true;
    }

    @Override
    public void measure(Session session, Kind kind, Report report) throws Exception {
        Trio trio = session.trio(kind);
        PostgresCpu server = kind == Kind.POSTGRESQL ? new PostgresCpu(trio.store) : null;
        int count = Scale.count(CALLBACKS);
        Series plain = new Series();
        Series relay = new Series();
        Series files = new Series();
        for (int round = 0; round < Scale.rounds(ROUNDS); round++) {
            double before = seconds(trio.plain, server);
            trio.plain(CONNECTIONS, count);
            plain.add((seconds(trio.plain, server) - before) * 1000 / count);
            before = seconds(trio.relay, server);
            trio.relay(CONNECTIONS, count);
            trio.drain();
            relay.add((seconds(trio.relay, server) - before) * 1000 / count);
            files.add(PlainFiles.write(session.folder("loop"), count).cpuSeconds());
        }
        report.add(Row.compared("CPU seconds for 1,000 callbacks, forwarded to files, " + kind, Row.value(relay.median(), "s"),
                "the plain way, stored only: " + Row.value(plain.median(), "s") + "; writing and flushing 1,000 files in a loop: "
                        + Row.value(files.median(), "s"), relay.over(plain), Goal.atMost(0.80)));
    }

    /** @return processor time that an application has used so far, and a server with it, where there is one */
    static double seconds(App app, PostgresCpu server) {
        return app.cpuSeconds() + (server == null ? 0 : server.seconds());
    }
}
