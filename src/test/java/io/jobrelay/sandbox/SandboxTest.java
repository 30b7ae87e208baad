package io.jobrelay.sandbox;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.jobrelay.support.Http;
import io.jobrelay.support.Received;
import io.jobrelay.support.RelayFixture;
import io.jobrelay.support.Reply;
import io.jobrelay.support.Sink;
import java.io.IOException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Without a server URL the relay itself stands in for the API: it speaks the API's protocol, and rehearses trouble for whoever asks. */
class SandboxTest {

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String STT = "/ai/audio/v1/async/speech-to-text";
    private static final String PUNCTUATE = "/ai/text/v1/async/punctuate";
    private static final String FORM = "application/x-www-form-urlencoded";
    private static final String JWT_GRANT = "grant_type=urn%3Aietf%3Aparams%3Aoauth%3Agrant-type%3Ajwt-bearer&assertion=any";
    private static RelayFixture relay;
    private Sink webhook;
    private Sink media;

    @BeforeAll
    static void startRelay() {
        relay = new RelayFixture().start();
    }

    @AfterAll
    static void stopRelay() {
        relay.close();
    }

    @BeforeEach
    void listen() {
        webhook = new Sink();
        media = new Sink().always(new Reply(200, Map.of("Content-Type", "audio/wav"), WavHeaderTest.WAV, Reply.Wire.ANSWER));
    }

    @AfterEach
    void stopListening() {
        relay.sql("DELETE FROM relay_sandbox_job");
        webhook.close();
        media.close();
    }

    // ---- token

    @Test
    void any_client_secret_and_jwt_get_a_token() {
        Http.Answer answer = relay.post(sandbox("/restapi/oauth/token"), JWT_GRANT, "Authorization", basic("who:ever"),
                "Content-Type", FORM);
        assertThat(answer.status()).isEqualTo(200);
        JsonNode token = json(answer);
        assertThat(token.path("access_token").asText()).isNotEmpty();
        assertThat(token.path("token_type").asText()).isEqualTo("bearer");
        assertThat(token.path("expires_in").asInt()).isEqualTo(3600);
        assertThat(token.path("scope").asText()).isEqualTo("AI");
        assertThat(token.path("session_id").asText()).isNotEmpty();
    }

    @ParameterizedTest
    @CsvSource({"grant_type=password,unsupported_grant_type,400", "assertion=x,invalid_request,400",
        "grant_type=urn%3Aietf%3Aparams%3Aoauth%3Agrant-type%3Ajwt-bearer,invalid_request,400", "grant_type=%zz,invalid_request,400"})
    void a_token_request_that_the_api_could_not_read_is_refused(String form, String error, int status) {
        Http.Answer answer = relay.post(sandbox("/restapi/oauth/token"), form, "Authorization", basic("a:b"), "Content-Type", FORM);
        assertThat(answer.status()).isEqualTo(status);
        assertThat(json(answer).path("error").asText()).isEqualTo(error);
        assertThat(json(answer).path("errors").path(0).path("errorCode").asText()).isEqualTo("CMN-101");
    }

    @Test
    void a_token_request_without_a_client_is_refused() {
        Http.Answer answer = relay.post(sandbox("/restapi/oauth/token"), JWT_GRANT, "Content-Type", FORM);
        assertThat(answer.status()).isEqualTo(401);
        assertThat(json(answer).path("error").asText()).isEqualTo("invalid_client");
    }

    @Test
    void a_missing_unknown_or_expired_token_gets_401_in_the_platforms_words() {
        String status = sandbox("/ai/status/v1/jobs/00000000-0000-1000-8000-000000000000");
        String token = token();
        for (Http.Answer answer : List.of(relay.get(status), relay.get(status, "Authorization", "Bearer nonsense"),
                relay.get(status, "Authorization", basic("a:b")), relay.get(status + "?authorization=Bearer+" + token),
                relay.get(status, "Authorization", "Bearer " + token + "x"))) {
            assertThat(answer.status()).isEqualTo(401);
            assertThat(json(answer).path("errorCode").asText()).isEqualTo("AGW-402");
            assertThat(json(answer).path("errors").path(0).path("errorCode").asText()).isEqualTo("AGW-402");
        }
        relay.clock().advance(Duration.ofHours(1));
        assertThat(json(relay.get(status, "Authorization", "Bearer " + token)).path("errorCode").asText()).isEqualTo("OAU-128");
    }

