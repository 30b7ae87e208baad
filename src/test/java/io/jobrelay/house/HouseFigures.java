package io.jobrelay.house;

import io.jobrelay.house.House.Hop;
import io.jobrelay.house.RouteYaml.Route;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Prints how large the house is and how much of it a reader has to know, beside what a review found at {@code cde3e90} and what was aimed at:
 * {@code mvn -q -Phouse process-test-classes}. What is reached stays a budget for what is built afterwards.
 */
final class HouseFigures {

    private static final int MANY_STEPS = 7;

    private final House house;
    private final List<String> rows = new ArrayList<>(List.of("| figure | cde3e90 (review) | today | aim |", "| --- | --- | --- | --- |"));
    private final List<String> notes = new ArrayList<>();

    private HouseFigures(House house) {
        this.house = house;
    }

    /**
     * @param arguments the root of a checkout; without one, this
     * @throws IOException when it cannot be read
     */
    public static void main(String[] arguments) throws IOException {
        HouseFigures figures = of(House.at(Path.of(arguments.length == 0 ? "" : arguments[0]).normalize()));
        figures.rows.forEach(System.out::println);
        System.out.println();
        figures.notes.forEach(System.out::println);
    }

    /**
     * @param house to measure
     * @return its figures
     * @throws IOException when it cannot be read
     */
    static HouseFigures of(House house) throws IOException {
        HouseFigures figures = new HouseFigures(house);
        figures.measure();
        return figures;
    }

    /** @return the table in Markdown, its two lines of heading first */
    List<String> rows() {
        return rows;
    }

    private void measure() throws IOException {
        Way callback = Way.of(house, webhook(), step -> "sink-file".equals(step.node().route().id()));
        boolean named = house.statements().keySet().stream().anyMatch(HouseFigures::isTaken);
        Way submit = Way.of(house, "submit-due", step -> named ? house.statement(step.node()).filter(HouseFigures::isTaken).isPresent()
                : "submit-answer".equals(step.node().route().id()));
        hops(callback);
        steps();
        yaml();
        submit(submit);
        callback(callback);
        packages();
        Sizes.outOfLine(house).forEach(said -> notes.add("- Out of line, " + said + "."));
        notes.add("- The cold reader's ten questions, the time of mvn verify and what Java does that a library does are not counted here.");
    }

    private static boolean isTaken(Path statement) {
        return statement.getFileName().toString().matches("(.*-)?taken\\.sql");
    }

    private String webhook() {
        return house.routes().stream().filter(route -> route.endpoints().stream()
                .anyMatch(node -> "{{relay.webhook.path}}".equals(node.parameter("path")))).map(Route::id).findFirst().orElseThrow();
    }

    private void hops(Way callback) {
        List<Hop> hops = house.hops();
        List<Hop> java = hops.stream().filter(hop -> hop.bean() != null).toList();
        long unseen = unseen(java);
        row("hops through Java, of all; of them not named by their bean's id", "28 of 127; 28",
                java.size() + " of " + hops.size() + "; " + unseen, "≤ 8; 0");
        row("the same on the way from the callback to its file: not seen, of all", "5 of 8",
                unseen(callback.hops()) + " of " + callback.hops().size(), "0");
        note("Hops through Java, a plus where the id names the route", java.stream().collect(Collectors.groupingBy(
                hop -> (hop.isSeen() ? "+" : "") + hop.bean() + " -> " + hop.name(), TreeMap::new, Collectors.counting())).entrySet().stream()
                .map(hop -> hop.getKey() + (hop.getValue() > 1 ? " x" + hop.getValue() : "")));
        note("Called by Java of its own accord, no hop between routes", house.calls().alone().stream());
    }

    private static long unseen(Collection<Hop> hops) {
        return hops.stream().filter(hop -> !hop.isSeen()).count();
    }

    private void steps() {
        Map<Route, Integer> steps = house.all().stream().collect(Collectors.toMap(route -> route, route -> route.steps().size()));
        int variables = house.all().stream().flatMap(route -> route.steps().stream()).mapToInt(step -> Way.variables(step).size()).sum();
        List<Route> longest = steps.keySet().stream()
                .sorted(Comparator.comparing((Route route) -> -steps.get(route)).thenComparing(Route::id)).toList();
        long many = steps.values().stream().filter(count -> count > MANY_STEPS).count();
        row("steps in all, nested ones and those of policies too; variables set", "674; 162",
                steps.values().stream().mapToInt(Integer::intValue).sum() + "; " + variables, "≤ 540; ≤ 80");
        row("routes and policies over " + MANY_STEPS + " steps; the longest", "31 of 116; 27",
                many + " of " + steps.size() + "; " + steps.get(longest.get(0)), "≤ 15; ≤ 15");
        note("Steps of policies, within those", Stream.of(house.policies().stream().mapToInt(steps::get).sum()));
        note("The longest", longest.stream().limit(many).map(route -> route.id() + " " + steps.get(route)));
    }

