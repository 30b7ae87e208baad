package io.jobrelay.promises.anyinput;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.jobrelay.support.OpenApi;
import io.jobrelay.support.Raw;
import io.jobrelay.support.RelayFixture;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * Promise: whatever is wrong with a request to the admin port, the answer is 4xx, a problem that names the member or parameter, and never
 * the relay's own fault. What is wrong is made from the API's description, so that a new operation is tried too.
 */
class WrongInputTest {

    private static final ObjectMapper JSON = new ObjectMapper();
    private static RelayFixture relay;
    private final OpenApi api = new OpenApi();

    @BeforeAll
    static void start() {
        relay = new RelayFixture().start();
    }

    @AfterAll
    static void stop() {
        relay.close();
    }

    /** @return the problem of an answer that must be one of the caller's mistakes */
    private static JsonNode mistake(String method, String target, String body, String... headers) throws Exception {
        StringBuilder request = new StringBuilder(method + " " + target + " HTTP/1.1\r\nHost: localhost:" + relay.adminPort() + "\r\nConnection: close\r\n");
        for (String header : headers) {
            request.append(header).append("\r\n");
        }
        if (body != null) {
            request.append("Content-Length: ").append(body.length()).append("\r\n");
        }
        request.append("\r\n").append(body == null ? "" : body);
        String answer = Raw.send(relay.adminPort(), request.toString().getBytes(StandardCharsets.ISO_8859_1));
        String what = method + " " + shown(target) + " " + shown(body) + " -> " + shown(answer);
        assertThat(answer).as(what).startsWith("HTTP/1.1 4").contains("application/problem+json");
        JsonNode problem = JSON.readTree(answer.substring(answer.indexOf("\r\n\r\n") + 4).getBytes(StandardCharsets.ISO_8859_1));
        assertThat(problem.path("type").textValue()).as(what).startsWith("urn:jobrelay:problem:");
        assertThat(problem.path("detail").textValue()).as(what).isNotBlank();
        return problem;
    }

    private static String shown(String text) {
        return text == null ? "" : text.substring(0, Math.min(300, text.length()));
    }

    private static void member(String body, String member) throws Exception {
        assertThat(mistake("POST", "/jobs", new String(body.getBytes(StandardCharsets.UTF_8), StandardCharsets.ISO_8859_1))
                .path("member").textValue()).as(shown(body)).isEqualTo(member);
    }

    @Test
    void a_member_of_the_wrong_type_too_long_unknown_or_missing_is_named() throws Exception {
        for (Map.Entry<String, String> kind : Map.of("Submission", "{\"api\":\"punctuate\",\"request\":{}}", "Tracking", "{\"jobId\":\"j-wrong\"}")
                .entrySet()) {
            JsonNode schema = api.document().at("/components/schemas/" + kind.getKey());
            JsonNode good = JSON.readTree(kind.getValue());
            for (java.util.Iterator<Map.Entry<String, JsonNode>> members = schema.path("properties").fields(); members.hasNext();) {
                Map.Entry<String, JsonNode> member = members.next();
                String types = member.getValue().path("type").toString();
                for (String wrong : List.of("1", "1.5", "true", "[]", "[{}]", "\"text\"", "{\"a\":1}")) {
                    boolean fits = types.contains("string") && wrong.startsWith("\"") || types.contains("object") && wrong.startsWith("{");
                    if (!fits) {
                        member(with(good, member.getKey(), wrong), member.getKey());
                    }
                }
                if (member.getValue().has("maxLength")) {
                    int longest = member.getValue().path("maxLength").intValue();
                    member(with(good, member.getKey(), "\"" + "a".repeat(longest + 1) + "\""), member.getKey());
                    member(with(good, member.getKey(), "\"" + "a".repeat(1_000_000) + "\""), member.getKey());
                }
                if (types.contains("string")) {
                    member(with(good, member.getKey(), "\"a\\u0000b\""), member.getKey());
                    member(with(good, member.getKey(), "\"a\\ud800b\""), member.getKey());
                }
            }
            for (JsonNode required : schema.path("required")) {
                com.fasterxml.jackson.databind.node.ObjectNode less = good.deepCopy();
                less.remove(required.textValue());
                member(less.toString(), less.isEmpty() ? "api" : required.textValue());
                member(with(good, required.textValue(), "null"), kind.getKey().equals("Tracking") ? "api" : required.textValue());
            }
            for (String unknown : List.of("refrence", "id", "status", "API", "webhook", "", "a".repeat(90))) {
                member(with(good, unknown, "1"), unknown);
            }
        }
        member("{\"api\":\"punctuate\",\"request\":{},\"jobId\":\"x\"}", "jobId");
        member("{\"jobId\":\"\"}", "jobId");
        member("{\"jobId\":\"..\"}", "jobId");
        for (String path : List.of("", "nope", "/ai/../x", "/ai/x?y=1", "/ai/x y", "https://evil.example/ai/x", "/AI/x", "/ai/\\u00fc", "/ai//x")) {
            member("{\"api\":\"" + path + "\",\"request\":{}}", "api");
        }
        member("{\"jobId\":\"x\",\"metadata\":{\"a\":\"" + "x".repeat(1 << 20) + "\"}}", "metadata");
    }

