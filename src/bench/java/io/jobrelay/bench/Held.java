package io.jobrelay.bench;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/**
 * A store with a backlog: jobs that a relay has really ended, by callbacks, while no route served its sink. So they lie there in whatever form
 * the relay stores them.
 *
 * @param store with them
 * @param folder of the relay that has made them
 */
record Held(Store store, Path folder) {

    /**
     * @param session whose load sends the callbacks
     * @param kind of database
     * @param count how many
     * @param sink that the deliveries wait for, once a relay serves it
     * @return the store, used by no relay
     */
    static Held make(Session session, Kind kind, int count, String sink) throws Exception {
        Path folder = session.folder("held");
        Store store = Store.create(kind, folder);
        session.seen(store);
        store.open(0, count);
        Map<String, String> keys = store.keys();
        keys.put("relay.sinks", "held");
        try (App relay = App.relay(folder, keys)) {
            session.load().load(List.of(relay.port), 32, 0, count, 600, 0).orFail();
            awaitSettled(relay);
        }
        store.execute("UPDATE relay_delivery SET sink = '" + sink + "'");
        long pending = store.number("SELECT COUNT(*) FROM relay_delivery WHERE status = 'Pending'");
        if (pending != count) {
            throw new IllegalStateException("the store holds " + pending + " instead of " + count + " deliveries");
        }
        store.analyze();
        return new Held(store, folder);
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
