package io.jobrelay.promises.operator;

import static io.jobrelay.support.AdminClient.json;
import static io.jobrelay.support.AdminClient.ok;
import static io.jobrelay.support.AdminClient.problem;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.jobrelay.protocol.ApiTime;
import io.jobrelay.support.AdminClient;
import io.jobrelay.support.Http;
import io.jobrelay.support.OnBothDatabases;
import io.jobrelay.support.RelayFixture;
import io.jobrelay.support.Reply;
import io.jobrelay.support.StandInApi;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Promise: an operator can poll, cancel, redeliver, resubmit and pause, and what is not possible is refused with the reason. */
@OnBothDatabases
class JobOperationsTest {

    private StandInApi api;
    private RelayFixture relay;
    private AdminClient admin;

    @BeforeEach
    void start() {
        relay = new RelayFixture();
        api = new StandInApi(relay.clock());
        relay.withApi(api.url()).with("relay.ringcentral.requests-per-minute", "1000").start();
        admin = new AdminClient(relay);
    }

    @AfterEach
    void stop() {
        relay.close();
        api.close();
    }

    private String taken() {
        String id = admin.submit("{\"api\":\"punctuate\",\"request\":{\"texts\":[\"a\"]},\"reference\":\"r\",\"metadata\":{\"m\": 1.0}}")
                .path("id").textValue();
        relay.untilStatus(id, "InProgress");
        return id;
    }

    private String ended(String status) {
        String id = taken();
        admin.callBack(id, status, "{}");
        return id;
    }

    // ---- poll

    @Test
    void a_poll_asks_the_api_at_once() {
        String id = taken();
        api.jobs().get(0).succeed("{\"texts\":[\"A.\"]}");
        assertThat(relay.job(id).get("next_poll_at")).isNotEqualTo(relay.clock().millis());
        assertThat(admin.post(id, "poll").path("id").textValue()).isEqualTo(id);
        relay.untilStatus(id, "Success");
        assertThat(admin.job(id).path("receivedVia").textValue()).isEqualTo("poll");
    }

    @Test
    void a_job_can_be_polled_by_its_jobId() {
        String id = taken();
        assertThat(admin.post((String) relay.job(id).get("job_id"), "poll").path("id").textValue()).isEqualTo(id);
        Awaitility.await().atMost(RelayFixture.PATIENCE).until(() -> ((Number) relay.job(id).get("polls")).intValue() == 1);
    }

    @Test
    void what_was_never_submitted_cannot_be_polled() {
        problem(relay.adminPost("/jobs/" + relay.queuedJob() + "/poll", ""), 409, "job-not-submitted");
    }

    // ---- cancel

    @Test
    void a_cancelled_job_has_ended_when_it_is_answered_and_is_delivered() {
        String id = taken();
        JsonNode job = admin.post(id, "cancel");
        assertThat(job.path("status").textValue()).isEqualTo("Cancelled");
        assertThat(job.path("receivedVia").textValue()).isEqualTo("relay");
        assertThat(job.path("completionTime").textValue()).isEqualTo(ApiTime.of(relay.clock().millis()));
        relay.untilDelivered(id);
        JsonNode result = ok(relay.adminGet("/jobs/" + id + "/result"), 200);
        assertThat(result.path("status").textValue()).isEqualTo("Cancelled");
        assertThat(result.has("response")).isFalse();
        assertThat(result.path("relay").path("receivedVia").textValue()).isEqualTo("relay");
        assertThat(result.path("relay").path("metadata").path("m").isNumber()).isTrue();
        assertThat(relay.resultFiles()).containsExactly(result.path("jobId").textValue() + ".json");
    }

    @Test
    void a_job_that_waits_to_be_submitted_is_never_sent_once_it_is_cancelled() {
        relay.adminPost("/pause", "");
        String id = admin.submit("{\"api\":\"punctuate\",\"request\":{}}").path("id").textValue();
        assertThat(admin.post(id, "cancel").path("status").textValue()).isEqualTo("Cancelled");
        relay.untilDelivered(id);
        assertThat(relay.resultFiles()).containsExactly(id + ".json");
        relay.adminPost("/resume", "");
        taken();
        assertThat(api.submits()).hasSize(1);
    }

    @Test
    void what_the_api_says_after_a_cancel_no_longer_counts() {
        String id = taken();
        admin.post(id, "cancel");
        relay.untilDelivered(id);
        assertThat(relay.post(relay.callbackUrl(id), "{\"status\":\"Success\",\"response\":{}}").status()).isEqualTo(200);
        relay.settle();
        assertThat(admin.job(id).path("status").textValue()).isEqualTo("Cancelled");
        assertThat(relay.deliveries(id)).hasSize(1);
    }

