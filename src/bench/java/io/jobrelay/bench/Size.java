package io.jobrelay.bench;

import java.nio.file.Path;
import java.util.List;

/** What a finished job takes in the database, after compaction. */
final class Size implements Part {

    private static final int JOBS = 20_000;

    @Override
    public String name() {
        return "size";
    }

    @Override
    public void measure(Session session, Kind kind, Report report) throws Exception {
        int count = Scale.count(JOBS);
        Path folder = session.folder("size");
        Store store = Store.create(kind, folder);
        session.seen(store);
        long schema = store.compactedBytes();
        store.open(0, count);
        App relay = App.relay(folder, store.keys());
        try (relay) {
            session.load().load(List.of(relay.port), 32, 0, count, 600, 0).orFail();
            relay.awaitResults(count);
            Pause.millis(1_500); // the last of them are marked as delivered
        }
        long undelivered = store.number("SELECT COUNT(*) FROM relay_delivery WHERE status <> 'Delivered'");
        if (undelivered > 0) {
            throw new IllegalStateException(undelivered + " of " + count + " deliveries are not marked as delivered");
        }
        double bytes = (double) (store.compactedBytes() - schema) / count;
        Series ratio = new Series();
        ratio.add(bytes / Jobs.BODY_BYTES);
        report.add(Row.compared("database bytes per finished job, after compaction, " + kind, Row.value(bytes, "B"), "the payload: "
                + Row.value(Jobs.BODY_BYTES, "B"), ratio, Goal.atMost(3)));
    }
}
