package io.jobrelay.bench;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * One callback of 50 MB for a relay with little memory. What the heap holds at most depends on how lazily it is collected; what counts is what
 * is in use, so a second callback of that size is watched while the heap is collected again and again.
 */
final class Large implements Part {

    private static final int BYTES = 50_000_000;
    private static final double MIB = 1024 * 1024;
    private static final int ORDINARY = 50;
    private static final int TRIES = 6;

    @Override
    public String name() {
        return "large";
    }

    @Override
    public void measure(Session session, Kind kind, Report report) throws Exception {
        Path folder = session.folder("large");
        Store store = Store.create(kind, folder);
        session.seen(store);
        store.open(0, ORDINARY + 2);
        Jobs jobs = new Jobs();
        App relay = App.relay(folder, store.keys(), "-Xmx256m");
        try (relay; HeapProbe heap = new HeapProbe(relay); Wire wire = new Wire(relay.port)) {
            for (int n = 0; n < ORDINARY; n++) { // so that what the first callbacks load is not counted
                wire.send(jobs.request(n));
            }
            relay.awaitResults(ORDINARY);
            byte[] first = jobs.body(ORDINARY, BYTES);
            byte[] second = jobs.body(ORDINARY + 1, BYTES);
            AtomicInteger refusals = new AtomicInteger();
            long before = heap.live();
            double most = HeapProbe.most(heap::used, 10, () -> refusals.set(pass(relay, wire, jobs, ORDINARY, first))) - before;
            before = heap.live();
            double live = HeapProbe.most(heap::live, 50, () -> pass(relay, wire, jobs, ORDINARY + 1, second)) - before;
            report.add(Row.alone("a callback of 50 MB under -Xmx256m, answered 200 and forwarded: heap in use, " + kind,
                    "+ " + Row.value(live / MIB, "MiB") + " (with garbage + " + Row.value(most / MIB, "MiB") + ")"
                            + (refusals.get() == 0 ? "" : ", answered 503 " + refusals + " times before"),
                    "the body: " + Row.value(BYTES / MIB, "MiB"), "at once, ≤ 2 × the body", refusals.get() == 0 && live <= 2.0 * BYTES));
        } finally {
            session.listen(relay, "relay with -Xmx256m on " + kind);
        }
    }

    /**
     * Sends it as often as the API does, and waits for its file.
     *
     * @return how often it was answered 503
     */
    private static int pass(App relay, Wire wire, Jobs jobs, int n, byte[] body) throws Exception {
        int refusals = 0;
        int status = wire.send(jobs.request(n, body));
        for (; status == 503 && refusals < TRIES - 1; refusals++) {
            status = wire.send(jobs.request(n, body));
        }
        if (status != 200) {
            throw new IllegalStateException("a callback of 50 MB was answered " + status + " under -Xmx256m");
        }
        Path file = relay.results().resolve(Jobs.id(n) + ".json");
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
        return refusals;
    }
}
