package io.jobrelay.bench;

/** How long an answer takes at half the rate that the relay can answer; requests come by the clock, whether or not the last was answered. */
final class Latency implements Part {

    private static final double WINDOW_SECONDS = 2.5;
    private static final int ROUNDS = 3;
    private static final int CONNECTIONS = 128;
    private static final double P99_MILLIS = 20;
    private static final double MAX_MILLIS = 1_000;

    @Override
    public String name() {
        return "latency";
    }

    @Override
    public boolean needsTrio() {
        return true;
    }

    @Override
    public void measure(Session session, Kind kind, Report report) throws Exception {
        double rate = session.saturation(kind) / 2;
        Trio trio = session.trio(kind);
        Answers empty = new Answers();
        Answers relay = new Answers();
        for (int round = 0; round < Scale.rounds(ROUNDS); round++) {
            empty.add(trio.empty(CONNECTIONS, Scale.seconds(WINDOW_SECONDS / 4), rate));
            relay.add(trio.relay(CONNECTIONS, Scale.seconds(WINDOW_SECONDS), rate));
            trio.drain();
        }
        report.add(Row.alone("p99 of a durable answer at half that load (" + Row.value(rate, "/s") + "), " + kind, relay.told(),
                "empty route at that rate: " + empty.told(), "p99 ≤ 20 ms, max ≤ 1 s",
                relay.p99.median() <= P99_MILLIS && relay.max.max() <= MAX_MILLIS));
    }

    /** How long answers took, in milliseconds, round by round. */
    private static final class Answers {
        private final Series p50 = new Series();
        private final Series p99 = new Series();
        private final Series max = new Series();

        void add(Load.Result result) {
            p50.add(result.p50Micros() / 1000.0);
            p99.add(result.p99Micros() / 1000.0);
            max.add(result.maxMicros() / 1000.0);
        }

        String told() {
            return Row.value(p99.median(), "ms") + " (" + Row.spread(p99) + "; p50 " + Row.value(p50.median(), "ms") + ", max "
                    + Row.value(max.max(), "ms") + ")";
        }
    }
}
