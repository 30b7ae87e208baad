package io.jobrelay.promises.noloss;

import static org.assertj.core.api.Assertions.assertThat;

import io.jobrelay.support.Http;
import io.jobrelay.support.OnBothDatabases;
import io.jobrelay.support.Raw;
import io.jobrelay.support.RelayFixture;
import io.jobrelay.support.StandInApi;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A callback at its signed URL is on record before it is answered 200, and ends its job once. */
@OnBothDatabases
class WebhookTest {

    private static StandInApi api;
    private static RelayFixture relay;

    @BeforeAll
    static void start() {
        api = new StandInApi();
        relay = new RelayFixture().withApi(api.url()).start();
    }

    @AfterAll
    static void stop() {
        relay.close();
        api.close();
    }

    @Test
    void a_signed_callback_is_on_record_when_its_200_arrives_and_ends_the_job() {
        String jobId = UUID.randomUUID().toString();
        String id = relay.openJob(jobId);
        String body = "{\"jobId\":\"" + jobId + "\",\"api\":\"/ai/audio/v1/async/speech-to-text\","
                + "\"creationTime\":\"2024-01-11T20:41:09.120Z\",\"completionTime\":\"2024-01-11T20:41:22.004Z\","
                + "\"expirationTime\":\"2124-01-18T20:41:09.120Z\",\"status\":\"Success\",\"response\":{\"transcript\":\"hello\"}}";

        Http.Answer answer = relay.post(relay.callbackUrl(id), body, "Content-Type", "application/json");

        assertThat(answer.status()).isEqualTo(200);
        assertThat(answer.header("content-type")).isEqualTo("application/json");
        assertThat(relay.callbacks(id)).singleElement().satisfies(row -> {
            assertThat(row.get("body")).isEqualTo(body.getBytes());
            assertThat(row).containsEntry("via", "webhook").containsEntry("job_id", jobId)
                    .containsEntry("received_at", relay.clock().millis());
        });
        relay.forward();
        assertThat(relay.job(id)).containsEntry("status", "Success").containsEntry("received_via", "webhook")
                .containsEntry("creation_time", "2024-01-11T20:41:09.120Z").containsEntry("completion_time", "2024-01-11T20:41:22.004Z")
                .containsEntry("expiration_time", "2124-01-18T20:41:09.120Z").containsEntry("next_poll_at", null);
        assertThat(new String(relay.result(jobId))).startsWith(body.substring(0, body.length() - 1) + ",\"relay\":{\"id\":\"" + id + "\"");
    }

    @Test
    void the_same_callback_six_times_makes_one_end_one_delivery_and_one_file() {
        String jobId = UUID.randomUUID().toString();
        String id = relay.openJob(jobId);
        String body = "{\"jobId\":\"" + jobId + "\",\"status\":\"Success\",\"response\":{}}";
        for (int i = 0; i < 3; i++) {
            assertThat(relay.post(relay.callbackUrl(id), body).status()).isEqualTo(200);
        }
        relay.forward();
        assertThat(IntStream.range(0, 3).parallel().map(i -> relay.post(relay.callbackUrl(id), body).status())).containsOnly(200);
        relay.forward();

        assertThat(relay.callbacks(id)).extracting(r -> r.get("verdict"))
                .containsExactly("Settled", "Repeat", "Repeat", "Repeat", "Repeat", "Repeat");
        assertThat(relay.count("SELECT COUNT(*) FROM relay_callback WHERE job = ? AND verdict = 'Repeat' AND OCTET_LENGTH(body) = 0"
                + " AND settled_at IS NOT NULL", id)).as("of a copy no body is kept, whether it came before its job had ended or after").isEqualTo(5);
        assertThat(relay.deliveries(id)).singleElement().satisfies(d ->
                assertThat(d).containsEntry("status", "Delivered").containsEntry("attempts", 1));
        assertThat(relay.resultFiles()).filteredOn(f -> f.contains(jobId)).containsExactly(jobId + ".json");
    }

    @ParameterizedTest
    @ValueSource(strings = {"\"InProgress\"", "\"Completed\"", "\"success\"", "\"\"", "null", "7",
        "{\"status\":\"Success\"}", "[\"Success\"]"})
    void a_status_that_is_not_terminal_leaves_the_job_open(String word) {
        String jobId = UUID.randomUUID().toString();
        String id = relay.openJob(jobId);
        assertThat(relay.post(relay.callbackUrl(id), "{\"jobId\":\"" + jobId + "\",\"status\":" + word + "}").status()).isEqualTo(200);
        relay.settle();
        assertThat(relay.job(id)).containsEntry("status", "InProgress");
        assertThat(relay.callbacks(id)).singleElement().satisfies(row -> assertThat(row).containsEntry("verdict", "Open"));

        assertThat(relay.post(relay.callbackUrl(id), "{\"jobId\":\"" + jobId + "\",\"status\":\"Success\"}").status()).isEqualTo(200);
        relay.settle();
        assertThat(relay.job(id)).containsEntry("status", "Success");
    }

    @Test
    void an_empty_object_leaves_the_job_open() {
        String id = relay.openJob(UUID.randomUUID().toString());
        assertThat(relay.post(relay.callbackUrl(id), "{}").status()).isEqualTo(200);
        relay.settle();
        assertThat(relay.job(id)).containsEntry("status", "InProgress");
    }

