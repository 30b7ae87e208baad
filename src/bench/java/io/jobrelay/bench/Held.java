package io.jobrelay.bench;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;

/**
 * A store with a backlog: jobs that a relay has really ended, by callbacks, while no route served their sink. So they lie there in whatever form
 * the relay stores them, until a part gives some of them a sink and starts a relay that serves it.
 */
final class Held {

    private static final int RESULTS = 24_500;
    private static final long MARKED_MILLIS = 1_500;
    private final Store store;
    private final Path folder;
    private final long emptyBytes;
    private final int count = Scale.count(RESULTS);
    private int given;

    /** @param session whose load sends the callbacks */
    Held(Session session, Kind kind) throws Exception {
        folder = session.folder("held");
        store = Store.create(kind, folder);
        session.seen(store);
        emptyBytes = store.compactedBytes();
        store.open(0, count);
        try (App relay = App.relay(folder, keys())) {
            session.load().load(List.of(relay.port), 32, 0, count, 600, 0).orFail();
            awaitSettled(relay);
        }
        long waiting = store.number("SELECT COUNT(*) FROM relay_delivery WHERE status = 'Pending'");
        if (waiting != count) {
            throw new IllegalStateException("the store holds " + waiting + " instead of " + count + " deliveries");
        }
        store.analyze();
    }

    /** @return of which database */
    Kind kind() {
        return store.kind();
    }

    /** @return the keys of a relay that uses it; what is for a sink that is none of its sinks would be dead to it */
    Map<String, String> keys(String... sinks) {
        Map<String, String> keys = store.keys();
        keys.put("relay.sinks", String.join(",", sinks) + (sinks.length == 0 ? "" : ",") + "held");
        return keys;
    }

    /** @return where its relays run */
    Path folder() {
        return folder;
    }

    /** Gives that many deliveries, which had none, a sink, while no relay runs. */
    void give(String sink, int count) throws SQLException {
        store.execute("UPDATE relay_delivery SET sink = '" + sink + "' WHERE job >= '" + Jobs.id(given) + "' AND job < '" + Jobs.id(given + count) + "'");
        given += count;
    }

    /** Lets a relay forward what has no sink yet. */
    void finish() throws SQLException {
        int rest = count - given;
        if (rest > 0) {
            give("file", rest);
            try (App relay = App.relay(folder, keys("file"))) {
                relay.awaitResults(rest);
                relay.clearResults();
                awaitMarks();
            }
        }
    }

    /** Deliveries are noted together, a moment after they were made. */
    static void awaitMarks() {
        Pause.millis(MARKED_MILLIS);
    }

    /** @return what a finished job takes in the database, once that is compacted */
    double bytesEach() throws SQLException, IOException {
        long undelivered = store.number("SELECT COUNT(*) FROM relay_delivery WHERE status <> 'Delivered'");
        if (undelivered > 0) {
            throw new IllegalStateException(undelivered + " deliveries are not marked as delivered");
        }
        return (double) (store.compactedBytes() - emptyBytes) / store.number("SELECT COUNT(*) FROM relay_job WHERE ended_at IS NOT NULL");
    }

    /** Waits until every job has ended. */
    static void awaitSettled(App relay) throws IOException, InterruptedException {
        HttpRequest ask = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + relay.adminPort + "/jobs?status=InProgress&limit=1")).build();
        HttpClient client = HttpClient.newHttpClient();
        for (int i = 0; i < 600; i++) {
            if (!client.send(ask, HttpResponse.BodyHandlers.ofString()).body().contains("\"id\"")) {
                return;
            }
            Pause.millis(100);
        }
        throw new IllegalStateException("callbacks were still not settled after a minute");
    }
}
