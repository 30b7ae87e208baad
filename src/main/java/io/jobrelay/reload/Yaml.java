package io.jobrelay.reload;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.api.lowlevel.Compose;
import org.snakeyaml.engine.v2.nodes.MappingNode;
import org.snakeyaml.engine.v2.nodes.Node;
import org.snakeyaml.engine.v2.nodes.NodeTuple;
import org.snakeyaml.engine.v2.nodes.ScalarNode;
import org.snakeyaml.engine.v2.nodes.SequenceNode;

/** A route file as plain YAML: what Camel's loader says nothing about, or does at once. */
final class Yaml {

    private final SequenceNode items;

    private Yaml(SequenceNode items) {
        this.items = items;
    }

    /**
     * @param file a route file
     * @return its list; null for a custom resource such as a Pipe
     * @throws Rejected when Camel would take it for a file without routes, in silence, or it is not YAML
     */
    static Yaml of(RouteFile file) throws Rejected {
        Optional<Node> root;
        try {
            root = new Compose(LoadSettings.builder().setLabel(file.name()).build()).composeString(file.text());
        } catch (RuntimeException e) {
            throw Rejected.of(file, e);
        } catch (StackOverflowError e) {
            throw new Rejected(file.name(), 0, "it is nested too deep");
        }
        if (root.isEmpty()) {
            throw new Rejected(file.name(), 1, "it is empty");
        }
        if (root.get() instanceof MappingNode map && map.getValue().stream().anyMatch(pair -> "apiVersion".equals(text(pair.getKeyNode())))) {
            return null;
        }
        if (!(root.get() instanceof SequenceNode list)) {
            throw new Rejected(file.name(), 1, "it holds no routes: a route file is a list, beginning with \"- route:\"");
        }
        return new Yaml(list);
    }

    /** @return the names of the beans it makes */
    List<String> beans() {
        List<String> names = new ArrayList<>();
        for (Node item : items.getValue()) {
            Node beans = member(item, "beans");
            if (beans instanceof SequenceNode list) {
                list.getValue().forEach(bean -> Optional.ofNullable(text(member(bean, "name"))).ifPresent(names::add));
            }
        }
        return names;
    }

    /**
     * @param file that this was read from
     * @return the same without its beans, every other line in its place: loading it makes nothing a second time
     */
    RouteFile withoutBeans(RouteFile file) {
        List<String> lines = new ArrayList<>(List.of(file.text().split("\n", -1)));
        for (Node item : items.getValue()) {
            if (member(item, "beans") != null && item.getStartMark().isPresent() && item.getEndMark().isPresent()) {
                int end = Math.min(item.getEndMark().get().getLine(), lines.size());
                for (int i = item.getStartMark().get().getLine(); i < end; i++) {
                    lines.set(i, "");
                }
            }
        }
        return new RouteFile(file.name(), file.location(), String.join("\n", lines).getBytes(java.nio.charset.StandardCharsets.UTF_8));
    }

    private static Node member(Node node, String key) {
        if (node instanceof MappingNode map) {
            for (NodeTuple pair : map.getValue()) {
                if (key.equals(text(pair.getKeyNode()))) {
                    return pair.getValueNode();
                }
            }
        }
        return null;
    }

    private static String text(Node node) {
        return node instanceof ScalarNode scalar ? scalar.getValue() : null;
    }
}
