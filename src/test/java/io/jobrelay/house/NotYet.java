package io.jobrelay.house;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/** What does not hold yet: one line a rule, what breaks it by name, an asterisk for all. Without its line a rule holds for everything. */
final class NotYet {

    private static final Map<String, Set<String>> KNOWN = Map.of();

    private NotYet() {
    }

    /**
     * Fails when a rule is broken by what is not known here, and says what is.
     *
     * @param rule as it is called here
     * @param broken what is wrong, by the name of what breaks it
     */
    static void check(String rule, Map<String, String> broken) {
        Set<String> known = KNOWN.getOrDefault(rule, Set.of());
        Map<String, String> open = new TreeMap<>(broken);
        open.keySet().removeIf(name -> known.contains(name) || known.contains("*"));
        Map<String, String> still = new TreeMap<>(broken);
        still.keySet().removeAll(open.keySet());
        if (!still.isEmpty()) {
            System.out.println("Not yet, " + rule + ": " + String.join("; ", still.values()));
        }
        Set<String> done = new TreeSet<>(known);
        done.removeIf(name -> broken.containsKey(name) || name.equals("*") && !broken.isEmpty());
        if (!done.isEmpty()) {
            System.out.println("Holds by now and can go from NotYet, " + rule + ": " + String.join(", ", done));
        }
        assertThat(open.values()).as(rule).isEmpty();
    }
}
