package io.jobrelay.promises.noloss;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.jobrelay.audit.AuditReport;
import io.jobrelay.protocol.ApiTime;
import io.jobrelay.protocol.Sha256;
import io.jobrelay.support.Http;
import io.jobrelay.support.RelayFixture;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.IntStream;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Promise: the audit holds on a store that lost nothing, and names each row that breaks a law. The same on each database. */
abstract class AuditLaws {

    RelayFixture relay;

    /** @return a relay on the database in question, not started yet */
    abstract RelayFixture fixture();

    /** Lets rows stay whose job is gone. */
    abstract void dropForeignKeys();

    @BeforeEach
    void begin() {
        relay = fixture().start();
    }

    @AfterEach
    void end() {
        relay.close();
    }

    @Test
    void a_store_that_lost_nothing_holds_and_is_counted() {
        relay.queuedJob();
        relay.openJob("open");
        ended("success", "Success");
        String fail = ended("fail", "Fail");
        String expired = relay.openJob("expired");
        relay.insertCallback(expired, "relay", "Expired", "{\"status\":\"Expired\"}");
        relay.settle();
        relay.adminPost("/jobs/" + relay.openJob("cancelled") + "/cancel", "");
        relay.post(relay.callbackUrl(fail), "{\"jobId\":\"fail\",\"status\":\"Fail\"}");
        relay.post(relay.callbackUrl(fail), "{\"status\":\"Success\"}");
        relay.post(relay.callbackUrl("0198c0de-0000-7000-8000-000000000000"), "{\"status\":\"Success\"}");
        relay.post(relay.callbackUrl(relay.openJob("still")), "{\"status\":\"InProgress\"}");
        relay.post(relay.callbackUrl(fail), "not JSON");
        relay.forward();
        JsonNode audit = audit();
        assertThat(audit.get("ok").booleanValue()).isTrue();
        assertThat(audit.get("running").booleanValue()).isTrue();
        assertThat(audit.get("at").textValue()).isEqualTo(ApiTime.of(relay.clock().millis()));
        assertThat(audit.get("violations")).isEmpty();
        JsonNode counts = audit.get("counts");
        assertThat(counts).isEqualTo(json("""
                {"accepted":7,"purged":0,"open":3,"Queued":1,"InProgress":2,"Success":1,"Fail":1,"Expired":1,"Cancelled":1,
                 "deliveries":{"Delivered":4,"Pending":0,"Dead":0},
                 "callbacks":{"New":0,"Settled":4,"Repeat":1,"Second":1,"Unknown":1,"Open":1,"Refused":1},
                 "results":{"checked":4,"bytes":%d},"violations":0}
                """.formatted(relay.count("SELECT SUM(body_size) FROM relay_callback WHERE verdict = 'Settled'"))));
    }

    @Test
    void an_empty_store_holds() {
        assertThat(broken()).isEmpty();
    }

    @Test
    void only_jobs_that_are_made_are_counted_as_accepted() {
        String body = "{\"api\":\"speech-to-text\",\"request\":{\"contentUri\":\"https://media.example/a.mp3\"}}";
        assertThat(relay.adminPost("/pause", "").status()).isEqualTo(202);
        assertThat(relay.adminPost("/jobs", body, "Idempotency-Key", "k").status()).isEqualTo(202);
        assertThat(relay.adminPost("/jobs", body, "Idempotency-Key", "k").status()).isEqualTo(202);
        assertThat(relay.adminPost("/jobs", body.replace("a.mp3", "b.mp3"), "Idempotency-Key", "k").status()).isEqualTo(422);
        assertThat(relay.adminPost("/jobs", "{}").status()).isEqualTo(400);
        assertThat(relay.adminPost("/jobs", "{\"jobId\":\"tracked\"}").status()).isEqualTo(202);
        assertThat(relay.adminPost("/jobs", "{\"jobId\":\"tracked\"}").status()).isEqualTo(202);
        String id = relay.insertJob(Map.of("status", "InProgress"));
        relay.insertCallback(id, "relay", "Expired", "{\"status\":\"Expired\"}");
        relay.settle();
        assertThat(relay.adminPost("/jobs/" + id + "/resubmit", "").status()).isEqualTo(202);
        JsonNode audit = audit();
        assertThat(audit.get("ok").booleanValue()).as(audit.toString()).isTrue();
        assertThat(audit.get("counts").get("accepted").intValue()).isEqualTo(4);
    }

