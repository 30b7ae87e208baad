package io.jobrelay.promises.once;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.jobrelay.support.OnBothDatabases;
import io.jobrelay.support.RelayFixture;
import io.jobrelay.support.Reply;
import io.jobrelay.support.StandInApi;
import io.jobrelay.support.StandInApi.OnSubmit;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Promise: a job that was accepted is sent to the API, once where the API can be asked, and never forgotten where it cannot. */
@OnBothDatabases
class SubmitTest {

    private StandInApi api;
    private RelayFixture relay;

    @BeforeEach
    void start() {
        relay = new RelayFixture();
        api = new StandInApi(relay.clock());
        relay.withApi(api.url()).with("relay.ringcentral.requests-per-minute", "1000").start();
    }

    @AfterEach
    void stop() {
        relay.close();
        api.close();
    }

    @Test
    void a_taken_job_has_its_jobId_and_a_week_to_live() {
        String id = dueJob("{\"contentUri\":\"https://media.example/a.mp3\",\"encoding\":\"Mpeg\",\"speakerCount\":2.50}");
        relay.untilStatus(id, "InProgress");

        var submit = api.submits().get(0);
        assertThat(submit.path()).isEqualTo("/ai/audio/v1/async/speech-to-text");
        assertThat(submit.text()).isEqualTo("{\"contentUri\":\"https://media.example/a.mp3\",\"encoding\":\"Mpeg\",\"speakerCount\":2.50}");
        assertThat(submit.header("Content-Type")).startsWith("application/json");
        assertThat(submit.query()).startsWith("webhook=http%3A%2F%2F127.0.0.1%3A");
        assertThat(URLDecoder.decode(submit.query().substring("webhook=".length()), StandardCharsets.UTF_8)).isEqualTo(relay.callbackUrl(id));

        Map<String, Object> job = relay.job(id);
        assertThat(job.get("job_id")).isEqualTo(api.jobs().get(0).jobId());
        assertThat(job.get("attempts")).isEqualTo(1);
        assertThat(job.get("in_doubt")).isEqualTo(false);
        assertThat(job.get("last_error")).isNull();
        assertThat(job.get("expires_at")).isEqualTo(relay.clock().millis() + Duration.ofDays(7).toMillis());
        assertThat(job.get("next_poll_at")).isEqualTo(relay.clock().millis() + Duration.ofMinutes(10).toMillis());
    }

    @Test
    void an_API_that_gives_two_jobs_the_same_jobId_gets_neither_result_lost() {
        api.nextSubmits(Reply.json(202, "{\"jobId\":\"twin\"}"), Reply.json(202, "{\"jobId\":\"twin\"}"));
        String first = dueJob("{}");
        relay.untilStatus(first, "InProgress");
        String second = dueJob("{}");
        relay.untilStatus(second, "InProgress");
        relay.post(relay.callbackUrl(second), "{\"status\":\"Success\",\"response\":2}");
        relay.post(relay.callbackUrl(first), "{\"status\":\"Success\",\"response\":1}");
        relay.untilDelivered(first);
        relay.untilDelivered(second);

        assertThat(relay.resultFiles()).containsExactlyInAnyOrder("twin.json", second + ".json");
        assertThat(new String(relay.result("twin"), StandardCharsets.UTF_8)).contains("\"response\":1,");
        assertThat(new String(relay.result(second), StandardCharsets.UTF_8)).contains("\"response\":2,");
        assertThat(relay.adminGet("/audit").status()).isEqualTo(200);
    }

    @Test
    void a_callback_that_overtakes_the_answer_ends_the_job_once() {
        api.nextSubmits(OnSubmit.callBackFirst("{\"transcript\":\"quick\"}"));
        String id = dueJob("{}");
        relay.untilDelivered(id);
        await().until(() -> relay.count("SELECT COUNT(*) FROM relay_job WHERE id = ? AND claim IS NULL", id) == 1);

        assertThat(relay.job(id).get("status")).isEqualTo("Success");
        assertThat(relay.job(id).get("job_id")).isEqualTo(api.jobs().get(0).jobId());
        assertThat(relay.deliveries(id)).hasSize(1);
        assertThat(api.submits()).hasSize(1);
    }

