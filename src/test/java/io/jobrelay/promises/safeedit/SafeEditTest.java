package io.jobrelay.promises.safeedit;

import static io.jobrelay.promises.safeedit.EditableRelay.route;
import static io.jobrelay.promises.safeedit.EditableRelay.until;
import static org.assertj.core.api.Assertions.assertThat;

import io.jobrelay.support.RelayFixture;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.camel.Route;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** An edit takes effect while the relay runs, for the file that was edited and for nothing else. */
class SafeEditTest {

    private static EditableRelay files;

    @TempDir
    private static Path upper;

    @BeforeAll
    static void start() {
        files = EditableRelay.start(upper);
    }

    @AfterAll
    static void stop() {
        files.close();
    }

    @Test
    void a_file_is_added_edited_renamed_and_deleted() throws IOException {
        files.write("mine.camel.yaml", route("mine", "one"));
        until(() -> files.answer("mine"), "one");
        files.write("mine.camel.yaml", route("mine", "two"));
        until(() -> files.answer("mine"), "two");
        Files.move(files.file("mine.camel.yaml"), files.file("yours.camel.yaml"));
        files.write("yours.camel.yaml", route("mine", "three"));
        until(() -> files.answer("mine"), "three");
        assertThat(files.reload().rejected()).isEmpty();
        files.delete("yours.camel.yaml");
        files.untilGone("mine");
        assertThat(files.reload().rejected()).isEmpty();
    }

    @Test
    void only_the_routes_of_the_edited_file_are_exchanged() {
        Map<String, Route> before = files.routes();
        files.edit("settle/settle-callbacks.camel.yaml", text -> text.replace("description: End jobs", "description: End all jobs"));
        until(() -> files.routes().get("settle-callbacks") != null
                && "End all jobs".equals(files.routes().get("settle-callbacks").getDescription()), true);
        until(() -> files.routes().size(), before.size());
        Map<String, Route> after = new HashMap<>(files.routes());
        after.keySet().removeIf(id -> after.get(id) == before.get(id));
        assertThat(after).containsOnlyKeys("settle-callbacks", "settle-group", "settle-jobs");
        String job = files.relay.openJob("after-the-edit");
        assertThat(files.relay.post(files.relay.callbackUrl(job), "{\"status\":\"Success\",\"response\":{}}").status()).isEqualTo(200);
        files.relay.untilStatus(job, "Success");
        files.relay.untilDelivered(job);
    }

    @Test
    void an_edited_statement_takes_effect() {
        files.write("sql/mine.sql", "-- mine\nSELECT CAST('one' AS VARCHAR(9)) AS a");
        files.write("mine-sql.camel.yaml", """
                - route:
                    id: mine-sql
                    routeConfigurationId: relay-propagate
                    from:
                      uri: direct
                      parameters:
                        name: mine-sql
                      steps:
                        - to:
                            uri: sql
                            parameters:
                              query: "{{sql:mine}}"
                              dataSource: "#relay-data-source"
                              outputType: SelectOne
                """);
        until(() -> files.answer("mine-sql"), "one");
        files.write("sql/mine.sql", "SELECT CAST('two' AS VARCHAR(9)) AS a");
        until(() -> files.answer("mine-sql"), "two");
        files.write("sql/mine.sql", "SELECT CAST('three' AS VARCHAR(9)) AS a FROM nowhere");
        assertThat(files.untilRejected("sql/mine.sql")).startsWith("sql/mine.sql, line 1: ").containsIgnoringCase("nowhere");
        assertThat(files.answer("mine-sql")).isEqualTo("two");
        files.delete("sql/mine.sql");
        until(() -> files.reload().rejected().toString().contains("it is gone, but mine-sql.camel.yaml uses it"), true);
        assertThat(files.answer("mine-sql")).isEqualTo("two");
        files.write("sql/mine.sql", "SELECT CAST('four' AS VARCHAR(9)) AS a");
        until(() -> files.answer("mine-sql"), "four");
        files.untilAllAreTaken();
        files.delete("mine-sql.camel.yaml");
        files.delete("sql/mine.sql");
        files.untilGone("mine-sql");
        files.untilAllAreTaken();
    }

