package io.jobrelay.flow;

import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import java.util.function.IntSupplier;
import java.util.function.LongSupplier;
import org.apache.camel.Exchange;
import org.apache.camel.Processor;

/**
 * A step at which work that can wait gives way to callbacks, which cannot: the API allows a few tries and no waiting, while what has been
 * stored is safe. While many callbacks come in, all work that passes here shares a small part of the processors; while some do, a larger one, so
 * that what piled up before does not hold them up; and half of them when that has lasted for half a minute: a burst is over by then, and what
 * lasts must not pile up for ever. A few in a row are counted as many where storing them takes up a good part of the time: a relay that has just
 * started is slow, and would never get to many while the rest runs. Nothing is held up by more than a second each time, and otherwise
 * nothing waits. It also tells when the next group of many may be stored.
 */
public final class CallbacksFirst implements Processor {

    /** More callbacks than that, a second for each processor, are some, and many. */
    private static final int SOME = 100;
    private static final int MANY = 250;
    private static final int NOT_ALONE = 3;
    private static final double PART_OF_THE_TIME = 0.25;
    private static final double SHARE_BESIDE_SOME = 0.2;
    private static final double SHARE_BESIDE_MANY = 0.05;
    private static final double SHARE_FROM_THEN_ON = 0.5;
    private static final long LONGEST_BURST_NANOS = TimeUnit.SECONDS.toNanos(30);
    private static final long WINDOW_NANOS = TimeUnit.MILLISECONDS.toNanos(100);
    private static final long LONGEST_WAIT_NANOS = TimeUnit.SECONDS.toNanos(1);
    private static final long LOOK_AGAIN_NANOS = TimeUnit.MILLISECONDS.toNanos(20);
    /** A group costs as much as several callbacks: fewer and larger ones leave more of the processors, and that is a shorter wait at the end. */
    private static final long BETWEEN_GROUPS_NANOS = TimeUnit.MILLISECONDS.toNanos(2);
    private static final int ENOUGH = 16;
    /** What is done in one go holds a callback up for as long as it takes, where the database is in this process. */
    private static final int AT_ONCE = 100;
    private static final int AT_ONCE_BESIDE_MANY = 16;
    private static final long COUNT_AGAIN_NANOS = TimeUnit.MICROSECONDS.toNanos(250);
    private static final ThreadMXBean THREADS = ManagementFactory.getThreadMXBean();

    private final int processors;
    private final LongSupplier nanos;
    private final LongSupplier threadCpuNanos;
    private final AtomicLong freeAt;
    private final ThreadLocal<Long> cpuBefore = new ThreadLocal<>();
    private long windowBegan;
    private int inWindow;
    private int inWindowBefore;
    private long busyNanos;
    private double busyBefore;
    private long lastNotSome;
    private long lastNotMany;
    private long groupAt;
    private int inGroup;

    /** One that goes by this machine's clock and processors. */
    public CallbacksFirst() {
        this(Runtime.getRuntime().availableProcessors(), System::nanoTime,
                THREADS.isCurrentThreadCpuTimeSupported() ? THREADS::getCurrentThreadCpuTime : System::nanoTime);
    }

    /**
     * @param processors that share the work
     * @param nanos a clock that only goes forward
     * @param threadCpuNanos what the current thread has used of a processor so far
     */
    CallbacksFirst(int processors, LongSupplier nanos, LongSupplier threadCpuNanos) {
        this.processors = processors;
        this.nanos = nanos;
        this.threadCpuNanos = threadCpuNanos;
        this.freeAt = new AtomicLong(nanos.getAsLong());
        this.windowBegan = nanos.getAsLong();
        this.lastNotSome = windowBegan;
        this.lastNotMany = windowBegan;
    }

    /** @param callbacks that have arrived and are about to be stored, with one commit */
    public synchronized void arrived(int callbacks) {
        groupAt = turn();
        inWindow += callbacks;
        inGroup = callbacks;
    }

