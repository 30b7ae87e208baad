package io.jobrelay.bench;

/** Loads an application until its code is compiled: what is compared is what stays, not how far the JIT compilers have come. */
final class Warm {

    private static final double WINDOW_SECONDS = 1.5;
    private static final int LEAST = 4;
    private static final int MOST = 12;
    private static final double STILL_COMPILED = 0.1;
    private static final long LOOK_MILLIS = 100;
    private static final double BUSY_SECONDS = 0.03;
    private static final int MOST_LOOKS = 100;

    private Warm() {
    }

    /**
     * Ends when a load has given the compilers hardly any work, less than a tenth of a processor's time, or after the twelfth. After each load
     * they are let finish: beside a load they would take twice as long, and what they compiled later would be loaded for nothing meanwhile.
     *
     * @param app that is loaded
     * @param load of {@link #seconds}; of more for a relay, which answers fewer callbacks in a second than the others and has more code
     */
    static void up(App app, Runnable load) {
        double before = app.compilerSeconds();
        for (int i = 1; i <= Scale.rounds(MOST); i++) {
            long began = System.nanoTime();
            load.run();
            double loaded = (System.nanoTime() - began) / 1e9;
            double now = quiet(app);
            if (i >= LEAST && now - before < STILL_COMPILED * loaded) {
                return;
            }
            before = now;
        }
    }

    /** @return how long each of the loads is */
    static double seconds() {
        return Scale.seconds(WINDOW_SECONDS);
    }

    /** @return the time its compilers have worked, once they are idle, which is after ten seconds at the latest */
    private static double quiet(App app) {
        double before = app.compilerSeconds();
        for (int i = 0; i < MOST_LOOKS; i++) {
            Pause.millis(LOOK_MILLIS);
            double now = app.compilerSeconds();
            if (now - before < BUSY_SECONDS) {
                return now;
            }
            before = now;
        }
        return before;
    }
}
