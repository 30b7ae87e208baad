package io.jobrelay.document;

import static io.jobrelay.vendor.Drafts.bytes;
import static io.jobrelay.vendor.Drafts.json;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.jobrelay.document.JsonSplice.Change;
import io.jobrelay.document.JsonSplice.How;
import io.jobrelay.vendor.Drafts;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Places are found where RFC 6901 says, in one pass over any document, and nothing of it is copied or changed. */
class DocumentTest {

    private static Document read(String body, String... pointers) {
        return DocumentReader.of(Stream.of(pointers).map(Place::at).toList()).read(bytes(body));
    }

    private static String raw(Document document, String pointer) {
        Document.Span span = document.span(Place.at(pointer));
        return span == null ? null : new String(document.body(), span.from(), span.to() - span.from(), StandardCharsets.UTF_8);
    }

    /** The example of RFC 6901, section 5. */
    @ParameterizedTest
    @ValueSource(strings = {"/foo|[\"bar\", \"baz\"]", "/foo/0|\"bar\"", "/|0", "/a~1b|1", "/c%d|2", "/e^f|3", "/gh|4", "/i\\j|5", "/k\"l|6",
        "/ |7", "/m~0n|8"})
    void the_places_of_the_standard_are_found(String line) {
        String[] pair = {line.substring(0, line.indexOf('|')), line.substring(line.indexOf('|') + 1)};
        String body = "{\"foo\": [\"bar\", \"baz\"], \"\": 0, \"a/b\": 1, \"c%d\": 2, \"e^f\": 3, \"gh\": 4, \"i\\\\j\": 5, \"k\\\"l\": 6, \" \": 7, \"m~n\": 8}";
        assertThat(raw(read(body, pair[0]), pair[0])).isEqualTo(pair[1]);
    }

    @Test
    void a_place_and_places_in_it_are_found_together_and_the_whole_too() {
        String body = " {\"detail\":[{\"msg\":\"field required\",\"loc\":[1]},{\"msg\":\"b\"}],\"n\":[[0,[7]]]} ";
        Document document = read(body, "", "/detail", "/detail/0/msg", "/detail/0", "/detail/1/msg", "/detail/2", "/n/0/1/0", "/n/x");
        assertThat(raw(document, "")).isEqualTo(body.strip());
        assertThat(raw(document, "/detail")).isEqualTo("[{\"msg\":\"field required\",\"loc\":[1]},{\"msg\":\"b\"}]");
        assertThat(document.text(Place.at("/detail/0/msg"), 100)).isEqualTo("field required");
        assertThat(document.text(Place.at("/detail/1/msg"), 100)).isEqualTo("b");
        assertThat(document.has(Place.at("/detail/2"))).isFalse();
        assertThat(document.scalar(Place.at("/n/0/1/0"), 10)).isEqualTo("7");
        assertThat(document.has(Place.at("/n/x"))).isFalse();
    }

    @Test
    void of_several_places_the_first_counts_that_holds_something_else_than_null() {
        Place place = Place.of(json("[\"/a\",\"/b/c\",\"/d\"]"));
        DocumentReader reader = DocumentReader.of(List.of(place));
        assertThat(reader.read(bytes("{\"d\":\"D\",\"a\":null,\"b\":{\"c\":\"C\"}}")).text(place, 9)).isEqualTo("C");
        assertThat(reader.read(bytes("{\"d\":\"D\",\"b\":7}")).text(place, 9)).isEqualTo("D");
        assertThat(reader.read(bytes("{\"d\":\"D\",\"a\":{}}")).text(place, 9)).as("it is no text").isNull();
        assertThat(reader.read(bytes("{}")).text(place, 9)).isNull();
        assertThat(DocumentReader.of(List.of(Place.NOWHERE)).read(bytes("{}")).has(Place.NOWHERE)).isFalse();
        assertThatThrownBy(() -> Place.at("a")).hasMessageContaining("no JSON Pointer");
        assertThatThrownBy(() -> Place.at("/a~2")).hasMessageContaining("no JSON Pointer");
        assertThat(Pointer.of("/x".repeat(100_000)).steps()).hasSize(100_000);
        assertThat(Pointer.steps(Pointer.below("/a", "b~/c"))).containsExactly("a", "b~/c");
    }

    @Test
    void of_a_member_that_stands_twice_the_last_counts_with_all_that_is_in_it() {
        Document document = read("{\"a\":{\"b\":\"1\",\"c\":\"1\"},\"a\":{\"c\":\"2\",\"c\":\"3\"}}", "/a/b", "/a/c");
        assertThat(document.text(Place.at("/a/b"), 9)).isNull();
        assertThat(document.text(Place.at("/a/c"), 9)).isEqualTo("3");
        assertThat(read("{\"a\":{\"b\":\"1\"},\"a\":7}", "/a/b").has(Place.at("/a/b"))).isFalse();
    }