    private static String with(JsonNode good, String member, String json) {
        com.fasterxml.jackson.databind.node.ObjectNode copy = good.deepCopy();
        copy.putRawValue(member, new com.fasterxml.jackson.databind.util.RawValue(json));
        return copy.toString();
    }

    @Test
    void a_body_that_is_not_one_json_object_in_utf8_is_refused_as_a_whole() throws Exception {
        for (String body : List.of("", " ", "{", "}", "[]", "[{\"jobId\":\"x\"}]", "null", "1", "\"x\"", "{\"jobId\":\"x\"", "{\"jobId\":\"x\"}}",
                "{\"jobId\":\"x\"} {}", "{jobId:\"x\"}", "{'jobId':'x'}", "{\"jobId\":\"x\",}", "{\"jobId\":\"x\" \"reference\":\"y\"}", "<job/>",
                "jobId=x", "{\"jobId\":NaN}", "{\"jobId\":\"x\nx\"}", "{\"jobId\":\"\\x\"}", "{\"jobId\":01}", "{\"metadata\":" + "[".repeat(10_000),
                "{\"request\":" + "{\"a\":".repeat(10_000), "\u00ff", "{\"jobId\":\"\u00ff\"}", "{\"jobId\":\"\u00c0\u0080\"}", "{\"jobId\":\"\u00ed\u00a0\u0080\"}",
                "{\u0000\"jobId\":\"x\"}", "\u00ff\u00fe{\u0000}\u0000", "/* */{\"jobId\":\"x\"}", "{\"api\":\"punctuate\",\"request\":{\"a\":1e}}")) {
            JsonNode problem = mistake("POST", "/jobs", body, "Content-Type: application/json");
            assertThat(problem.path("member").textValue()).as(shown(body)).isIn("body", "jobId", "metadata");
        }
        mistake("POST", "/jobs", null);
        assertThat(mistake("POST", "/jobs", "{\"jobId\":\"" + "x".repeat(20_000_001) + "\"}").path("status").intValue()).isIn(400, 413);
    }

