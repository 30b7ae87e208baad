package io.jobrelay.bench;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;

/** One callback of 50 MB for a relay with little memory. */
final class Large implements Part {

    private static final int BYTES = 50_000_000;
    private static final double MIB = 1024 * 1024;

    @Override
    public String name() {
        return "large";
    }

    @Override
    public void measure(Session session, Kind kind, Report report) throws Exception {
        Path folder = session.folder("large");
        Store store = Store.create(kind, folder);
        session.seen(store);
        store.open(0, 100);
        Jobs jobs = new Jobs();
        App relay = App.relay(folder, store.keys(), "-Xmx256m");
        try (relay; HeapProbe heap = new HeapProbe(relay); Wire wire = new Wire(relay.port)) {
            for (int n = 1; n < 50; n++) { // so that what the first callbacks load is not counted
                wire.send(jobs.request(n));
            }
            relay.awaitResults(49);
            byte[] request = jobs.request(0, jobs.body(0, BYTES));
            long before = heap.live();
            heap.resetPeaks();
            int status = wire.send(request);
            if (status != 200) {
                throw new IllegalStateException("a callback of 50 MB was answered " + status + " under -Xmx256m");
            }
            awaitFile(relay.results().resolve(Jobs.id(0) + ".json"));
            double growth = heap.peak() - before;
            report.add(Row.alone("a callback of 50 MB under -Xmx256m, answered 200 and forwarded, " + kind,
                    "heap + " + Row.value(growth / MIB, "MiB") + ", garbage included", "the body: " + Row.value(BYTES / MIB, "MiB"), "≤ 2 × the body",
                    growth <= 2.0 * BYTES));
        } finally {
            session.listen(relay, "relay with -Xmx256m on " + kind);
        }
    }

    private static void awaitFile(Path file) throws Exception {
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
        while (!Files.exists(file)) {
            if (System.nanoTime() > end) {
                throw new IllegalStateException("the outcome of 50 MB did not arrive at the file sink within a minute");
            }
            Pause.millis(20);
        }
        if (Files.size(file) < BYTES) {
            throw new IllegalStateException("the outcome of 50 MB is not whole");
        }
    }
}