    @Test
    void an_edited_policy_is_taken_up_by_the_routes_that_name_it() {
        files.write("mine-errors.camel.yaml", policy("one"));
        files.write("mine-failing.camel.yaml", """
                - route:
                    id: mine-failing
                    routeConfigurationId: mine-policy
                    from:
                      uri: direct
                      parameters:
                        name: mine-failing
                      steps:
                        - throwException:
                            exceptionType: java.lang.IllegalStateException
                            message: planned
                """);
        until(() -> files.answer("mine-failing"), "one");
        Route sink = files.routes().get("sink-file");
        files.write("mine-errors.camel.yaml", policy("two"));
        until(() -> files.answer("mine-failing"), "two");
        assertThat(files.routes().get("sink-file")).isSameAs(sink);
        files.delete("mine-errors.camel.yaml");
        assertThat(files.untilRejected("mine-errors.camel.yaml"))
                .contains("the routeConfiguration mine-policy is no longer here, but mine-failing.camel.yaml uses it");
        assertThat(files.answer("mine-failing")).isEqualTo("two");
        files.delete("mine-failing.camel.yaml");
        files.untilGone("mine-failing");
        files.untilAllAreTaken();
    }

    @Test
    void the_relay_s_own_policies_can_be_edited() {
        Route before = files.routes().get("sink-file");
        files.edit("errors.camel.yaml", text -> text.replace("Somebody", "somebody").replace("A step of somebody else's flow", "A step of another's flow"));
        until(() -> files.routes().get("sink-file") != null && files.routes().get("sink-file") != before, true);
        String job = files.relay.openJob("after-the-policies");
        assertThat(files.relay.post(files.relay.callbackUrl(job), "{\"status\":\"Success\",\"response\":{}}").status()).isEqualTo(200);
        files.relay.untilStatus(job, "Success");
        files.relay.untilDelivered(job);
        assertThat(files.reload().rejected()).isEmpty();
    }

    @Test
    void a_bean_and_a_template_in_a_file_are_exchanged_too() {
        files.write("mine-bean.camel.yaml", bean("one"));
        until(() -> files.answer("mine-bean"), "one");
        files.write("mine-bean.camel.yaml", bean("two"));
        until(() -> files.answer("mine-bean"), "two");
        files.write("mine-made.camel.yaml", template("three"));
        until(() -> files.answer("mine-made"), "three");
        files.write("mine-made.camel.yaml", template("four"));
        until(() -> files.answer("mine-made"), "four");
        files.delete("mine-bean.camel.yaml");
        files.delete("mine-made.camel.yaml");
        files.untilGone("mine-bean");
        files.untilGone("mine-made");
        assertThat(files.relay.context().getRegistry().lookupByName("mine")).isNull();
        files.untilAllAreTaken();
    }

    @Test
    void a_file_of_an_upper_folder_hides_the_one_below_until_it_is_deleted() throws IOException {
        files.write("mine-layer.camel.yaml", route("mine-layer", "below"));
        until(() -> files.answer("mine-layer"), "below");
        Files.createDirectories(upper.resolve("routes"));
        Files.writeString(upper.resolve("routes/mine-layer.camel.yaml"), route("mine-layer", "above"));
        until(() -> files.answer("mine-layer"), "above");
        Files.delete(upper.resolve("routes/mine-layer.camel.yaml"));
        until(() -> files.answer("mine-layer"), "below");
        files.delete("mine-layer.camel.yaml");
        files.untilGone("mine-layer");
    }

