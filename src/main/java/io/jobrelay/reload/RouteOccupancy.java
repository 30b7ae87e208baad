package io.jobrelay.reload;

import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.apache.camel.Exchange;

/**
 * Counts who is inside each {@code direct:} route and can keep newcomers waiting, so that a route is exchanged when nobody is in it. Whoever is
 * inside a route of the same exchange may still go on to the next of them: what is under way is finished, not cut.
 */
final class RouteOccupancy {

    private static final String INSIDE = "JobRelayInside";
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private final Map<String, Door> doors = new HashMap<>();

    /** One route's door. All its members are guarded by the lock. */
    private static final class Door {
        private int inside;
        private boolean held;
        private boolean shut;
    }

    /** Where an exchange is, innermost first. */
    private record Place(Door door, Place outer) {
        static boolean held(Place place) {
            for (Place p = place; p != null; p = p.outer) {
                if (p.door.held) {
                    return true;
                }
            }
            return false;
        }
    }

    /** Somebody inside; to be closed once, when the route is through with the exchange. */
    interface Stay {
        /** Tells that the route is through. */
        void over();
    }

    /**
     * Goes in, after waiting while newcomers are held.
     *
     * @param key of the route, such as {@code direct://settle-group}
     * @param exchange that goes in
     * @param patience how long it waits at most
     * @return its stay; null when newcomers were held for longer than that
     * @throws InterruptedException when the waiting thread is to stop
     */
    Stay enter(String key, Exchange exchange, Duration patience) throws InterruptedException {
        Place from = exchange.getProperty(INSIDE, Place.class);
        Door door;
        lock.lock();
        try {
            door = doors.computeIfAbsent(key, k -> new Door());
            long left = patience.toNanos();
            while (door.shut || door.held && !Place.held(from)) {
                if (left <= 0) {
                    return null;
                }
                left = changed.awaitNanos(left);
            }
            door.inside++;
        } finally {
            lock.unlock();
        }
        exchange.setProperty(INSIDE, new Place(door, from));
        return () -> leave(door, from, exchange);
    }

    private void leave(Door door, Place from, Exchange exchange) {
        if (from == null) {
            exchange.removeProperty(INSIDE);
        } else {
            exchange.setProperty(INSIDE, from);
        }
        lock.lock();
        try {
            door.inside--;
            if (door.held) {
                changed.signalAll();
            }
        } finally {
            lock.unlock();
        }
    }

    /**
     * Lets nobody new into these routes, and returns when nobody is in any of them.
     *
     * @param keys of the routes; {@link #open} lets newcomers in again
     * @param patience how long those inside have to come out
     * @param stayed gets the keys of routes that were not empty in time
     * @return whether all are empty; if not, the doors are open again
     * @throws InterruptedException when the waiting thread is to stop
     */
    boolean empty(Collection<String> keys, Duration patience, Collection<String> stayed) throws InterruptedException {
        lock.lock();
        boolean empty = false;
        try {
            keys.forEach(key -> doors.computeIfAbsent(key, k -> new Door()).held = true);
            long left = patience.toNanos();
            while (keys.stream().anyMatch(key -> doors.get(key).inside > 0)) {
                if (left <= 0) {
                    keys.stream().filter(key -> doors.get(key).inside > 0).forEach(stayed::add);
                    return false;
                }
                left = changed.awaitNanos(left);
            }
            keys.forEach(key -> doors.get(key).shut = true);
            empty = true;
            return true;
        } finally {
            if (!empty) {
                open(keys);
            }
            lock.unlock();
        }
    }

    /** @param keys of the routes that may be entered again */
    void open(Collection<String> keys) {
        lock.lock();
        try {
            keys.forEach(key -> {
                Door door = doors.get(key);
                if (door != null) {
                    door.held = false;
                    door.shut = false;
                }
            });
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /**
     * Waits a moment, or until something changed.
     *
     * @param millis how long
     * @throws InterruptedException when the waiting thread is to stop
     */
    void pause(long millis) throws InterruptedException {
        lock.lock();
        try {
            changed.await(millis, TimeUnit.MILLISECONDS);
        } finally {
            lock.unlock();
        }
    }
}
