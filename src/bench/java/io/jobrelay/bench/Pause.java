package io.jobrelay.bench;

import java.util.concurrent.TimeUnit;

/** Waiting. */
final class Pause {

    private Pause() {
    }

    static void millis(long millis) {
        try {
            TimeUnit.MILLISECONDS.sleep(millis);
        } catch (InterruptedException e) {
            throw new IllegalStateException("The benchmark was interrupted", e);
        }
    }
}
