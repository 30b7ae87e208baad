package io.jobrelay.routes;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.api.lowlevel.Compose;
import org.snakeyaml.engine.v2.nodes.MappingNode;
import org.snakeyaml.engine.v2.nodes.Node;
import org.snakeyaml.engine.v2.nodes.NodeTuple;
import org.snakeyaml.engine.v2.nodes.ScalarNode;
import org.snakeyaml.engine.v2.nodes.SequenceNode;
import org.snakeyaml.engine.v2.nodes.Tag;

/** A route file as plain YAML: what Camel's loader says nothing about, or does at once. */
final class PlainYaml {

    private static final String IS_A_LIST = ": a route file is a list, beginning with \"- route:\"";
    /** What says how the routes of the same file behave, and is nothing without one. */
    private static final Set<String> BESIDE_ROUTES = Set.of("errorhandler", "intercept", "interceptfrom", "interceptsendtoendpoint", "oncompletion",
            "onexception");
    private final SequenceNode items;

    private PlainYaml(SequenceNode items) {
        this.items = items;
    }

    /**
     * @param file a route file
     * @return its list
     * @throws RejectedFile when it is not YAML, or Camel would take it for a file without routes, in silence: nothing stands there, or only what says
     *     how routes behave that are not there, or what Kubernetes applies, of which nothing would run
     */
    static PlainYaml of(RouteFile file) throws RejectedFile {
        Optional<Node> root;
        try {
            root = new Compose(LoadSettings.builder().setLabel(file.name()).build()).composeString(file.text());
        } catch (RuntimeException e) {
            throw RejectedFile.of(file, e);
        } catch (StackOverflowError e) {
            throw new RejectedFile(file.name(), 0, "it is nested too deep");
        }
        if (root.isEmpty() || isNothing(root.get())) {
            throw new RejectedFile(file.name(), 1, "it is empty" + (file.text().isBlank() ? "" : IS_A_LIST));
        }
        if (member(root.get(), "apiVersion") != null) {
            String kind = text(member(root.get(), "kind"));
            throw new RejectedFile(file.name(), line(root.get()), "it is a resource of Kubernetes"
                    + (kind != null && kind.matches("[A-Za-z]{1,40}") ? " (" + kind + ")" : "") + ", of which nothing would run" + IS_A_LIST);
        }
        if (!(root.get() instanceof SequenceNode list)) {
            throw new RejectedFile(file.name(), line(root.get()), "it holds no routes" + IS_A_LIST);
        }
        if (list.getValue().stream().noneMatch(PlainYaml::runs)) {
            throw new RejectedFile(file.name(), 1, "nothing in it would run" + IS_A_LIST);
        }
        return new PlainYaml(list);
    }

    private static boolean runs(Node item) {
        return !(item instanceof MappingNode map) || map.getValue().stream().anyMatch(pair -> !isNothing(pair.getValueNode())
                && !BESIDE_ROUTES.contains(String.valueOf(text(pair.getKeyNode())).replace("-", "").toLowerCase(Locale.ROOT)));
    }

    private static boolean isNothing(Node node) {
        return node instanceof SequenceNode list && list.getValue().isEmpty() || node instanceof MappingNode map && map.getValue().isEmpty()
                || Tag.NULL.equals(node.getTag()) || node instanceof ScalarNode scalar && scalar.getValue().isBlank();
    }

    private static int line(Node node) {
        return node.getStartMark().map(mark -> mark.getLine() + 1).orElse(1);
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