    @Test
    void many_cancels_at_once_end_the_job_once_and_none_is_an_error() throws Exception {
        String id = taken();
        List<Http.Answer> answers = Collections.synchronizedList(new ArrayList<>());
        List<Thread> threads = new ArrayList<>();
        for (int i = 0; i < 8; i++) {
            threads.add(new Thread(() -> answers.add(relay.adminPost("/jobs/" + id + "/cancel", ""))));
        }
        threads.forEach(Thread::start);
        for (Thread thread : threads) {
            thread.join();
        }
        assertThat(answers).extracting(Http.Answer::status).hasSize(8).isSubsetOf(202, 409).contains(202);
        assertThat(answers).filteredOn(a -> a.status() == 202).allMatch(a -> json(a).path("status").textValue().equals("Cancelled"));
        relay.untilDelivered(id);
        assertThat(relay.deliveries(id)).hasSize(1);
        assertThat(AdminClient.only(relay.deliveries(id)).get("attempts")).isEqualTo(1);
    }

    @Test
    void an_ended_job_can_be_neither_polled_nor_cancelled() {
        for (String status : List.of("Success", "Fail")) {
            String id = ended(status);
            problem(relay.adminPost("/jobs/" + id + "/poll", ""), 409, "job-ended");
            problem(relay.adminPost("/jobs/" + id + "/cancel", ""), 409, "job-ended");
        }
        String cancelled = taken();
        admin.post(cancelled, "cancel");
        problem(relay.adminPost("/jobs/" + cancelled + "/cancel", ""), 409, "job-ended");
    }

    // ---- redeliver

    @Test
    void a_delivered_outcome_is_delivered_again() throws Exception {
        String id = ended("Success");
        String file = relay.resultFiles().get(0);
        java.nio.file.Files.delete(relay.results().resolve(file));
        JsonNode job = admin.post(id, "redeliver");
        assertThat(job.path("deliveries").path(0).path("attempts").intValue()).isLessThanOrEqualTo(1);
        relay.untilDelivered(id);
        assertThat(relay.resultFiles()).containsExactly(file);
    }

    @Test
    void a_dead_delivery_starts_over_and_a_sink_added_since_gets_the_outcome_too() {
        String id = ended("Success");
        relay.sql("UPDATE relay_delivery SET status = 'Dead', delivered_at = NULL, attempts = 12, last_error = 'gone' WHERE job = ?", id);
        relay.sql("INSERT INTO relay_sink (name) VALUES ('later')");
        JsonNode job = admin.post(id, "redeliver");
        assertThat(job.path("deliveries").findValuesAsText("sink")).containsExactly("file", "later");
        assertThat(job.path("deliveries").path(1).toString())
                .isEqualTo("{\"sink\":\"later\",\"status\":\"Pending\",\"attempts\":0,\"nextAttemptAt\":\""
                + ApiTime.of(relay.clock().millis()) + "\"}");
        Awaitility.await().atMost(RelayFixture.PATIENCE).until(() -> !relay.deliveries(id).isEmpty() && relay.deliveries(id).get(0).get("status").equals("Delivered"));
        assertThat(relay.deliveries(id).get(0).get("attempts")).isEqualTo(1);
    }

    @Test
    void a_sink_that_is_no_longer_configured_gets_nothing_again() {
        String id = ended("Success");
        relay.sql("INSERT INTO relay_delivery (job, sink, status, last_error) VALUES (?, 'former', 'Dead', 'no longer configured')", id);
        admin.post(id, "redeliver");
        relay.settle();
        assertThat(relay.deliveries(id).get(1)).containsEntry("status", "Dead");
    }

    @Test
    void an_open_job_has_nothing_to_redeliver() {
        problem(relay.adminPost("/jobs/" + taken() + "/redeliver", ""), 409, "job-not-ended");
    }

    @Test
    void a_redelivery_that_fails_halfway_has_changed_nothing() {
        String id = ended("Success");
        relay.untilDelivered(id);
        relay.sql("INSERT INTO relay_sink (name) VALUES ('late')");
        relay.sql("ALTER TABLE relay_delivery ADD CONSTRAINT not_late CHECK (sink <> 'late')");
        assertThat(relay.adminPost("/jobs/" + id + "/redeliver", "").status()).isGreaterThanOrEqualTo(500);
        assertThat(relay.deliveries(id)).singleElement().satisfies(d -> assertThat(d).containsEntry("status", "Delivered"));
    }

    @Test
    void all_dead_deliveries_of_a_sink_are_tried_again() {
        List<String> ids = List.of(ended("Success"), ended("Fail"), ended("Success"));
        for (String id : ids.subList(0, 2)) {
            relay.sql("UPDATE relay_delivery SET status = 'Dead', delivered_at = NULL, attempts = 12 WHERE job = ?", id);
        }
        assertThat(ok(relay.adminPost("/redeliver?sink=file&status=Dead", ""), 202).toString()).isEqualTo("{\"count\":2}");
        ids.forEach(relay::untilDelivered);
        assertThat(AdminClient.only(relay.deliveries(ids.get(0))).get("attempts")).isEqualTo(1);
        assertThat(ok(relay.adminPost("/redeliver?sink=file", ""), 202).toString()).isEqualTo("{\"count\":0}");
    }