    /** @param nanos that it took to store a group */
    public synchronized void stored(long nanos) {
        turn();
        busyNanos += nanos;
    }

    /**
     * Returns when the next group may be stored: at once while few come in, when the last one was alone, or when enough wait; and otherwise
     * some moments after the last. An interrupt ends it, too.
     *
     * @param waiting how many there are so far
     */
    public void awaitCompany(IntSupplier waiting) {
        for (long left = untilNextGroup(waiting); left > 0 && !Thread.currentThread().isInterrupted(); left = untilNextGroup(waiting)) {
            LockSupport.parkNanos(Math.min(left, COUNT_AGAIN_NANOS));
        }
    }

    private synchronized long untilNextGroup(IntSupplier waiting) {
        return inGroup > 1 && many() && waiting.getAsInt() < ENOUGH ? groupAt + BETWEEN_GROUPS_NANOS - nanos.getAsLong() : 0;
    }

    /** Waits while callbacks come in and the share of the rest is used up; what the calling thread did since it passed last counts. */
    @Override
    public void process(Exchange exchange) throws InterruptedException {
        long cpu = threadCpuNanos.getAsLong();
        Long before = cpuBefore.get();
        cpuBefore.set(cpu);
        double share = share();
        if (share == 1) {
            return;
        }
        long began = nanos.getAsLong();
        long cost = before == null ? 0 : (long) ((cpu - before) / (share * processors)); // a thread that is new waits for what the others did
        long due = freeAt.updateAndGet(at -> Math.min(Math.max(at, began) + cost, began + LONGEST_WAIT_NANOS));
        for (long left = due - nanos.getAsLong(); left > 0 && share() < 1; left = due - nanos.getAsLong()) {
            TimeUnit.NANOSECONDS.sleep(Math.min(left, LOOK_AGAIN_NANOS));
        }
    }

    /** @return whether not many come in: so much work as there is may be done in one go */
    public boolean few() {
        return !many();
    }

    /** @return how many rows a group of the rest may have, which is one transaction: a callback that comes meanwhile should hardly notice it */
    public int atOnce() {
        return share() == SHARE_BESIDE_MANY ? AT_ONCE_BESIDE_MANY : AT_ONCE;
    }

    private synchronized boolean many() {
        turn();
        return moreThan(MANY, Math.max(inWindow, inWindowBefore));
    }

    /** The part of the processors that the rest may use at the moment. */
    private synchronized double share() {
        long now = turn();
        int callbacks = Math.max(inWindow, inWindowBefore);
        if (!some(callbacks)) {
            return 1;
        }
        boolean many = moreThan(MANY, callbacks);
        return now - (many ? lastNotMany : lastNotSome) >= LONGEST_BURST_NANOS ? SHARE_FROM_THEN_ON
                : many || busy(callbacks) ? SHARE_BESIDE_MANY : SHARE_BESIDE_SOME;
    }

    private boolean some(int callbacks) {
        return moreThan(SOME, callbacks) || busy(callbacks);
    }

    private boolean busy(int callbacks) {
        return callbacks >= NOT_ALONE && busyBefore > PART_OF_THE_TIME;
    }

    private boolean moreThan(int aSecond, int callbacks) {
        return callbacks > aSecond * processors * WINDOW_NANOS / TimeUnit.SECONDS.toNanos(1);
    }

    private long turn() {
        long now = nanos.getAsLong();
        if (now - windowBegan >= WINDOW_NANOS) {
            inWindowBefore = now - windowBegan < 2 * WINDOW_NANOS ? inWindow : 0;
            busyBefore = (double) busyNanos / (now - windowBegan);
            busyNanos = 0;
            lastNotSome = some(inWindowBefore) ? lastNotSome : now;
            lastNotMany = moreThan(MANY, inWindowBefore) ? lastNotMany : now;
            inWindow = 0;
            windowBegan = now;
        }
        return now;
    }
}
