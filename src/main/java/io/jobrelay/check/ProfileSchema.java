package io.jobrelay.check;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.networknt.schema.JsonSchema;
import com.networknt.schema.JsonSchemaFactory;
import com.networknt.schema.PathType;
import com.networknt.schema.SchemaValidatorsConfig;
import com.networknt.schema.SpecVersion;
import com.networknt.schema.ValidationMessage;
import io.jobrelay.document.Pointer;
import io.jobrelay.protocol.Nearest;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.BiConsumer;
import java.util.function.UnaryOperator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The form of a profile: {@code profile.schema.json}, which says of every member what it is. What the library finds is told in the schema's own
 * words. Made only where a profile is not as it was shipped, since that takes a third of a second.
 */
final class ProfileSchema {

    private static final String FILE = "profile.schema.json";
    private static final String WHOLE = "/$defs/whole/";
    private static final int MOST_NAMES = 24;
    private static final int LONGEST_VALUE = 60;
    private static final Pattern ANY = Pattern.compile("(.*/anyOf)/\\d+/required");
    private static final Set<String> OTHER_BRANCH = Set.of("type", "const", "enum");
    /** Holds the one that is made first, and only then. */
    private static final class Only {
        private static final ProfileSchema SCHEMA = new ProfileSchema(document());
    }

    private final JsonNode document;
    private final JsonSchema file;
    private final JsonSchema whole;

    private ProfileSchema(JsonNode document) {
        this.document = document;
        this.file = schema(document);
        ObjectNode both = document.deepCopy();
        ((ArrayNode) both.withArray("/allOf")).addObject().put("$ref", "#/$defs/whole");
        this.whole = schema(both);
    }

    private static JsonSchema schema(JsonNode document) {
        SchemaValidatorsConfig config = SchemaValidatorsConfig.builder().pathType(PathType.JSON_POINTER).formatAssertionsEnabled(true).build();
        return JsonSchemaFactory.getInstance(SpecVersion.VersionFlag.V202012).getSchema(document, config);
    }

    /** @return the one there is */
    static ProfileSchema get() {
        return Only.SCHEMA;
    }