    @Test
    void a_failed_job_is_an_outcome_too() {
        String jobId = UUID.randomUUID().toString();
        String id = relay.openJob(jobId);
        relay.post(relay.callbackUrl(id), "{\"jobId\":\"" + jobId + "\",\"status\":\"Fail\","
                + "\"response\":{\"errors\":[{\"errorCode\":\"CAI-101\"}]}}");
        relay.forward();
        assertThat(relay.job(id)).containsEntry("status", "Fail");
        assertThat(new String(relay.result(jobId))).contains("\"response\":{\"errors\":[{\"errorCode\":\"CAI-101\"}]}");
    }

    @Test
    void the_form_of_2022_without_jobId_and_with_an_array_is_settled_by_the_id_in_the_url() {
        String jobId = UUID.randomUUID().toString();
        String id = relay.openJob(jobId);
        assertThat(relay.post(relay.callbackUrl(id), "{\"status\":\"Success\",\"response\":[{\"emotion\":\"Joy\"},{\"emotion\":\"Calm\"}]}")
                .status()).isEqualTo(200);
        relay.forward();
        assertThat(relay.job(id)).containsEntry("status", "Success").containsEntry("job_id", jobId);
        assertThat(new String(relay.result(jobId)))
                .startsWith("{\"status\":\"Success\",\"response\":[{\"emotion\":\"Joy\"},{\"emotion\":\"Calm\"}],\"relay\":{");
    }

    @Test
    void a_result_for_a_job_that_never_got_a_jobId_is_filed_under_the_relays_own_id() {
        String id = relay.queuedJob();
        relay.post(relay.callbackUrl(id), "{\"status\":\"Success\"}");
        relay.forward();
        assertThat(relay.resultFiles()).contains(id + ".json");
    }

    @Test
    void a_jobId_not_known_so_far_is_settled_by_the_url_and_then_both_find_the_job() {
        String first = UUID.randomUUID().toString();
        String second = UUID.randomUUID().toString();
        String id = relay.openJob(first);
        assertThat(relay.post(relay.callbackUrl(id), "{\"jobId\":\"" + second + "\",\"status\":\"Success\"}").status()).isEqualTo(200);
        relay.forward();
        assertThat(relay.job(id)).containsEntry("status", "Success").containsEntry("job_id", second);
        assertThat(relay.sql("SELECT job FROM relay_job_id WHERE job_id IN (?, ?)", first, second))
                .hasSize(2).allSatisfy(row -> assertThat(row).containsEntry("job", id));
        assertThat(relay.resultFiles()).contains(second + ".json").doesNotContain(first + ".json");
    }

    @Test
    void a_callback_whose_job_is_gone_is_answered_200_and_kept_but_not_delivered() {
        String jobId = UUID.randomUUID().toString();
        String id = relay.openJob(jobId);
        String url = relay.callbackUrl(id);
        relay.sql("DELETE FROM relay_job WHERE id = ?", id);
        assertThat(relay.post(url, "{\"jobId\":\"" + jobId + "\",\"status\":\"Success\"}").status()).isEqualTo(200);
        relay.forward();
        assertThat(relay.callbacks(id)).singleElement().satisfies(row -> assertThat(row).containsEntry("verdict", "Unknown"));
        assertThat(relay.deliveries(id)).isEmpty();
        assertThat(relay.resultFiles()).doesNotContain(jobId + ".json");
    }

    @Test
    void a_callback_whose_job_has_ended_otherwise_is_answered_200_and_kept_but_changes_nothing() {
        String jobId = UUID.randomUUID().toString();
        String id = relay.openJob(jobId);
        relay.insertCallback(id, "relay", "Cancelled", "{\"jobId\":\"" + jobId + "\",\"status\":\"Cancelled\"}");
        relay.forward();
        byte[] before = relay.result(jobId);
        Map<String, Object> job = relay.job(id);

        assertThat(relay.post(relay.callbackUrl(id), "{\"jobId\":\"" + jobId + "\",\"status\":\"Success\"}").status()).isEqualTo(200);
        relay.forward();

        assertThat(relay.callbacks(id)).extracting(r -> r.get("verdict")).containsExactly("Settled", "Second");
        assertThat(relay.job(id)).isEqualTo(job).containsEntry("status", "Cancelled");
        assertThat(relay.deliveries(id)).singleElement().satisfies(d -> assertThat(d).containsEntry("attempts", 1));
        assertThat(relay.result(jobId)).isEqualTo(before);
    }

    @Test
    void an_older_secret_still_verifies_and_the_first_one_signs() {
        try (RelayFixture rotating = new RelayFixture().with("relay.webhook.secret", "old-secret-of-last-year").start()) {
            String id = rotating.openJob("r-1");
            String old = rotating.callbackUrl(id);
            rotating.with("relay.webhook.secret", "new-secret-of-this-year, old-secret-of-last-year").restart();
            assertThat(rotating.callbackUrl(id)).isNotEqualTo(old);
            for (String url : List.of(old, rotating.callbackUrl(id))) {
                assertThat(rotating.post(url, "{\"status\":\"InProgress\"}").status()).isEqualTo(200);
            }
            assertThat(rotating.callbacks(id)).hasSize(2);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"?", "?utm=1&x", "?a=b?c", "?x=%zz", "?%ff=%", "?&&==&", "?a=1;b=2"})
    void a_query_behind_the_signed_url_does_no_harm(String query) {
        String jobId = UUID.randomUUID().toString();
        String id = relay.openJob(jobId);
        String path = relay.callbackUrl(id).substring(relay.publicUrl().length()) + query;
        assertThat(Raw.post(relay.publicPort(), path, "{\"status\":\"Success\"}")).startsWith("HTTP/1.1 200 ");
        relay.settle();
        assertThat(relay.job(id)).containsEntry("status", "Success");
    }
}
