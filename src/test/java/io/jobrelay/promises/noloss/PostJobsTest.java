package io.jobrelay.promises.noloss;

import static io.jobrelay.support.AdminClient.problem;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.jobrelay.job.JobRequest;
import io.jobrelay.protocol.ApiTime;
import io.jobrelay.protocol.Sha256;
import io.jobrelay.support.AdminClient;
import io.jobrelay.support.Http;
import io.jobrelay.support.OnBothDatabases;
import io.jobrelay.support.RelayFixture;
import io.jobrelay.support.StandInApi;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Promise: what {@code POST /jobs} answers 202 is one job on disk, sent as it was given; everything else is told what is wrong with it. */
@OnBothDatabases
class PostJobsTest {

    private static final String JOB = "{\"api\":\"speech-to-text\",\"request\":{\"contentUri\":\"https://media.example/a.mp3\"}}";
    private static StandInApi api;
    private static RelayFixture relay;
    private static AdminClient admin;

    @BeforeAll
    static void start() {
        relay = new RelayFixture();
        api = new StandInApi(relay.clock());
        relay.withApi(api.url()).with("relay.ringcentral.requests-per-minute", "100000").start();
        admin = new AdminClient(relay);
    }

    @AfterAll
    static void stop() {
        relay.close();
        api.close();
    }

    @Test
    void a_job_is_stored_answered_and_sent_byte_for_byte() {
        String request = "{ \"n\":1.00,\t\"a\":1, \"a\":2, \"text\":\"\\u00e9é😀\" }";
        JsonNode job = admin.submit("{\"api\":\"summarize\",\"request\":" + request
                + ",\"reference\":\"call-17.mp3\",\"metadata\":{\"k\":1.50}}");
        String id = job.path("id").textValue();
        assertThat(job.path("api").textValue()).isEqualTo("/ai/text/v1/async/summarize");
        assertThat(job.path("reference").textValue()).isEqualTo("call-17.mp3");
        assertThat(job.path("metadata").toString()).isEqualTo("{\"k\":1.5}");
        assertThat(job.path("submittedAt").textValue()).isEqualTo(ApiTime.of(relay.clock().millis()));
        assertThat(job.path("deliveries").isArray()).isTrue();
        relay.untilStatus(id, "InProgress");
        assertThat(api.submits().stream().filter(s -> s.text().equals(request)).toList()).hasSize(1);
        assertThat(relay.adminGet("/jobs/" + id).text()).contains("\"metadata\":{\"k\":1.50}");
    }

    @Test
    void a_full_path_is_sent_to_as_it_is() {
        String id = admin.submit("{\"api\":\"/ai/audio/v2/async/other\",\"request\":{\"full\":1}}").path("id").textValue();
        relay.untilStatus(id, "InProgress");
        assertThat(api.submits()).anyMatch(s -> s.path().equals("/ai/audio/v2/async/other"));
    }

    @Test
    void what_curl_sends_without_a_content_type_is_read_too() {
        Http.Answer answer = Http.post(relay.adminUrl() + "/jobs", JOB, "Content-Type", "application/x-www-form-urlencoded");
        assertThat(answer.status()).isEqualTo(202);
    }

    @Test
    void the_same_key_and_the_same_bytes_are_the_same_job() {
        JsonNode first = admin.submit(JOB, "Idempotency-Key", "same bytes");
        JsonNode again = admin.submit(JOB, "Idempotency-Key", "same bytes");
        assertThat(again.path("id")).isEqualTo(first.path("id"));
        assertThat(admin.submit(JOB, "Idempotency-Key", "other key").path("id")).isNotEqualTo(first.path("id"));
        assertThat(admin.submit(JOB).path("id")).isNotEqualTo(first.path("id"));
    }

    @Test
    void the_same_key_and_other_bytes_are_answered_422() {
        JsonNode first = admin.submit(JOB, "Idempotency-Key", "other bytes");
        problem(relay.adminPost("/jobs", JOB + " ", "Idempotency-Key", "other bytes"), 422, "key-reused");
        assertThat(admin.submit(JOB, "Idempotency-Key", "other bytes").path("id")).isEqualTo(first.path("id"));
    }

    @Test
    void a_key_of_255_characters_is_taken_and_a_longer_or_stranger_one_is_not() {
        String key = "k".repeat(255);
        assertThat(admin.submit(JOB, "Idempotency-Key", key).path("id")).isEqualTo(admin.submit(JOB, "Idempotency-Key", key).path("id"));
        for (String bad : List.of(key + "k", "", "a\tb")) {
            assertThat(problem(relay.adminPost("/jobs", JOB, "Idempotency-Key", bad), 400, "invalid-header").path("detail").textValue())
                    .contains("Idempotency-Key");
        }
        problem(relay.adminPost("/jobs", JOB, "Idempotency-Key", "one", "Idempotency-Key", "two"), 400, "invalid-header");
    }

