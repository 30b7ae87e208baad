package io.jobrelay.job;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.fasterxml.uuid.Generators;
import io.jobrelay.config.Upstream;
import io.jobrelay.protocol.Problem;
import io.jobrelay.support.SettableClock;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What a job may look like, and that nothing of it changes on its way to the database. */
class JobRequestTest {

    private final SettableClock clock = new SettableClock();
    private final JobRequest requests = new JobRequest(clock, Generators.timeBasedEpochGenerator(),
            new Upstream("https://api.example", "https://api.example", "c", "s", "j", 10, false), Duration.ofMinutes(10));

    private Map<String, Object> one(String json) {
        List<Map<String, Object>> rows = requests.read(bytes(json), false);
        assertThat(rows).hasSize(1);
        return rows.get(0);
    }

    private Problem refused(byte[] json, boolean array) {
        return catchThrowableOfType(Problem.class, () -> requests.read(json, array));
    }

    private Problem refused(String json) {
        return refused(bytes(json), false);
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    @Test
    void request_and_metadata_are_kept_byte_for_byte() {
        String request = "{ \"n\" : 1.000000000000000000001e+5 , "
                + "\"é\\u00e9\":[ ],\n\"a\":1,\"a\":2, \"emoji\":\"😀\", \"u\":\"\\ud800\\u0000\"}";
        String metadata = "{\t\"k\":  -0.0}";
        Map<String, Object> row = one("{\"reference\":\"é😀\",\"request\":" + request + ",\"api\":\"summarize\",\"metadata\":\n" + metadata
                + "}");
        assertThat(row).containsEntry("request", request).containsEntry("metadata", metadata).containsEntry("reference", "é😀")
                .containsEntry("api", "/ai/text/v1/async/summarize").containsEntry("status", "Queued")
                .containsEntry("accepted_at", clock.millis()).containsEntry("next_submit_at", clock.millis())
                .containsEntry("next_poll_at", null).containsEntry("job_id", null);
        assertThat((String) row.get("id")).hasSize(36);
    }

    @Test
    void a_byte_order_mark_is_passed_over() {
        assertThat(one("\uFEFF{\"api\":\"punctuate\",\"request\":{\"texts\":[]}}")).containsEntry("request", "{\"texts\":[]}");
    }

    @Test
    void a_request_nested_ten_thousand_deep_is_taken() {
        String deep = "{\"a\":" + "[".repeat(10_000) + "]".repeat(10_000) + "}";
        assertThat(one("{\"api\":\"punctuate\",\"request\":" + deep + ",\"metadata\":" + deep + "}"))
                .containsEntry("request", deep).containsEntry("metadata", deep);
    }

    @Test
    void a_request_nested_more_than_twenty_thousand_deep_is_refused_by_that_name() {
        for (String piece : new String[] {"[", "{\"a\":"}) {
            String json = "{\"api\":\"punctuate\",\"request\":{\"a\":" + piece.repeat(3_000_000);
            assertThat(refused(bytes(json), true)).hasMessageContaining("nested deeper than 20000 levels");
            assertThat(refused(bytes("[" + json), true)).hasMessageContaining("nested deeper than 20000 levels");
            assertThat(refused(bytes(json), true).member()).isEqualTo("body");
        }
    }

    @Test
    void of_a_member_that_stands_twice_the_last_one_counts() {
        assertThat(one("{\"api\":\"punctuate\",\"api\":\"summarize\",\"request\":{\"a\":1},\"request\":{\"b\":2}}"))
                .containsEntry("api", "/ai/text/v1/async/summarize").containsEntry("request", "{\"b\":2}");
    }

    @ParameterizedTest
    @CsvSource({"speech-to-text,/ai/audio/v1/async/speech-to-text", "speaker-diarize,/ai/audio/v1/async/speaker-diarize",
        "summarize,/ai/text/v1/async/summarize", "punctuate,/ai/text/v1/async/punctuate",
        "analyze-interaction,/ai/insights/v1/async/analyze-interaction",
                "/ai/audio/v1/async/speaker-identify,/ai/audio/v1/async/speaker-identify"})
    void an_api_is_a_short_name_or_a_path(String api, String path) {
        assertThat(one("{\"api\":\"" + api + "\",\"request\":{}}")).containsEntry("api", path);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "speech", "SUMMARIZE", "/", "/ai", "/ai/", "/ai/../restapi/v1.0/account", "/ai/./x", "/ai/x/..", "/ai//x",
            "/ai/x/",
        "/ai/x?webhook=y", "/ai/x#y", "/ai/%2e%2e/x", "/ai/x y", "/restapi/v1.0/account", "https://elsewhere.example/ai/x",
                "//elsewhere.example/ai/x",
        "/ai/x@y", "/ai/é", "/ai/x\\n"})
    void no_other_api_is_taken(String api) {
        assertThat(refused("{\"api\":\"" + api + "\",\"request\":{}}").member()).isEqualTo("api");
    }