    @Test
    void a_400_ends_the_job_with_the_errors_of_the_api_as_response() {
        api.nextSubmits(Reply.error(400, "CAI-101", "Parameter [encoding] is invalid"));
        String id = dueJob("{}");
        relay.untilDelivered(id);

        assertThat(relay.job(id)).containsEntry("status", "Fail").containsEntry("received_via", "submit").containsEntry("job_id", null);
        String document = new String(relay.result(id), StandardCharsets.UTF_8);
        assertThat(document).contains("\"response\":{\"errors\":[{\"errorCode\":\"CAI-101\",\"message\":\"Parameter [encoding] is invalid\"}]}")
                .contains("\"status\":\"Fail\"").contains("\"receivedVia\":\"submit\"").contains("\"api\":\"/ai/audio/v1/async/speech-to-text\"");
        assertThat(api.submits()).hasSize(1);
    }

    @Test
    void a_404_and_other_last_words_end_the_job_too_and_what_may_change_does_not() {
        api.nextSubmits(Reply.error(404, "CMN-102", "Resource for parameter [api] is not found"));
        String wrongPath = dueJob("{}");
        relay.untilDelivered(wrongPath);
        assertThat(relay.job(wrongPath)).containsEntry("status", "Fail").containsEntry("received_via", "submit");
        assertThat(new String(relay.result(wrongPath), StandardCharsets.UTF_8)).contains("CMN-102");

        api.nextSubmits(Reply.error(403, "CMN-401", "The scope AI is missing"), Reply.of(408));
        String noScope = dueJob("{}");
        untilSubmits(2);
        untilError(noScope, "the API answered 403");
        assertThat(relay.job(noScope)).containsEntry("status", "Queued");
    }

    @Test
    void a_503_was_not_taken_and_is_sent_again_with_doubling_delays() {
        api.nextSubmits(Reply.of(503), Reply.of(503));
        String id = dueJob("{}");
        untilSubmits(1);
        untilError(id, "the API answered 503");
        assertThat(relay.job(id)).containsEntry("in_doubt", false).containsEntry("status", "Queued");
        relay.clock().advance(Duration.ofMillis(4_999));
        relay.run("submit-due");
        assertThat(api.submits()).hasSize(1);
        relay.clock().advance(Duration.ofMillis(1));
        untilSubmits(2);
        await().until(() -> (long) relay.job(id).get("submit_delay") == 10_000);
        relay.clock().advance(Duration.ofSeconds(10));
        relay.untilStatus(id, "InProgress");
        assertThat(relay.job(id).get("attempts")).isEqualTo(3);
        assertThat(api.jobs()).hasSize(1);
    }

    @Test
    void a_longer_Retry_After_counts() {
        api.nextSubmits(Reply.of(503).with("Retry-After", "90"));
        String id = dueJob("{}");
        untilError(id, "the API answered 503");
        assertThat(relay.job(id).get("next_submit_at")).isEqualTo(relay.clock().millis() + 90_000);
    }

    @Test
    void a_lost_answer_is_in_doubt_and_not_sent_again_before_its_wait_is_over() {
        api.nextSubmits(OnSubmit.takeAndDrop());
        String id = dueJob("{}");
        untilError(id, "in doubt: no answer came from the API");
        assertThat(relay.job(id)).containsEntry("in_doubt", true).containsEntry("status", "Queued").containsEntry("attempts", 1);

        relay.clock().advance(Duration.ofMinutes(14));
        relay.run("submit-due");
        assertThat(api.submits()).hasSize(1);
        relay.clock().advance(Duration.ofMinutes(1));
        relay.untilStatus(id, "InProgress");
        assertThat(api.submits()).hasSize(2);
        assertThat(relay.job(id)).containsEntry("in_doubt", false).containsEntry("attempts", 2);
    }

    @Test
    void a_callback_settles_a_job_in_doubt_and_the_result_of_a_second_submit_is_only_kept() {
        api.nextSubmits(OnSubmit.takeAndAnswer(504));
        String id = dueJob("{}");
        untilError(id, "in doubt: the API answered 504");
        relay.clock().advance(Duration.ofMinutes(15));
        relay.untilStatus(id, "InProgress");

        api.jobs().get(0).succeed("{\"transcript\":\"first\"}");
        api.jobs().get(1).succeed("{\"transcript\":\"second\"}");
        assertThat(api.jobs().get(0).callBack()).isEqualTo(200);
        relay.untilDelivered(id);
        assertThat(api.jobs().get(1).callBack()).isEqualTo(200);
        relay.forward();

        assertThat(relay.job(id).get("job_id")).isEqualTo(api.jobs().get(0).jobId());
        assertThat(relay.callbacks(id)).extracting(c -> c.get("verdict")).containsExactly("Settled", "Second");
        assertThat(relay.resultFiles()).containsExactly(api.jobs().get(0).jobId() + ".json");
        for (StandInApi.Job job : api.jobs()) {
            assertThat(relay.adminGet("/jobs/" + job.jobId()).status()).isIn(200, 404); // both find it, once the admin routes are there
            assertThat(relay.sql("SELECT job FROM relay_job_id WHERE job_id = ?", job.jobId()).get(0).get("job")).isEqualTo(id);
        }
    }

