package io.jobrelay.document;

import static io.jobrelay.vendor.Drafts.json;
import static io.jobrelay.vendor.Drafts.yaml;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.jobrelay.vendor.Drafts;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Names in a profile are filled in once, so that no value leads anywhere, ends a line, or is read as a name itself. */
class TemplateTest {

    private static final Variables SOME = Variables.none().with("job.id", "a b/c?d").with("rest", "black-forest-labs/flux schnell/dev")
            .with("operation", "/v1/models/a%2Fb/predictions").with("status:/output_file_id", "file-1").with("key", "k").with("odd", "${key}")
            .with("events", json("[\"a\",\"b\"]")).with("number", json("7")).with("line", "a\r\nX-Evil: 1").with("empty", "");

    @ParameterizedTest
    @CsvSource(delimiter = ' ', value = {"/v1/jobs/${job.id} /v1/jobs/a%20b%2Fc%3Fd", "/${+rest} /black-forest-labs/flux%20schnell/dev",
        "/${rest} /black-forest-labs%2Fflux%20schnell%2Fdev", "/${rest:1}/${rest:2}/requests /black-forest-labs/flux%20schnell/requests",
        "${operation}/jobs /v1/models/a%2Fb/predictions/jobs", "/v1/files/${status:/output_file_id}/content?x=1 /v1/files/file-1/content?x=1",
        "/v2/jobs?wait=0 /v2/jobs?wait=0", "/a?x=../y /a?x=../y"})
    void a_path_takes_each_variable_as_one_segment(String template, String path) {
        assertThat(Template.of(template).path(SOME)).contains(path);
    }

    @Test
    void a_path_is_none_where_a_variable_is_unknown_or_would_lead_elsewhere() {
        for (String template : new String[] {"/v1/jobs/${job.nothing}", "/v1/jobs/${empty}", "/${rest:4}"}) {
            assertThat(Template.of(template).path(SOME)).as(template).isEmpty();
        }
        for (String id : new String[] {".", "..", ""}) {
            assertThat(Template.of("/v1/jobs/${job.id}").path(Variables.none().with("job.id", id))).as(id).isEmpty();
            assertThat(Template.of("/v1/jobs/${job.id}/cancel").path(Variables.none().with("job.id", id))).as(id).isEmpty();
        }
        for (String rest : new String[] {"a/../b", "../x", "a/..", "a//b", "/a", "a/", "./a"}) {
            assertThat(Template.of("/${+rest}/predictions").path(Variables.none().with("rest", rest))).as(rest).isEmpty();
        }
        assertThat(Template.of("/${+rest}").path(Variables.none().with("rest", "a/...x/.well"))).contains("/a/...x/.well");
    }

    @Test
    void no_rest_of_a_request_becomes_another_host() {
        for (String rest : new String[] {"//evil.example", "//evil.example/x", "/evil.example", "a//evil.example", "/", "//", "\\\\evil.example", "/\\evil.example", "evil.example"}) {
            Variables variables = Variables.none().with("rest", rest).with("operation", rest);
            for (String template : new String[] {"/${+rest}", "${+rest}", "/v1/${+rest}", "/v1${+rest}", "${operation}", "/${rest}", "/${rest:1}/${rest:2}", "${operation}${+rest}"}) {
                assertThat(Template.of(template).path(variables)).as(template + " " + rest).satisfiesAnyOf(none -> assertThat(none).isEmpty(),
                        path -> assertThat(path.orElseThrow()).startsWith("/").doesNotContain("//", "\\"));
            }
            assertThat(Template.of("${+rest}").text(variables).orElse("")).doesNotStartWith("/").doesNotContain("//");
        }
        assertThat(Template.of("/${+rest}").path(Variables.none().with("rest", "a\n//b"))).isEmpty();
        assertThat(Template.of("${operation}").path(Variables.none().with("operation", "/a\n//b"))).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"Token ${key}|Token k", "${key}:${nothing}|k:", "${odd}|${key}", "plain|plain", "${events}|[\"a\",\"b\"]", "$key $5 {key}|$key $5 {key}", "|"})
    void a_text_is_filled_in_and_what_stands_in_a_value_is_no_variable(String pair) {
        String[] both = pair.split("\\|", -1);
        assertThat(Template.of(both[0]).text(SOME)).contains(both[1]);
    }

    @Test
    void a_header_whose_variables_are_all_unknown_or_that_would_end_the_line_is_left_out() {
        assertThat(Template.of("org ${organization} ${project}").header(SOME)).isEmpty();
        assertThat(Template.of("x${line}").header(SOME)).isEmpty();
        assertThat(Template.of("x${line}").text(SOME)).isPresent();
        assertThat(Template.of("Bearer ${key}").header(SOME)).contains("Bearer k");
    }

    @Test
    void json_keeps_its_kinds_and_loses_what_is_unknown() {
        JsonNode filled = Template.json(yaml("{a: \"${key}\", list: \"${events}\", n: \"${number}\", s: \"n${number}\", gone: \"${nothing}\", in: {gone: \"${nothing}\"},"
                + " both: [\"${nothing}\", \"${key}\"], kept: {}, none: [], on: true, nil: null}"), SOME);
        assertThat(filled).isEqualTo(json("{\"a\":\"k\",\"list\":[\"a\",\"b\"],\"n\":7,\"s\":\"n7\",\"both\":[\"k\"],\"kept\":{},\"none\":[],\"on\":true,\"nil\":null}"));
        assertThat(Template.json(yaml("\"${nothing}\""), SOME).isMissingNode()).isTrue();
    }

    @Test
    void the_names_of_a_subtree_are_known() {
        assertThat(Template.names(yaml("{a: [\"${x} ${y:/z}\", {b: \"${+rest}\"}], c: 7, d: \"${x}\"}"))).isEqualTo(Set.of("x", "y:/z", "+rest"));
    }

    @Test
    void every_path_of_every_draft_can_be_filled_in() {
        Drafts.all().forEach(one -> {
            Variables variables = Drafts.sandbox(one, "j-1").with("status:/output_file_id", "file-2").with("webhook-secret", null);
            one.profile().findValuesAsText("path").stream().filter(path -> !path.equals(one.path())).forEach(path ->
                    assertThat(Template.of(path).path(variables)).as(one + " " + path).hasValueSatisfying(filled -> assertThat(filled).startsWith("/")));
        });
    }
}
