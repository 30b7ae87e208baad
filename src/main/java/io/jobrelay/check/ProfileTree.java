package io.jobrelay.check;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.jobrelay.document.Pointer;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.api.lowlevel.Compose;
import org.snakeyaml.engine.v2.exceptions.MarkedYamlEngineException;
import org.snakeyaml.engine.v2.nodes.MappingNode;
import org.snakeyaml.engine.v2.nodes.Node;
import org.snakeyaml.engine.v2.nodes.NodeTuple;
import org.snakeyaml.engine.v2.nodes.ScalarNode;
import org.snakeyaml.engine.v2.nodes.SequenceNode;
import org.snakeyaml.engine.v2.nodes.Tag;

/**
 * A profile as it was written: YAML made a tree, and the line of each member in it.
 *
 * @param root the whole
 * @param lines from 1, by JSON Pointer
 */
public record ProfileTree(ObjectNode root, Map<String, Integer> lines) {

    private static final int DEEPEST = 60;
    private static final int MOST_NODES = 20_000; // an alias may stand for a tree of aliases
    private static final Pattern INTEGER = Pattern.compile("-?\\d{1,40}");
    private static final Pattern DECIMAL = Pattern.compile("-?\\d{1,40}(\\.\\d{0,40})?([eE][-+]?\\d{1,3})?");
    private static final JsonNodeFactory JSON = JsonNodeFactory.instance;

    /** A text is no profile. */
    public static final class Unreadable extends Exception {

        private final transient ProfileProblem problem;

        Unreadable(int line, String said) {
            super(said);
            this.problem = new ProfileProblem(line, said);
        }

        /** @return what is wrong */
        public ProfileProblem problem() {
            return problem;
        }
    }

    /**
     * @param text YAML
     * @return its tree
     * @throws Unreadable when it is not YAML, or no object, or names a member twice, or is larger than any profile
     */
    public static ProfileTree of(String text) throws Unreadable {
        Optional<Node> root;
        try {
            root = new Compose(LoadSettings.builder().setLabel("profile").build()).composeString(text);
        } catch (MarkedYamlEngineException e) {
            throw new Unreadable(e.getProblemMark().map(mark -> mark.getLine() + 1).orElse(0), "it is not YAML: " + e.getProblem());
        } catch (RuntimeException e) {
            throw new Unreadable(0, "it is not YAML: " + e.getMessage());
        } catch (StackOverflowError e) {
            throw new Unreadable(0, "it is nested too deep");
        }
        if (root.isEmpty() || Tag.NULL.equals(root.get().getTag())) {
            throw new Unreadable(1, "it is empty: a profile begins with \"profile: 1\"");
        }
        if (!(root.get() instanceof MappingNode)) {
            throw new Unreadable(line(root.get()), "it is no profile: that is an object and begins with \"profile: 1\"");
        }
        Reading reading = new Reading();
        return new ProfileTree((ObjectNode) reading.json(root.get(), "", 0), reading.lines);
    }

    /**
     * @param pointer of a member, there or not
     * @return its line, or that of the nearest member around it
     */
    int line(String pointer) {
        for (String place = pointer; !place.isEmpty(); place = place.substring(0, place.lastIndexOf('/'))) {
            if (lines.containsKey(place)) {
                return lines.get(place);
            }
        }
        return 1;
    }

    /**
     * @param pointer such as {@code /budget/0/limit}
     * @return how people write it: {@code budget[0].limit}; {@code the profile} for the whole
     */
    static String words(String pointer) {
        StringBuilder words = new StringBuilder();
        for (String name : Pointer.steps(pointer)) {
            words.append(name.matches("\\d{1,4}") ? "[" + name + "]" : (words.isEmpty() ? "" : ".") + name);
        }
        return words.isEmpty() ? "the profile" : words.toString();
    }

    private static int line(Node node) {
        return node.getStartMark().map(mark -> mark.getLine() + 1).orElse(0);
    }

    /** Makes the tree, and notes the lines. */
    private static final class Reading {

        private final Map<String, Integer> lines = new HashMap<>();
        private int nodes;

        JsonNode json(Node node, String pointer, int depth) throws Unreadable {
            if (depth > DEEPEST || ++nodes > MOST_NODES) {
                throw new Unreadable(line(node), "it is larger than a profile may be: " + DEEPEST + " levels and " + MOST_NODES + " members");
            }
            lines.putIfAbsent(pointer, line(node));
            if (node instanceof MappingNode map) {
                ObjectNode object = JSON.objectNode();
                for (NodeTuple pair : map.getValue()) {
                    Node key = pair.getKeyNode();
                    if (!(key instanceof ScalarNode name)) {
                        throw new Unreadable(line(key), words(pointer) + " holds a member whose name is no text");
                    }
                    String member = Pointer.below(pointer, name.getValue());
                    if (object.has(name.getValue())) {
                        throw new Unreadable(line(key), words(member) + " stands there twice, first in line " + lines.get(member));
                    }
                    lines.put(member, line(key));
                    object.set(name.getValue(), json(pair.getValueNode(), member, depth + 1));
                }
                return object;
            }
            if (node instanceof SequenceNode list) {
                ArrayNode array = JSON.arrayNode();
                for (Node item : list.getValue()) {
                    array.add(json(item, pointer + "/" + array.size(), depth + 1));
                }
                return array;
            }
            return scalar(node.getTag(), ((ScalarNode) node).getValue());
        }

        private static JsonNode scalar(Tag tag, String text) {
            if (Tag.NULL.equals(tag)) {
                return JSON.nullNode();
            }
            if (Tag.BOOL.equals(tag)) {
                return JSON.booleanNode(Boolean.parseBoolean(text));
            }
            if (Tag.INT.equals(tag) && INTEGER.matcher(text).matches()) {
                BigInteger number = new BigInteger(text);
                return number.bitLength() < Integer.SIZE ? JSON.numberNode(number.intValue()) : JSON.numberNode(number);
            }
            if (Tag.FLOAT.equals(tag) && DECIMAL.matcher(text).matches()) {
                return JSON.numberNode(new BigDecimal(text));
            }
            return JSON.textNode(text);
        }
    }
}