    @Test
    void a_job_whose_result_is_here_already_is_not_sent_again_before_it_is_settled() throws Exception {
        String id = relay.queuedJob();
        relay.sql("UPDATE relay_job SET in_doubt = TRUE, attempts = 1, server = 'x' WHERE id = ?", id);
        relay.context().getRouteController().stopRoute("tick-due"); // as after a kill: stored, not settled, and the wait is over
        relay.insertCallback(id, "webhook", "Success", "{\"status\":\"Success\"}");
        relay.clock().advance(Duration.ofHours(2));
        relay.run("submit-due");
        assertThat(api.submits()).isEmpty();
        relay.settle();
        assertThat(relay.job(id)).containsEntry("status", "Success").containsEntry("attempts", 1);
    }

    @Test
    void a_connection_that_could_not_be_made_is_no_attempt() {
        api.close();
        String id = dueJob("{}");
        await().until(() -> relay.job(id).get("last_error") != null);
        assertThat(relay.job(id)).containsEntry("attempts", 0).containsEntry("in_doubt", false).containsEntry("status", "Queued");
    }

    @Test
    void a_401_renews_the_token_once_and_sends_again_at_once() {
        relay.untilStatus(dueJob("{}"), "InProgress");
        api.revokeTokens();
        String id = dueJob("{}");
        relay.untilStatus(id, "InProgress");
        assertThat(api.tokenRequests()).hasSize(2);
        assertThat(api.submits()).hasSize(3);
    }

    @Test
    void an_answer_that_says_nothing_of_a_job_is_in_doubt_and_says_why() {
        Map<Reply, String> answers = new LinkedHashMap<>();
        answers.put(page(200, "text/html", "<!DOCTYPE html><p>Welcome"), "the API answered 200, but not with a JSON object (text/html, 25 bytes)");
        answers.put(page(202, "text/plain", "accepted"), "the API answered 202, but not with a JSON object (text/plain, 8 bytes)");
        answers.put(Reply.json(200, "{\"errors\":[{\"errorCode\":\"CAI-101\"}]}"),
                "the API answered 200, but without a jobId that can be used (application/json, ");
        answers.put(Reply.json(202, "[{\"jobId\":\"x\"}]"), "the API answered 202, but not with a JSON object");
        answers.put(Reply.json(202, "{\"jobId\":\"\"}"), "the API answered 202, but without a jobId");
        answers.put(Reply.json(202, "{\"jobId\":{\"id\":1}}"), "the API answered 202, but without a jobId");
        answers.put(Reply.json(202, "{\"jobId\":\"" + "x".repeat(513) + "\"}"), "the API answered 202, but without a jobId");
        answers.put(Reply.json(202, "{\"jobId\":\"cut"), "the API answered 202, but not with a JSON object");
        answers.put(Reply.json(202, "{}"), "the API answered 202, but without a jobId");
        answers.put(page(204, "text/html; charset=utf-8", ""), "the API answered 204, but with an empty HTML page (text/html, 0 bytes)");
        answers.forEach((answer, told) -> {
            api.nextSubmits(answer);
            String id = dueJob("{}");
            untilError(id, "in doubt: " + told);
            assertThat(relay.job(id)).containsEntry("status", "Queued").containsEntry("in_doubt", true).containsEntry("job_id", null);
        });
        assertThat(api.submits()).hasSize(answers.size());
    }

    @Test
    void taken_is_an_empty_2xx_or_a_jobId_and_a_number_is_its_digits() {
        Map<Reply, String> answers = new LinkedHashMap<>();
        answers.put(Reply.json(202, "{\"jobId\": 9007199254740993}"), "9007199254740993");
        answers.put(page(200, "text/html", "\ufeff{\"jobId\":\"in-a-page\"}"), "in-a-page");
        answers.put(page(202, "application/json", "\r\n"), null);
        answers.put(Reply.of(204), null);
        answers.forEach((answer, jobId) -> {
            api.nextSubmits(answer);
            String id = dueJob("{}");
            relay.untilStatus(id, "InProgress");
            assertThat(relay.job(id)).containsEntry("job_id", jobId).containsEntry("in_doubt", false).containsEntry("last_error", null);
        });
        api.nextStatuses(Reply.json(200, "{\"jobId\":9007199254740993,\"status\":\"Success\"}"));
        relay.sql("UPDATE relay_job SET next_poll_at = ? WHERE job_id = '9007199254740993'", relay.clock().millis());
        await().until(() -> relay.count("SELECT COUNT(*) FROM relay_job WHERE status = 'Success'") == 1);
    }