    @Test
    void a_file_of_beans_or_of_a_template_alone_is_something() {
        files.write("mine-alone.camel.yaml", bean("x").substring(0, bean("x").indexOf("- route:")));
        files.write("mine-template.camel.yaml", template("x").substring(0, template("x").indexOf("- templatedRoute:")));
        files.write("mine-rest.camel.yaml", "- restConfiguration:\n    host: localhost\n");
        files.reload().onReload(this);
        assertThat(files.reload().rejected()).isEmpty();
        assertThat(files.relay.context().getRegistry().lookupByName("mine")).isNotNull();
        List.of("mine-alone.camel.yaml", "mine-template.camel.yaml", "mine-rest.camel.yaml").forEach(files::delete);
        files.reload().onReload(this);
        assertThat(files.reload().rejected()).isEmpty();
    }

    /** So is a ConfigMap mounted: the files are links, by way of a link that is exchanged for all of them at once. */
    @Test
    void files_that_are_links_of_a_mounted_volume_take_effect_when_that_is_exchanged() throws IOException {
        Path mounted = Files.createDirectories(upper.resolve("routes"));
        Files.writeString(Files.createDirectory(mounted.resolve("..2026_01")).resolve("mine-mounted.camel.yaml"), route("mine-mounted", "one"));
        Files.createSymbolicLink(mounted.resolve("..data"), Path.of("..2026_01"));
        Files.createSymbolicLink(mounted.resolve("mine-mounted.camel.yaml"), Path.of("..data/mine-mounted.camel.yaml"));
        Files.writeString(mounted.resolve("._mine-mounted.camel.yaml"), "\0\5\26\7 what a Mac leaves behind");
        until(() -> files.answer("mine-mounted"), "one");
        Files.writeString(Files.createDirectory(mounted.resolve("..2026_02")).resolve("mine-mounted.camel.yaml"), route("mine-mounted", "two"));
        Files.createSymbolicLink(mounted.resolve("..data_tmp"), Path.of("..2026_02"));
        Files.move(mounted.resolve("..data_tmp"), mounted.resolve("..data"), StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        RelayFixture.delete(mounted.resolve("..2026_01"));
        until(() -> files.answer("mine-mounted"), "two");
        assertThat(files.reload().rejected()).isEmpty();
        Files.delete(mounted.resolve("mine-mounted.camel.yaml"));
        files.untilGone("mine-mounted");
    }

    @Test
    void it_can_be_switched_off() {
        try (RelayFixture relay = new RelayFixture().withOwnRoutes().with("relay.routes.reload", "false")) {
            EditableRelay fixed = EditableRelay.start(relay);
            fixed.write("mine.camel.yaml", route("mine", "one"));
            fixed.reload().onReload(this);
            assertThat(fixed.answer("mine")).isEqualTo("none");
            assertThat(fixed.reload().rejected()).isEmpty();
        }
    }

    private static String policy(String text) {
        return """
                - routeConfiguration:
                    id: mine-policy
                    onException:
                      - onException:
                          exception:
                            - java.lang.Exception
                          handled:
                            constant:
                              expression: "true"
                          steps:
                            - setBody:
                                expression:
                                  constant:
                                    expression: "%s"
                """.formatted(text);
    }

    private static String bean(String text) {
        return """
                - beans:
                    - name: mine
                      type: io.jobrelay.promises.safeedit.SafeEditTest$Answer
                      properties:
                        text: "%s"
                - route:
                    id: mine-bean
                    routeConfigurationId: relay-propagate
                    from:
                      uri: direct
                      parameters:
                        name: mine-bean
                      steps:
                        - bean:
                            ref: mine
                            method: answer
                """.formatted(text);
    }

    private static String template(String text) {
        return """
                - routeTemplate:
                    id: mine-template
                    parameters:
                      - name: text
                    from:
                      uri: direct
                      parameters:
                        name: mine-made
                      steps:
                        - setBody:
                            expression:
                              constant:
                                expression: "{{text}}"
                - templatedRoute:
                    routeTemplateRef: mine-template
                    routeId: mine-made
                    parameters:
                      - name: text
                        value: "%s"
                """.formatted(text);
    }

    /** Made by a route file. */
    public static final class Answer {

        private String text;

        public void setText(String text) {
            this.text = text;
        }

        public String answer() {
            return text;
        }
    }
}