    /** @return the schema as it is shipped */
    static JsonNode document() {
        try (InputStream in = ProfileSchema.class.getResourceAsStream("/io/jobrelay/check/" + FILE)) {
            return new ObjectMapper().readTree(in);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /**
     * @param profile as it stands in its file
     * @param found gets the JSON Pointer of each member that is wrong, and what is, to be read after its name
     */
    void check(JsonNode profile, BiConsumer<String, String> found) {
        tell(file.validate(profile), found);
    }

    /**
     * @param merged a profile with one of its operations in it
     * @param found gets the JSON Pointer of each member that is wrong, and what is, to be read after its name
     */
    void checkWhole(JsonNode merged, BiConsumer<String, String> found) {
        tell(whole.validate(merged), found);
    }

    private void tell(Set<ValidationMessage> messages, BiConsumer<String, String> found) {
        Set<String> either = new HashSet<>();
        for (ValidationMessage message : ofOneBranch(List.copyOf(messages))) {
            String pointer = message.getInstanceLocation().toString();
            Matcher any = ANY.matcher(message.getEvaluationPath().toString());
            if (any.matches()) { // the library tells what each way lacks
                if (either.add(any.group(1) + pointer)) {
                    found.accept(pointer, " takes either " + list(ways(document.at(schemaPlace(message).replaceFirst("/\\d+/required$", ""))), "or"));
                }
                continue;
            }
            String member = message.getProperty() == null ? null : Pointer.below(pointer, message.getProperty());
            switch (message.getType()) {
                case "additionalProperties" -> found.accept(member, unknown(pointer, message));
                case "required", "dependentRequired" -> {
                    String missing = message.getArguments()[0].toString();
                    found.accept(pointer, lacks(pointer, missing));
                }
                case "oneOf", "anyOf" -> found.accept(pointer, choice(pointer, message));
                default -> found.accept(pointer, value(pointer, message));
            }
        }
    }

    /** A value may have one of several forms: only what keeps it from the one that it comes nearest to says something. */
    private static List<ValidationMessage> ofOneBranch(List<ValidationMessage> messages) {
        List<ValidationMessage> left = new ArrayList<>(messages);
        for (ValidationMessage several : messages) {
            if (!left.contains(several) || !several.getType().matches("oneOf|anyOf")) {
                continue;
            }
            String place = several.getEvaluationPath() + "/";
            Map<String, Integer> strange = new HashMap<>();
            for (ValidationMessage message : messages) {
                String path = message.getEvaluationPath().toString();
                if (path.startsWith(place)) {
                    boolean here = message.getInstanceLocation().equals(several.getInstanceLocation());
                    strange.merge(branch(path, place), !here ? 0 : OTHER_BRANCH.contains(message.getType()) ? 1_000
                            : message.getType().equals("additionalProperties") ? 1 : 0, Integer::sum);
                }
            }
            int least = strange.values().stream().mapToInt(Integer::intValue).min().orElse(1_000);
            List<String> nearest = strange.keySet().stream().filter(one -> strange.get(one) == least).toList();
            String chosen = least < 1_000 && nearest.size() == 1 ? nearest.get(0) : null;
            left.removeIf(message -> {
                String path = message.getEvaluationPath().toString();
                return path.startsWith(place) && !branch(path, place).equals(chosen);
            });
            if (chosen != null) {
                left.remove(several);
            }
        }
        return left;
    }

    private static String branch(String path, String place) {
        return path.substring(place.length()).replaceFirst("/.*", "");
    }

    private String unknown(String pointer, ValidationMessage message) {
        JsonNode schema = around(message);
        Set<String> known = new TreeSet<>();
        schema.path("properties").fieldNames().forEachRemaining(known::add);
        String said = " is not known";
        Optional<String> near = Nearest.of(message.getProperty(), known);
        if (near.isPresent()) {
            return said + "; did you mean " + near.get() + "?";
        }
        if (known.isEmpty() && schema.path("patternProperties").size() == 1) {
            return said + "; a name here matches " + schema.get("patternProperties").fieldNames().next();
        }
        return said + (known.size() > MOST_NAMES ? "" : "; " + ProfileTree.words(pointer) + " takes " + list(known, "and"));
    }

    private String lacks(String pointer, String member) {
        String about = describe(Pointer.below(pointer, member));
        return " lacks " + member + (about.isEmpty() ? "" : ", which is " + small(about));
    }

    /** Either the members that would do, or what the value is. */
    private String choice(String pointer, ValidationMessage message) {
        List<String> ways = ways(message.getSchemaNode());
        boolean members = ways.size() == message.getSchemaNode().size() && message.getInstanceNode().isObject();
        return members ? " takes either " + list(ways, "or") : value(pointer, message);
    }

    private static List<String> ways(JsonNode branches) {
        List<String> ways = new ArrayList<>();
        for (JsonNode branch : branches) {
            List<String> needs = new ArrayList<>();
            branch.path("required").forEach(name -> needs.add(name.asText()));
            if (!needs.isEmpty()) {
                ways.add(list(needs, "with"));
            }
        }
        return ways;
    }

    private String value(String pointer, ValidationMessage message) {
        JsonNode schema = around(message);
        String said = shown(pointer, message.getInstanceNode());
        List<String> words = new ArrayList<>();
        (schema.has("const") ? List.of(schema.get("const")) : schema.path("enum")).forEach(word -> words.add(word.asText()));
        if (!words.isEmpty()) {
            return said + "; it takes " + (words.size() == 1 ? "only " : "") + list(words, "or");
        }
        if (message.getType().equals("minItems") || message.getType().equals("minProperties")) {
            said = " is empty";
        }
        String form = schemaPlace(message);
        String about = form.startsWith(WHOLE) ? "" : about(form, place -> document.at(place).path("description").asText());
        return said + "; it is " + small(about.isEmpty() ? about(pointer, this::describe) : about);
    }

    /** @return what is said of a place, or else of the nearest around it */
    private static String about(String pointer, UnaryOperator<String> says) {
        String said = "";
        for (String place = pointer; said.isEmpty() && !place.isEmpty(); place = place.substring(0, place.lastIndexOf('/'))) {
            said = says.apply(place);
        }
        return said;
    }

    private static String shown(String pointer, JsonNode value) {
        boolean secret = pointer.startsWith("/authentication") || pointer.matches(".*/verify/\\d+/(secret|value)");
        if (value == null || value.isContainerNode()) {
            return " cannot be " + (value == null ? "so" : value.isArray() ? "a list" : "an object");
        }
        return " cannot be " + (secret && value.isTextual() ? "that text" : shown(value));
    }

    /** @return a value as it is written, of a long one its beginning */
    static String shown(JsonNode value) {
        String text = value.toString();
        return text.length() > LONGEST_VALUE ? text.substring(0, LONGEST_VALUE) + "…" : text;
    }

    /** @return the part of the schema that holds the keyword which is not satisfied */
    private JsonNode around(ValidationMessage message) {
        String place = schemaPlace(message);
        return document.at(place.substring(0, place.lastIndexOf('/')));
    }

    private static String schemaPlace(ValidationMessage message) {
        return message.getSchemaLocation().getFragment().toString();
    }

    /**
     * @param pointer of a member of a profile, there or not
     * @return what the schema says of it; empty when it says nothing
     */
    String describe(String pointer) {
        List<JsonNode> places = List.of(document);
        for (String name : Pointer.steps(pointer)) {
            List<JsonNode> below = new ArrayList<>();
            places.forEach(place -> step(place, name, below));
            places = below;
        }
        return places.stream().map(place -> place.path("description").asText()).filter(text -> !text.isEmpty()).findFirst().orElse("");
    }

    private void step(JsonNode place, String name, List<JsonNode> below) {
        if (place.has("$ref")) {
            step(document.at(place.get("$ref").asText().substring(1)), name, below);
        }
        place.path("oneOf").forEach(branch -> step(branch, name, below));
        if (place.path("properties").has(name)) {
            below.add(place.get("properties").get(name));
        } else if (place.has("items") && name.matches("\\d+")) {
            below.add(place.get("items"));
        } else {
            place.path("patternProperties").fields().forEachRemaining(one -> {
                if (Pattern.compile(one.getKey()).matcher(name).find()) {
                    below.add(one.getValue());
                }
            });
        }
    }

    /** Makes a description a part of a sentence. */
    private static String small(String description) {
        String text = Pattern.compile("[.] ([A-Z]?)").matcher(description.replaceFirst("\\.$", "")).replaceAll(next -> "; " + lower(next.group(1)));
        return text.length() < 2 || Character.isUpperCase(text.charAt(1)) ? text : lower(text.substring(0, 1)) + text.substring(1);
    }

    private static String lower(String letter) {
        return letter.toLowerCase(Locale.ROOT);
    }

    private static String list(Collection<String> words, String last) {
        List<String> all = List.copyOf(words);
        String and = " " + last + " ";
        return all.size() < 2 ? String.join("", all) : String.join(", ", all.subList(0, all.size() - 1)) + and + all.get(all.size() - 1);
    }
}
