package io.jobrelay.promises.safeedit;

import static io.jobrelay.promises.safeedit.EditableRelay.route;
import static io.jobrelay.promises.safeedit.EditableRelay.until;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.apache.camel.Route;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** A broken edit changes nothing that runs, is named until it is repaired, and can always be repaired. */
class RejectedEditTest {

    private static EditableRelay files;
    private static String good;

    @BeforeAll
    static void start() {
        files = EditableRelay.start();
        files.write("mine.camel.yaml", route("mine", "good"));
        until(() -> files.answer("mine"), "good");
        good = files.read("mine.camel.yaml");
    }

    @AfterAll
    static void stop() {
        files.close();
    }

    static Stream<Arguments> broken() {
        String good = route("mine", "good");
        return Stream.of(
                Arguments.of("not YAML", good.replace("steps:", "steps: ["), "line "),
                Arguments.of("empty", "", "line 1: it is empty"),
                Arguments.of("blank", " \n\t\n", "line "),
                Arguments.of("comments only", "# to be\n# written\n", "line 1: it is empty: a route file is a list"),
                Arguments.of("a document without content", "---\n", "line 1: it is empty"),
                Arguments.of("null", "null", "line 1: it is empty"),
                Arguments.of("an empty list", "[]", "line 1: it is empty"),
                Arguments.of("an empty object", "{}", "line 1: it is empty"),
                Arguments.of("a text", "mine", "line 1: it holds no routes"),
                Arguments.of("an item without content", "- \n", "line 1: "),
                Arguments.of("an empty item", "- {}\n- []\n", "line 1: "),
                Arguments.of("no beans", "- beans: []\n", "line 1: nothing in it would run"),
                Arguments.of("a policy for routes that are not there", "- onException:\n    exception:\n      - java.lang.Exception\n    handled:\n"
                        + "      constant:\n        expression: \"true\"\n", "line 1: nothing in it would run"),
                Arguments.of("Integration", resource("Integration", good), "line 2: it is a resource of Kubernetes (Integration), of which nothing would run"),
                Arguments.of("Kamelet", resource("Kamelet", good), "line 2: it is a resource of Kubernetes (Kamelet)"),
                Arguments.of("Pipe", resource("Pipe", good), "line 2: it is a resource of Kubernetes (Pipe)"),
                Arguments.of("KameletBinding", resource("KameletBinding", good), "line 2: it is a resource of Kubernetes (KameletBinding)"),
                Arguments.of("ConfigMap", resource("ConfigMap", good), "line 2: it is a resource of Kubernetes (ConfigMap)"),
                Arguments.of("an unknown kind", "{\"kind\": \"<b>\", \"apiVersion\": 1}", "line 1: it is a resource of Kubernetes, of which"),
                Arguments.of("a list of resources", "- apiVersion: v1\n  kind: ConfigMap\n", "line 1: "),
                Arguments.of("several documents", "---\n" + good + "---\n" + good, "line "),
                Arguments.of("half written", good.substring(0, good.indexOf("steps:")) + "st", "line "),
                Arguments.of("not a list", "route: mine", "line 1: it holds no routes"),
                Arguments.of("unknown step", good.replace("- setBody:", "- setBdy:"), "line 9: "),
                Arguments.of("unknown option of a step", good.replace("constant:", "constnt:"), "line 11: "),
                Arguments.of("unknown option of an endpoint", good.replace("name: mine", "name: mine\n        nonsense: true"), "line 5: "),
                Arguments.of("unknown component", before(good, "to:", "  uri: nonsense", "  parameters:", "    name: x"), "line 9: "),
                Arguments.of("unknown bean", before(good, "process:", "  ref: nonsense"), "line 9: "),
                Arguments.of("unknown class", "- beans:\n    - name: nonsense\n      type: io.jobrelay.Nonsense\n" + good, "io.jobrelay.Nonsense"),
                Arguments.of("broken expression", good.replace("constant:", "simple:").replace("\"good\"", "\"${nonsense\""), "line 9: "),
                Arguments.of("route id of another file", good.replace("id: mine", "id: sink-file"),
                        "line 2: the route id sink-file stands in sink/sink-file.camel.yaml too"),
                Arguments.of("step id of another file", good.replace("- setBody:", "- setBody:\n            id: write-file"),
                        "line 10: the step id write-file stands in sink/sink-file.camel.yaml too"),
                Arguments.of("same route twice", good + good, "the route id mine stands in this file twice"),
                Arguments.of("direct of another file", good.replace("name: mine", "name: sink-file"),
                        "line 5: direct:sink-file stands in sink/sink-file.camel.yaml too"),
                Arguments.of("direct that nobody serves", before(good, "to:", "  uri: direct", "  parameters:", "    name: nobody"),
                        "line 9: no route serves direct:nobody"),
                Arguments.of("unknown policy", good.replace("relay-propagate", "relay-nonsense"), "line 3: there is no routeConfiguration relay-nonsense"),
                Arguments.of("statement that is missing", before(good, "to:", "  uri: sql", "  parameters:", "    query: \"{{sql:nonsense}}\"",
                        "    dataSource: \"#relay-data-source\""), "line 12: the statement routes/sql/nonsense.sql is missing"),
                Arguments.of("statement that does not prepare", before(good, "to:", "  uri: sql", "  parameters:",
                        "    query: SELECT nonsense FROM relay_job", "    dataSource: \"#relay-data-source\""),
                        "line 12: the database does not take a statement: "),
                Arguments.of("unknown key", good.replace("good", "{{relay.nonsense}}"), "relay.nonsense"));
    }

