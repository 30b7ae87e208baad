package io.jobrelay.bench;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;

/** Some relays on one store, under load; more of them, and more jobs, can be added while they run. */
final class Fleet implements AutoCloseable {

    private static final int FIRST_THAT_STAYS = 10_000_000;
    private final Session session;
    private final Store store;
    private final int pool;
    private final List<App> relays = new ArrayList<>();
    private int next;
    private int opened;
    private int staying;

    /** What came of a load: the answers, how the processors were used meanwhile, and how fast the results came to the file sinks afterwards. */
    record Loaded(Load.Result result, Machine.Processors processors, double forwardedPerSecond) {
    }

    /**
     * @param session whose load sends the callbacks
     * @param store in which they lie
     * @param pool so many jobs that callbacks may end are open before each load; 0 to open them once
     */
    Fleet(Session session, Store store, int pool) {
        this.session = session;
        this.store = store;
        this.pool = pool;
    }

    /** @return one relay more, answering; more than one only on PostgreSQL */
    App add() {
        // an H2 lies in the file that its URL names, wherever the relay runs
        App relay = App.relay(session.folder("instance"), store.keys());
        relays.add(relay);
        return relay;
    }

    /** Opens jobs that callbacks may end; on H2 before the relay runs. */
    void open(int jobs) throws SQLException {
        store.open(opened, opened + jobs);
        opened += jobs;
    }

    /** Opens jobs that no callback ends, until so many are there; on H2 before the relay runs. */
    void stay(int jobs) throws SQLException {
        store.open(FIRST_THAT_STAYS + staying, FIRST_THAT_STAYS + jobs);
        staying = jobs;
    }

    /** @return how many jobs are open that no callback ends */
    int staying() {
        return staying;
    }

    /** Sends callbacks as fast as they come through, and waits until each has become a file. */
    Loaded load(List<App> some, int connections, double seconds) {
        try {
            if (opened - next < pool) {
                open(pool - (opened - next));
            }
            int before = results();
            Machine.Processors busy = Machine.processors();
            Load.Result result = session.load().load(some.stream().map(relay -> relay.port).toList(), connections, next, opened, seconds, 0).orFail();
            busy = Machine.processors().since(busy);
            next += result.answers() + connections;
            if (next >= opened) {
                throw new IllegalStateException("The store has run out of jobs that callbacks may end");
            }
            long began = System.nanoTime();
            int early = results() - before;
            awaitResults(before + result.answers());
            double forwarded = (result.answers() - early) / ((System.nanoTime() - began) / 1e9);
            relays.forEach(App::clearResults);
            return new Loaded(result, busy, forwarded);
        } catch (SQLException e) {
            throw new IllegalStateException("Jobs cannot be opened", e);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void awaitResults(int count) {
        for (int i = 0, seen = -1; results() < count; i++) {
            if (i > 300 && seen == results()) {
                throw new IllegalStateException("Only " + seen + " of " + count + " results have arrived at the file sinks");
            }
            seen = results();
            Pause.millis(100);
        }
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
