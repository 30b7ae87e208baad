package io.jobrelay.support;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.jobrelay.support.StandInApi.OnSubmit;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Base64;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The stand-in speaks the API's protocol: what it lets through, the API would. */
class StandInApiTest {

    private static final String SUBMIT = "/ai/audio/v1/async/speech-to-text";
    private static final String BODY = "{\"contentUri\":\"https://media.example/a.mp3\",\"encoding\":\"Mpeg\",\"languageCode\":\"en-US\"}";
    private final SettableClock clock = new SettableClock();
    private final StandInApi api = new StandInApi(clock);
    private final Sink relay = new Sink();

    @AfterEach
    void close() {
        api.close();
        relay.close();
    }

    @Test
    void a_token_needs_the_right_client_grant_and_assertion() throws Exception {
        assertThat(token("wrong", "assertion=test-jwt").status()).isEqualTo(401);
        assertThat(token(StandInApi.CLIENT_SECRET, "assertion=other").status()).isEqualTo(400);
        Http.Answer answer = token(StandInApi.CLIENT_SECRET, "assertion=test-jwt");
        assertThat(answer.status()).isEqualTo(200);
        assertThat(new ObjectMapper().readTree(answer.bytes()).path("expires_in").asInt()).isEqualTo(3600);
        assertThat(api.tokenRequests()).hasSize(3);
    }

    @Test
    void a_submit_needs_a_token_and_a_webhook_and_gets_a_jobId() throws Exception {
        String bearer = bearer();
        assertThat(submit("Bearer nonsense").status()).isEqualTo(401);
        Http.Answer noWebhook = Http.post(api.url() + SUBMIT, BODY, "Authorization", bearer, "Content-Type", "application/json");
        assertThat(noWebhook.status()).isEqualTo(400);
        Http.Answer taken = submit(bearer);
        assertThat(taken.status()).isEqualTo(202);
        String jobId = new ObjectMapper().readTree(taken.bytes()).path("jobId").asText();
        assertThat(UUID.fromString(jobId).version()).isEqualTo(4);
        assertThat(api.job(jobId).webhook()).isEqualTo(relay.url() + "?a=b&c");
        assertThat(api.submits()).hasSize(3).last().extracting(Received::text).isEqualTo(BODY);

        assertThat(status(bearer, jobId).text()).contains("\"status\":\"InProgress\"").doesNotContain("completionTime");
        api.complete(jobId, "{\"transcript\":\"x\"}");
        assertThat(status(bearer, jobId).text()).contains("\"status\":\"Success\"", "completionTime",
                "\"response\":{\"transcript\":\"x\"}");
        assertThat(api.callback(jobId)).isEqualTo(200);
        assertThat(relay.requests()).singleElement().satisfies(r -> {
            assertThat(r.query()).isEqualTo("a=b&c");
            assertThat(r.body()).isEqualTo(api.job(jobId).document());
        });
        clock.advance(Duration.ofDays(7));
        assertThat(status(bearer(), jobId).status()).isEqualTo(404);
        assertThat(status(bearer, jobId).status()).isEqualTo(401);
    }

    @Test
    void a_callback_is_tried_six_times_until_it_is_answered_200() {
        submit(bearer());
        relay.next(Reply.of(204), Reply.of(503));
        assertThat(api.jobs().get(0).callBackLikeTheApi()).containsExactly(204, 503, 200);
        relay.always(Reply.of(404));
        assertThat(api.jobs().get(0).callBackLikeTheApi()).hasSize(6).containsOnly(404);
    }

    @Test
    void answers_can_be_lost_early_or_refused() {
        String bearer = bearer();
        api.nextSubmits(OnSubmit.takeAndDrop(), OnSubmit.callBackFirst("{}"), OnSubmit.answer(Reply.tooMany("7")));
        assertThatThrownBy(() -> submit(bearer)).isInstanceOf(UncheckedIOException.class);
        assertThat(api.jobs()).hasSize(1);
        assertThat(submit(bearer).status()).isEqualTo(202);
        assertThat(relay.requests()).hasSize(1);
        assertThat(submit(bearer).header("retry-after")).isEqualTo("7");
        assertThat(api.jobs()).hasSize(2);
    }

    @Test
    void one_call_too_many_in_a_minute_starts_a_penalty_that_each_further_call_makes_longer() {
        String bearer = bearer();
        api.limit(2);
        assertThat(submit(bearer).header("X-Rate-Limit-Remaining")).isEqualTo("1");
        assertThat(status(bearer, "unknown").header("X-Rate-Limit-Remaining")).isEqualTo("0");
        assertThat(submit(bearer).status()).isEqualTo(429);
        clock.advance(Duration.ofSeconds(59));
        assertThat(submit(bearer).status()).isEqualTo(429);
        clock.advance(Duration.ofSeconds(59));
        assertThat(submit(bearer).header("Retry-After")).isEqualTo("60");
        clock.advance(Duration.ofSeconds(60));
        assertThat(submit(bearer).status()).isEqualTo(202);
        assertThat(api.refusedByLimit()).isEqualTo(3);
        assertThat(api.duringPenalty()).isEqualTo(2);
        assertThat(api.mostInAnyMinute()).isEqualTo(4);
    }

    private String bearer() {
        try {
            return "Bearer " + new ObjectMapper().readTree(token(StandInApi.CLIENT_SECRET, "assertion=test-jwt").bytes())
                    .path("access_token").asText();
        } catch (java.io.IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private Http.Answer token(String secret, String assertion) {
        String basic = Base64.getEncoder().encodeToString((StandInApi.CLIENT_ID + ":" + secret).getBytes(StandardCharsets.UTF_8));
        return Http.post(api.url() + "/restapi/oauth/token",
                "grant_type=urn%3Aietf%3Aparams%3Aoauth%3Agrant-type%3Ajwt-bearer&" + assertion,
                "Authorization", "Basic " + basic, "Content-Type", "application/x-www-form-urlencoded");
    }

    private Http.Answer submit(String bearer) {
        String webhook = java.net.URLEncoder.encode(relay.url() + "?a=b&c", StandardCharsets.UTF_8);
        return Http.post(api.url() + SUBMIT + "?webhook=" + webhook, BODY, "Authorization", bearer, "Content-Type", "application/json");
    }

    private Http.Answer status(String bearer, String jobId) {
        return Http.get(api.url() + "/ai/status/v1/jobs/" + jobId, "Authorization", bearer);
    }
}
