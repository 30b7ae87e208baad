package io.jobrelay.api;

import java.util.concurrent.TimeUnit;

/**
 * Counts the bytes of answers that are in memory at once, until what they say is stored. Any number of answers share a room; one at a time
 * may go beyond it, and has a larger one for itself. The others wait until there is room again.
 */
final class AnswerRoom {

    private final long shared;
    private final long alone;
    private long held;
    private Held beyond;

    /** What one answer holds; to be given back in the end. */
    static final class Held {
        private long bytes;
    }

    /**
     * @param shared bytes that any number of answers may have at once
     * @param alone bytes that one may have that goes beyond
     */
    AnswerRoom(long shared, long alone) {
        this.shared = shared;
        this.alone = alone;
    }

    /** @return a room that counts with three copies of each answer until it is stored: an eighth of the heap for many, half of it for one */
    static AnswerRoom ofThisHeap() {
        long heap = Runtime.getRuntime().maxMemory();
        return new AnswerRoom(heap / 8 / 3, heap / 2 / 3);
    }

    /** @return the largest answer that there is room for */
    long largest() {
        return alone;
    }

    /**
     * Waits until there is room.
     *
     * @param holder whose answer grows
     * @param bytes by so much
     * @param patienceMillis the longest to wait
     * @return whether there is room now; if not, nothing is counted
     */
    synchronized boolean take(Held holder, long bytes, long patienceMillis) {
        long end = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(patienceMillis);
        try {
            while (!fits(holder, bytes)) {
                long left = TimeUnit.NANOSECONDS.toMillis(end - System.nanoTime());
                if (left <= 0) {
                    return false;
                }
                wait(left);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
        held += bytes;
        holder.bytes += bytes;
        return true;
    }

    private boolean fits(Held holder, long bytes) {
        if (held + bytes <= shared) {
            return true;
        }
        if (beyond != null && beyond != holder || holder.bytes + bytes > alone) {
            return false;
        }
        beyond = holder;
        return true;
    }

    /** @param holder that needs nothing any more */
    synchronized void give(Held holder) {
        held -= holder.bytes;
        holder.bytes = 0;
        if (beyond == holder) {
            beyond = null;
        }
        notifyAll();
    }
}
