package io.jobrelay.intake;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonParser;
import io.jobrelay.Http;
import io.jobrelay.RelayFixture;
import java.nio.charset.StandardCharsets;
import java.util.UUID;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
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
        try (JsonParser parser = CallbackBody.JSON.createParser(document)) {
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