    @Test
    void a_name_that_is_not_this_machines_is_not_answered() throws IOException {
        assertThat(rawStatusLine("Host: evil.example:" + relay.adminPort())).contains("403");
        assertThat(rawStatusLine("Host: localhost:" + relay.adminPort())).contains("401");
    }

    // ---- submit, callback, status

    @Test
    void a_wav_is_taken_fetched_called_back_and_told_by_the_status() {
        Http.Answer answer = submit(STT, audio(""));
        assertThat(answer.status()).isEqualTo(202);
        assertThat(answer.header("X-Rate-Limit-Group")).isEqualTo("heavy");
        assertThat(answer.header("X-Rate-Limit-Remaining")).isNotEqualTo("0");
        assertThat(answer.header("X-Rate-Limit-Window")).isEqualTo("60");
        JsonNode taken = json(answer);
        assertThat(taken.size()).isEqualTo(1);
        String jobId = taken.path("jobId").asText();
        assertThat(jobId).matches("[0-9a-f]{8}-[0-9a-f]{4}-1[0-9a-f]{3}-[0-9a-f]{4}-[0-9a-f]{12}");

        JsonNode open = json(status(jobId));
        assertThat(open.path("status").asText()).isEqualTo("InProgress");
        assertThat(open.has("completionTime")).isFalse();
        assertThat(open.has("response")).isFalse();

        relay.clock().advance(Duration.ofMillis(500));
        Received callback = callbacks(1).get(0);
        assertThat(callback.header("Content-Type")).isEqualTo("application/json");
        JsonNode body = json(callback.body());
        assertThat(body.fieldNames()).toIterable()
                .containsExactly("jobId", "api", "creationTime", "completionTime", "expirationTime", "status", "response");
        assertThat(body.path("jobId").asText()).isEqualTo(jobId);
        assertThat(body.path("api").asText()).isEqualTo(STT);
        assertThat(body.path("creationTime").asText()).matches("\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d\\.\\d{3}Z");
        assertThat(body.path("status").asText()).isEqualTo("Success");
        assertThat(body.path("response").path("transcript").asText()).isEqualTo("Sandbox result: no speech was recognised here. "
                + "The WAV is 3.2 s long, 16000 Hz, 1 channel, 16 bit, 102444 bytes.");
        assertThat(body.path("response").path("words").isArray()).isTrue();
        assertThat(body.path("response").path("confidence").isNumber()).isTrue();
        assertThat(status(jobId).bytes()).isEqualTo(callback.body());
        assertThat(media.requests()).hasSize(1);
    }

    @Test
    void the_webhook_is_called_exactly_as_it_was_given() {
        String given = webhook.url() + "/a~b%7Ec+d/%2F?x=%20y&z=a~b&w=[1]";
        submit(PUNCTUATE, "{\"texts\":[]}", given);
        relay.clock().advance(Duration.ofMillis(500));
        Received callback = callbacks(1).get(0);
        assertThat(callback.path() + "?" + callback.query()).isEqualTo(given.substring(given.indexOf("/outcomes")));
    }

    @Test
    void each_endpoint_answers_in_its_own_shape() {
        JsonNode diarize = result("/ai/audio/v1/async/speaker-diarize", audio(""));
        assertThat(diarize.path("speakerCount").asInt()).isEqualTo(1);
        assertThat(diarize.path("utterances").path(0).path("end").asDouble()).isEqualTo(3.2);
        JsonNode summary = result("/ai/text/v1/async/summarize", "{\"summaryType\":\"All\",\"utterances\":["
                + "{\"speakerId\":\"A\",\"text\":\"Hello\",\"start\":0.5,\"end\":1},"
                + "{\"speakerId\":\"B\",\"text\":\"Hi\",\"start\":1,\"end\":2.5}]}");
        assertThat(summary.path("summaries").findValuesAsText("name")).containsExactly("Extractive", "AbstractiveShort", "AbstractiveLong");
        assertThat(summary.path("summaries").path(0).path("values").path(0).path("value").asText()).contains("2 utterances of 2 speakers");
        assertThat(summary.path("summaries").path(0).path("values").path(0).path("end").asDouble()).isEqualTo(2.5);
        JsonNode texts = result(PUNCTUATE, "{\"texts\":[\"b\",\"ü\",\"\\ud800\\u0000\"]}");
        assertThat(texts.path("texts").path(0).asText()).isEqualTo("b");
        assertThat(texts.path("texts").path(1).asText()).isEqualTo("ü");
        assertThat(texts.path("texts").path(2).asText()).isEqualTo("\ud800\0");
        JsonNode insights = result("/ai/insights/v1/async/analyze-interaction", audio(",\"insights\":[\"Pace\",\"Topics\"]"));
        assertThat(insights.path("utteranceInsights").path(0).path("text").asText()).contains("16000 Hz");
        assertThat(insights.path("speakerInsights").path("insights").findValuesAsText("name")).containsExactly("Pace");
        assertThat(insights.path("conversationalInsights").findValuesAsText("name")).containsExactly("Topics");
        for (JsonNode response : List.of(diarize, summary, texts, insights)) {
            assertThat(response.path("sandbox").asText()).startsWith("Sandbox result: ");
        }
    }