    @Test
    void results_are_read_until_there_is_no_more_room_for_them_and_a_larger_one_alone() throws IOException {
        for (String name : List.of("one", "two", "three")) {
            ended(name, "Success");
        }
        long all = relay.count("SELECT SUM(OCTET_LENGTH(body)) FROM relay_callback");
        assertThat(readAtOnce(all)).isEqualTo(3);
        assertThat(readAtOnce(all - 1)).isEqualTo(2);
        assertThat(readAtOnce(1)).isEqualTo(1);
    }

    private int readAtOnce(long bytes) throws IOException {
        return relay.sql(Files.readString(Path.of("routes/audit/audit-results.sql")).replaceFirst("--.*", "").replace(":#after", "0")
                .replace(":#bytes_at_once", String.valueOf(bytes))).size();
    }

    @Test
    void what_retention_removes_is_counted_as_purged() {
        ended("one", "Success");
        ended("two", "Fail");
        relay.openJob("open");
        relay.forward();
        relay.clock().advance(Duration.ofDays(31));
        relay.run("upkeep-retention");
        JsonNode audit = audit();
        assertThat(audit.get("counts").get("accepted").intValue()).isEqualTo(3);
        assertThat(audit.get("counts").get("purged").intValue()).isEqualTo(2);
        assertThat(broken("accepted")).isEmpty();
    }

    @Test
    void a_job_that_is_gone_breaks_the_law() {
        relay.sql("DELETE FROM relay_job WHERE id = ?", relay.openJob("gone"));
        String gone = ended("ended", "Success");
        assertThat(broken("accepted")).containsExactly("- 2 jobs were accepted and 0 purged since, but 1 are there: 1 missing");
        relay.sql("DELETE FROM relay_job WHERE id = ?", gone);
        assertThat(broken()).containsExactly("- 2 jobs were accepted and 0 purged since, but 0 are there: 2 missing",
                gone + " callback 1 ended it, but the job is gone");
    }

    @Test
    void a_job_that_nobody_accepted_breaks_the_law() {
        relay.openJob("one");
        relay.sql("UPDATE relay_tally SET n = 0 WHERE name = 'accepted'");
        assertThat(broken()).containsExactly("- 0 jobs were accepted and 0 purged since, but 1 are there: 1 too many");
        relay.sql("DELETE FROM relay_tally");
        assertThat(broken()).containsExactly("- the tally of accepted and purged jobs is gone");
    }

    @Test
    void an_open_job_that_nothing_will_look_at_again_breaks_the_law() {
        String queued = relay.queuedJob();
        String open = relay.openJob("open");
        relay.sql("UPDATE relay_job SET next_submit_at = NULL, next_poll_at = NULL");
        assertThat(broken()).containsExactlyInAnyOrder(queued + " it is Queued, and nothing is due that could end it",
                open + " it is InProgress, and nothing is due that could end it");
    }

    @Test
    void an_outcome_that_a_sink_will_never_get_breaks_the_law() {
        String id = ended("one", "Success");
        ended("two", "Success");
        relay.sql("DELETE FROM relay_delivery WHERE job = ?", id);
        assertThat(broken()).containsExactly(id + " it ended as Success and has no delivery to sink file");
    }

    @Test
    void a_delivery_of_a_job_that_has_not_ended_breaks_the_law() {
        String id = relay.openJob("open");
        relay.sql("INSERT INTO relay_delivery (job, sink, status, next_attempt_at) VALUES (?, 'unserved', 'Pending', 1)", id);
        assertThat(broken()).containsExactly(id + " it is InProgress and has a delivery to sink unserved already");
    }

    @Test
    void a_sink_is_owed_only_what_ended_since_it_is_configured() {
        String before = ended("before", "Success");
        relay.with("relay.sinks", "file,later").restart();
        assertThat(broken()).isEmpty();
        relay.clock().advance(Duration.ofSeconds(1));
        relay.restart();
        String since = ended("since", "Success");
        assertThat(broken()).isEmpty();
        relay.sql("DELETE FROM relay_delivery WHERE sink = 'later'");
        assertThat(broken()).containsExactly(since + " it ended as Success and has no delivery to sink later");
        relay.sql("DELETE FROM relay_delivery WHERE sink = 'file'");
        assertThat(broken()).containsExactlyInAnyOrder(since + " it ended as Success and has no delivery to sink later",
                since + " it ended as Success and has no delivery to sink file", before + " it ended as Success and has no delivery to sink file");
        relay.with("relay.sinks", "file").restart();
        assertThat(broken()).hasSize(2);
    }

    @Test
    void a_job_id_that_finds_no_job_breaks_the_law() {
        String id = relay.openJob("one");
        relay.openJob("two");
        relay.sql("DELETE FROM relay_job_id WHERE job = ?", id);
        assertThat(broken()).containsExactly(id + " its jobId finds no job");
    }