    @Test
    void thousands_of_dead_deliveries_are_tried_again_while_the_caller_waits() throws Exception {
        relay.context().getRouteController().stopRoute("forward-due"); // they need not be made
        relay.insertJob(Map.of("id", "j", "status", "InProgress", "job_id", "the-first"));
        for (int i = 0; i < 12; i++) {
            relay.sql("INSERT INTO relay_job (id, api, accepted_at, status) SELECT id || '" + (char) ('a' + i) + "', api, accepted_at, status FROM relay_job");
        }
        relay.sql("INSERT INTO relay_delivery (job, sink, status) SELECT id, 'file', 'Dead' FROM relay_job");
        assertThat(ok(relay.adminPost("/redeliver?sink=file", ""), 202).toString()).isEqualTo("{\"count\":4096}");
    }

    @Test
    void redelivering_takes_a_known_sink_and_only_what_is_dead() {
        assertThat(problem(relay.adminPost("/redeliver", ""), 400, "invalid-parameter").path("parameter").textValue()).isEqualTo("sink");
        assertThat(problem(relay.adminPost("/redeliver?sink=nope", ""), 400, "invalid-parameter").path("parameter").textValue())
                .isEqualTo("sink");
        assertThat(problem(relay.adminPost("/redeliver?sink=file&status=Pending", ""), 400, "invalid-parameter").path("parameter")
                .textValue())
                .isEqualTo("status");
        assertThat(problem(relay.adminPost("/redeliver?sink=file&status=", ""), 400, "invalid-parameter").path("parameter").textValue())
                .isEqualTo("status");
    }

    // ---- resubmit

    @Test
    void a_failed_job_is_submitted_again_as_a_new_job_linked_to_it() {
        String id = ended("Fail");
        Http.Answer answer = relay.adminPost("/jobs/" + id + "/resubmit", "");
        JsonNode job = ok(answer, 202);
        String again = job.path("id").textValue();
        assertThat(answer.header("Location")).isEqualTo("/jobs/" + again);
        assertThat(again).isNotEqualTo(id);
        assertThat(job.path("resubmitOf").textValue()).isEqualTo(id);
        assertThat(job.path("reference").textValue()).isEqualTo("r");
        assertThat(answer.text()).contains("\"metadata\":{\"m\": 1.0}");
        relay.untilStatus(again, "InProgress");
        assertThat(api.submits()).hasSize(2);
        assertThat(api.submits().get(1).text()).isEqualTo(api.submits().get(0).text());
        assertThat(api.submits().get(1).path()).isEqualTo(api.submits().get(0).path());
    }

    @Test
    void an_expired_job_can_be_submitted_again() {
        String id = taken();
        relay.insertCallback(id, "relay", "Expired", "{\"status\":\"Expired\"}");
        relay.untilStatus(id, "Expired");
        assertThat(admin.post(id, "resubmit").path("resubmitOf").textValue()).isEqualTo(id);
    }

    @Test
    void a_job_the_api_refused_can_be_submitted_again() {
        api.nextSubmits(Reply.error(400, "CAI-101", "Parameter [texts] is invalid"));
        String id = admin.submit("{\"api\":\"punctuate\",\"request\":{\"texts\":1}}").path("id").textValue();
        relay.untilStatus(id, "Fail");
        String again = admin.post(id, "resubmit").path("id").textValue();
        relay.untilStatus(again, "InProgress");
    }

    @Test
    void no_other_job_can_be_submitted_again() {
        problem(relay.adminPost("/jobs/" + taken() + "/resubmit", ""), 409, "job-not-ended");
        problem(relay.adminPost("/jobs/" + ended("Success") + "/resubmit", ""), 409, "not-resubmittable");
        String cancelled = taken();
        admin.post(cancelled, "cancel");
        problem(relay.adminPost("/jobs/" + cancelled + "/resubmit", ""), 409, "not-resubmittable");
    }

    @Test
    void a_tracked_job_has_no_request_to_submit_again() {
        String id = admin.submit("{\"jobId\":\"else-1\"}").path("id").textValue();
        admin.callBack(id, "Fail", "{}");
        problem(relay.adminPost("/jobs/" + id + "/resubmit", ""), 409, "not-resubmittable");
    }

    // ---- pause

    @Test
    void while_paused_submits_wait_and_the_rest_goes_on() {
        String open = taken();
        assertThat(ok(relay.adminPost("/pause", ""), 202).toString()).isEqualTo("{\"paused\":true}");
        assertThat(ok(relay.adminPost("/pause", ""), 202).toString()).isEqualTo("{\"paused\":true}");
        String waiting = admin.submit("{\"api\":\"punctuate\",\"request\":{}}").path("id").textValue();
        admin.callBack(open, "Success", "{}");
        relay.run("submit-due");
        assertThat(admin.job(waiting).path("status").textValue()).isEqualTo("Queued");
        assertThat(api.submits()).hasSize(1);
        assertThat(ok(relay.adminPost("/resume", ""), 202).toString()).isEqualTo("{\"paused\":false}");
        relay.untilStatus(waiting, "InProgress");
        assertThat(ok(relay.adminPost("/resume", ""), 202).toString()).isEqualTo("{\"paused\":false}");
    }
}
