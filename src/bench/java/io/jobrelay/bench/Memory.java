package io.jobrelay.bench;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** Resident memory of a relay on H2, where the database is part of the process, while it takes 100,000 callbacks. */
final class Memory implements Part {

    private static final String HEAP = Start.HEAP;
    private static final int STEPS = 5;
    private static final int CALLBACKS_A_STEP = 20_000;
    private static final double TREND = 1.10;

    @Override
    public String name() {
        return "memory";
    }

    @Override
    public List<Kind> kinds() {
        return List.of(Kind.H2);
    }

    @Override
    public void measure(Session session, Kind kind, Report report) throws Exception {
        Path folder = session.folder("memory");
        Store store = Store.create(kind, folder);
        int step = Scale.count(CALLBACKS_A_STEP);
        store.open(0, STEPS * step);
        List<Double> resident = new ArrayList<>();
        List<Double> live = new ArrayList<>();
        App relay = App.relay(folder, store.keys(), HEAP);
        try (relay; HeapProbe heap = new HeapProbe(relay)) {
            for (int i = 0; i < STEPS; i++) {
                session.load().load(List.of(relay.port), 32, i * step, (i + 1) * step, 600, 0).orFail();
                relay.awaitResults(step);
                relay.clearResults();
                resident.add(relay.residentMiB());
                live.add(heap.live() / 1024.0 / 1024);
            }
        }
        session.listen(relay, "relay of 100,000 callbacks");
        String after = String.format(Locale.ROOT, "%,d, %,d, ... %,d", step, 2 * step, STEPS * step);
        report.add(Row.alone("resident memory after " + after + " callbacks, forwarded, " + store.kind() + " (" + HEAP + ")",
                joined(resident) + " MiB", "live heap: " + joined(live) + " MiB", "no growth: the last ≤ 1.1 × the second",
                resident.get(STEPS - 1) <= TREND * resident.get(1)));
    }

    private static String joined(List<Double> values) {
        return String.join(", ", values.stream().map(Row::number).toList());
    }
}
