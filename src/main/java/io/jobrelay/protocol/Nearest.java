package io.jobrelay.protocol;

import java.util.Collection;
import java.util.Comparator;
import java.util.Optional;

/** Finds the name that somebody meant. */
public final class Nearest {

    private Nearest() {
    }

    /**
     * @param name that is not known
     * @param known names
     * @return the one that differs from it in few letters, the fewest; none when all differ in more
     */
    public static Optional<String> of(String name, Collection<String> known) {
        return known.stream().filter(one -> distance(name, one) <= Math.max(1, name.length() / 4)).min(Comparator.comparing(one -> distance(name,
                one)));
    }

    /**
     * @param a a name
     * @param b another
     * @return how many letters must be put in, taken out or exchanged to make one of the other (Levenshtein)
     */
    public static int distance(String a, String b) {
        int[] row = new int[b.length() + 1];
        for (int j = 0; j < row.length; j++) {
            row[j] = j;
        }
        for (int i = 1; i <= a.length(); i++) {
            int diagonal = row[0];
            row[0] = i;
            for (int j = 1; j < row.length; j++) {
                int above = row[j];
                row[j] = Math.min(Math.min(above, row[j - 1]) + 1, diagonal + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1));
                diagonal = above;
            }
        }
        return row[b.length()];
    }
}
