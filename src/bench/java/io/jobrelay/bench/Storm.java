package io.jobrelay.bench;

/**
 * The same callbacks again and again, as from a sender that does not take the answer for one: each is sent fifty times, all of them once before any
 * of them again. A copy changes nothing and should cost less than a first callback, which ends a job and becomes a file.
 */
final class Storm implements Part {

    private static final int JOBS = 100;
    private static final int COPIES = 50;
    private static final int ROUNDS = 3;
    private static final int CONNECTIONS = 32;

    @Override
    public String name() {
        return "storm";
    }

    @Override
    public boolean needsTrio() {
        return true;
    }

    @Override
    public void measure(Session session, Kind kind, Report report) throws Exception {
        Trio trio = session.trio(kind);
        PostgresCpu server = kind == Kind.POSTGRESQL ? new PostgresCpu(trio.store) : null;
        int jobs = Scale.count(JOBS);
        int firsts = jobs * COPIES;
        Series firstAnswers = new Series();
        Series answers = new Series();
        Series firstMillis = new Series();
        Series copyMillis = new Series();
        for (int round = 0; round < Scale.rounds(ROUNDS); round++) {
            double before = Cpu.seconds(trio.relay, server);
            firstAnswers.add(trio.relay(CONNECTIONS, firsts).perSecond());
            trio.drain();
            double middle = Cpu.seconds(trio.relay, server);
            answers.add(trio.storm(CONNECTIONS, jobs, COPIES).perSecond());
            double first = (middle - before) / firsts;
            firstMillis.add(first * 1000);
            copyMillis.add((Cpu.seconds(trio.relay, server) - middle - jobs * first) * 1000 / (jobs * (COPIES - 1)));
        }
        report.add(Row.compared("durable answers in a storm of copies, each callback 50 times, 32 connections, " + kind, "/s", answers,
                "as many first callbacks", firstAnswers, Goal.atLeast(1)));
        report.add(Row.compared("processor time of a copy, until it is settled, " + kind, "ms", copyMillis, "of a first callback, until it is a file",
                firstMillis, Goal.atMost(1)));
    }
}
