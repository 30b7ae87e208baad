package io.jobrelay.bench;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/** From a callback's answer until its whole outcome is a file, on a relay that does nothing else. */
final class ForwardLatency implements Part {

    private static final int CALLBACKS = 200;
    private static final long PAUSE_MILLIS = 23; // not a divisor of the relay's own second
    private static final double P99_MILLIS = 100;

    @Override
    public String name() {
        return "forward-latency";
    }

    @Override
    public boolean needsTrio() {
        return true;
    }

    @Override
    public void measure(Session session, Kind kind, Report report) throws Exception {
        Trio trio = session.trio(kind);
        Jobs jobs = new Jobs();
        Series latency = new Series();
        try (Wire wire = new Wire(trio.relay.port)) {
            for (int i = 0; i < Scale.count(CALLBACKS); i++) {
                int n = trio.open();
                int status = wire.send(jobs.request(n));
                if (status != 200) {
                    throw new IllegalStateException("a callback was answered " + status);
                }
                latency.add(millisUntil(trio.relay.results().resolve(Jobs.id(n) + ".json")));
                Pause.millis(PAUSE_MILLIS);
            }
        }
        trio.drain();
        double flush = 1000 / PlainFiles.perSecond(session.folder("flush"), 100);
        report.add(Row.alone("callback answered → file at the sink, idle relay, p99, " + kind, Row.value(latency.percentile(0.99), "ms") + " (p50 "
                + Row.value(latency.median(), "ms") + ", max " + Row.value(latency.max(), "ms") + ")",
                "writing and flushing such a file: " + Row.value(flush, "ms"), "≤ 100 ms", latency.percentile(0.99) <= P99_MILLIS));
    }

    private static double millisUntil(Path file) {
        long began = System.nanoTime();
        while (!Files.exists(file)) { // it appears under this name when it is whole
            if (System.nanoTime() - began > TimeUnit.SECONDS.toNanos(30)) {
                throw new IllegalStateException("an outcome did not arrive at the file sink within 30 s");
            }
            LockSupport.parkNanos(200_000);
        }
        return (System.nanoTime() - began) / 1e6;
    }
}
