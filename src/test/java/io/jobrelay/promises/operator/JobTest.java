package io.jobrelay.promises.operator;

import static io.jobrelay.support.AdminClient.problem;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.jobrelay.protocol.ApiTime;
import io.jobrelay.support.AdminClient;
import io.jobrelay.support.OnBothDatabases;
import io.jobrelay.support.RelayFixture;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Promise: a job can be looked at by the relay's id and by every jobId it ever had, and its result is what the sinks get. */
@OnBothDatabases
class JobTest {

    private static RelayFixture relay;
    private static AdminClient admin;

    @BeforeAll
    static void start() {
        relay = new RelayFixture().start();
        admin = new AdminClient(relay);
    }

    @AfterAll
    static void stop() {
        relay.close();
    }

    @Test
    void an_open_job_shows_what_is_known_and_nothing_else() {
        String id = relay.insertJob(Map.of("job_id", "open-1", "reference", "r", "metadata", "{\"a\": 1.0}", "last_error",
                "the API answered 500"));
        JsonNode job = admin.job(id);
        assertThat(job.fieldNames()).toIterable().containsExactly("id", "api", "reference", "metadata", "jobId", "status", "submittedAt",
                "attempts",
                "nextPollAt", "lastError", "deliveries");
        assertThat(job.path("nextPollAt").textValue()).isEqualTo(ApiTime.of(relay.clock().millis() + Duration.ofMinutes(10).toMillis()));
        assertThat(job.path("attempts").intValue()).isEqualTo(1);
        assertThat(job.path("deliveries")).isEmpty();
    }

    @Test
    void an_ended_job_shows_its_times_and_its_deliveries() {
        String id = relay.openJob("ended-1");
        assertThat(relay.post(relay.callbackUrl(id),
                "{\"jobId\":\"ended-1\",\"creationTime\":\"2024-01-11T20:41:09.120Z\",\"completionTime\":"
                + "\"2024-01-11T20:41:22.004Z\",\"expirationTime\":\"2024-01-18T20:41:09.120Z\",\"status\":\"Success\",\"response\":{\"n\":1.00}}").status())
                .isEqualTo(200);
        relay.untilDelivered(id);
        JsonNode job = admin.job("ended-1");
        assertThat(job.path("id").textValue()).isEqualTo(id);
        assertThat(job.path("status").textValue()).isEqualTo("Success");
        assertThat(job.path("creationTime").textValue()).isEqualTo("2024-01-11T20:41:09.120Z");
        assertThat(job.path("completionTime").textValue()).isEqualTo("2024-01-11T20:41:22.004Z");
        assertThat(job.path("expirationTime").textValue()).isEqualTo("2024-01-18T20:41:09.120Z");
        assertThat(job.path("receivedVia").textValue()).isEqualTo("webhook");
        assertThat(job.has("nextPollAt")).isFalse();
        assertThat(job.path("deliveries").toString())
                .isEqualTo("[{\"sink\":\"file\",\"status\":\"Delivered\",\"attempts\":1,\"deliveredAt\":\""
                + ApiTime.of(relay.clock().millis()) + "\"}]");
    }

    @Test
    void the_result_is_the_document_the_sinks_get() {
        String id = relay.insertJob(Map.of("job_id", "result-1", "reference", "r"));
        admin.callBack(id, "Success", "{ \"n\" : 1.00 }");
        var answer = relay.adminGet("/jobs/result-1/result");
        assertThat(answer.status()).isEqualTo(200);
        assertThat(answer.header("Content-Type")).isEqualTo("application/json");
        assertThat(answer.bytes()).isEqualTo(relay.result("result-1"));
        assertThat(answer.text()).contains("\"response\":{ \"n\" : 1.00 }").contains("\"id\":\"" + id + "\"");
    }

    @Test
    void a_job_that_is_not_finished_has_no_result() {
        problem(relay.adminGet("/jobs/" + relay.openJob("unfinished-1") + "/result"), 409, "job-not-ended");
        problem(relay.adminGet("/jobs/" + relay.queuedJob() + "/result"), 409, "job-not-ended");
    }

    @Test
    void strange_jobIds_find_their_job() {
        for (String jobId : List.of("a b", "a/b", "../x", "é😀", "a%b", "a+b", "result", "x".repeat(512), "a?b#c;d=e")) {
            String id = relay.openJob(jobId);
            StringBuilder encoded = new StringBuilder();
            for (byte b : jobId.getBytes(StandardCharsets.UTF_8)) {
                encoded.append(Character.isLetterOrDigit(b) ? String.valueOf((char) b) : String.format("%%%02X", b));
            }
            assertThat(admin.job(encoded.toString()).path("id").textValue()).as(jobId).isEqualTo(id);
            problem(relay.adminGet("/jobs/" + encoded + "/result"), 409, "job-not-ended");
        }
    }

    @Test
    void a_jobId_that_reads_like_the_id_of_another_job_does_not_hide_it() {
        String id = relay.openJob("victim");
        relay.openJob(id);
        assertThat(admin.job(id).path("jobId").textValue()).isEqualTo("victim");
    }

    @Test
    void an_id_nobody_has_is_answered_404() {
        for (String id : List.of("nope", "%00", "x".repeat(600), "00000000-0000-0000-0000-000000000000", "%ED%A0%80")) {
            problem(relay.adminGet("/jobs/" + id), 404, "unknown-job");
            problem(relay.adminGet("/jobs/" + id + "/result"), 404, "unknown-job");
            for (String what : List.of("poll", "cancel", "redeliver", "resubmit")) {
                problem(relay.adminPost("/jobs/" + id + "/" + what, ""), 404, "unknown-job");
            }
        }
    }

    @Test
    void no_error_shows_a_secret() {
        String id = relay.insertJob(Map.of("last_error", "GET https://u:p@x/y?access_token=abc failed, Bearer eyJhbGciOi.abc.def"));
        assertThat(admin.job(id).path("lastError").textValue()).doesNotContain("abc").doesNotContain("u:p");
    }
}
