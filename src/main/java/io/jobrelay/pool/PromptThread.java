package io.jobrelay.pool;

import java.util.concurrent.Callable;

/**
 * Marks a thread that works for somebody who waits for his answer: connections are kept in reserve for it ({@link NetworkDataSource}), and one that does not
 * answer it in time is given up. What may take its time is not marked.
 */
public final class PromptThread {

    private static final ThreadLocal<Long> BYTES = new ThreadLocal<>();

    private PromptThread() {
    }

    /**
     * @param bytes that the work writes, which take their time on the way
     * @param work to be done on this thread
     * @return what it gave
     * @throws Exception that it threw
     */
    public static <T> T with(long bytes, Callable<T> work) throws Exception {
        Long before = BYTES.get();
        BYTES.set(bytes);
        try {
            return work.call();
        } finally {
            BYTES.set(before);
        }
    }

    /** @return how many bytes the current thread's work writes; null when nobody waits for it */
    static Long here() {
        return BYTES.get();
    }
}
