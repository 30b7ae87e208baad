package io.jobrelay.check;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/**
 * {@code src/docs/providers.md} holds every member of the schema in its words. After an edit of the schema it is written anew by
 * {@code mvn -o -q test -Dtest=ProviderDocsTest -Ddocs=write}.
 */
class ProviderDocsTest {

    private static final Path PAGE = Path.of("src/docs/providers.md");
    private static final String BEGIN = "<!-- from here on written by ProviderDocsTest from profile.schema.json -->\n";
    private static final JsonNode SCHEMA = ProfileSchema.document();
    /** Forms that stand in a section of their own, since several members have them. */
    private static final Map<String, String> SHARED = new LinkedHashMap<>();
    /** Forms that are said in a word. */
    private static final Map<String, String> WORDS = Map.of("ptr", "a [place](#forms)", "ptrs", "one or several [places](#forms)", "dur", "a [duration](#forms)", "codes",
            "[codes](#forms)", "path", "a [path](#forms)", "answerUrl", "a [URL of the answer](#forms)", "vendor", "[the vendor's members](#forms)", "headers",
            "[headers](#forms)");

    static {
        List.of("match", "rule", "idPlace", "statePlace", "states", "next", "call", "resultForm", "hookCall", "eventCall").forEach(name -> SHARED.put(name, name));
    }

    @Test
    void the_page_holds_every_member_in_the_words_of_the_schema() throws IOException {
        String page = Files.readString(PAGE);
        String written = page.substring(0, page.indexOf(BEGIN) + BEGIN.length()) + members();
        if ("write".equals(System.getProperty("docs"))) {
            Files.writeString(PAGE, written);
        }
        assertThat(Files.readString(PAGE)).as("see the comment of this class").isEqualTo(written);
    }

    @Test
    void the_page_lists_every_variable() throws IOException {
        String page = Files.readString(PAGE);
        assertThat(ProfileVariables.all()).isNotEmpty().allSatisfy(name -> assertThat(page).contains("`${" + name + "}`"));
    }

    @Test
    void every_member_is_described_and_nothing_is_open_but_what_is_the_vendors() {
        List<String> open = new ArrayList<>();
        look(SCHEMA, "", open);
        assertThat(open).containsExactly("/$defs/vendor is open");
    }

    private static void look(JsonNode node, String place, List<String> found) {
        if (place.equals("/$defs/whole") || place.matches(".*/(allOf|if|then)/.*")) {
            return;
        }
        for (String kind : List.of("properties", "patternProperties")) {
            node.path(kind).fields().forEachRemaining(member -> {
                if (!member.getValue().has("description")) {
                    found.add(place + " " + member.getKey() + " has no description");
                }
            });
        }
        if (node.path("type").asText().equals("object") && !node.has("additionalProperties")) {
            found.add(place + " is open");
        }
        node.fields().forEachRemaining(member -> look(member.getValue(), place + "/" + member.getKey(), found));
        for (int i = 0; node.isArray() && i < node.size(); i++) {
            look(node.get(i), place + "/" + i, found);
        }
    }

    private static String members() {
        StringBuilder page = new StringBuilder("\n## Members\n\n").append("Those with an asterisk must be there.\n");
        List<String[]> plain = new ArrayList<>();
        Map<String, JsonNode> large = new LinkedHashMap<>();
        SCHEMA.get("properties").fields().forEachRemaining(member -> {
            if (isLarge(member.getValue())) {
                large.put(member.getKey(), member.getValue());
            } else {
                rows(member.getKey(), member.getValue(), required(SCHEMA, member.getKey()), plain);
            }
        });
        table(page, plain);
        large.forEach((name, member) -> {
            page.append("\n### ").append(name).append(required(SCHEMA, name) ? "*" : "").append("\n\n").append(description(member)).append('\n');
            List<String[]> rows = new ArrayList<>();
            below("", member, rows);
            table(page, rows);
            if (name.equals("operations")) {
                List<String> members = new ArrayList<>();
                SCHEMA.at("/$defs/operation/oneOf/1/properties").fieldNames().forEachRemaining(one -> members.add("`" + one + "`"));
                page.append("\nAn object has ").append(members.remove(0)).append(", and of the members of the profile ").append(String.join(", ", members))
                        .append(" where they differ.\n");
            }
        });
        page.append("\n## Forms\n\n| form | what it is |\n| --- | --- |\n");
        Stream.of("ptr", "ptrs", "dur", "codes", "path", "answerUrl", "vendor", "headers").forEach(name -> page.append("| ")
                .append(WORDS.get(name).replaceAll(".*\\[(.*)].*", "$1")).append(" | ").append(cell(SCHEMA.at("/$defs/" + name).get("description").asText())).append(" |\n"));
        SHARED.keySet().forEach(name -> {
            JsonNode form = SCHEMA.at("/$defs/" + name);
            page.append("\n### form ").append(name).append("\n\n").append(form.get("description").asText()).append('\n');
            List<String[]> rows = new ArrayList<>();
            below("", form, rows);
            table(page, rows);
        });
        return page.toString();
    }

