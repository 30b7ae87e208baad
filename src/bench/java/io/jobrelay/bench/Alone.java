package io.jobrelay.bench;

/** One connection: nobody waits for company when alone. */
final class Alone implements Part {

    private static final double WINDOW_SECONDS = 1.5;
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
        for (int round = 0; round < Scale.rounds(ROUNDS); round++) {
            plain.add(trio.plain(1, Scale.seconds(WINDOW_SECONDS), 0).p50Micros() / 1000.0);
            relay.add(trio.relay(1, Scale.seconds(WINDOW_SECONDS), 0).p50Micros() / 1000.0);
            trio.drain();
        }
        report.add(Row.compared("p50 of a durable answer, one connection, " + kind, "ms", relay, "the plain way", plain,
                Goal.atMost(kind == Kind.POSTGRESQL ? 1.2 : 2)));
    }
}
