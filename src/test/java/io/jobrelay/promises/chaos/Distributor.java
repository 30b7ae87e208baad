package io.jobrelay.promises.chaos;

import io.jobrelay.support.Http;
import io.jobrelay.support.Received;
import io.jobrelay.support.RelayProcess;
import io.jobrelay.support.Reply;
import io.jobrelay.support.TestServer;
import java.net.ConnectException;
import java.time.Clock;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * One public URL for several relays, as a load balancer makes it: turn by turn, to the next one where nobody listens, 503 where nobody
 * listens at all, 502 where a relay took the request and died. Some answers it loses.
 */
final class Distributor implements AutoCloseable {

    private final List<RelayProcess> relays;
    private final long seed;
    private final AtomicInteger number = new AtomicInteger();
    private final AtomicInteger dropped = new AtomicInteger();
    private final TestServer server;
    private volatile int dropPercent;

    /**
     * @param seed of the run
     * @param relays to choose from
     */
    Distributor(long seed, List<RelayProcess> relays) {
        this.seed = seed;
        this.relays = relays;
        this.server = new TestServer(Clock.systemUTC(), this::pass);
    }

    /** @return what to set {@code relay.public-url} to */
    String url() {
        return server.url();
    }

    /** @param percent of the answers that are lost from now on, after the relay gave them */
    void drop(int percent) {
        dropPercent = percent;
    }

    /** @return how many answers were lost */
    int dropped() {
        return dropped.get();
    }

    private Reply pass(Received request) {
        int n = number.incrementAndGet();
        for (int i = 0; i < relays.size(); i++) {
            RelayProcess relay = relays.get((n + i) % relays.size());
            String url = relay.publicUrl() + request.path() + (request.query() == null ? "" : "?" + request.query());
            try {
                Http.Answer answer = Http.send(request.method(), url, request.body(), "Content-Type", "application/json");
                if (new Dice(seed, 'D', n).of(dropPercent)) {
                    dropped.incrementAndGet();
                    return Reply.drop();
                }
                return Reply.json(answer.status(), answer.bytes());
            } catch (RuntimeException e) {
                if (!nobodyListened(e)) {
                    return Reply.of(502);
                }
            }
        }
        return Reply.of(503);
    }

    private static boolean nobodyListened(Throwable failure) {
        for (Throwable t = failure; t != null; t = t.getCause()) {
            if (t instanceof ConnectException) {
                return true;
            }
        }
        return false;
    }

    @Override
    public void close() {
        server.close();
    }
}
