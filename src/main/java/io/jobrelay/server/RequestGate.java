package io.jobrelay.server;

import io.vertx.core.Context;
import io.vertx.core.Handler;
import io.vertx.core.Vertx;
import io.vertx.ext.web.RoutingContext;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Keeps the requests of a port waiting while one of its routes is exchanged: in front of the routes, and once more when a body has been read
 * and Camel's route is next. Those that waited begin again at the front, and so find the new route. Camel takes the path of a stopped route off
 * the router, and whoever came meanwhile would be told 404.
 */
public final class RequestGate implements Handler<RoutingContext> {

    private static final String CAME = "relay-came";
    private static final String WAITS = "relay-waits";
    private final Map<String, Integer> inside = new HashMap<>();
    private final List<Runnable> waiting = new ArrayList<>();
    private boolean held;
    private int exchanges;

    /**
     * In front of all routes.
     *
     * @param ctx a request whose body has not been read
     * @return whether it waits; if so it begins again later, and nothing more is to be done with it now
     */
    public boolean waits(RoutingContext ctx) {
        synchronized (this) {
            if (held) {
                if (!ctx.request().isEnded()) {
                    ctx.request().pause();
                }
                later(ctx);
                return true;
            }
            Integer came = ctx.get(CAME);
            ctx.put(CAME, exchanges);
            if (came == null ? exchanges == 0 : came == exchanges) {
                return false;
            }
        }
        ctx.reroute(ctx.request().uri()); // Vert.x listed its routes when it came, perhaps before the last exchange was over
        return true;
    }

    /** Behind the body: the last handler before Camel's. */
    @Override
    public void handle(RoutingContext ctx) {
        String path = ctx.currentRoute().getPath();
        synchronized (this) {
            if (held) {
                later(ctx);
                return;
            }
            Integer came = ctx.get(CAME);
            if (came != null && came != exchanges) { // while its body came, its route was exchanged: this one may be the old one
                ctx.put(CAME, exchanges);
                ctx.reroute(ctx.request().uri());
                return;
            }
            inside.merge(path, 1, Integer::sum);
        }
        ctx.addEndHandler(done -> leave(path));
        ctx.next();
    }

    /** From now on requests wait. */
    public synchronized void hold() {
        held = true;
    }

    /** Those that wait, and all others, go on. */
    public void release() {
        List<Runnable> free;
        synchronized (this) {
            held = false;
            exchanges++;
            free = List.copyOf(waiting);
            waiting.clear();
        }
        free.forEach(Runnable::run);
    }

    /**
     * Returns when no request is in a route that is served under this path.
     *
     * @param path as Vert.x writes it, {@code /media/:name}
     * @param patience how long to wait
     * @return whether none is
     * @throws InterruptedException when the waiting thread is to stop
     */
    public synchronized boolean empty(String path, Duration patience) throws InterruptedException {
        long until = System.nanoTime() + patience.toNanos();
        while (inside.containsKey(path)) {
            long left = (until - System.nanoTime()) / 1_000_000;
            if (left <= 0) {
                return false;
            }
            wait(left);
        }
        return true;
    }

    private synchronized void leave(String path) {
        inside.computeIfPresent(path, (p, n) -> n == 1 ? null : n - 1);
        notifyAll();
    }

    private void later(RoutingContext ctx) {
        ctx.put(WAITS, true);
        Context loop = Vertx.currentContext();
        waiting.add(() -> loop.runOnContext(now -> {
            if (ctx.response().closed() || ctx.response().ended()) {
                return;
            }
            ctx.remove(WAITS);
            synchronized (this) {
                ctx.put(CAME, exchanges);
            }
            ctx.reroute(ctx.request().uri());
            if (ctx.get(WAITS) == null && !ctx.request().isEnded()) { // or its body would come while nobody reads it
                ctx.request().resume();
            }
        }));
    }
}