    @Test
    void a_page_of_a_gateway_is_no_word_of_the_api_whatever_its_status() {
        for (int status : new int[] {400, 401, 402, 403, 404, 410, 413, 422}) {
            Reply answer = status % 2 == 0 ? page(status, "Text/HTML;charset=x", "no") : page(status, "application/octet-stream",
                    "\ufeff\n <HTML lang=en>");
            api.nextSubmits(answer);
            String id = dueJob("{}");
            untilError(id, "a gateway answered " + status + " with an HTML page");
            assertThat(relay.job(id)).containsEntry("status", "Queued").containsEntry("in_doubt", false);
            relay.clock().advance(Duration.ofSeconds(5));
            relay.untilStatus(id, "InProgress");
        }
        assertThat(api.tokenRequests()).hasSize(1);
        assertThat(relay.count("SELECT COUNT(*) FROM relay_api WHERE account_error IS NOT NULL")).isZero();
    }

    @Test
    void a_token_answer_that_cannot_be_read_says_what_it_was() {
        api.nextTokens(page(200, "text/html", "<html>log in"), page(403, "text/html", "<html>no"));
        String id = dueJob("{}");
        untilError(id, "the API answered 200, but not with an access token that can be used (text/html, 12 bytes)");
        relay.clock().advance(Duration.ofSeconds(10));
        untilError(id, "no access token could be had: a gateway answered 403 with an HTML page");
        assertThat(relay.count("SELECT COUNT(*) FROM relay_api WHERE account_error IS NOT NULL")).isZero();
        relay.clock().advance(Duration.ofSeconds(10));
        relay.untilStatus(id, "InProgress");
    }

    private static Reply page(int status, String type, String body) {
        return new Reply(status, Map.of("Content-Type", type), body.getBytes(StandardCharsets.UTF_8), Reply.Wire.ANSWER);
    }

    @Test
    void tokens_that_are_refused_twice_in_a_row_wait_a_minute() {
        api.nextSubmits(Reply.of(401), Reply.of(401), Reply.of(401));
        dueJob("{}");
        untilSubmits(2);
        await().until(() -> relay.count("SELECT COUNT(*) FROM relay_api WHERE account_retry_at > 0") == 1);
        relay.run("submit-due");
        assertThat(api.submits()).hasSize(2);
        relay.clock().advance(Duration.ofSeconds(60));
        untilSubmits(3);
    }

    @Test
    void a_refused_token_call_leaves_jobs_queued_with_the_reason_and_is_tried_after_a_minute() {
        api.nextTokens(Reply.of(400));
        String id = dueJob("{}");
        untilError(id, "the API refused the credentials (400 to the token request)");
        assertThat(relay.job(id)).containsEntry("status", "Queued").containsEntry("attempts", 0);
        relay.clock().advance(Duration.ofSeconds(59));
        relay.run("submit-due");
        assertThat(api.tokenRequests()).hasSize(1);
        relay.clock().advance(Duration.ofSeconds(1));
        relay.untilStatus(id, "InProgress");
        assertThat(relay.job(id).get("last_error")).isNull();
    }

    @Test
    void one_token_serves_all_and_is_renewed_ahead_of_its_end() {
        api.tokensLast(300);
        for (int i = 0; i < 5; i++) {
            dueJob("{}");
        }
        await().until(() -> api.jobs().size() == 5);
        assertThat(api.tokenRequests()).hasSize(1);
        relay.clock().advance(Duration.ofSeconds(240));
        relay.untilStatus(dueJob("{}"), "InProgress");
        assertThat(api.tokenRequests()).hasSize(2);
    }

    @Test
    void nothing_is_submitted_while_paused() {
        relay.sql("INSERT INTO relay_setting (name, value_text) VALUES ('paused', 'true')");
        String id = dueJob("{}");
        relay.run("submit-due");
        assertThat(api.submits()).isEmpty();
        relay.sql("DELETE FROM relay_setting WHERE name = 'paused'");
        relay.untilStatus(id, "InProgress");
    }

    private String dueJob(String request) {
        Map<String, Object> columns = new HashMap<>();
        columns.put("status", "Queued");
        columns.put("request", request);
        columns.put("next_submit_at", relay.clock().millis());
        return relay.insertJob(columns);
    }

    private void untilSubmits(int number) {
        await().until(() -> api.submits().size() >= number);
    }

    private void untilError(String id, String start) {
        await().untilAsserted(() -> assertThat((String) relay.job(id).get("last_error")).startsWith(start));
    }
}
