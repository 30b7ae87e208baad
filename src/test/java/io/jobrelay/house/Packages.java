package io.jobrelay.house;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Pattern;

/**
 * The relay's own packages, and which of them need which: what is imported, and what is written out in full in the code. The facade, which is
 * the package at the top, is left out: it may need all and be needed.
 *
 * @param needs by package
 * @param lines of each package's files
 * @param classes by package
 */
record Packages(Map<String, Set<String>> needs, Map<String, Integer> lines, Map<String, Integer> classes) {

    static final String FACADE = "io.jobrelay";
    private static final Pattern OWN = Pattern.compile("\\b(io\\.jobrelay(?:\\.[a-z]\\w*)*)\\.[A-Z]");
    private static final Pattern PACKAGE = Pattern.compile("(?m)^package ([\\w.]+);");

    /**
     * @param java the sources
     * @return their packages
     */
    static Packages of(Map<Path, String> java) {
        Packages all = new Packages(new TreeMap<>(), new TreeMap<>(), new TreeMap<>());
        java.values().forEach(text -> {
            String here = PACKAGE.matcher(text).results().map(found -> found.group(1)).findFirst().orElse("");
            all.lines.merge(here, House.lines(text), Integer::sum);
            all.classes.merge(here, 1, Integer::sum);
            Set<String> needed = all.needs.computeIfAbsent(here, name -> new TreeSet<>());
            OWN.matcher(JavaCalls.code(text)).results().map(found -> found.group(1)).filter(name -> !name.equals(here)).forEach(needed::add);
        });
        return all;
    }

    /** @return the packages that need each other, in groups; within a group each leads to each */
    List<Set<String>> circles() {
        List<Set<String>> circles = new ArrayList<>();
        for (String one : needs.keySet()) {
            Set<String> circle = new TreeSet<>();
            reached(one).stream().filter(other -> reached(other).contains(one)).forEach(circle::add);
            if (!circle.isEmpty() && !circles.contains(circle)) {
                circles.add(circle);
            }
        }
        return circles;
    }

    /** @return for each package in a circle those of the same circle that it needs itself: the knots to untie */
    Map<String, Set<String>> knots() {
        Map<String, Set<String>> knots = new TreeMap<>();
        circles().forEach(circle -> circle.forEach(one -> {
            Set<String> within = new TreeSet<>(needs.get(one));
            within.retainAll(circle);
            knots.put(one, within);
        }));
        return knots;
    }

    private Set<String> reached(String from) {
        Set<String> found = new TreeSet<>();
        List<String> next = new ArrayList<>(List.of(from));
        while (!next.isEmpty()) {
            needs.getOrDefault(next.remove(0), Set.of()).stream().filter(name -> !name.equals(FACADE)).filter(found::add).forEach(next::add);
        }
        return from.equals(FACADE) ? Set.of() : found;
    }
}