    private static String resource(String kind, String routes) {
        return "# applied by hand\napiVersion: camel.apache.org/v1\nkind: " + kind + "\nmetadata:\n  name: mine\nspec:\n  flows:\n"
                + routes.indent(4) + "data:\n  mine.camel.yaml: |\n" + routes.indent(4);
    }

    /** One more step, in front of the one there is. */
    private static String before(String route, String... lines) {
        return route.replace("        - setBody:", "        - " + String.join("\n          ", lines) + "\n        - setBody:");
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("broken")
    void nothing_changes_and_the_file_is_named_until_it_is_repaired(String kind, String text, String cause) {
        Map<String, Route> before = files.routes();
        files.write("mine.camel.yaml", text);
        files.reload().onReload(this);
        assertThat(files.reload().rejected()).singleElement().asString().startsWith("mine.camel.yaml").contains(cause);
        assertThat(files.routes()).isEqualTo(before);
        assertThat(files.answer("mine")).isEqualTo("good");

        files.write("mine.camel.yaml", good.replace("good", "repaired after " + kind));
        files.reload().onReload(this);
        assertThat(files.reload().rejected()).isEmpty();
        assertThat(files.answer("mine")).isEqualTo("repaired after " + kind);

        files.write("mine.camel.yaml", good);
        files.reload().onReload(this);
        assertThat(files.answer("mine")).isEqualTo("good");
    }

    @Test
    void a_file_that_was_cut_off_anywhere_is_rejected_by_name_and_can_be_repaired() {
        String text = files.read("settle/settle-callbacks.camel.yaml");
        List<Integer> cuts = new ArrayList<>();
        for (int at = text.indexOf("id:"); cuts.size() < 15; at = text.indexOf('\n', at + 1)) {
            cuts.add(at + cuts.size() % 3 * 5);
        }
        for (int cut : cuts) {
            files.write("settle/settle-callbacks.camel.yaml", text.substring(0, cut));
            files.reload().onReload(this);
            assertThat(files.reload().rejected()).as(text.substring(0, cut)).singleElement().asString().startsWith("settle/settle-callbacks.camel.yaml")
                    .doesNotContain("NullPointer");
        }
        files.write("settle/settle-callbacks.camel.yaml", text);
        files.reload().onReload(this);
        assertThat(files.reload().rejected()).isEmpty();
    }

    @Test
    void health_and_metrics_tell_of_it_and_a_good_file_is_taken_beside_it() {
        files.write("broken.camel.yaml", "- rout:\n");
        assertThat(files.untilRejected("broken.camel.yaml")).startsWith("broken.camel.yaml, line 1: ");
        assertThat(files.relay.adminGet("/observe/health").text()).contains("broken.camel.yaml, line 1");
        assertThat(files.relay.adminGet("/observe/health").status()).isEqualTo(200);
        assertThat(files.relay.adminGet("/observe/metrics").text()).contains("relay_routes_rejected 1.0");
        files.write("good.camel.yaml", route("good", "yes"));
        until(() -> files.answer("good"), "yes");
        assertThat(files.reload().rejected()).hasSize(1);
        files.delete("broken.camel.yaml");
        files.delete("good.camel.yaml");
        files.untilGone("good");
        files.untilAllAreTaken();
        assertThat(files.relay.adminGet("/observe/metrics").text()).contains("relay_routes_rejected 0.0");
    }

    @Test
    void what_others_call_cannot_be_taken_away() {
        String text = files.read("settle/settle-callbacks.camel.yaml");
        files.delete("settle/settle-callbacks.camel.yaml");
        assertThat(files.untilRejected("settle/settle-callbacks.camel.yaml")).contains("direct:settle-callbacks is no longer here");
        String job = files.relay.openJob("still-settled");
        files.relay.post(files.relay.callbackUrl(job), "{\"status\":\"Success\",\"response\":{}}");
        files.relay.untilStatus(job, "Success");
        files.write("settle/settle-callbacks.camel.yaml", text);
        files.untilAllAreTaken();
    }
}
