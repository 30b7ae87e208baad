package io.jobrelay.forward;

import java.io.IOException;
import java.util.concurrent.atomic.AtomicLong;

/** One flush for all whose change was made before it began: while one is under way the next callers gather, and one of them flushes for all. */
final class SharedFlush {

    private final Flush flush;
    private final AtomicLong changes = new AtomicLong();
    private long flushed;

    /** What is shared. */
    interface Flush {
        void run() throws IOException;
    }

    /** @param flush makes all changes made so far durable */
    SharedFlush(Flush flush) {
        this.flush = flush;
    }

    /** @return how many changes have been made so far */
    long changes() {
        return changes.get();
    }

    /**
     * Returns when the caller's change, which has been made, is durable.
     *
     * @throws IOException when it is not
     */
    void flush() throws IOException {
        long mine = changes.incrementAndGet();
        synchronized (this) {
            if (flushed < mine) {
                long upto = changes.get();
                flush.run();
                flushed = upto;
            }
        }
    }
}
