package io.jobrelay.house;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.stream.Collectors;

/** What is far larger than others of its kind. It may be right as it is; somebody should have looked, and so it is said and fails nothing. */
final class Sizes {

    private Sizes() {
    }

    /**
     * @param house to look through
     * @return a sentence for each kind of which something is far out of line
     */
    static List<String> outOfLine(House house) {
        Packages packages = Packages.of(house.java());
        Map<String, Map<String, Integer>> kinds = new LinkedHashMap<>();
        kinds.put("steps of a route", house.all().stream().collect(Collectors.toMap(route -> route.id(), route -> route.steps().size())));
        kinds.put("words of a note", house.routes().stream().collect(Collectors.toMap(route -> route.id(),
                route -> Objects.toString(route.yaml().get("note"), "").split("\\s+").length)));
        kinds.put("lines of a route file", house.files().stream().collect(Collectors.toMap(RouteYaml::name, file -> House.lines(file.text()))));
        kinds.put("lines of a statement", house.statements().entrySet().stream()
                .collect(Collectors.toMap(file -> house.root().relativize(file.getKey()).toString(), file -> House.lines(file.getValue()))));
        kinds.put("lines of code of a class", house.java().entrySet().stream()
                .collect(Collectors.toMap(file -> file.getKey().getFileName().toString() + " of " + file.getKey().getParent().getFileName(),
                        file -> code(file.getValue()))));
        kinds.put("lines of a package", packages.lines());
        List<String> said = new ArrayList<>();
        kinds.forEach((kind, sizes) -> {
            List<Integer> sorted = sizes.values().stream().sorted().toList();
            int quarter = sorted.get(sorted.size() / 4);
            int most = sorted.get(sorted.size() * 3 / 4);
            Map<String, Integer> out = new TreeMap<>();
            sizes.forEach((name, size) -> {
                if (size > most + 3 * (most - quarter)) {
                    out.put(name, size);
                }
            });
            if (!out.isEmpty()) {
                said.add(kind + ", half of them at most " + sorted.get(sorted.size() / 2) + ": " + out.entrySet().stream()
                        .sorted(Map.Entry.<String, Integer>comparingByValue().reversed()).map(one -> one.getKey() + " " + one.getValue())
                        .collect(Collectors.joining(", ")));
            }
        });
        return said;
    }

    /**
     * @param text of a Java file
     * @return how many of its lines say something: no comment, no import, not blank
     */
    static int code(String text) {
        return (int) JavaCalls.code(text).lines().filter(line -> !line.isBlank() && !line.matches("(import|package) .*")).count();
    }
}
