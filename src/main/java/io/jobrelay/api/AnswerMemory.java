package io.jobrelay.api;

import io.jobrelay.protocol.HeapShare;
import java.util.concurrent.TimeUnit;

/**
 * Counts the bytes of answers that are in memory at once, until what they say is stored. Any number of answers share a room; one at a time
 * may go beyond it, and has a larger one for itself. The others wait until there is room again.
 */
final class AnswerMemory {

    private static final int COPIES = 3;
    private static final long LOOK_AGAIN_MILLIS = 50;
    private final int copies;
    private final long shared;
    private final long alone;
    private long held;
    private Held beyond;

    /** What one answer holds; to be given back in the end. */
    static final class Held {
        private long bytes;
        private long ofHeap;
    }

    /**
     * @param shared bytes that any number of answers may have at once
     * @param alone bytes that one may have that goes beyond
     * @param copies of each byte that count in the heap's common account
     */
    AnswerMemory(long shared, long alone, int copies) {
        this.copies = copies;
        this.shared = shared;
        this.alone = alone;
    }

    /** @return a room that counts with three copies of each answer until it is stored: an eighth of the heap for many, half of it for one */
    static AnswerMemory ofThisHeap() {
        return new AnswerMemory(HeapShare.part(8) / COPIES, HeapShare.part(2) / COPIES, COPIES);
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
            while (!fits(holder, bytes) || !counted(holder, bytes)) {
                long left = Math.min(LOOK_AGAIN_MILLIS, TimeUnit.NANOSECONDS.toMillis(end - System.nanoTime()));
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

    /** Others than answers have their part of the heap, too, and do not tell when they are done. */
    private boolean counted(Held holder, long bytes) {
        long taken = holder.ofHeap > 0 ? HeapShare.takeMore(copies * bytes) : HeapShare.take(copies * bytes);
        holder.ofHeap += taken;
        return taken > 0 || copies * bytes == 0;
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
        HeapShare.give(holder.ofHeap);
        holder.ofHeap = 0;
        if (beyond == holder) {
            beyond = null;
        }
        notifyAll();
    }
}
