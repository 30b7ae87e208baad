package io.jobrelay;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Objects;
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
record RouteYaml(Path path, String text, List<Map<String, Object>> entries) {

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

        /** @return the endpoints it reads from and sends to */
        List<Node> endpoints() {
            return nodes().stream().filter(node -> node.yaml().containsKey("uri")).toList();
        }

        /** @return the direct name it is called by; null where it is not called */
        String directName() {
            return endpoints().stream().filter(node -> node.kind().equals("from")).map(Node::directName)
                    .filter(Objects::nonNull).findFirst().orElse(null);
        }

        @Override
        public String toString() {
            return file.path().getFileName() + " " + id();
        }
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

        /** @return what stands behind {@code direct:}, an expression as it is written; null where this is no direct endpoint */
        String directName() {
            String uri = Objects.toString(yaml.get("uri"), "");
            return uri.equals("direct") ? parameter("name") : uri.startsWith("direct:") ? uri.substring("direct:".length()) : null;
        }

        @Override
        public String toString() {
            return route + ": " + kind + " " + Objects.toString(yaml.get("id"), Objects.toString(yaml.get("uri"), ""));
        }
    }

    /** @return every file of {@code routes/}, by name */
    static List<RouteYaml> all() {
        return list(Path.of("routes"), ".camel.yaml").stream().map(RouteYaml::read).toList();
    }

    /**
     * @param folder to look through, with what is below it
     * @param ending of the files' names
     * @return the files, by name
     */
    static List<Path> list(Path folder, String ending) {
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
    static String text(Path file) {
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
