package io.jobrelay.bench;

import java.util.Locale;
import java.util.function.DoublePredicate;

/**
 * What a figure should be.
 *
 * @param text of the table
 * @param met whether a value reaches it
 */
record Goal(String text, DoublePredicate met) {

    static Goal atLeast(double least) {
        return new Goal("≥ " + number(least), value -> value >= least);
    }

    static Goal atMost(double most) {
        return new Goal("≤ " + number(most), value -> value <= most);
    }

    private static String number(double value) {
        return value == Math.rint(value) ? String.valueOf((long) value) : String.format(Locale.ROOT, "%.2f", value);
    }
}
