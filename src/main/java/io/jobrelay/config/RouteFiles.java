package io.jobrelay.config;

import java.io.IOException;
import java.io.Reader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.api.lowlevel.Compose;
import org.snakeyaml.engine.v2.api.lowlevel.Parse;
import org.snakeyaml.engine.v2.events.Event;
import org.snakeyaml.engine.v2.events.NodeEvent;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;
import org.snakeyaml.engine.v2.nodes.MappingNode;
import org.snakeyaml.engine.v2.nodes.Node;
import org.snakeyaml.engine.v2.nodes.NodeType;
import org.snakeyaml.engine.v2.nodes.ScalarNode;

/** Route files as texts: what Camel would pass over in silence, and which file a route stands in. */
final class RouteFiles {

    private RouteFiles() {
    }

    /**
     * Camel takes a file whose YAML is not a list for one without routes, and says nothing.
     *
     * @param files to look at; broken YAML is left to Camel, which tells the line
     * @throws StartFailure naming the first that cannot hold a route
     */
    static void check(List<Path> files) {
        for (Path file : files) {
            try {
                if (beginsAList(file)) {
                    continue;
                }
                Optional<Node> root = root(file);
                if (root.isEmpty()) {
                    throw new StartFailure(file + " is empty. Put a route into it, or remove it.");
                }
                if (root.get().getNodeType() != NodeType.SEQUENCE && !isCustomResource(root.get())) {
                    throw new StartFailure(file + " holds no routes: a route file is a list, beginning with \"- route:\".");
                }
            } catch (YamlEngineException e) {
                return;
            } catch (IOException e) {
                throw new StartFailure(file + " cannot be read: " + e.getMessage() + ".", e);
            }
        }
    }

    /**
     * @param id of a route
     * @param files to look through
     * @return those with a line that gives something this id
     */
    static List<Path> with(String id, List<Path> files) {
        Pattern line = Pattern.compile("(?m)^[ -]*id: *[\"']?" + Pattern.quote(id) + "[\"']? *$");
        return files.stream().filter(file -> {
            try {
                return line.matcher(Files.readString(file)).find();
            } catch (IOException e) {
                return false;
            }
        }).toList();
    }

    /** Reads no further than that: Camel reads the whole file twice, and a third time would show in how long a start takes. */
    private static boolean beginsAList(Path file) throws IOException {
        try (Reader reader = Files.newBufferedReader(file)) {
            for (Event event : new Parse(LoadSettings.builder().build()).parseReader(reader)) {
                if (event instanceof NodeEvent) {
                    return event.getEventId() == Event.ID.SequenceStart;
                }
            }
            return false;
        }
    }

    private static Optional<Node> root(Path file) throws IOException {
        try (Reader reader = Files.newBufferedReader(file)) {
            return new Compose(LoadSettings.builder().build()).composeReader(reader);
        }
    }

    private static boolean isCustomResource(Node root) {
        return root instanceof MappingNode map
                && map.getValue().stream().anyMatch(e -> e.getKeyNode() instanceof ScalarNode key && key.getValue().equals("apiVersion"));
    }
}