    @Test
    void what_cannot_be_stored_or_is_too_long_is_not_there() {
        Document document = read("{\"a\":\"x\\u0000\",\"b\":\"\\ud800\",\"c\":\"12345\",\"d\":\"\",\"e\":\"\\u00e9\\ud83d\\ude00\",\"f\":12345}", "/a", "/b", "/c", "/d", "/e", "/f");
        assertThat(Stream.of("/a", "/b", "/d").map(one -> document.text(Place.at(one), 99))).containsOnlyNulls();
        assertThat(document.text(Place.at("/c"), 5)).isEqualTo("12345");
        assertThat(document.text(Place.at("/c"), 4)).isNull();
        assertThat(document.text(Place.at("/e"), 4)).isEqualTo("\u00e9\ud83d\ude00");
        assertThat(document.scalar(Place.at("/f"), 5)).isEqualTo("12345");
        assertThat(document.scalar(Place.at("/f"), 4)).isNull();
    }

    @Test
    void a_star_is_the_names_of_the_members_in_any_order_and_others_are_compared_as_they_stand() {
        Place star = Place.at("/body/insights/*");
        DocumentReader reader = DocumentReader.of(List.of(star, Place.at("/body/insights/Summary")));
        String one = reader.read(bytes("{\"body\":{\"insights\":{\"Transcript\":[1],\"Summary\":[2]}}}")).compared(star);
        assertThat(reader.read(bytes("{\"body\":{\"insights\":{\"Summary\":[3,4],\"Transcript\":[]}}}")).compared(star)).isEqualTo(one);
        assertThat(reader.read(bytes("{\"body\":{\"insights\":{\"Summary\":[]}}}")).compared(star)).isNotEqualTo(one);
        assertThat(reader.read(bytes("{\"body\":{}}")).compared(star)).isEmpty();
        String many = "{\"body\":{\"insights\":{" + "\"a\":1,".repeat(5_000) + "\"x\":" + "[".repeat(500) + "]".repeat(500) + "}}}";
        assertThat(reader.read(bytes(many)).compared(star)).isEqualTo("a\nx");
        String large = "{\"body\":{\"insights\":[" + "1,".repeat(5_000) + "1]}}";
        assertThat(reader.read(bytes(large)).compared(star)).as("a digest").hasSize(64);
    }

    @Test
    void what_is_no_json_in_utf8_says_nothing_and_why() {
        for (byte[] body : List.of(bytes(""), bytes("{\"a\":\"b\"}x"), bytes("{\"a\":\"b\""), new byte[] {'{', '"', 'a', '"', ':', '"', (byte) 0xff, '"', '}'})) {
            Document document = DocumentReader.of(List.of(Place.at("/a"))).read(body);
            assertThat(document.whole()).isFalse();
            assertThat(document.has(Place.at("/a"))).isFalse();
            assertThat(document.refusal()).isEqualTo("not a JSON object in UTF-8");
        }
        String deep = "[".repeat(20_001) + "]".repeat(20_001);
        assertThat(read(deep, "/0/0").refusal()).isEqualTo("nested deeper than 20000 levels");
        assertThat(DocumentReader.of(List.of(Place.at("/0/0"))).glean(bytes(deep)).whole()).as("what was asked for").isTrue();
        assertThat(read("[1]", "/0").object()).isFalse();
        assertThat(read("\ufeff {}", "/0").object()).isTrue();
    }

    @Test
    void sixty_megabytes_of_any_shape_are_walked_over_once_and_kept_nowhere() {
        for (String piece : new String[] {"[", "{\"a\":", "1", " ", "\"", "[],", "\"x\":1,", "{\"detail\":[{"}) {
            byte[] body = new byte[60_000_000];
            byte[] fill = bytes(piece);
            byte[] head = bytes("{\"id\":\"j\",\"detail\":[{");
            System.arraycopy(head, 0, body, 0, head.length);
            for (int i = head.length; i < body.length; i++) {
                body[i] = fill[(i - head.length) % fill.length];
            }
            Document document = DocumentReader.of(List.of(Place.at("/id"), Place.at("/detail/0/msg"), Place.at("/a/a/a"))).glean(body);
            assertThat(document.whole()).isFalse();
            assertThat(document.text(Place.at("/id"), 9)).isEqualTo("j");
        }
    }