    @Test
    void other_media_is_reported_by_size_and_type() {
        media.always(new Reply(200, Map.of("Content-Type", "audio/mpeg; x=y"), new byte[20_000], Reply.Wire.ANSWER));
        assertThat(result(STT, audio("")).path("transcript").asText())
                .endsWith("The media is 20000 bytes of audio/mpeg, without a WAV header.");
    }

    @Test
    void media_that_cannot_be_fetched_fails_the_job() {
        media.always(Reply.of(404));
        assertThat(failure(audio(""))).contains("contentUri").contains("its server answered 404");
        media.always(Reply.drop());
        assertThat(failure(audio(""))).contains("could not be downloaded");
        media.always(Reply.of(200));
        assertThat(failure(audio(""))).contains("it is empty");
        assertThat(failure(audio("").replace(media.url(), "http://127.0.0.1:1/x"))).contains("could not be reached");
        assertThat(failure(audio("").replace(media.url(), "ftp://media.example/x?access_token=secret")))
                .contains("neither http nor https").doesNotContain("secret");
    }

    @Test
    void a_redirect_to_the_media_is_followed() {
        media.next(Reply.redirect(302, media.url() + "/there~"));
        assertThat(result(STT, audio("")).path("transcript").asText()).contains("3.2 s");
        assertThat(media.requests()).extracting(Received::path).containsExactly("/outcomes", "/outcomes/there~");
    }

    // ---- bad requests

