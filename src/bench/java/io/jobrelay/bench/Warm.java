package io.jobrelay.bench;

import java.util.List;
import java.util.function.DoubleSupplier;

/** Loads an application until it gets no faster: what is compared is what stays, not how far the JIT compiler has come. */
final class Warm {

    private static final double WINDOW_SECONDS = 3;
    private static final int CONNECTIONS = 32;
    private static final int MOST = 9;
    private static final int FLAT = 2;
    private static final double FASTER = 1.05;

    private Warm() {
    }

    /** @param rate loads for a while and tells the answers a second */
    static void up(DoubleSupplier rate) {
        double best = 0;
        int flat = 0;
        for (int i = 0; i < Scale.rounds(MOST) && flat < FLAT; i++) {
            double now = rate.getAsDouble();
            flat = now > FASTER * best ? 0 : flat + 1;
            best = Math.max(best, now);
        }
    }

    /** Warms up an application that takes any callback. */
    static void up(Helper load, App app) {
        up(() -> load.load(List.of(app.port), CONNECTIONS, 0, Integer.MAX_VALUE, seconds(), 0).orFail().perSecond());
    }

    /** @return how long each of the loads is */
    static double seconds() {
        return Scale.seconds(WINDOW_SECONDS);
    }
}
