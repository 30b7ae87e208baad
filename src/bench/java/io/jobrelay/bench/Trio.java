package io.jobrelay.bench;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.sql.SQLException;
import java.util.List;

/**
 * The three that are compared under load: the empty route, the plain way, and a relay with everything switched on. All are warm before the
 * first round, and only one of them has work at a time: after a round of the relay its results are waited for.
 */
final class Trio implements AutoCloseable {

    private static final int OPEN_JOBS = 360_000; // more than all loads of a run can take
    private static final int MOST_AT_ONCE = 15_000;
    final Kind kind;
    final Store store;
    final App plain;
    final App relay;
    private final Session session;
    private final int jobs = Scale.count(OPEN_JOBS);
    private int next;
    private int stored;
    private int delivered;

    Trio(Session session, Kind kind, Path home) throws SQLException, IOException {
        this.session = session;
        this.kind = kind;
        var folder = session.folder("relay");
        store = Store.create(home, kind, folder);
        store.open(0, jobs);
        session.seen(store);
        session.empty();
        var plainFolder = session.folder("plain");
        plain = App.plain(plainFolder, Store.plainUrl(kind, plainFolder));
        Warm.up(plain, () -> plain(32, Warm.seconds(), 0));
        relay = App.relay(home, folder, store.keys());
        Warm.up(relay, () -> {
            relay(32, 2 * Warm.seconds(), 0);
            drain();
        });
    }

    /**
     * Sends callbacks to the relay, each for another job.
     *
     * @param connections that send
     * @param seconds after which nothing more is sent, or before, when 15,000 were answered: their results have to be waited for
     * @param rate a second; 0 for as many as come through
     * @return what came of it; each answer was 200
     */
    Load.Result relay(int connections, double seconds, double rate) {
        return took(session.load().load(List.of(relay.port), connections, next, Math.min(jobs, next + MOST_AT_ONCE), seconds, rate), connections);
    }

    /** Sends that many callbacks to the relay, as fast as they come through. */
    Load.Result relay(int connections, int count) {
        return took(session.load().load(List.of(relay.port), connections, next, Math.min(jobs, next + count), 600, 0), 0);
    }

    /** Sends callbacks to the relay for that many jobs, each of them as often as that, and waits until all are settled. */
    Load.Result storm(int connections, int count, int copies) {
        Load.Result result = session.load().load(relay.port, connections, next, next + count, copies).orFail();
        next += count;
        stored += count;
        relay(1, 1); // what is stored is settled in its order: when this one is a file, the copies are settled
        drain();
        return result;
    }

    private Load.Result took(Load.Result result, int unsent) {
        next += result.answers() + unsent; // each connection has taken a number and not sent it
        stored += result.answers();
        if (next >= jobs) {
            throw new IllegalStateException("The store has run out of open jobs");
        }
        return result.orFail();
    }

    /** @return the number of a job that is still open, for a callback that is sent otherwise */
    int open() {
        stored++;
        return next++;
    }

    /** @return how many callbacks the relay has answered */
    int stored() {
        return stored;
    }

    /** Sends to the empty route, as {@link #relay}. */
    Load.Result empty(int connections, double seconds, double rate) {
        return session.load().load(List.of(session.empty().port), connections, 0, Integer.MAX_VALUE, seconds, rate).orFail();
    }

    /** Sends to the plain way, as {@link #relay}. */
    Load.Result plain(int connections, double seconds, double rate) {
        return flushed(session.load().load(List.of(plain.port), connections, 0, Integer.MAX_VALUE, seconds, rate).orFail());
    }

    /** Sends that many to the plain way. */
    Load.Result plain(int connections, int count) {
        return flushed(session.load().load(List.of(plain.port), connections, 0, count, 600, 0).orFail());
    }

    /** What the plain way has written to H2 and never flushed would otherwise be flushed with, and counted as, the next one's first answer. */
    private Load.Result flushed(Load.Result result) {
        if (kind == Kind.H2) {
            try (FileChannel file = FileChannel.open(Store.plainFile(plain.folder), StandardOpenOption.WRITE)) {
                file.force(true);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
        return result;
    }

    /** Waits until the result of each callback answered so far is a file; nothing is left to do for the relay then. */
    void drain() {
        relay.awaitResults(stored - delivered);
        relay.clearResults();
        delivered = stored;
    }

    @Override
    public void close() {
        plain.close();
        relay.close();
    }
}
