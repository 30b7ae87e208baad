package io.jobrelay.bench;

import java.util.List;

/** Loads applications until their code is compiled: what is compared is what stays, not how far the JIT compiler has come. */
final class Warm {

    private static final double WINDOW_SECONDS = 3;
    private static final int CONNECTIONS = 32;
    private static final int LEAST = 5;
    private static final int MOST = 14;
    private static final double STILL_COMPILED = 0.1;

    private Warm() {
    }

    /**
     * Ends when the compilers have had hardly any work during a load, or after the fourteenth.
     *
     * @param apps that are loaded
     * @param load of {@link #seconds} for each of them
     */
    static void up(List<App> apps, Runnable load) {
        double before = compilers(apps);
        for (int i = 1; i <= Scale.rounds(MOST); i++) {
            load.run();
            double now = compilers(apps);
            if (i >= LEAST && now - before < STILL_COMPILED * seconds() * apps.size()) {
                return;
            }
            before = now;
        }
    }

    /** Warms up an application that takes any callback. */
    static void up(Helper load, App app) {
        up(List.of(app), () -> load.load(List.of(app.port), CONNECTIONS, 0, Integer.MAX_VALUE, seconds(), 0).orFail());
    }

    /** @return how long each of the loads is */
    static double seconds() {
        return Scale.seconds(WINDOW_SECONDS);
    }

    private static double compilers(List<App> apps) {
        return apps.stream().mapToDouble(App::compilerSeconds).sum();
    }
}