    @ParameterizedTest
    @ValueSource(strings = {"", "nonsense", "[]",
        "{\"contentUri\":\"http://x.example/\",\"encoding\":\"Wav\",\"languageCode\":\"en-US\"", "\u00ff"})
    void a_body_that_is_no_json_object_gets_400(String body) {
        Http.Answer answer = Http.send("POST", submitUrl(STT, webhook.url()), body.getBytes(StandardCharsets.ISO_8859_1),
                "Authorization", "Bearer " + token());
        assertInvalid(answer, null);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "contentUri    | {'encoding':'Wav','languageCode':'en-US'}",
        "contentUri    | {'contentUri':'no uri','encoding':'Wav','languageCode':'en-US'}",
        "contentUri    | {'contentUri':'relative/x','encoding':'Wav','languageCode':'en-US'}",
        "contentUri    | {'contentUri':'http://x.example/{{relay.webhook.secret}}','encoding':'Wav','languageCode':'en-US'}",
        "encoding      | {'contentUri':'http://x.example/','languageCode':'en-US'}",
        "encoding      | {'contentUri':'http://x.example/','encoding':'wav','languageCode':'en-US'}",
        "languageCode  | {'contentUri':'http://x.example/','encoding':'Wav'}",
        "audioType     | {'contentUri':'http://x.example/','encoding':'Wav','languageCode':'en-US','audioType':'Song'}",
        "speechContexts| {'contentUri':'http://x.example/','encoding':'Wav','languageCode':'en-US','speechContexts':[{}]}",
        "sandbox       | {'contentUri':'http://x.example/','encoding':'Wav','languageCode':'en-US','sandbox':'never'}",
        "sandbox       | {'contentUri':'http://x.example/','encoding':'Wav','languageCode':'en-US','sandbox':{'callbacks':'never'}}",
        "sandbox.callback|{'contentUri':'http://x.example/','encoding':'Wav','languageCode':'en-US','sandbox':{'callback':'soon'}}",
        "sandbox.after | {'contentUri':'http://x.example/','encoding':'Wav','languageCode':'en-US','sandbox':{'after':'2'}}",
        "sandbox.after | {'contentUri':'http://x.example/','encoding':'Wav','languageCode':'en-US','sandbox':{'after':'99999999999999d'}}",
        "sandbox.outcome|{'contentUri':'http://x.example/','encoding':'Wav','languageCode':'en-US','sandbox':{'outcome':'fail'}}",
        "sandbox.status| {'contentUri':'http://x.example/','encoding':'Wav','languageCode':'en-US','sandbox':{'status':200}}"})
    void a_member_that_is_missing_or_wrong_is_named(String parameter, String body) {
        assertInvalid(submit(STT, body.replace('\'', '"')), parameter);
    }

    @Test
    void texts_and_utterances_are_checked_too() {
        assertInvalid(submit(PUNCTUATE, "{}"), "texts");
        assertInvalid(submit(PUNCTUATE, "{\"texts\":[1]}"), "texts");
        assertInvalid(submit("/ai/text/v1/async/summarize", "{\"utterances\":[]}"), "summaryType");
        assertInvalid(submit("/ai/text/v1/async/summarize", "{\"summaryType\":\"All\",\"utterances\":[{\"text\":\"a\"}]}"),
                "utterances[0].speakerId");
        assertInvalid(submit("/ai/insights/v1/async/analyze-interaction", audio(",\"insights\":[\"Weather\"]")), "insights");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "/hook", "ftp://x.example/", "http:///x", "http://u:p@x.example/", "http://x.example/a b", "%"})
    void a_webhook_that_is_no_http_url_gets_400(String url) {
        assertInvalid(submit(PUNCTUATE, "{\"texts\":[]}", url), "webhook");
    }

    @Test
    void a_missing_webhook_gets_400() {
        assertInvalid(Http.post(sandbox(PUNCTUATE), "{\"texts\":[]}", "Authorization", "Bearer " + token()), "webhook");
    }

    @Test
    void an_endpoint_that_is_gone_or_never_was_gets_404() {
        assertThat(submit("/ai/audio/v1/async/speaker-identify", "{}").status()).isEqualTo(404);
        assertThat(submit("/ai/text/v1/async/speech-to-text", "{}").status()).isEqualTo(404);
    }

    // ---- expiry

    @Test
    void a_job_that_never_was_or_has_expired_gets_404() {
        String jobId = take(PUNCTUATE, "{\"texts\":[]}");
        relay.clock().advance(Duration.ofMillis(500));
        callbacks(1);
        relay.clock().advance(Duration.ofDays(7).minusSeconds(1));
        JsonNode job = json(status(jobId));
        assertThat(job.path("status").asText()).isEqualTo("Success");
        relay.clock().advance(Duration.ofSeconds(1));
        for (String id : List.of(jobId, "00000000-0000-1000-8000-000000000000", "no-uuid", "%00")) {
            Http.Answer answer = status(id);
            assertThat(answer.status()).isEqualTo(404);
            assertThat(json(answer).path("errors").path(0).path("parameterName").asText()).isEqualTo("jobId");
        }
        relay.run("upkeep-retention");
        assertThat(relay.count("SELECT COUNT(*) FROM relay_sandbox_job")).isZero();
    }

    // ---- rehearsals

    @Test
    void never_means_that_only_the_status_knows() {
        String jobId = take(PUNCTUATE, "{\"texts\":[],\"sandbox\":{\"callback\":\"never\"}}");
        relay.clock().advance(Duration.ofMillis(500));
        untilEnded(jobId, "Success");
        relay.clock().advance(Duration.ofDays(1));
        relay.run("sandbox-due");
        assertThat(webhook.requests()).isEmpty();
        assertThat(due(jobId)).isNull();
    }

    @Test
    void early_means_that_the_callback_overtakes_the_202() {
        Http.Answer answer = submit(STT, audio(",\"sandbox\":{\"callback\":\"early\",\"after\":\"100ms\"}"));
        assertThat(webhook.requests()).hasSize(1);
        assertThat(answer.status()).isEqualTo(202);
        assertThat(json(webhook.requests().get(0).body()).path("jobId")).isEqualTo(json(answer).path("jobId"));
        assertThat(due(json(answer).path("jobId").asText())).isNull();
    }

    @Test
    void an_early_callback_that_was_not_accepted_is_tried_again_later() {
        webhook.next(Reply.of(503));
        take(PUNCTUATE, "{\"texts\":[],\"sandbox\":{\"callback\":\"early\"}}");
        assertThat(webhook.requests()).hasSize(1);
        relay.clock().advance(Duration.ofSeconds(1));
        callbacks(2);
    }

    @Test
    void twice_means_two_identical_callbacks() {
        take(PUNCTUATE, "{\"texts\":[],\"sandbox\":{\"callback\":\"twice\",\"after\":\"0s\"}}");
        List<Received> both = callbacks(2);
        assertThat(both.get(1).body()).isEqualTo(both.get(0).body());
    }

    @Test
    void late_means_long_after_the_status_says_so() {
        String jobId = take(PUNCTUATE, "{\"texts\":[],\"sandbox\":{\"callback\":\"late\",\"after\":\"2h\"}}");
        relay.clock().advance(Duration.ofMillis(500));
        untilEnded(jobId, "Success");
        relay.clock().advance(Duration.ofMinutes(119));
        relay.run("sandbox-due");
        assertThat(webhook.requests()).isEmpty();
        relay.clock().advance(Duration.ofMinutes(1));
        callbacks(1);
    }

    @Test
    void after_is_how_long_the_job_takes() {
        String jobId = take(PUNCTUATE, "{\"texts\":[],\"sandbox\":{\"after\":\"10m\"}}");
        relay.clock().advance(Duration.ofMinutes(9));
        relay.run("sandbox-due");
        assertThat(json(status(jobId)).path("status").asText()).isEqualTo("InProgress");
        relay.clock().advance(Duration.ofMinutes(1));
        callbacks(1);
    }

    @Test
    void an_outcome_that_was_asked_for_comes() {
        assertThat(failure("{\"texts\":[],\"sandbox\":{\"outcome\":\"Fail\"}}", PUNCTUATE)).contains("CAI-101");
        assertThat(failure(audio(",\"sandbox\":{\"outcome\":\"Fail\"}"))).contains("sandbox.outcome");
        assertThat(media.requests()).isEmpty();
    }

    @Test
    void a_refusal_that_was_asked_for_comes_as_often_as_was_said() {
        String body = "{\"texts\":[],\"sandbox\":{\"status\":429,\"times\":2,\"retryAfter\":\"1500ms\"}}";
        for (int i = 0; i < 2; i++) {
            Http.Answer answer = submit(PUNCTUATE, body);
            assertThat(answer.status()).isEqualTo(429);
            assertThat(answer.header("Retry-After")).isEqualTo("2");
            assertThat(answer.header("X-Rate-Limit-Remaining")).isEqualTo("0");
        }
        assertThat(relay.count("SELECT COUNT(*) FROM relay_sandbox_job WHERE status <> 'Refused'")).isZero();
        assertThat(submit(PUNCTUATE, body).status()).isEqualTo(202);
    }

    @Test
    void an_answer_that_was_lost_leaves_a_job_behind() {
        assertThat(submit(PUNCTUATE, "{\"texts\":[],\"sandbox\":{\"status\":504}}").status()).isEqualTo(504);
        relay.clock().advance(Duration.ofMillis(500));
        callbacks(1);
    }

    // ---- the retry rule

    @ParameterizedTest
    @ValueSource(ints = {201, 204, 302, 404, 500})
    void what_is_not_200_is_tried_again(int status) {
        webhook.next(status == 302 ? Reply.redirect(302, webhook.url() + "/elsewhere") : Reply.of(status), Reply.drop());
        String jobId = take(PUNCTUATE, "{\"texts\":[]}");
        relay.clock().advance(Duration.ofMillis(500));
        callbacks(1);
        assertThat(webhook.requests()).extracting(Received::path).containsOnly("/outcomes");
        relay.clock().advance(Duration.ofSeconds(1));
        callbacks(2);
        relay.clock().advance(Duration.ofSeconds(2));
        callbacks(3);
        assertThat(due(jobId)).isNull();
    }

    @Test
    void after_six_tries_it_gives_up_and_the_status_still_tells() {
        webhook.always(Reply.of(500));
        String jobId = take(PUNCTUATE, "{\"texts\":[],\"sandbox\":{\"after\":\"0s\"}}");
        for (int tries = 1; tries <= 6; tries++) {
            callbacks(tries);
            relay.clock().advance(Duration.ofSeconds(1L << tries - 1));
        }
        relay.clock().advance(Duration.ofDays(1));
        relay.run("sandbox-due");
        assertThat(webhook.requests()).hasSize(6);
        assertThat(due(jobId)).isNull();
        assertThat(json(status(jobId)).path("status").asText()).isEqualTo("Success");
    }

    // ---- helpers

    private static String sandbox(String path) {
        return relay.adminUrl() + "/sandbox" + path;
    }

    private static String basic(String client) {
        return "Basic " + Base64.getEncoder().encodeToString(client.getBytes(StandardCharsets.UTF_8));
    }

    private static String token() {
        return json(Http.post(sandbox("/restapi/oauth/token"), JWT_GRANT, "Authorization", basic("a:b"), "Content-Type", FORM))
                .path("access_token").asText();
    }

    private String audio(String more) {
        return "{\"contentUri\":\"" + media.url() + "\",\"encoding\":\"Wav\",\"languageCode\":\"en-US\"" + more + "}";
    }

    private Http.Answer submit(String api, String body) {
        return submit(api, body, webhook.url());
    }

    private static Http.Answer submit(String api, String body, String url) {
        return Http.post(submitUrl(api, url), body, "Authorization", "Bearer " + token(), "Content-Type", "application/json");
    }

    private static String submitUrl(String api, String url) {
        return sandbox(api) + "?webhook=" + URLEncoder.encode(url, StandardCharsets.UTF_8).replace("+", "%20");
    }

    private String take(String api, String body) {
        Http.Answer answer = submit(api, body);
        assertThat(answer.status()).as(answer.text()).isEqualTo(202);
        return json(answer).path("jobId").asText();
    }

    private static Http.Answer status(String jobId) {
        return Http.get(sandbox("/ai/status/v1/jobs/" + jobId), "Authorization", "Bearer " + token());
    }

    private static void untilEnded(String jobId, String status) {
        await().atMost(RelayFixture.PATIENCE).until(() -> json(status(jobId)).path("status").asText(), status::equals);
    }

    /** Waits for this many callbacks, and until what came of the last one is on record. */
    private List<Received> callbacks(int number) {
        await().atMost(RelayFixture.PATIENCE).until(() -> webhook.requests().size() >= number
                && relay.count("SELECT COUNT(*) FROM relay_sandbox_job WHERE claim IS NOT NULL") == 0);
        assertThat(webhook.requests()).hasSize(number);
        return webhook.requests();
    }

    private static Object due(String jobId) {
        return relay.sql("SELECT next_callback_at FROM relay_sandbox_job WHERE job_id = ?", jobId).get(0).get("next_callback_at");
    }

    private JsonNode result(String api, String body) {
        return ended(api, body, "Success");
    }

    private String failure(String body) {
        return failure(body, STT);
    }

    private String failure(String body, String api) {
        return ended(api, body, "Fail").toString();
    }

    private JsonNode ended(String api, String body, String status) {
        String jobId = take(api, body);
        relay.clock().advance(Duration.ofMillis(500));
        untilEnded(jobId, status);
        return json(status(jobId)).path("response");
    }

    private static void assertInvalid(Http.Answer answer, String parameter) {
        assertThat(answer.status()).as(answer.text()).isEqualTo(400);
        JsonNode body = json(answer);
        assertThat(body.fieldNames()).toIterable().containsExactly("errors");
        JsonNode error = body.path("errors").path(0);
        assertThat(error.path("errorCode").asText()).isEqualTo("CAI-101");
        assertThat(error.path("message").asText()).isNotEmpty();
        assertThat(error.path("parameterName").asText(null)).isEqualTo(parameter);
    }

    private static String rawStatusLine(String hostHeader) throws IOException {
        try (var socket = new java.net.Socket("127.0.0.1", relay.adminPort())) {
            socket.setSoTimeout(30_000);
            socket.getOutputStream().write(("GET /sandbox/ai/status/v1/jobs/x HTTP/1.1\r\n" + hostHeader + "\r\nConnection: close\r\n\r\n")
                    .getBytes(StandardCharsets.US_ASCII));
            return new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8).lines().findFirst().orElse("");
        }
    }

    private static JsonNode json(Http.Answer answer) {
        return json(answer.bytes());
    }

    private static JsonNode json(byte[] body) {
        try {
            return JSON.readTree(new String(body, StandardCharsets.UTF_8));
        } catch (JsonProcessingException e) {
            throw new IllegalStateException(new String(body, StandardCharsets.UTF_8), e);
        }
    }
}