    @Test
    void what_is_tracked_is_polled_at_once_and_kept_for_a_week() {
        assertThat(one("{\"jobId\":\"j-1\",\"reference\":\"r\",\"metadata\":{}}")).containsEntry("status", "InProgress")
                .containsEntry("job_id", "j-1")
                .containsEntry("server", "https://api.example").containsEntry("next_poll_at", clock.millis())
                        .containsEntry("next_submit_at", null)
                .containsEntry("expires_at", clock.millis() + Duration.ofDays(7).toMillis())
                .containsEntry("poll_delay", Duration.ofMinutes(10).toMillis()).containsEntry("api", null).containsEntry("request", null);
    }

    @Test
    void an_optional_member_may_be_null() {
        assertThat(one("{\"api\":\"punctuate\",\"request\":{},\"reference\":null,\"metadata\":null,\"jobId\":null}"))
                .containsEntry("reference", null).containsEntry("metadata", null);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "{'request':{}} | api | missing-member",
        "{'api':null,'request':{}} | api | missing-member",
        "{'api':'punctuate'} | request | missing-member",
        "{} | api | missing-member",
        "{'api':1,'request':{}} | api | invalid-member",
        "{'api':'punctuate','request':'{}'} | request | invalid-member",
        "{'api':'punctuate','request':[]} | request | invalid-member",
        "{'api':'punctuate','request':{},'reference':1} | reference | invalid-member",
        "{'api':'punctuate','request':{},'reference':{}} | reference | invalid-member",
        "{'api':'punctuate','request':{},'reference':'a\\u0000b'} | reference | invalid-member",
        "{'api':'punctuate','request':{},'reference':'\\ud800'} | reference | invalid-member",
        "{'api':'punctuate','request':{},'metadata':'x'} | metadata | invalid-member",
        "{'api':'punctuate','request':{},'metadata':[]} | metadata | invalid-member",
        "{'api':'punctuate','request':{},'metadata':true} | metadata | invalid-member",
        "{'api':'punctuate','request':{},'webhook':'x'} | webhook | unknown-member",
        "{'jobId':'x','api':'punctuate'} | jobId | invalid-member",
        "{'jobId':'x','request':{}} | jobId | invalid-member",
        "{'jobId':''} | jobId | invalid-member",
        "{'jobId':'..'} | jobId | invalid-member",
        "{'jobId':'a\\nb'} | jobId | invalid-member",
        "{'jobId':7} | jobId | invalid-member",
        "[] | body | unreadable-body",
        "[{'api':'punctuate','request':{}}] | body | unreadable-body",
        "'x' | body | unreadable-body",
        "null | body | unreadable-body",
        "{'api':'punctuate','request':{} | body | unreadable-body",
        "{'api':'punctuate','request':{}}} | body | unreadable-body",
        "{'api':'punctuate','request':{}} {} | body | unreadable-body",
        "{'api':'punctuate','request':{'a':01}} | body | unreadable-body",
        "{'api':'punctuate','request':{'a':NaN}} | body | unreadable-body",
        "{'api':'punctuate',} | body | unreadable-body"})
    void what_is_wrong_is_named(String json, String member, String type) {
        Problem problem = refused(json.replace('\'', '"'));
        assertThat(problem.status()).isEqualTo(400);
        assertThat(problem.member()).isEqualTo(member);
        assertThat(problem.kind().type()).isEqualTo("urn:jobrelay:problem:" + type);
    }

    @Test
    void a_body_that_is_empty_or_not_utf_8_is_named() {
        for (byte[] body : new byte[][] {{}, bytes("  "), {(byte) 0xEF, (byte) 0xBB, (byte) 0xBF}, {'{', '"', (byte) 0xff, '"', ':', '1',
                '}'},
            "{\"api\":\"punctuate\",\"request\":{}}".getBytes(StandardCharsets.UTF_16)}) {
            assertThat(refused(body, true).member()).isEqualTo("body");
        }
        assertThat(refused((byte[]) null, false).member()).isEqualTo("body");
    }

    @Test
    void what_is_too_long_is_named() {
        assertThat(refused("{\"api\":\"punctuate\",\"request\":{},\"reference\":\"" + "x".repeat(1001) + "\"}").member())
                .isEqualTo("reference");
        assertThat(refused("{\"api\":\"/ai/" + "x".repeat(510) + "\",\"request\":{}}").member()).isEqualTo("api");
        assertThat(refused("{\"jobId\":\"" + "x".repeat(513) + "\"}").member()).isEqualTo("jobId");
        assertThat(refused("{\"jobId\":\"x\",\"metadata\":{\"a\":\"" + "x".repeat(1 << 20) + "\"}}").member()).isEqualTo("metadata");
        assertThat(one("{\"jobId\":\"" + "x".repeat(512) + "\",\"reference\":\"" + "x".repeat(1000) + "\"}")).isNotNull();
    }

    @Test
    void a_body_over_twenty_megabytes_is_answered_413() {
        assertThat(refused(new byte[JobRequest.LARGEST_BODY + 1], false).status()).isEqualTo(413);
    }

    @Test
    void no_sentence_repeats_a_value() {
        for (String json : List.of("{\"api\":\"hush-hush\",\"request\":{}}", "{\"jobId\":\"hush-hush\\n\"}", "{\"a\":\"hush-hush\"}",
                "\"hush-hush\"",
                "{\"api\":\"punctuate\",\"request\":{hush-hush}}", "hush-hush", "{\"reference\":\"" + "hush-hush".repeat(200) + "\"}")) {
            assertThat(refused(json).getMessage()).doesNotContain("hush");
        }
    }

    @Test
    void a_long_unknown_name_is_shortened_and_cleaned() {
        assertThat(refused("{\"a\\n\\ud800" + "x".repeat(5_000) + "\":1}").member()).startsWith("a??xxx").hasSize(101);
    }

    @Test
    void an_array_is_a_row_for_each_element_in_their_order() {
        List<Map<String, Object>> rows = requests.read(
                bytes(" [{\"api\":\"punctuate\",\"request\":{\"n\":1}} , {\"jobId\":\"j\"},{\"api\":\"punctuate\",\"request\":{\"n\":3}}]\n"), true);
        assertThat(rows).extracting(r -> r.get("request")).containsExactly("{\"n\":1}", null, "{\"n\":3}");
        assertThat(rows).extracting(r -> (String) r.get("id")).isSorted().doesNotHaveDuplicates();
    }

    @Test
    void one_bad_element_spoils_the_array() {
        Problem problem = refused(bytes("[{\"api\":\"punctuate\",\"request\":{}},{\"api\":\"punctuate\"}]"), true);
        assertThat(problem.member()).isEqualTo("request");
        assertThat(problem).hasMessageStartingWith("Element 2 of the array: ");
        assertThat(refused(bytes("[{\"api\":\"punctuate\",\"request\":{}},3]"), true)).hasMessageStartingWith("Element 2");
        assertThat(refused(bytes("[{\"api\":\"punctuate\",\"request\":{}}"), true).member()).isEqualTo("body");
        assertThat(refused(bytes("[]"), true).member()).isEqualTo("body");
    }

    @Test
    void a_large_body_is_read() {
        ByteArrayOutputStream body = new ByteArrayOutputStream();
        body.writeBytes(bytes("{\"api\":\"summarize\",\"request\":{\"text\":\""));
        body.writeBytes(bytes("é".repeat(4_000_000)));
        body.writeBytes(bytes("\",\"tail\":[1]},\"reference\":\"after\"}"));
        Map<String, Object> row = requests.read(body.toByteArray(), false).get(0);
        assertThat((String) row.get("request")).hasSize(4_000_000 + "{\"text\":\"\",\"tail\":[1]}".length()).endsWith("é\",\"tail\":[1]}");
        assertThat(row).containsEntry("reference", "after");
    }
}
