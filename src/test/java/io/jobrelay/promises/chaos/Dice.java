package io.jobrelay.promises.chaos;

import java.util.Random;

/** Chance that a seed settles: the same seed gives the same job the same luck, whichever thread asks first. */
final class Dice {

    private final Random random;

    /**
     * @param seed of the whole run
     * @param about what chance decides here: numbers that name it
     */
    Dice(long seed, long... about) {
        long mixed = seed;
        for (long part : about) {
            mixed = (mixed ^ part) * 0x9E3779B97F4A7C15L;
            mixed ^= mixed >>> 29;
        }
        random = new Random(mixed);
    }

    /**
     * @param percent of all throws
     * @return whether this throw is one of them
     */
    boolean of(int percent) {
        return random.nextInt(100) < percent;
    }

    /** @return 0 to 99 */
    int percent() {
        return random.nextInt(100);
    }

    /**
     * @param from smallest
     * @param to largest
     * @return a number between them
     */
    int between(int from, int to) {
        return from + random.nextInt(to - from + 1);
    }
}