    @Test
    void equal_requests_that_come_at_once_make_one_job() throws Exception {
        List<String> ids = Collections.synchronizedList(new ArrayList<>());
        List<Thread> threads = new ArrayList<>();
        for (int i = 0; i < 8; i++) {
            threads.add(new Thread(() -> {
                for (int n = 0; n < 10; n++) {
                    ids.add(n + " " + admin.submit(JOB, "Idempotency-Key", "at once " + n).path("id").textValue());
                    ids.add(n + " " + admin.submit("{\"jobId\":\"at-once-" + n + "\"}").path("id").textValue());
                }
            }));
        }
        threads.forEach(Thread::start);
        for (Thread thread : threads) {
            thread.join();
        }
        assertThat(ids).hasSize(160);
        assertThat(ids.stream().distinct()).hasSize(20);
        assertThat(relay.count("SELECT COUNT(*) FROM relay_job WHERE idempotency_key LIKE 'at once %' OR job_id LIKE 'at-once-%'"))
                .isEqualTo(20);
    }

    @Test
    void a_job_that_something_else_submitted_is_polled_at_once() {
        JsonNode job = admin.submit("{\"jobId\":\"else-1\",\"reference\":\"r\",\"metadata\":{\"a\":1}}");
        assertThat(job.path("status").textValue()).isEqualTo("InProgress");
        assertThat(job.path("jobId").textValue()).isEqualTo("else-1");
        assertThat(job.path("nextPollAt").textValue()).as("due now, or being polled already, under a lease of a minute")
                .isIn(ApiTime.of(relay.clock().millis()), ApiTime.of(relay.clock().millis() + 60_000));
        assertThat(job.has("api")).isFalse();
        Awaitility.await().atMost(RelayFixture.PATIENCE)
                .until(() -> ((Number) relay.job(job.path("id").textValue()).get("polls")).intValue() == 1);
        assertThat(admin.job("else-1").path("id")).isEqualTo(job.path("id"));
    }

    @Test
    void a_job_that_is_tracked_already_is_the_same_job_unless_its_words_differ() {
        String body = "{\"jobId\":\"else-2\",\"reference\":\"r\",\"metadata\":{\"a\":1,\"b\":[true,null]}}";
        JsonNode first = admin.submit(body);
        assertThat(admin.submit(body).path("id")).isEqualTo(first.path("id"));
        assertThat(admin.submit("{\"metadata\":{\"b\":[true,null],\"a\":1.0},\"reference\":\"r\",\"jobId\":\"else-2\"}").path("id"))
                .isEqualTo(first.path("id"));
        assertThat(problem(relay.adminPost("/jobs", body.replace("\"r\"", "\"s\"")), 409, "job-differs").path("member").textValue())
                .isEqualTo("reference");
        assertThat(problem(relay.adminPost("/jobs", body.replace("true", "false")), 409, "job-differs").path("member").textValue())
                .isEqualTo("metadata");
        assertThat(relay.count("SELECT COUNT(*) FROM relay_job WHERE job_id = 'else-2'")).isEqualTo(1);
    }