    @Test
    void what_is_left_of_a_job_that_is_gone_breaks_the_law() {
        String id = ended("one", "Success");
        dropForeignKeys();
        relay.sql("DELETE FROM relay_job WHERE id = ?", id);
        assertThat(broken("jobIds")).containsExactly(id + " a jobId is left of it, and the job is gone");
        assertThat(broken("deliveries")).containsExactly(id + " a delivery to sink file is left of it, and the job is gone");
    }

    @Test
    void an_ended_job_without_the_callback_that_ended_it_breaks_the_law() {
        String id = ended("one", "Success");
        relay.sql("DELETE FROM relay_callback WHERE job = ?", id);
        assertThat(broken()).containsExactly(id + " it ended as Success by callback 1, which is gone");
    }

    @Test
    void an_ended_job_and_its_callback_that_disagree_break_the_law() {
        String one = ended("one", "Success");
        assertThat(broken()).isEmpty();
        relay.sql("UPDATE relay_callback SET verdict = 'Second'");
        assertThat(broken()).containsExactly(one + " it ended as Success by callback 1, which is kept as Second");
        relay.sql("UPDATE relay_callback SET verdict = 'Settled', status = 'Fail'");
        assertThat(broken()).containsExactly(one + " it ended as Success by callback 1, which says something else");
        relay.sql("UPDATE relay_callback SET status = NULL");
        assertThat(broken()).containsExactly(one + " it ended as Success by callback 1, which says something else");
        relay.sql("UPDATE relay_callback SET status = 'Success', via = 'poll'");
        assertThat(broken()).containsExactly(one + " it ended as Success by callback 1, which came another way");
        relay.sql("UPDATE relay_callback SET via = 'webhook', job = 'x'");
        assertThat(broken()).containsExactlyInAnyOrder(one + " it ended as Success by callback 1, which belongs to another job",
                "x callback 1 ended it, but the job is gone");
    }

    @Test
    void two_outcomes_have_a_callback_and_deliveries_each() {
        relay.with("relay.sinks", "file,other").restart();
        relay.clock().advance(Duration.ofSeconds(1));
        String id = relay.openJob("one");
        relay.insertCallback(id, "relay", "Expired", "{\"status\":\"Expired\"}");
        relay.insertCallback(id, "relay", "Expired", "{\"status\":\"Expired\"}");
        relay.settle();
        assertThat(broken()).isEmpty();
        relay.clock().advance(Duration.ofSeconds(1));
        assertThat(relay.post(relay.callbackUrl(id), "{\"status\":\"Success\"}").status()).isEqualTo(200);
        relay.settle();
        assertThat(relay.callbacks(id)).extracting(c -> c.get("verdict")).containsExactly("Settled", "Repeat", "Settled");
        JsonNode audit = audit();
        assertThat(audit.get("violations")).isEmpty();
        assertThat(audit.get("counts").get("Success").intValue()).isEqualTo(1);
        assertThat(audit.get("counts").get("results").get("checked").intValue()).isEqualTo(2);
        relay.sql("DELETE FROM relay_delivery WHERE sink = 'file' AND outcome = 1");
        relay.sql("DELETE FROM relay_delivery WHERE sink = 'other' AND outcome = 2");
        assertThat(broken()).containsExactlyInAnyOrder(id + " it had ended as Expired before and has no delivery of that to sink file",
                id + " it ended as Success and has no delivery to sink other");
        relay.sql("UPDATE relay_callback SET verdict = 'Second' WHERE id = 1");
        assertThat(broken("outcomes")).containsExactly(id + " it has a second outcome, Success by webhook, and the first, callback 1, is kept as Second");
        relay.sql("UPDATE relay_callback SET verdict = 'Settled', via = 'poll' WHERE id = 1");
        assertThat(broken("outcomes")).containsExactly(id + " it has a second outcome, Success by webhook, and the first, callback 1, is no end that the relay made itself");
        relay.sql("DELETE FROM relay_callback WHERE id = 1");
        assertThat(broken("outcomes")).containsExactly(id + " it has a second outcome, Success by webhook, and the first, callback 1, is gone");
        relay.sql("UPDATE relay_job SET gave_up_id = NULL");
        assertThat(broken("deliveries")).containsExactlyInAnyOrder(id + " it has one outcome, and a delivery of a second one to sink file",
                id + " it ended as Success and has no delivery to sink file");
    }

