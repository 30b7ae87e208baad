package io.jobrelay.bench;

/** Shortens everything for a try: {@code -Dbench.scale=0.1} makes windows a tenth as long and counts a tenth as large. */
final class Scale {

    private static final double FACTOR = Double.parseDouble(System.getProperty("bench.scale", "1"));

    private Scale() {
    }

    /** @return seconds to measure or to warm up, instead of those */
    static double seconds(double seconds) {
        return Math.max(0.3, seconds * FACTOR);
    }

    /** @return how many, instead of that many */
    static int count(int count) {
        return Math.max(Math.min(count, 50), (int) (count * FACTOR));
    }

    /** @return how many rounds, instead of that many */
    static int rounds(int rounds) {
        return FACTOR < 1 ? Math.min(rounds, 2) : rounds;
    }

    /** @return whether the figures are those of a try */
    static boolean shortened() {
        return FACTOR < 1;
    }
}
