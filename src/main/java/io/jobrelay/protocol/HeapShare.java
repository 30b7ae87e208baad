package io.jobrelay.protocol;

import java.lang.management.ManagementFactory;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/**
 * How much of this process' memory what comes from outside may take. Each kind (callbacks, answers to polls, requests, outcomes on their way) has a
 * part of it; what does not fit is refused, or waits. A program that runs takes a part of the heap that does not shrink with it, and so the room of a
 * small heap is less than its share. In a host it is the host's heap, which has others in it, too.
 */
public final class HeapShare {

    private static final long MIB = 1 << 20;
    /** What lives in the heap of a relay without work, and what its collector needs beside. */
    private static final long PROGRAM = 48 * MIB;
    /** From this size on each part is one of the whole heap. */
    private static final long ENOUGH = 256 * MIB;
    /** The least with which all that is expected of a relay was seen to work, if with small bodies only. */
    private static final long LEAST = 64 * MIB;
    private static final long LONG_NANOS = TimeUnit.SECONDS.toNanos(2);

    /** G1 does not move what is larger than half of one of its regions. */
    private static final boolean FIXED = ManagementFactory.getGarbageCollectorMXBeans().stream().anyMatch(collector -> collector.getName().startsWith("G1"));
    private static final Account ALL = new Account(left(Runtime.getRuntime().maxMemory(), FIXED));

    private HeapShare() {
    }

    /** Large things of all kinds together: each kind alone has its part, but not all of them have it at once. */
    static final class Account {

        private final long most;
        private final Deque<Object> waiting = new ArrayDeque<>();
        private long free;
        private long since;

        /** @param most bytes at once */
        Account(long most) {
            this.most = most;
            this.free = most;
        }

        /**
         * Those that wait are served in their order; whoever cannot wait stands back when the first has waited for long.
         *
         * @param bytes wanted
         * @param millis how long to wait for them
         * @param more whether the holder has some already: then it stands back for nobody, who might wait for it
         * @return bytes that are taken, less than wanted only where there are never so many; 0 when there is no room now
         * @throws InterruptedException when the waiting thread is to stop
         */
        synchronized long take(long bytes, long millis, boolean more) throws InterruptedException {
            long wanted = Math.min(bytes, most - most / 8);
            if (millis == 0) {
                boolean back = !more && !waiting.isEmpty() && System.nanoTime() - since > LONG_NANOS;
                return back || free < wanted ? 0 : taken(wanted);
            }
            Object me = new Object();
            long until = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(millis);
            since = waiting.isEmpty() ? System.nanoTime() : since;
            waiting.add(me);
            try {
                while (waiting.peek() != me || free < wanted) {
                    long left = TimeUnit.NANOSECONDS.toMillis(until - System.nanoTime());
                    if (left <= 0) {
                        return 0;
                    }
                    wait(left);
                }
                return taken(wanted);
            } finally {
                since = waiting.peek() == me ? System.nanoTime() : since;
                waiting.remove(me);
                notifyAll();
            }
        }

        private long taken(long bytes) {
            free -= bytes;
            return bytes;
        }

        synchronized void give(long bytes) {
            free += bytes;
            notifyAll();
        }
    }

    /**
     * Takes room for something large.
     *
     * @param bytes that it takes at its peak, in all its copies
     * @return bytes that were taken, for {@link #give}; 0 when there is no room at this moment
     */
    public static long take(long bytes) {
        try {
            return ALL.take(bytes, 0, false);
        } catch (InterruptedException e) {
            throw new IllegalStateException("nobody waits", e);
        }
    }

    /**
     * Takes more room for something that has some already.
     *
     * @param bytes that it takes besides
     * @return bytes that were taken, for {@link #give}; 0 when there is no room at this moment
     */
    public static long takeMore(long bytes) {
        try {
            return ALL.take(bytes, 0, true);
        } catch (InterruptedException e) {
            throw new IllegalStateException("nobody waits", e);
        }
    }

    /**
     * Takes room for something large, and waits for it.
     *
     * @param bytes that it takes at its peak, in all its copies
     * @param millis the longest to wait
     * @return bytes that were taken, for {@link #give}; 0 when there is no room even then
     * @throws InterruptedException when the waiting thread is to stop
     */
    public static long take(long bytes, long millis) throws InterruptedException {
        return ALL.take(bytes, millis, false);
    }

    /** @param bytes that were taken and are free again */
    public static void give(long bytes) {
        ALL.give(bytes);
    }

    /** @return bytes that the parts are parts of: the whole heap, and less than that below 256 MiB */
    public static long room() {
        return room(Runtime.getRuntime().maxMemory(), FIXED);
    }

    /**
     * @param heap in bytes
     * @param fixed whether its collector leaves large arrays where they are
     * @return what of it the parts are parts of
     */
    static long room(long heap, boolean fixed) {
        return heap >= ENOUGH ? heap : left(heap, fixed) * ENOUGH / (ENOUGH - PROGRAM);
    }

    /** What a program leaves. Where large arrays stay where they are, there are gaps between them that none fits into. */
    private static long left(long heap, boolean fixed) {
        long left = Math.max(heap / 8, heap - PROGRAM);
        return fixed && heap < ENOUGH ? left / 5 * 3 : left;
    }

    /**
     * @param part 8 means an eighth
     * @return bytes of one part of the room
     */
    public static long part(int part) {
        return room() / part;
    }

    /** @return what is to be said where the heap is smaller than what a relay needs */
    public static Optional<String> warning() {
        return warning(Runtime.getRuntime().maxMemory());
    }

    /**
     * @param heap in bytes
     * @return what is to be said of it, if anything
     */
    public static Optional<String> warning(long heap) {
        return heap >= LEAST - 4 * MIB ? Optional.empty() // some collectors count less than -Xmx says
                : Optional.of("The heap is " + heap / MIB + " MiB, and a relay needs " + LEAST / MIB + ": it may end for want of memory, and refuses all but"
                        + " small bodies. Start it with more (JAVA_OPTS=-Xmx256m, or a larger machine).");
    }
}