    private void yaml() throws IOException {
        List<Integer> lines = house.files().stream().map(file -> House.lines(file.text())).sorted().toList();
        row("lines of YAML; median file", "5,033; 44", number(lines.stream().mapToInt(Integer::intValue).sum()) + "; " + median(lines), "about half");
        try (Stream<Path> entries = Files.list(house.root().resolve("routes"))) {
            row("entries directly in routes/", "88", String.valueOf(entries.count()), "≤ 18");
        }
        row("route files; statements", "87; 117", lines.size() + "; " + house.statements().size(), "≤ 68; ≤ 105");
    }

    private void submit(Way submit) {
        Set<String> all = Way.mayFollow(house, "submit-due");
        row("routes a submit may come through; of them when it is taken", "16; 11", all.size() + "; " + submit.routes().size(), "≤ 12");
        row("times now is set in one submit", "7", String.valueOf(submit.nows()), "≤ 2");
        note("A submit that is taken", ids(submit));
        note("May follow as well", all.stream().filter(id -> submit.routes().stream().noneMatch(route -> id.equals(route.id()))));
    }

    private void callback(Way callback) {
        Set<Path> files = House.filesOf(callback.routes());
        Set<Path> folders = files.stream().map(Path::getParent).collect(Collectors.toSet());
        int lines = files.stream().mapToInt(file -> House.lines(RouteYaml.text(file))).sum();
        row("from callback to file: lines; in files; of folders", "623; 8; 1 heap of 88",
                lines + "; " + files.size() + "; " + folders.size(), "≤ 280; ≤ 7; 4");
        note("From callback to file", ids(callback));
        note("Not seen on it", callback.hops().stream().filter(hop -> !hop.isSeen()));
        Set<Path> statements = callback.routes().stream().flatMap(route -> route.endpoints().stream()).map(house::statement)
                .flatMap(Optional::stream).collect(Collectors.toSet());
        int more = statements.stream().mapToInt(file -> House.lines(house.statements().get(file))).sum();
        note("With its statements", Stream.of(lines + more + " lines in " + (files.size() + statements.size()) + " files"));
    }

    private static Stream<String> ids(Way way) {
        return way.routes().stream().map(Route::id);
    }

    private void packages() {
        Packages packages = Packages.of(house.java());
        int circled = packages.circles().stream().mapToInt(Set::size).sum();
        row("packages in circles of imports", "7 of 13", circled + " of " + packages.needs().size(), "0 but the facade");
        Map.Entry<String, Integer> largest = packages.lines().entrySet().stream().max(Map.Entry.comparingByValue()).orElseThrow();
        row("largest package: lines in classes", "ops: 3,0k in 32", room(largest.getKey()) + ": " + number(largest.getValue())
                + " in " + packages.classes().get(largest.getKey()), "≤ 2,100");
        Map<Path, Integer> classes = house.java().entrySet().stream()
                .collect(Collectors.toMap(Map.Entry::getKey, entry -> Sizes.code(entry.getValue())));
        Map.Entry<Path, Integer> longest = classes.entrySet().stream().max(Map.Entry.comparingByValue()).orElseThrow();
        row("lines of code of a class: median; the largest", "53; 381",
                median(classes.values().stream().sorted().toList()) + "; " + longest.getValue(), "");
        note("The largest class", Stream.of(longest.getKey().getFileName()));
        packages.knots().forEach((one, needs) -> note("In a circle: " + one + " needs", needs.stream()));
        note("Lines of packages", packages.lines().entrySet().stream().sorted(Map.Entry.<String, Integer>comparingByValue().reversed())
                .map(entry -> room(entry.getKey()) + " " + entry.getValue() + " in " + packages.classes().get(entry.getKey())));
    }

    private static String room(String name) {
        return name.equals(Packages.FACADE) ? "the facade" : name.substring(Packages.FACADE.length() + 1);
    }

    private void row(String... cells) {
        rows.add("| " + String.join(" | ", cells) + " |");
    }

    private void note(String what, Stream<?> said) {
        String all = said.map(String::valueOf).collect(Collectors.joining(", "));
        notes.add("- " + what + ": " + (all.isEmpty() ? "none" : all) + ".");
    }

    private static int median(List<Integer> sorted) {
        return sorted.get(sorted.size() / 2);
    }

    private static String number(int value) {
        return String.format(Locale.ROOT, "%,d", value);
    }
}
