package io.jobrelay.promises.anyinput;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonParser;
import io.jobrelay.protocol.StatusResource;
import io.jobrelay.support.Http;
import io.jobrelay.support.RelayFixture;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.UUID;
import java.util.stream.Stream;
import java.util.zip.Deflater;
import java.util.zip.DeflaterOutputStream;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Whatever JSON the API sends is read, and reaches the sink as it was sent, byte for byte. */
class StrangeBodyTest {

    private static RelayFixture relay;
    private final String jobId = UUID.randomUUID().toString();

    @BeforeAll
    static void start() {
        relay = new RelayFixture().start();
    }

    @AfterAll
    static void stop() {
        relay.close();
    }

    @ParameterizedTest
    @ValueSource(strings = {
        "4.800000000000001", "0.1", "1e400", "-0.0", "1.50", "1E+2", "9007199254740993", "18446744073709551617",
        "3.141592653589793238462643383279",
        "\"\\u00e9\\u20AC\\ud83d\\ude00\"", "\"\u00e9\u20ac\ud83d\ude00 \ud83d\udc69\u200d\ud83d\udc67\"",
        "\"\\/ \\\\ \\\" \\b\\f\\n\\r\\t\"",
        "\"\\ud800\"", "\"\\u0000\"", "\"\u2028\u2029\"", "[]", "[ 1 ,\t2 ]", "null", "\"\"", "true",
        "{\"a\":1,\"a\":2}", "{\"\":{\"relay\":1}}", "{\"__proto__\":{},\"$ref\":\"x\",\"@class\":\"java.net.URL\"}",
        "NaN", "[Infinity,-Infinity,NaN]", "\"a\tb\nc\u0000d\u001f\"",
        "\"${bean:x} {{relay.db.password}} ${env:PATH}\"", "\"</script><!--\""})
    void a_response_comes_out_as_it_came_in(String response) {
        comesOut("{\"jobId\":\"" + jobId + "\",\"status\":\"Success\",\"response\":" + response + "}");
    }

    @Test
    void unknown_members_order_and_blanks_stay() {
        comesOut("\n { \"zeta\" : [ {\"x\":1} , null ],\r\n\t\"status\":\"Success\","
                + "\"future\":{\"status\":\"Fail\",\"jobId\":\"other\"} , \"jobId\" : \""
                + jobId + "\" , \"response\" : { } \n} \r\n");
    }

    @Test
    void of_a_member_that_stands_twice_the_last_one_counts_and_both_stay() {
        comesOut("{\"status\":\"InProgress\",\"jobId\":\"x\","
                + "\"status\":\"Success\",\"jobId\":\"" + jobId + "\",\"jobId\":\"" + jobId + "\"}");
    }

    @Test
    void names_may_be_written_with_escapes() {
        comesOut("{\"\\u006aobId\":\"" + jobId + "\",\"st\\u0061tus\":\"Succ\\u0065ss\"}");
    }

    @Test
    void json_nested_10000_deep_is_read() {
        comesOut("{\"jobId\":\"" + jobId + "\",\"deep\":" + "[".repeat(10_000) + "]".repeat(10_000)
                + ",\"status\":\"Success\",\"response\":" + "{\"a\":".repeat(10_000) + "1" + "}".repeat(10_000) + "}");
    }

    @Test
    void json_nested_20000_deep_is_read() {
        comesOut("{\"jobId\":\"" + jobId + "\",\"status\":\"Success\",\"response\":" + "[".repeat(19_999) + "]".repeat(19_999) + "}");
    }

    /** How a body may be packed, and what it is packed from. */
    static Stream<Arguments> packed() throws IOException {
        byte[] json = "{\"status\":\"Success\",\"response\":{\"n\":4.800000000000001}}".getBytes(StandardCharsets.UTF_8);
        ByteArrayOutputStream twoMembers = new ByteArrayOutputStream();
        twoMembers.write(gzip(Arrays.copyOf(json, 10)));
        twoMembers.write(gzip(Arrays.copyOfRange(json, 10, json.length)));
        ByteArrayOutputStream tail = new ByteArrayOutputStream();
        tail.write(gzip(json));
        tail.write("tail".getBytes(StandardCharsets.UTF_8));
        return Stream.of(Arguments.of("gzip", gzip(json)), Arguments.of("GZIP", gzip(json)), Arguments.of("x-gzip", gzip(json)),
                Arguments.of("gzip", twoMembers.toByteArray()), Arguments.of("gzip", tail.toByteArray()), Arguments.of("deflate", deflated(json, false)),
                Arguments.of("Deflate", deflated(json, true)), Arguments.of("identity", json), Arguments.of("deflate, gzip", gzip(deflated(json, false))),
                Arguments.of("gzip", json), Arguments.of("br", json), Arguments.of("", json));
    }

    @ParameterizedTest
    @MethodSource("packed")
    void a_packed_body_comes_out_as_it_was_before(String coding, byte[] body) {
        String id = relay.openJob(jobId);
        assertThat(Http.send("POST", relay.callbackUrl(id), body, "Content-Encoding", coding).status()).isEqualTo(200);
        relay.forward();
        assertThat(text(relay.result(jobId))).as(coding).startsWith("{\"status\":\"Success\",\"response\":{\"n\":4.800000000000001},\"relay\":{");
    }

