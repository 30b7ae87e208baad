package io.jobrelay.flow;

import java.util.concurrent.Executor;

/**
 * Threads that the relay may hold for as long as the database takes, because nobody's answer waits for them to come back. A host's thread that
 * brings a request is none of them: it owes the sender an answer in time.
 */
public final class StoreWorkers implements Executor {

    private final Executor pool;
    private final ThreadLocal<Boolean> here = ThreadLocal.withInitial(() -> false);

    /** @param pool that runs them */
    public StoreWorkers(Executor pool) {
        this.pool = pool;
    }

    @Override
    public void execute(Runnable task) {
        pool.execute(() -> {
            here.set(true);
            try {
                task.run();
            } finally {
                here.set(false);
            }
        });
    }

    /** @return whether the current thread is one of them */
    boolean here() {
        return here.get();
    }
}
