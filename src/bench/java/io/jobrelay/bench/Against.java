package io.jobrelay.bench;

import java.nio.file.Path;

/**
 * The relay beside another build of it, in turns: {@code -Dbench.against=} names the folder {@code target/ai-job-relay} of that. A figure is no worse
 * than before when one of its rounds was not.
 */
final class Against implements Part {

    private static final double WINDOW_SECONDS = 1.5;
    private static final int ROUNDS = 5;
    private static final int CPU_CALLBACKS = 2_000;
    private static final int CPU_CONNECTIONS = 32;

    @Override
    public String name() {
        return "against";
    }

    @Override
    public void measure(Session session, Kind kind, Report report) throws Exception {
        String other = System.getProperty("bench.against", "");
        if (other.isEmpty()) {
            throw new IllegalStateException("-Dbench.against= has to name the folder target/ai-job-relay of another build");
        }
        Path before = Path.of(other).toAbsolutePath();
        try (Trio now = new Trio(session, kind, App.HOME); Trio then = new Trio(session, kind, before)) {
            for (int connections : new int[] {1, 32, 128}) {
                rate(report, "durable answers, " + connections + (connections == 1 ? " connection, " : " connections, ") + kind,
                        () -> answers(now, connections), () -> answers(then, connections));
            }
            PostgresCpu server = kind == Kind.POSTGRESQL ? new PostgresCpu(now.store) : null;
            Series nowCpu = new Series();
            Series thenCpu = new Series();
            turns(nowCpu, () -> cpu(now, server), thenCpu, () -> cpu(then, server));
            add(report, "processor time of a callback, forwarded to a file, " + kind, "ms", nowCpu, thenCpu, nowCpu.over(thenCpu).min() <= 1, "≤ 1");
        }
        for (int connections : new int[] {1, 32}) {
            rate(report, Cold.figure(connections) + kind, () -> Cold.relay(session, kind, App.HOME, connections).perSecond(),
                    () -> Cold.relay(session, kind, before, connections).perSecond());
        }
    }

    private static double answers(Trio trio, int connections) {
        double answers = trio.relay(connections, Scale.seconds(WINDOW_SECONDS), 0).perSecond();
        trio.drain();
        return answers;
    }

    private static double cpu(Trio trio, PostgresCpu server) {
        int count = Scale.count(CPU_CALLBACKS);
        double before = Cpu.seconds(trio.relay, server);
        trio.relay(CPU_CONNECTIONS, count);
        trio.drain();
        return (Cpu.seconds(trio.relay, server) - before) * 1000 / count;
    }

    private static void rate(Report report, String figure, Measured now, Measured then) throws Exception {
        Series nowRates = new Series();
        Series thenRates = new Series();
        turns(nowRates, now, thenRates, then);
        add(report, figure, "/s", nowRates, thenRates, nowRates.over(thenRates).max() >= 1, "≥ 1");
    }

    private static void turns(Series nows, Measured now, Series thens, Measured then) throws Exception {
        for (int round = 0; round < Scale.rounds(ROUNDS); round++) {
            thens.add(then.value());
            nows.add(now.value());
        }
    }

    private static void add(Report report, String figure, String unit, Series now, Series then, boolean met, String goal) {
        report.add(Row.against(figure, unit, now, then, goal + " in a round", met));
    }

    /** A figure of one round. */
    private interface Measured {
        double value() throws Exception;
    }
}