    private static boolean isLarge(JsonNode member) {
        JsonNode form = resolved(member);
        return form.has("properties") && form.get("properties").size() > 2 || !form.path("oneOf").isMissingNode() || form.has("patternProperties") || form.has("items");
    }

    private static void table(StringBuilder page, List<String[]> rows) {
        if (!rows.isEmpty()) {
            page.append("\n| member | takes | what it is |\n| --- | --- | --- |\n");
            rows.forEach(row -> page.append("| ").append(String.join(" | ", row)).append(" |\n"));
        }
    }

    private static void rows(String name, JsonNode member, boolean required, List<String[]> rows) {
        rows.add(new String[] {"`" + name + "`" + (required ? "*" : ""), takes(member), cell(description(member))});
        if (shared(member) == null) {
            below(name + ".", member, rows);
        }
    }

    private static void below(String prefix, JsonNode member, List<String[]> rows) {
        JsonNode form = resolved(member);
        if (form.has("items")) {
            String item = prefix.isEmpty() ? "" : prefix.replaceFirst("\\.$", "[].");
            if (shared(form.get("items")) == null) {
                below(item, form.get("items"), rows);
            }
            return;
        }
        form.path("oneOf").forEach(branch -> {
            if (shared(branch) == null) {
                below(prefix, branch, rows);
            }
        });
        form.path("properties").fields().forEachRemaining(one -> rows(prefix + one.getKey(), one.getValue(), required(form, one.getKey()), rows));
        form.path("patternProperties").fields().forEachRemaining(one -> rows(prefix + "<name>", one.getValue(), false, rows));
    }

    private static boolean required(JsonNode form, String name) {
        for (JsonNode one : form.path("required")) {
            if (one.asText().equals(name)) {
                return true;
            }
        }
        return false;
    }

    private static String def(JsonNode member) {
        return member.has("$ref") ? member.get("$ref").asText().replaceFirst(".*/", "") : null;
    }

    private static String shared(JsonNode member) {
        String name = def(member);
        return name != null && (SHARED.containsKey(name) || WORDS.containsKey(name) || name.equals("operation")) ? name : null;
    }

    private static JsonNode resolved(JsonNode member) {
        return member.has("$ref") ? SCHEMA.at(member.get("$ref").asText().substring(1)) : member;
    }

    private static String description(JsonNode member) {
        return member.has("description") ? member.get("description").asText() : resolved(member).path("description").asText();
    }

    private static String takes(JsonNode member) {
        String name = def(member);
        if (name != null && WORDS.containsKey(name)) {
            return WORDS.get(name);
        }
        if (name != null && SHARED.containsKey(name)) {
            return "[" + name + "](#form-" + name.toLowerCase(Locale.ROOT) + ")";
        }
        JsonNode form = resolved(member);
        if (form.has("const")) {
            return "`" + form.get("const").asText() + "`";
        }
        if (form.has("enum")) {
            List<String> words = new ArrayList<>();
            form.get("enum").forEach(word -> words.add("`" + word.asText() + "`"));
            return String.join(", ", words);
        }
        if (form.has("oneOf")) {
            List<String> ways = new ArrayList<>();
            form.get("oneOf").forEach(way -> ways.add(takes(way)));
            return String.join(" or ", new LinkedHashSet<>(ways));
        }
        return switch (form.path("type").asText()) {
            case "string" -> form.path("format").asText().equals("date") ? "a date" : "a text";
            case "boolean" -> "true, false";
            case "integer" -> "a number" + (form.has("minimum") ? " from " + form.get("minimum") : "") + (form.has("maximum") ? " to " + form.get("maximum") : "");
            case "array" -> "a list: " + takes(form.get("items"));
            case "object" -> "an object";
            default -> "anything";
        };
    }

    private static String cell(String text) {
        return text.replace("|", "\\|");
    }
}