    @Test
    void what_cannot_be_unpacked_is_kept_as_it_came_and_answered_400_and_the_job_is_polled() throws IOException {
        byte[] whole = gzip("{\"status\":\"Success\"}".getBytes(StandardCharsets.UTF_8));
        for (byte[] broken : List.of(Arrays.copyOf(whole, whole.length - 9), Arrays.copyOf(whole, 5), new byte[] {1, 2, 3})) {
            for (String coding : List.of("gzip", "deflate", "br", "gzip, gzip, gzip, gzip")) {
                String id = relay.openJob(UUID.randomUUID().toString());
                assertThat(Http.send("POST", relay.callbackUrl(id), broken, "Content-Encoding", coding).status()).isEqualTo(400);
                assertThat(relay.callbacks(id)).singleElement().satisfies(row -> assertThat(row.get("body")).isEqualTo(broken));
                assertThat(relay.job(id)).containsEntry("hinted_at", relay.clock().millis());
            }
        }
    }

    @Test
    void a_few_kilobytes_that_become_gigabytes_are_413_and_the_job_is_polled() throws IOException {
        ByteArrayOutputStream packed = new ByteArrayOutputStream();
        try (OutputStream out = new GZIPOutputStream(packed)) {
            for (int i = 0; i < 80; i++) {
                out.write(new byte[1_000_000]);
            }
        }
        for (String coding : List.of("gzip", "gzip, gzip")) {
            String id = relay.openJob(jobId + coding.length());
            byte[] bomb = coding.length() == 4 ? packed.toByteArray() : gzip(packed.toByteArray());
            assertThat(Http.send("POST", relay.callbackUrl(id), bomb, "Content-Encoding", coding).status()).isEqualTo(413);
            RelayFixture.patiently().until(() -> relay.job(id).get("hinted_at") != null);
            assertThat(relay.callbacks(id)).isEmpty();
            assertThat(Http.send("POST", relay.webhookUrl(), Arrays.copyOf(bomb, Math.min(bomb.length, 60_000)), "Content-Encoding", coding).status())
                    .as("without a signature").isEqualTo(413);
        }
    }

    private static byte[] gzip(byte[] body) throws IOException {
        ByteArrayOutputStream packed = new ByteArrayOutputStream();
        try (OutputStream out = new GZIPOutputStream(packed)) {
            out.write(body);
        }
        return packed.toByteArray();
    }

    private static byte[] deflated(byte[] body, boolean raw) throws IOException {
        ByteArrayOutputStream packed = new ByteArrayOutputStream();
        try (OutputStream out = new DeflaterOutputStream(packed, new Deflater(Deflater.BEST_COMPRESSION, raw))) {
            out.write(body);
        }
        return packed.toByteArray();
    }

    @Test
    void a_string_of_5_MB_is_read() {
        comesOut("{\"response\":\"" + "\u00e9".repeat(2_500_000) + "\",\"jobId\":\"" + jobId + "\",\"status\":\"Success\"}");
    }

    @Test
    void a_number_of_100000_digits_and_a_name_of_a_megabyte_are_read() {
        comesOut("{\"jobId\":\"" + jobId + "\",\"n\":" + "7".repeat(100_000)
                + ",\"" + "k".repeat(1_000_000) + "\":1,\"status\":\"Success\"}");
    }

    @Test
    void a_hundred_thousand_members_are_read() {
        StringBuilder body = new StringBuilder("{\"jobId\":\"" + jobId + "\",\"response\":{");
        for (int i = 0; i < 100_000; i++) {
            body.append("\"k").append(i).append("\":").append(i).append(',');
        }
        comesOut(body + "\"end\":0},\"status\":\"Success\"}");
    }

    @Test
    void a_byte_order_mark_is_read_over_and_not_handed_on() {
        String id = relay.openJob(jobId);
        String body = "{\"jobId\":\"" + jobId + "\",\"status\":\"Success\"}";
        assertThat(relay.post(relay.callbackUrl(id), "\ufeff" + body).status()).isEqualTo(200);
        relay.forward();
        assertThat(text(relay.result(jobId))).startsWith(body.substring(0, body.length() - 1) + ",\"relay\":{");
    }

    @Test
    void an_object_of_status_only_gets_its_comma_right() throws Exception {
        String id = relay.insertJob(java.util.Map.of("job_id", jobId, "reference", "a \"quoted\" \\ caf\u00e9 \ud83d\ude00.mp3",
                "metadata", "{\"n\":1.50,\"deep\":[{}]}"));
        relay.insertCallback(id, "relay", "Expired", "{ }");
        relay.forward();
        String document = text(relay.result(jobId));
        assertThat(document).startsWith("{ \"relay\":{").contains("\"metadata\":{\"n\":1.50,\"deep\":[{}]}");
        assertThat(new com.fasterxml.jackson.databind.ObjectMapper().readTree(document).path("relay").path("reference").asText())
                .isEqualTo("a \"quoted\" \\ caf\u00e9 \ud83d\ude00.mp3");
    }

    private void comesOut(String body) {
        String id = relay.openJob(jobId);
        byte[] sent = body.getBytes(StandardCharsets.UTF_8);
        assertThat(Http.send("POST", relay.callbackUrl(id), sent, "Content-Type", "application/json").status()).isEqualTo(200);
        relay.forward();
        assertThat(relay.job(id)).containsEntry("status", "Success").containsEntry("job_id", jobId);
        byte[] got = relay.result(jobId);
        String members = body.substring(0, body.lastIndexOf('}'));
        assertThat(text(got).startsWith(members + ",\"relay\":{\"id\":\"" + id + "\"")).as("the members as they were sent").isTrue();
        assertThat(text(got)).endsWith("}");
        readable(got);
    }

    private static void readable(byte[] document) {
        try (JsonParser parser = StatusResource.AS_IT_CAME.createParser(document)) {
            parser.nextToken();
            parser.skipChildren();
            assertThat(parser.nextToken()).isNull();
        } catch (java.io.IOException e) {
            throw new AssertionError("the outcome is no JSON", e);
        }
    }

    private static String text(byte[] utf8) {
        return new String(utf8, StandardCharsets.UTF_8);
    }
}