    @Test
    void a_callback_that_ended_a_job_of_which_nobody_knows_breaks_the_law() {
        String id = ended("one", "Success");
        relay.sql("UPDATE relay_job SET status = 'InProgress', ended_at = NULL, callback_id = NULL, next_poll_at = ?",
                relay.clock().millis() + 600_000);
        relay.sql("DELETE FROM relay_delivery");
        assertThat(broken()).containsExactly(id + " callback 1 ended it, but the job is InProgress");
    }

    @Test
    void a_callback_that_settle_leaves_lying_breaks_the_law_after_a_minute() throws Exception {
        ended("before", "Success");
        String id = relay.openJob("one");
        relay.context().getRouteController().stopRoute("tick-due");
        relay.insertCallback(id, "poll", "Success", "{\"status\":\"Success\"}");
        relay.clock().advance(Duration.ofSeconds(59));
        assertThat(broken()).isEmpty();
        relay.clock().advance(Duration.ofSeconds(1));
        assertThat(broken()).containsExactly(id + " callback 2 was taken and never settled");
        relay.settle();
        assertThat(broken()).isEmpty();
    }

    @Test
    void a_callback_that_waits_behind_others_or_for_the_start_breaks_nothing() throws Exception {
        String id = relay.openJob("one");
        relay.context().getRouteController().stopRoute("tick-due");
        relay.insertCallback(id, "poll", "Success", "{\"status\":\"Success\"}");
        relay.clock().advance(Duration.ofMinutes(50));
        assertThat(broken()).hasSize(1);
        relay.sql("INSERT INTO relay_callback (job, via, received_at, verdict, settled_at, body_size, body_sha256)"
                + " VALUES ('x', 'webhook', 1, 'Repeat', ?, 0, 'x')", relay.clock().millis());
        assertThat(broken()).as("settle works").isEmpty();
        relay.sql("UPDATE relay_callback SET received_at = received_at - 600000 WHERE job = ?", id);
        assertThat(broken()).as("but not for an hour").hasSize(1);
        relay.sql("UPDATE relay_callback SET received_at = received_at + 600000, settled_at = NULL");
        relay.stop();
        relay.withMain(main -> main.configure().withRoutesExcludePattern("**settle-callbacks*")).start();
        assertThat(broken()).as("settle has just begun").isEmpty();
    }

    @Test
    void a_false_explanation_breaks_the_law() {
        String open = relay.openJob("open");
        String ended = ended("ended", "Success");
        callback(open, "Repeat", null, "a");
        callback(open, "Second", null, "b");
        callback(open, "Open", "Success", "c");
        callback(open, "Open", "Transcribing", "d");
        callback(ended, "Repeat", null, "e");
        callback(ended, "Second", null, "f");
        callback("unknown", "Second", null, "g");
        assertThat(broken()).containsExactlyInAnyOrder(open + " callback 2 is kept as Repeat, but the job has not ended",
                open + " callback 3 is kept as Second, but the job has not ended",
                open + " callback 4 is kept as Open, but says that the job has ended",
                ended + " callback 6 is kept as Repeat, but differs from the one that ended the job");
    }

    @Test
    void a_result_that_was_altered_breaks_the_law() {
        String shorter = ended("one", "Success");
        String other = ended("two", "Success");
        String none = ended("three", "Success");
        ended("four", "Success");
        relay.sql("UPDATE relay_callback SET body = ? WHERE job = ?", new byte[] {'{'}, shorter);
        relay.sql("UPDATE relay_callback SET body = ? WHERE job = ?", "{\"jobId\":\"tvo\",\"status\":\"Success\"}".getBytes(), other);
        relay.sql("UPDATE relay_callback SET body = NULL WHERE job = ?", none);
        assertThat(broken()).containsExactly(shorter + " the result in callback 1 has 1 bytes, but 34 came",
                other + " the result in callback 2 differs from the SHA-256 of what came", none + " the result in callback 3 is gone");
    }

    @Test
    void many_and_large_results_are_all_read() {
        String large = "x".repeat(5 << 20);
        for (int i = 0; i < 450; i++) {
            String id = relay.openJob("job-" + i);
            relay.insertCallback(id, "poll", "Success", i % 100 == 7 ? "{\"response\":\"" + large + "\"}" : "{\"n\":" + i + "}");
        }
        relay.settle();
        JsonNode audit = audit();
        assertThat(audit.get("ok").booleanValue()).isTrue();
        assertThat(audit.get("counts").get("results").get("checked").intValue()).isEqualTo(450);
        assertThat(audit.get("counts").get("results").get("bytes").longValue())
                .isEqualTo(relay.count("SELECT SUM(body_size) FROM relay_callback")).isGreaterThan(5L * (5 << 20));
        String last = (String) relay.sql("SELECT job FROM relay_callback ORDER BY id DESC LIMIT 1").get(0).get("job");
        relay.sql("UPDATE relay_callback SET body = ? WHERE job = ?", "{\"n\":450}".getBytes(), last);
        assertThat(broken()).containsExactly(last + " the result in callback 450 differs from the SHA-256 of what came");
    }