    /** Written with blanks and duplicates, so that the last of two counts in both. */
    private static String random(Random random, int depth) {
        int kind = random.nextInt(depth > 4 ? 5 : 8);
        return switch (kind) {
            case 0 -> "null";
            case 1 -> "" + random.nextInt(100);
            case 2 -> "\"s" + random.nextInt(9) + "\\u0041\"";
            case 3 -> "true";
            case 4 -> "-1.50e2";
            case 5 -> "[" + String.join(random.nextBoolean() ? "," : " , ", Stream.generate(() -> random(random, depth + 1)).limit(random.nextInt(4)).toList()) + "]";
            default -> "{" + String.join(",", Stream.generate(() -> "\"" + "abc01".charAt(random.nextInt(5)) + "\" :" + random(random, depth + 1))
                    .limit(random.nextInt(6)).toList()) + " }";
        };
    }

    @Test
    void what_is_found_is_what_a_tree_of_the_whole_document_has_there() throws Exception {
        Random random = new Random(7);
        int found = 0;
        for (int i = 0; i < 2_000; i++) {
            String body = random(random, 0);
            JsonNode tree = json(body);
            List<String> pointers = Stream.generate(() -> String.join("", Stream.generate(() -> "/" + "abc01".charAt(random.nextInt(5)))
                    .limit(random.nextInt(4)).toList())).limit(5).toList();
            Document document = read(body, pointers.toArray(new String[0]));
            for (String pointer : pointers) {
                JsonNode there = tree.at(pointer);
                String raw = raw(document, pointer);
                assertThat(raw == null ? null : json(raw)).as(body + " at " + pointer).isEqualTo(there.isMissingNode() || there.isNull() ? null : there);
                assertThat(document.value(Place.at(pointer))).isEqualTo(there.isMissingNode() ? json("null") : there);
                found += raw == null ? 0 : 1;
            }
        }
        assertThat(found).isGreaterThan(1_000);
    }

    @Test
    void what_is_changed_is_what_a_tree_would_be_changed_to() throws Exception {
        Random random = new Random(8);
        for (int i = 0; i < 2_000; i++) {
            String body;
            do {
                body = random(random, 0);
            } while (!body.startsWith("{"));
            JsonNode ours = json("{\"a\":{\"b\":" + random(random, 4) + ",\"c\":{\"0\":1}},\"b\":7,\"c\":\"x\"}");
            Map<String, Change> changes = Map.of("a", new Change(ours.get("a"), How.MERGE), "b", new Change(ours.get("b"), How.SET),
                    "c", new Change(ours.get("c"), How.UNLESS_THERE));
            byte[] changed = new JsonSplice(bytes(body), changes.keySet()).with(changes);
            ObjectNode tree = (ObjectNode) json(body);
            boolean mergeable = merge(tree, "a", ours.get("a"));
            tree.set("b", ours.get("b"));
            if (!tree.hasNonNull("c")) {
                tree.set("c", ours.get("c"));
            }
            assertThat(changed == null ? null : json(new String(changed, StandardCharsets.UTF_8))).as(body).isEqualTo(mergeable ? tree : null);
        }
    }

    private static boolean merge(ObjectNode tree, String name, JsonNode ours) {
        JsonNode theirs = tree.path(name);
        if (!ours.isObject() || theirs.isMissingNode() || theirs.isNull()) {
            tree.set(name, ours);
            return true;
        }
        boolean all = theirs.isObject();
        for (Map.Entry<String, JsonNode> one : all ? ours.properties() : Set.<Map.Entry<String, JsonNode>>of()) {
            all &= merge((ObjectNode) theirs, one.getKey(), one.getValue());
        }
        return all;
    }

    @Test
    void conditions_compare_type_and_value_and_nothing_counts_as_null() {
        Document document = read("{\"a\":true,\"b\":1.0,\"c\":\"1\",\"d\":null,\"e\":[1,{\"x\":2}],\"f\":false}", "/a", "/b", "/c", "/d", "/e", "/f", "/g");
        for (String holds : List.of("{at: /a, equals: true}", "{at: /b, equals: 1}", "{at: /c, equals: '1'}", "{at: /d, equals: null}", "{at: /g, equals: null}",
                "{at: /e, equals: [1, {x: 2}]}", "{has: /f}", "{has: /e}")) {
            assertThat(Match.of(Drafts.yaml(holds)).holds(document)).as(holds).isTrue();
        }
        for (String fails : List.of("{at: /a, equals: 'true'}", "{at: /b, equals: '1'}", "{at: /c, equals: 1}", "{at: /a, equals: null}", "{has: /d}", "{has: /g}",
                "{at: /g, equals: false}")) {
            assertThat(Match.of(Drafts.yaml(fails)).holds(document)).as(fails).isFalse();
        }
    }
}
