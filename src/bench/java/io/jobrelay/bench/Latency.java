package io.jobrelay.bench;

/** How long an answer takes at half the rate that the relay can answer; requests come by the clock, whether or not the last was answered. */
final class Latency implements Part {

    private static final double WINDOW_SECONDS = 6;
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
        Load.Result empty = trio.empty(CONNECTIONS, Scale.seconds(WINDOW_SECONDS / 4), rate);
        Load.Result relay = trio.relay(CONNECTIONS, Scale.seconds(WINDOW_SECONDS), rate);
        trio.drain();
        report.add(Row.alone("p99 of a durable answer at half that load (" + Row.value(rate, "/s") + "), " + kind, told(relay),
                "empty route at that rate: " + told(empty), "p99 ≤ 20 ms, max ≤ 1 s",
                relay.p99Micros() / 1000.0 <= P99_MILLIS && relay.maxMicros() / 1000.0 <= MAX_MILLIS));
    }

    private static String told(Load.Result result) {
        return Row.value(result.p99Micros() / 1000.0, "ms") + " (p50 " + Row.value(result.p50Micros() / 1000.0, "ms") + ", max "
                + Row.value(result.maxMicros() / 1000.0, "ms") + ")";
    }
}