    @Test
    void of_thousands_of_broken_rows_a_thousand_are_named_and_all_are_counted() {
        relay.sql("INSERT INTO relay_job (id, status, accepted_at) VALUES ('0', 'Queued', 1)");
        for (int rows = 1; rows < 2048; rows *= 2) {
            relay.sql("INSERT INTO relay_job (id, status, accepted_at)"
                    + " SELECT CAST(CAST(id AS INTEGER) + " + rows + " AS VARCHAR(36)), 'Queued', 1 FROM relay_job");
        }
        JsonNode audit = audit();
        assertThat(audit.get("counts").get("violations").intValue()).isEqualTo(1 + 2048);
        assertThat(audit.get("violations")).hasSize(1 + AuditReport.LISTED);
    }

    @Test
    void beside_a_busy_relay_the_law_holds_at_every_moment() throws Exception {
        AtomicBoolean busy = new AtomicBoolean(true);
        ExecutorService threads = Executors.newFixedThreadPool(5);
        relay.with("relay.retention", "1s").restart();
        try {
            List<Future<Integer>> load = IntStream.range(0, 4).mapToObj(lane -> threads.submit(() -> {
                int n = 0;
                for (; busy.get() && n < 2000; n++) {
                    Http.Answer made = relay.adminPost("/jobs", "{\"jobId\":\"" + lane + "-" + n + "\"}");
                    assertThat(made.status()).isEqualTo(202);
                    String id = json(made.text()).get("id").textValue();
                    for (int copy = 0; copy < 2; copy++) {
                        assertThat(relay.post(relay.callbackUrl(id), "{\"status\":\"Success\",\"n\":" + n + "}").status()).isEqualTo(200);
                    }
                    if (n % 10 == 0) {
                        relay.clock().advance(Duration.ofMillis(500));
                        relay.run("upkeep-retention");
                    }
                }
                return n;
            })).toList();
            for (int i = 0; i < 40; i++) {
                assertThat(broken()).isEmpty();
            }
            busy.set(false);
            int made = 0;
            for (Future<Integer> lane : load) {
                made += lane.get();
            }
            relay.forward();
            JsonNode counts = audit().get("counts");
            assertThat(counts.get("accepted").intValue()).isEqualTo(made);
            assertThat(counts.get("purged").intValue()).isPositive();
        } finally {
            busy.set(false);
            threads.shutdownNow();
        }
    }

    // ---- how it reads

    /** @return the relay's id of a job that a callback has ended */
    String ended(String jobId, String status) {
        String id = relay.openJob(jobId);
        assertThat(relay.post(relay.callbackUrl(id), "{\"jobId\":\"" + jobId + "\",\"status\":\"" + status + "\"}").status()).isEqualTo(200);
        relay.untilStatus(id, status);
        return id;
    }

    JsonNode audit() {
        Http.Answer answer = relay.adminGet("/audit");
        assertThat(answer.status()).as(answer.text()).isEqualTo(200);
        assertThat(answer.header("Content-Type")).isEqualTo("application/json");
        JsonNode audit = json(answer.text());
        assertThat(audit.get("ok").booleanValue()).isEqualTo(audit.get("counts").get("violations").longValue() == 0);
        return audit;
    }

    /** @return each row named, as {@code job detail}, in the order of the report */
    List<String> broken() {
        return named(null);
    }

    List<String> broken(String law) {
        return named(law);
    }

    private List<String> named(String law) {
        return StreamSupport.stream(audit().get("violations").spliterator(), false)
                .filter(row -> law == null || law.equals(row.get("law").textValue()))
                .map(row -> (row.has("job") ? row.get("job").textValue() : "-") + " " + row.get("detail").textValue()).toList();
    }

    private void callback(String job, String verdict, String status, String body) {
        relay.sql("INSERT INTO relay_callback (job, via, received_at, verdict, status, body_size, body_sha256) VALUES (?, 'webhook', 1, ?, ?, 1, ?)",
                job, verdict, status, Sha256.of(body.getBytes()));
    }

    static JsonNode json(String text) {
        try {
            return new ObjectMapper().readTree(text);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
