package io.jobrelay.bench;

import java.util.ArrayList;
import java.util.List;

/** Some relays on one store, under load. */
final class Fleet implements AutoCloseable {

    private final Session session;
    private final Store store;
    private final int jobs;
    private final List<App> relays = new ArrayList<>();
    private int next;

    /**
     * @param session whose load sends the callbacks
     * @param store with open jobs
     * @param instances how many relays; more than one only on PostgreSQL
     * @param jobs how many of them callbacks may end, from the first
     */
    Fleet(Session session, Store store, int instances, int jobs) {
        this.session = session;
        this.store = store;
        this.jobs = jobs;
        for (int i = 0; i < instances; i++) {
            // an H2 lies in the file that its URL names, wherever the relay runs
            relays.add(App.relay(session.folder("instance"), store.keys()));
        }
    }

    /** Sends callbacks as fast as they come through, and waits until each has become a file. */
    Load.Result load(int connections, double seconds) {
        Load.Result result = session.load().load(relays.stream().map(relay -> relay.port).toList(), connections, next, jobs, seconds, 0).orFail();
        next += result.answers() + connections;
        if (next >= jobs) {
            throw new IllegalStateException("The store has run out of jobs that callbacks may end");
        }
        for (int i = 0, seen = -1; results() < result.answers(); i++) {
            if (i > 300 && seen == results()) {
                throw new IllegalStateException("Only " + seen + " of " + result.answers() + " results have arrived at the file sinks");
            }
            seen = results();
            Pause.millis(100);
        }
        relays.forEach(App::clearResults);
        return result;
    }

    /** @return the relays */
    List<App> relays() {
        return relays;
    }

    private int results() {
        return relays.stream().mapToInt(App::resultCount).sum();
    }

    @Override
    public void close() {
        relays.forEach(App::close);
        relays.forEach(relay -> session.listen(relay, "relays on " + store.kind()));
    }
}
