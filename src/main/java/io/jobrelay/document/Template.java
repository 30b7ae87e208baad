package io.jobrelay.document;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.MissingNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import io.jobrelay.protocol.PercentCode;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A text of a profile with {@code ${name}} in it. Variables are filled in once: what stands in a value is never read as a variable. */
public final class Template {

    /** What a server may take for a way out of it: a path that begins with no slash, an empty segment, one of dots, a backslash. */
    private static final Pattern ELSEWHERE = Pattern.compile("(?s)(?!/).*|.*(//|\\\\).*|.*/(\\.|%2[Ee]){1,2}(/.*)?");
    private static final Pattern VARIABLE = Pattern.compile("\\$\\{([^{}]+)}");

    /** A part of the text: a variable, or a text that stands as it is. */
    public record Part(String text, boolean variable) {
    }

    private final String text;
    private final List<Part> parts = new ArrayList<>();

    private Template(String text) {
        this.text = text;
        Matcher variable = VARIABLE.matcher(text);
        int at = 0;
        while (variable.find()) {
            if (variable.start() > at) {
                parts.add(new Part(text.substring(at, variable.start()), false));
            }
            parts.add(new Part(variable.group(1), true));
            at = variable.end();
        }
        if (at < text.length() || parts.isEmpty()) {
            parts.add(new Part(text.substring(at), false));
        }
    }

    /**
     * @param text of a profile
     * @return the template
     */
    public static Template of(String text) {
        return new Template(text);
    }

    /** @return the names of its variables, in their order */
    public Set<String> names() {
        Set<String> names = new LinkedHashSet<>();
        parts.stream().filter(Part::variable).forEach(part -> names.add(part.text));
        return names;
    }

    /**
     * @param member of a profile, a whole subtree
     * @return the names of all variables in its texts
     */
    public static Set<String> names(JsonNode member) {
        Set<String> names = new LinkedHashSet<>();
        if (member.isTextual()) {
            names.addAll(of(member.textValue()).names());
        }
        member.forEach(one -> names.addAll(names(one)));
        return names;
    }

    /** @return what it is made of, in its order */
    public List<Part> parts() {
        return parts;
    }

    /**
     * Fills in a path below a server, with its query. A variable is one percent-encoded segment, {@code +rest} keeps its slashes, and
     * {@code operation} is a path that was filled in before.
     *
     * @param variables by their names
     * @return the path; empty where a variable is unknown or empty, or would lead elsewhere ({@code ..}, {@code //host})
     */
    public Optional<String> path(Variables variables) {
        StringBuilder path = new StringBuilder();
        for (Part part : parts) {
            String value = part.variable ? variables.text(part.text) : part.text;
            if (value == null || part.variable && value.isEmpty()) {
                return Optional.empty();
            }
            path.append(!part.variable || part.text.equals("operation") ? value : part.text.equals("+rest") ? segments(value) : encoded(value));
        }
        String before = path.toString().split("\\?", 2)[0];
        return ELSEWHERE.matcher(before).matches() ? Optional.empty() : Optional.of(path.toString());
    }

    private static String segments(String value) {
        List<String> all = new ArrayList<>();
        for (String segment : value.split("/", -1)) {
            all.add(encoded(segment));
        }
        return String.join("/", all);
    }

    /**
     * @param value of a path segment or a query's parameter
     * @return it, percent-encoded
     */
    public static String encoded(String value) {
        return PercentCode.encode(value.getBytes(StandardCharsets.UTF_8));
    }

    /**
     * @param variables by their names
     * @return the text, where unknown variables are nothing; empty where it has variables and all are unknown
     */
    public Optional<String> text(Variables variables) {
        return text(variables::text);
    }

    private Optional<String> text(Function<String, String> values) {
        StringBuilder filled = new StringBuilder();
        boolean known = names().isEmpty();
        for (Part part : parts) {
            String value = part.variable ? values.apply(part.text) : part.text;
            known |= part.variable && value != null;
            filled.append(value == null ? "" : value);
        }
        return known ? Optional.of(filled.toString()) : Optional.empty();
    }

    /**
     * @param variables by their names
     * @return as {@link #text}, for a header or user information: empty, too, where a control character would end the line
     */
    public Optional<String> header(Variables variables) {
        return text(variables).filter(value -> value.chars().noneMatch(c -> c < ' ' && c != '\t' || c == 127));
    }

    /**
     * Fills in JSON of a profile. A text that is one variable becomes what the variable is, a list or a number too.
     *
     * @param member of a profile
     * @param variables by their names
     * @return the same without the members whose variables are all unknown; missing where nothing is left
     */
    public static JsonNode json(JsonNode member, Variables variables) {
        if (member.isTextual()) {
            Template template = of(member.textValue());
            Object value = template.parts.size() == 1 && template.parts.get(0).variable ? variables.get(template.parts.get(0).text) : null;
            return value instanceof JsonNode json ? json
                    : template.text(variables).<JsonNode>map(TextNode::valueOf).orElse(MissingNode.getInstance());
        }
        if (member.isObject()) {
            ObjectNode object = JsonNodeFactory.instance.objectNode();
            member.fields().forEachRemaining(one -> {
                JsonNode filled = json(one.getValue(), variables);
                if (!filled.isMissingNode()) {
                    object.set(one.getKey(), filled);
                }
            });
            return object.isEmpty() && !member.isEmpty() ? MissingNode.getInstance() : object;
        }
        if (member.isArray()) {
            ArrayNode array = JsonNodeFactory.instance.arrayNode();
            member.forEach(one -> {
                JsonNode filled = json(one, variables);
                if (!filled.isMissingNode()) {
                    array.add(filled);
                }
            });
            return array.isEmpty() && !member.isEmpty() ? MissingNode.getInstance() : array;
        }
        return member;
    }

    @Override
    public String toString() {
        return text;
    }
}
