package io.jobrelay.house;

import io.jobrelay.house.RouteYaml.Node;
import io.jobrelay.house.RouteYaml.Route;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The tree as rules and figures look at it: route files, statements and Java, read once, and how routes follow each other.
 *
 * @param root of the checkout
 * @param files of {@code routes/} and below
 * @param statements by path
 * @param java the relay's own sources, by path
 */
record House(Path root, List<RouteYaml> files, Map<Path, String> statements, Map<Path, String> java) {

    /** The words of a bean's name that say it only wakes a route: nobody waits, and no data goes there. */
    private static final Pattern WAKES = Pattern.compile("relay-(ring|wake|wakes|wakeup)-.*");

    /**
     * One route that is followed by others: by what stands in YAML, or by a bean that calls it.
     *
     * @param from the route, or the policy
     * @param step that leads on
     * @param name of the route it leads to, as it is written; of a family such as {@code sink-} where a part is known only to the message
     * @param to the routes of that name
     * @param bean whose Java holds the name; null where the YAML says it
     */
    record Hop(Route from, RouteYaml.Step step, String name, Set<String> to, String bean) {

        /** @return whether it only wakes a route, which then works on an exchange of its own and is not waited for */
        boolean wakes() {
            return bean == null ? step.node().component().equals("seda") : WAKES.matcher(bean).matches();
        }

        /** @return whether somebody who reads the YAML alone sees where it leads; for a family of routes the note has to say the rest */
        boolean isSeen() {
            return bean == null || ('-' + bean + '-').contains('-' + name.replaceFirst("-$", "") + '-') && (!name.endsWith("-") || isNoted());
        }

        /** @return whether the note of its route says where it leads */
        boolean isNoted() {
            return Objects.toString(from.yaml().get("note"), "").matches("(?s)(.*[^a-z-])?" + name + (name.endsWith("-") ? ".*" : "([^a-z-].*)?"));
        }

        @Override
        public String toString() {
            return from.id() + " -> " + name + (name.endsWith("-") ? "*" : "") + (bean == null ? "" : " by " + bean);
        }
    }

    /**
     * @param root of a checkout
     * @return what lies there
     */
    static House at(Path root) {
        return new House(root, RouteYaml.all(root.resolve("routes")), texts(root.resolve("routes"), ".sql"),
                texts(root.resolve("src/main/java"), ".java"));
    }

    private static Map<Path, String> texts(Path folder, String ending) {
        Map<Path, String> texts = new TreeMap<>();
        RouteYaml.list(folder, ending).stream().filter(Files::isRegularFile).forEach(file -> texts.put(file, RouteYaml.text(file)));
        return texts;
    }

    /** @return every route */
    List<Route> routes() {
        return files.stream().flatMap(file -> file.routes().stream()).toList();
    }

    /** @return every policy of errors */
    List<Route> policies() {
        return files.stream().flatMap(file -> file.policies().stream()).toList();
    }

    /** @return routes and policies */
    List<Route> all() {
        return Stream.concat(routes().stream(), policies().stream()).toList();
    }

    /** @return every hop from one route to another, those of the policies included */
    List<Hop> hops() {
        Map<String, Set<String>> callers = calls().byBean();
        return all().stream().flatMap(route -> route.steps().stream().flatMap(step -> {
            Node node = step.node();
            if (node.routeName() != null) {
                return Stream.of(new Hop(route, step, node.routeName(), named(node.routeName()), null));
            }
            String bean = bean(node);
            return bean == null ? Stream.empty() : callers.getOrDefault(bean, Set.of()).stream()
                    .map(name -> new Hop(route, step, name, named(name), bean));
        })).toList();
    }

    /** @return which routes Java calls, and by which bean */
    JavaCalls calls() {
        Set<String> steps = new TreeSet<>();
        Set<String> processors = new TreeSet<>();
        all().stream().flatMap(route -> route.steps().stream()).map(RouteYaml.Step::node).filter(node -> bean(node) != null).forEach(node -> {
            steps.add(bean(node));
            if (node.kind().equals("process")) {
                processors.add(bean(node));
            }
        });
        return JavaCalls.in(java, steps, processors, names());
    }

    /** @return the bean that a step runs; null where it runs none */
    static String bean(Node node) {
        return Set.of("process", "bean").contains(node.kind()) && node.yaml().get("ref") instanceof String bean ? bean : null;
    }

    /** @return the names that routes can be called or woken by */
    Set<String> names() {
        return routes().stream().map(Route::name).filter(Objects::nonNull).collect(Collectors.toCollection(TreeSet::new));
    }

    /**
     * @param name of a route; what is an expression in it, or comes after a last hyphen, fits any word
     * @return the names of the routes that are meant
     */
    Set<String> named(String name) {
        Pattern pattern = Pattern.compile(Arrays.stream((name.endsWith("-") ? name + "${}" : name).split("\\$\\{.*?}", -1)).map(Pattern::quote)
                .collect(Collectors.joining("[a-z-]+")));
        return names().stream().filter(pattern.asMatchPredicate()).collect(Collectors.toCollection(TreeSet::new));
    }

    /**
     * @param sql an endpoint
     * @return the file of its statement; empty where there is none
     */
    Optional<Path> statement(Node sql) {
        String name = Objects.toString(sql.parameter("query"), "").replaceAll("^\\{\\{sql:|}}$", "");
        return Stream.of("routes", "routes/sql").map(folder -> root.resolve(folder).resolve(name + ".sql"))
                .filter(statements::containsKey).findFirst();
    }

    /**
     * @param routes of which the files are asked for
     * @return the files that they stand in, and the statements that they run
     */
    static Set<Path> filesOf(Collection<Route> routes) {
        return routes.stream().map(route -> route.file().path()).collect(Collectors.toCollection(TreeSet::new));
    }

    /**
     * @param text of a file
     * @return how many lines it has
     */
    static int lines(String text) {
        return (int) text.lines().count();
    }
}
