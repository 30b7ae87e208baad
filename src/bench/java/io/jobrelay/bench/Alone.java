package io.jobrelay.bench;

/**
 * One connection: nobody waits for company when alone. On H2, where the plain way flushes nothing, what the flush of a row takes by itself stands
 * beside it.
 */
final class Alone implements Part {

    private static final double WINDOW_SECONDS = 1;
    private static final int ROUNDS = 3;

    @Override
    public String name() {
        return "alone";
    }

    @Override
    public boolean needsTrio() {
        return true;
    }

    @Override
    public void measure(Session session, Kind kind, Report report) throws Exception {
        Trio trio = session.trio(kind);
        Series plain = new Series();
        Series relay = new Series();
        Series flushed = new Series();
        try (FlushedInserts inserts = kind == Kind.H2 ? new FlushedInserts(session.folder("flushed")) : null) {
            for (int round = -1; round < Scale.rounds(ROUNDS); round++) { // the first is for a relay that has answered 32 at a time so far
                double beside = trio.plain(1, Scale.seconds(WINDOW_SECONDS), 0).p50Micros() / 1000.0;
                double own = trio.relay(1, Scale.seconds(WINDOW_SECONDS), 0).p50Micros() / 1000.0;
                trio.drain();
                double flush = inserts == null ? 0 : inserts.p50Millis(Scale.seconds(WINDOW_SECONDS));
                if (round >= 0) {
                    plain.add(beside);
                    relay.add(own);
                    flushed.add(flush);
                }
            }
        }
        report.add(Row.compared("p50 of a durable answer, one connection, " + kind, Row.value(relay.median(), "ms"),
                "the plain way: " + Row.value(plain.median(), "ms") + (kind == Kind.H2
                        ? "; inserting and flushing a row in a loop, no HTTP: " + Row.value(flushed.median(), "ms") : ""),
                relay.over(plain), Goal.atMost(kind == Kind.POSTGRESQL ? 1.2 : 2)));
    }
}
