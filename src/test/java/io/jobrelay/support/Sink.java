package io.jobrelay.support;

import java.time.Clock;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CopyOnWriteArrayList;

/** Somebody's HTTP endpoint that outcomes are forwarded to: records every request, answers 200 unless told otherwise. */
public final class Sink implements AutoCloseable {

    private final List<Received> requests = new CopyOnWriteArrayList<>();
    private final Queue<Reply> next = new ConcurrentLinkedQueue<>();
    private final TestServer server;
    private volatile Reply otherwise = Reply.of(200);

    /** Listens at once, on a free loopback port. */
    public Sink() {
        server = new TestServer(Clock.systemUTC(), this::handle);
    }

    private Reply handle(Received request) {
        Reply reply = next.poll();
        requests.add(request);
        return reply == null ? otherwise : reply;
    }

    /** @return where outcomes are posted to */
    public String url() {
        return server.url() + "/outcomes";
    }

    /**
     * @param replies that the next requests get, one each
     * @return this
     */
    public Sink next(Reply... replies) {
        next.addAll(List.of(replies));
        return this;
    }

    /**
     * @param reply that every request gets for which none was queued
     * @return this
     */
    public Sink always(Reply reply) {
        otherwise = reply;
        return this;
    }

    /** @return what was received so far, in order */
    public List<Received> requests() {
        return List.copyOf(requests);
    }

    @Override
    public void close() {
        server.close();
    }
}
