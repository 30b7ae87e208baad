package io.jobrelay.server;

import io.vertx.core.Context;
import io.vertx.core.Vertx;
import java.util.ArrayDeque;
import java.util.Deque;

/**
 * Lets bodies in, in the order they came, as far as there is room for them; one that is larger than the room is taken when there is no other.
 * Those that wait are not read and cost nothing but their connection.
 */
public final class BodyQueue {

    private static final int MOST_WAITING = 1_000;
    private final long most;
    private final Deque<Waiting> waiting = new ArrayDeque<>();
    private long held;

    private record Waiting(Object holder, long bytes, Context loop, Runnable go) {
    }

    /** @param most bytes that all bodies may have at once */
    public BodyQueue(long most) {
        this.most = most;
    }

    /**
     * @param holder of a body
     * @param bytes that it is announced to have
     * @param go is run in this thread, now, or on this event loop when there is room, which is counted then
     * @return whether it is in or waits; if not, too many wait already
     */
    public boolean enter(Object holder, long bytes, Runnable go) {
        synchronized (this) {
            if (!waiting.isEmpty() || !take(0, bytes)) {
                return waiting.size() < MOST_WAITING && waiting.add(new Waiting(holder, bytes, Vertx.currentContext(), go));
            }
        }
        go.run();
        return true;
    }

    /**
     * @param own bytes that a body has, whose length was not announced
     * @param bytes more that have arrived
     * @return whether there is room for them
     */
    public synchronized boolean more(long own, long bytes) {
        return take(own, bytes);
    }

    /**
     * @param holder that does not want to wait any more
     * @return whether it waited
     */
    public synchronized boolean giveUp(Object holder) {
        return waiting.removeIf(one -> one.holder() == holder);
    }

    /**
     * @param bytes all that a body took, which is let go
     */
    public synchronized void leave(long bytes) {
        held -= bytes;
        while (!waiting.isEmpty() && take(0, waiting.peek().bytes())) {
            Waiting next = waiting.poll();
            next.loop().runOnContext(now -> next.go().run());
        }
    }

    private boolean take(long own, long bytes) {
        boolean fits = held + bytes <= most || held == own;
        held += fits ? bytes : 0;
        return fits;
    }
}