    @Test
    void a_parameter_that_cannot_be_taken_is_named() throws Exception {
        List<String> never = List.of("%00", "%ff", "a%ed%a0%80");
        for (OpenApi.Operation operation : api.operations().values()) {
            for (JsonNode reference : operation.node().path("parameters")) {
                JsonNode parameter = api.resolve(reference);
                String name = parameter.path("name").textValue();
                if (!parameter.path("in").textValue().equals("query")) {
                    continue;
                }
                List<String> wrong = new ArrayList<>(never);
                JsonNode schema = api.resolve(parameter.path("schema"));
                if (schema.has("enum")) {
                    wrong.addAll(List.of("", "nope", schema.path("enum").get(0).textValue().toLowerCase(java.util.Locale.ROOT), "Fail,Success", "%20Fail"));
                }
                if ("integer".equals(schema.path("type").textValue())) {
                    wrong.addAll(List.of("", "0", "-1", "501", "1.5", "1e2", "0x10", "99999999999999999999", "x", "%D9%A1", "+5"));
                }
                if (name.equals("after") || name.equals("sink")) {
                    wrong.addAll(List.of("", "nope", "'%20OR%201=1", "x".repeat(3000)));
                }
                String body = operation.method().equals("POST") ? "" : null;
                for (String value : wrong) {
                    assertThat(mistake(operation.method(), operation.path() + "?" + name + "=" + value, body).path("parameter").textValue())
                            .as(name + "=" + shown(value)).isEqualTo(name);
                }
                assertThat(mistake(operation.method(), operation.path() + "?" + name + "=file&" + name + "=file", body).path("parameter")
                        .textValue()).isEqualTo(name);
                assertThat(mistake(operation.method(), operation.path() + "?" + name + "=%zz", body).path("type").textValue())
                        .endsWith(":bad-request");
                if (parameter.path("required").booleanValue()) {
                    assertThat(mistake(operation.method(), operation.path(), body).path("parameter").textValue()).isEqualTo(name);
                }
            }
        }
    }

    @Test
    void an_id_that_is_none_is_no_job() throws Exception {
        for (OpenApi.Operation operation : api.operations().values()) {
            if (operation.path().contains("{") && !operation.method().equals("HEAD")) {
                for (String id : List.of("x", "%00", "%ff", "%ed%a0%80", "x".repeat(513), "x".repeat(3000), "%2F", "a%2Fb", "a%20b", "'%20OR%20''='",
                        "%0d%0aSet-Cookie:a=b", "00000000-0000-0000-0000-000000000000", "%F0%9F%98%80", "\u00e9", "a;b=c", "$%7Bbody%7D", "{id}")) {
                    String path = operation.path().replaceFirst("\\{\\w+}", java.util.regex.Matcher.quoteReplacement(id));
                    JsonNode problem = mistake(operation.method(), path, operation.method().equals("POST") ? "" : null);
                    assertThat(problem.path("status").intValue()).as(path).isIn(400, 404);
                    assertThat(problem.toString()).doesNotContain("Set-Cookie").doesNotContain("body}");
                }
            }
        }
    }

    /** Vert.x answers this one before it asks anybody, in a word of its own. */
    @Test
    void a_path_that_cannot_be_decoded_is_the_callers_mistake_too() {
        for (OpenApi.Operation operation : api.operations().values()) {
            for (String id : List.of("%zz", "%", "%0")) {
                String answer = Raw.post(relay.adminPort(), operation.path().replaceFirst("\\{\\w+}", id) + (operation.path().contains("{") ? "" : id), "");
                assertThat(answer).as(operation.path()).startsWith("HTTP/1.1 400 ");
            }
        }
    }

    @Test
    void a_key_that_is_none_is_named() throws Exception {
        for (String[] headers : List.of(new String[] {"Idempotency-Key: " + "k".repeat(256)}, new String[] {"Idempotency-Key: "},
                new String[] {"Idempotency-Key: \u00e9"}, new String[] {"Idempotency-Key: a", "Idempotency-Key: b"})) {
            JsonNode problem = mistake("POST", "/jobs", "{\"jobId\":\"x\"}", headers);
            assertThat(problem.path("detail").textValue()).contains("Idempotency-Key");
        }
    }

    @Test
    void what_takes_no_body_does_not_mind_one() {
        for (OpenApi.Operation operation : api.operations().values()) {
            if (operation.method().equals("POST") && !operation.path().equals("/jobs")) {
                for (String body : List.of("{", "\u00ff\u00fe", "x".repeat(100_000), "status=Dead&sink=file")) {
                    String answer = Raw.post(relay.adminPort(), operation.path().replace("{id}", "x"), body, "Content-Type: application/x-www-form-urlencoded");
                    assertThat(answer).as(operation.path()).matches("(?s)HTTP/1.1 [24].*");
                }
            }
        }
    }
}
