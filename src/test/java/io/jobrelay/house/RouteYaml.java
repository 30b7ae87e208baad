package io.jobrelay.house;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.BiConsumer;
import java.util.stream.Stream;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;

/**
 * A route file as plain YAML: what the house rules look at, without Camel's own reading of it.
 *
 * @param path where it lies
 * @param text as it stands
 * @param entries its list of routes and policies
 */
public record RouteYaml(Path path, String text, List<Map<String, Object>> entries) {

    /**
     * One route, or one policy of {@code errors.camel.yaml}.
     *
     * @param file it stands in
     * @param yaml what stands below {@code route:} or {@code routeConfiguration:}
     */
    record Route(RouteYaml file, Map<String, Object> yaml) {

        /** @return the id; null where there is none */
        String id() {
            return (String) yaml.get("id");
        }

        /** @return the first word of its file's name */
        String stage() {
            return file.name().replaceFirst("-.*", "");
        }

        /** @return everything in it that has members: steps with the name of their kind, endpoints, parameters, expressions */
        List<Node> nodes() {
            List<Node> found = new ArrayList<>();
            walk("route", yaml, (kind, node) -> found.add(new Node(this, kind, node)));
            return found;
        }

        /** @return its steps, nested ones too, in the order in which they stand */
        List<Step> steps() {
            List<Step> found = new ArrayList<>();
            steps(yaml, List.of(), found);
            return found;
        }

        private void steps(Object value, List<Object> only, List<Step> found) {
            if (value instanceof Collection<?> list) {
                list.forEach(below -> steps(below, only, found));
            } else if (value instanceof Map<?, ?> map) {
                map.forEach((key, below) -> {
                    if (key.equals("steps") && below instanceof Collection<?> steps) {
                        steps.forEach(step -> ((Map<?, ?>) step).forEach((kind, members) -> {
                            found.add(new Step(node(kind.toString(), members), only));
                            steps(members, kind.equals("filter") ? and(only, members) : only, found);
                        }));
                    } else if (BRANCHES.contains(key)) {
                        (below instanceof Collection<?> several ? several : List.of(below)).forEach(one -> steps(one, and(only, one), found));
                    } else {
                        steps(below, only, found);
                    }
                });
            }
        }

        @SuppressWarnings("unchecked")
        private Node node(String kind, Object members) {
            return new Node(this, kind, members instanceof Map<?, ?> map ? (Map<String, Object>) map : Map.of("uri", String.valueOf(members)));
        }

        private static List<Object> and(List<Object> only, Object one) {
            return Stream.concat(only.stream(), Stream.of(one)).toList();
        }

        /** @return the endpoints it reads from and sends to */
        List<Node> endpoints() {
            return nodes().stream().filter(node -> node.yaml().containsKey("uri")).toList();
        }

        /** @return the name it is called or woken by; null where it begins by itself */
        String name() {
            return yaml.get("from") instanceof Map<?, ?> from ? node("from", from).routeName() : null;
        }

        @Override
        public String toString() {
            return file.path().getFileName() + " " + id();
        }
    }

    /** What is done only now and then: the parts of a choice, and what follows a failure. */
    private static final Set<String> BRANCHES = Set.of("when", "otherwise", "doCatch", "onFallback");

    /**
     * A step of a route.
     *
     * @param node its kind and its members
     * @param only the filters and branches that it stands in
     */
    record Step(Node node, List<Object> only) {
    }

    /**
     * A part of a route that has members.
     *
     * @param route it stands in
     * @param kind the name it stands under, such as {@code to}
     * @param yaml its members
     */
    record Node(Route route, String kind, Map<String, Object> yaml) {

        /** @return the part of its uri that names the component; empty where it has none */
        String component() {
            return Objects.toString(yaml.get("uri"), "").replaceFirst(":.*", "");
        }

        /**
         * @param name of an endpoint's parameter
         * @return its value as text; null where it is not set
         */
        String parameter(String name) {
            Object value = parameters().get(name);
            return value == null ? null : value.toString();
        }

        @SuppressWarnings("unchecked")
        Map<String, Object> parameters() {
            return yaml.get("parameters") instanceof Map<?, ?> set ? (Map<String, Object>) set : Map.of();
        }

        /** @return the name of the route that it leads to, at once or by waking it, an expression as it is written; null where it leads to none */
        String routeName() {
            String component = component();
            if (!component.equals("direct") && !component.equals("seda")) {
                return null;
            }
            String uri = yaml.get("uri").toString();
            return uri.equals(component) ? parameter("name") : uri.substring(component.length() + 1).replaceFirst("\\?.*", "");
        }

        /** @return whether another is somewhere below this one */
        boolean holds(Node other) {
            boolean[] found = new boolean[1];
            walk(kind, yaml, (below, members) -> found[0] |= members == other.yaml());
            return found[0];
        }

        @Override
        public String toString() {
            return route + ": " + kind + " " + Objects.toString(yaml.get("id"), Objects.toString(yaml.get("uri"), ""));
        }
    }

    /**
     * @param folder such as {@code routes/}
     * @return every file in it and below, by name
     */
    static List<RouteYaml> all(Path folder) {
        return list(folder, ".camel.yaml").stream().map(RouteYaml::read).toList();
    }

    /**
     * @param folder to look through, with what is below it
     * @param ending of the files' names
     * @return the files, by name
     */
    public static List<Path> list(Path folder, String ending) {
        try (Stream<Path> files = Files.walk(folder)) {
            return files.filter(file -> file.toString().endsWith(ending)).sorted().toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /**
     * @param file in UTF-8
     * @return its text
     */
    public static String text(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @SuppressWarnings("unchecked")
    private static RouteYaml read(Path path) {
        String text = text(path);
        Load load = new Load(LoadSettings.builder().setLabel(path.toString()).build());
        return new RouteYaml(path, text, (List<Map<String, Object>>) load.loadFromString(text));
    }

    /** @return the file's name without its ending */
    String name() {
        return path.getFileName().toString().replace(".camel.yaml", "");
    }

    /** @return its routes */
    List<Route> routes() {
        return entries("route");
    }

    /** @return its policies */
    List<Route> policies() {
        return entries("routeConfiguration");
    }

    @SuppressWarnings("unchecked")
    private List<Route> entries(String kind) {
        return entries.stream().filter(entry -> entry.containsKey(kind))
                .map(entry -> new Route(this, (Map<String, Object>) entry.get(kind))).toList();
    }

    @SuppressWarnings("unchecked")
    private static void walk(String kind, Object value, BiConsumer<String, Map<String, Object>> visitor) {
        if (value instanceof Map<?, ?> map) {
            visitor.accept(kind, (Map<String, Object>) map);
            map.forEach((key, below) -> walk(key.toString(), below, visitor));
        } else if (value instanceof Collection<?> list) {
            list.forEach(below -> walk(kind, below, visitor));
        }
    }
}
