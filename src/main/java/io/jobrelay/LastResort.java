package io.jobrelay;

import java.time.Duration;

/**
 * Ends the process when stopping takes longer than promised, whatever holds it up. Nothing is lost by that: what was not finished is due
 * again when its claim ends, as after any crash.
 */
final class LastResort {

    private static final Duration PATIENCE = Duration.ofSeconds(9);
    private static final int STOPPED_BY_SIGTERM = 128 + 15;

    private LastResort() {
    }

    /** From now on, a signal that stops the process does so within ten seconds. */
    static void install() {
        Runtime.getRuntime().addShutdownHook(new Thread(() -> {
            Thread watch = new Thread(LastResort::watch, "relay-last-resort");
            watch.setDaemon(true);
            watch.start();
        }, "relay-stop"));
    }

    private static void watch() {
        try {
            Thread.sleep(PATIENCE.toMillis());
        } catch (InterruptedException e) {
            return;
        }
        System.err.println("The relay did not finish what was under way in time; it is taken up again at the next start.");
        Runtime.getRuntime().halt(STOPPED_BY_SIGTERM);
    }
}