    @Test
    void the_jobId_of_a_job_of_the_relays_own_is_known_too() {
        String id = admin.submit(JOB).path("id").textValue();
        relay.untilStatus(id, "InProgress");
        String jobId = (String) relay.job(id).get("job_id");
        assertThat(admin.submit("{\"jobId\":\"" + jobId + "\"}").path("id").textValue()).isEqualTo(id);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "{'api':'speech-to-text'} | missing-member | request",
        "{'request':{}} | missing-member | api",
        "{'api':'nope','request':{}} | invalid-member | api",
        "{'api':'/restapi/v1.0/account','request':{}} | invalid-member | api",
        "{'api':'punctuate','request':'x'} | invalid-member | request",
        "{'api':'punctuate','request':{},'reference':5} | invalid-member | reference",
        "{'api':'punctuate','request':{},'reference':'a\\u0000'} | invalid-member | reference",
        "{'api':'punctuate','request':{},'metadata':[1]} | invalid-member | metadata",
        "{'api':'punctuate','request':{},'webhook':'https://x'} | unknown-member | webhook",
        "{'jobId':'x','api':'punctuate'} | invalid-member | jobId",
        "[{'api':'punctuate','request':{}}] | unreadable-body | body",
        "{'api':'punctuate','request':{}}x | unreadable-body | body",
        "{'api':'punctuate' | unreadable-body | body",
        "7 | unreadable-body | body"})
    void what_cannot_be_taken_is_answered_400_naming_the_member(String body, String type, String member) {
        assertThat(problem(relay.adminPost("/jobs", body.replace('\'', '"')), 400, type).path("member").textValue()).isEqualTo(member);
    }

    @Test
    void a_body_that_is_empty_or_not_utf_8_is_answered_400() {
        for (byte[] body : new byte[][] {null, {}, {(byte) 0xc3, (byte) 0x28}, JOB.getBytes(StandardCharsets.UTF_16LE)}) {
            assertThat(problem(Http.send("POST", relay.adminUrl() + "/jobs", body), 400, "unreadable-body").path("member").textValue())
                    .isEqualTo("body");
        }
    }

    @Test
    void what_is_too_long_is_answered_400_and_a_body_that_is_too_large_413() {
        String reference = "{\"api\":\"punctuate\",\"request\":{},\"reference\":\"" + "x".repeat(1_001) + "\"}";
        assertThat(problem(relay.adminPost("/jobs", reference), 400, "invalid-member").path("member").textValue()).isEqualTo("reference");
        problem(relay.adminPost("/jobs", " ".repeat(JobRequest.LARGEST_BODY + 1)), 413, "body-too-large");
        assertThat(relay.adminPost("/jobs", JOB + " ".repeat(15_000_000)).status()).isEqualTo(202);
    }

    /** The next request may come as soon as the whole answer is there, though the server has not ended it yet. */
    @Test
    void whoever_keeps_the_connection_may_send_one_large_request_after_another() {
        String large = "{\"api\":\"no-such\",\"request\":{},\"reference\":\"" + "x".repeat(20_000) + "\"}";
        for (int n = 0; n < 300; n++) {
            assertThat(relay.adminPost("/jobs", large).status()).as("request " + n).isEqualTo(400);
        }
    }

    @Test
    void what_is_ten_thousand_deep_is_taken_sent_compared_and_shown() {
        String deep = "{\"deep\":" + "[".repeat(10_000) + "]".repeat(10_000) + "}";
        admin.submit("{\"api\":\"punctuate\",\"request\":" + deep + "}");
        Awaitility.await().atMost(RelayFixture.PATIENCE).until(() -> api.submits().stream().anyMatch(s -> s.text().equals(deep)));
        String track = "{\"jobId\":\"deep-1\",\"metadata\":" + deep + "}";
        for (String body : List.of(track, track.replace("{\"deep\"", "{ \"deep\""))) {
            Http.Answer answer = relay.adminPost("/jobs", body);
            assertThat(answer.status()).isEqualTo(202);
            assertThat(answer.text()).contains("\"metadata\":" + deep);
        }
    }

    @Test
    void nothing_of_a_refused_request_is_repeated_or_stored() {
        long before = relay.count("SELECT COUNT(*) FROM relay_job");
        for (String body : List.of("{\"api\":\"hush\",\"request\":{}}", "{\"x\":\"hush\"}", "hush",
                "{\"api\":\"punctuate\",\"request\":{\"a\":hush}}")) {
            Http.Answer answer = relay.adminPost("/jobs?hush=hush", body);
            assertThat(answer.status()).isEqualTo(400);
            assertThat(answer.text()).doesNotContain("hush");
        }
        assertThat(relay.count("SELECT COUNT(*) FROM relay_job")).isEqualTo(before);
    }

    @Test
    void without_a_url_the_api_can_reach_nothing_is_submitted_but_tracking_goes_on() {
        try (RelayFixture local = new RelayFixture().withApi("https://api.example").with("relay.public-url", "http://localhost:1")
                .start()) {
            assertThat(problem(local.adminPost("/jobs", JOB, "Idempotency-Key", "k"), 409, "no-public-url").path("detail").textValue())
                    .contains("relay.public-url");
            assertThat(local.count("SELECT COUNT(*) FROM relay_job")).isZero();
            Map<String, Object> known = Map.of("status", "Queued", "idempotency_key", "k",
                    "request_sha256", Sha256.of(JOB.getBytes(StandardCharsets.UTF_8)));
            String id = local.insertJob(known);
            assertThat(new AdminClient(local).submit(JOB, "Idempotency-Key", "k").path("id").textValue()).isEqualTo(id);
            new AdminClient(local).submit("{\"jobId\":\"tracked\"}");
        }
    }
}
