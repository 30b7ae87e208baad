package io.jobrelay.promises.noloss;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.jobrelay.protocol.ApiTime;
import io.jobrelay.support.OnBothDatabases;
import io.jobrelay.support.RelayFixture;
import io.jobrelay.support.Reply;
import io.jobrelay.support.StandInApi;
import io.jobrelay.support.StandInApi.Job;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Promise: a job whose callback does not come is asked for, rarely and in time, and one that the API has forgotten is given up. */
@OnBothDatabases
class PollTest {

    private static final long MINUTE = 60_000;
    private StandInApi api;
    private RelayFixture relay;

    @BeforeEach
    void start() {
        relay = new RelayFixture();
        api = new StandInApi(relay.clock());
        relay.withLastingDatabase().withApi(api.url()).with("relay.ringcentral.requests-per-minute", "1000").start();
    }

    @AfterEach
    void stop() {
        relay.close();
        api.close();
    }

    @Test
    void a_silent_job_is_polled_after_the_initial_delay_and_its_result_forwarded() {
        String id = submitted();
        job(id).succeed("{\"transcript\":\"found\",\"confidence\":4.800000000000001,\"n\":9007199254740993}");
        relay.clock().advance(Duration.ofMinutes(10).minusMillis(1));
        relay.run("poll-due");
        assertThat(api.statusRequests()).isEmpty();
        relay.clock().advance(Duration.ofMillis(1));
        relay.untilDelivered(id);
        assertThat(relay.job(id)).containsEntry("status", "Success").containsEntry("received_via", "poll");
        assertThat(new String(relay.result(job(id).jobId()), StandardCharsets.UTF_8))
                .contains("4.800000000000001").contains("9007199254740993").contains("\"receivedVia\":\"poll\"");
        assertThat(api.statusRequests()).hasSize(1);
    }

    @Test
    void a_result_is_not_lost_for_its_form() {
        for (String response : new String[] {"\"caf\u00e9 in Latin-1\"", "[".repeat(25_000) + "]".repeat(25_000), "NaN", "\"a\u0001\nb\"", "{\"a\":1,}", "'single'"}) {
            String id = submitted();
            String body = "{\"jobId\":\"" + job(id).jobId() + "\",\"status\":\"Success\",\"response\":" + response;
            api.nextStatuses(Reply.json(200, (body + "} and more").getBytes(StandardCharsets.ISO_8859_1)));
            relay.clock().advance(Duration.ofMinutes(10));
            relay.untilDelivered(id);
            assertThat(relay.job(id)).containsEntry("status", "Success").containsEntry("received_via", "poll");
            assertThat(new String(relay.result(job(id).jobId()), StandardCharsets.ISO_8859_1)).startsWith(body + ",\"relay\":{");
        }
    }

    @Test
    void gaps_double_up_to_the_maximum_and_open_or_unknown_words_spend_nothing() {
        String id = submitted();
        job(id).say("Transcoding");
        long[] gaps = {10, 20, 40, 60, 60};
        for (int poll = 0; poll < gaps.length; poll++) {
            relay.clock().advance(Duration.ofMinutes(gaps[poll]));
            long expected = poll + 1;
            await().until(() -> (int) relay.job(id).get("polls") == expected);
        }
        assertThat(relay.job(id)).containsEntry("status", "InProgress").containsEntry("attempts", 1).containsEntry("last_error", null);
        assertThat(relay.job(id).get("next_poll_at")).isEqualTo(relay.clock().millis() + 60 * MINUTE);
        assertThat(relay.callbacks(id)).isEmpty();
    }

    @Test
    void the_last_regular_poll_comes_ten_minutes_before_expiry_and_one_past_it_ends_the_job() {
        String id = submitted();
        long expires = (long) relay.job(id).get("expires_at");
        relay.sql("UPDATE relay_job SET next_poll_at = ?, poll_delay = ? WHERE id = ?", expires - 30 * MINUTE, 60 * MINUTE, id);
        goTo(expires - 30 * MINUTE);
        untilNextPoll(id, expires - 10 * MINUTE);
        goTo(expires - 10 * MINUTE);
        untilNextPoll(id, expires + 1_000);
        goTo(expires + 1_000);
        relay.untilDelivered(id);
        assertThat(relay.job(id)).containsEntry("status", "Expired").containsEntry("received_via", "relay");
        assertThat((String) relay.job(id).get("last_error")).contains("expirationTime");
        String document = new String(relay.result(job(id).jobId()), StandardCharsets.UTF_8);
        assertThat(document).contains("\"status\":\"Expired\"").contains("\"receivedVia\":\"relay\"").doesNotContain("\"response\"");
        assertThat(api.statusRequests()).hasSize(3);
    }

    @Test
    void a_result_that_is_there_at_the_poll_past_expiry_counts() {
        String id = submitted();
        long expires = (long) relay.job(id).get("expires_at");
        job(id).succeed("{}");
        api.nextStatuses(Reply.json(200, job(id).document()));
        relay.sql("UPDATE relay_job SET next_poll_at = ? WHERE id = ?", expires + 1, id);
        goTo(expires + 1);
        relay.untilStatus(id, "Success");
    }

    @Test
    void two_404s_in_a_row_end_a_job_but_one_does_not() {
        String id = submitted();
        api.nextStatuses(Reply.error(404, "CAI-103", "unknown job"));
        relay.clock().advance(Duration.ofMinutes(10));
        await().until(() -> (int) relay.job(id).get("not_found") == 1);
        relay.clock().advance(Duration.ofMinutes(20));
        await().until(() -> (int) relay.job(id).get("polls") == 2);
        assertThat(relay.job(id)).containsEntry("not_found", 0).containsEntry("status", "InProgress");

        api.forget(job(id).jobId());
        relay.clock().advance(Duration.ofMinutes(40));
        await().until(() -> (int) relay.job(id).get("not_found") == 1);
        relay.clock().advance(Duration.ofMinutes(60));
        relay.untilStatus(id, "Expired");
        assertThat((String) relay.job(id).get("last_error")).contains("404 twice");
    }

    @Test
    void a_job_that_cannot_be_polled_past_its_expiry_is_given_up_a_day_later() {
        String id = submitted();
        long expires = (long) relay.job(id).get("expires_at");
        relay.sql("UPDATE relay_job SET next_poll_at = ? WHERE id = ?", expires + 1, id);
        api.nextStatuses(Reply.of(500), Reply.of(502), Reply.drop(), Reply.of(500), Reply.of(500), Reply.of(500), Reply.of(500));
        goTo(expires + 1);
        await().until(() -> "the API answered 500".equals(relay.job(id).get("last_error")));
        assertThat(relay.job(id).get("status")).isEqualTo("InProgress");
        relay.sql("UPDATE relay_job SET server = 'https://elsewhere.example' WHERE id = ?", id);
        relay.clock().advance(Duration.ofMinutes(1));
        await().until(() -> relay.job(id).get("unheard_at") != null);
        run(Duration.ofHours(1), 23);
        relay.clock().jump(Duration.ofDays(8)); // no time in which anybody could have been asked
        run(Duration.ofMinutes(58), 1);
        assertThat(relay.job(id).get("status")).isEqualTo("InProgress");
        run(Duration.ofMinutes(2), 1);
        relay.untilStatus(id, "Expired");
        assertThat((String) relay.job(id).get("last_error")).contains("could not be polled");
    }

    @Test
    void two_404s_end_a_job_only_with_two_minutes_between_them_and_a_page_of_a_gateway_never_does() {
        String id = submitted();
        Reply page = new Reply(404, Map.of("Content-Type", "text/HTML; charset=utf-8"), "<p>no".getBytes(StandardCharsets.UTF_8), Reply.Wire.ANSWER);
        Reply silent = new Reply(404, Map.of(), " \n<!doctype HTML><title>".getBytes(StandardCharsets.UTF_8), Reply.Wire.ANSWER);
        api.nextStatuses(page, silent, page);
        for (int poll = 1; poll <= 3; poll++) {
            pollNow(id, Duration.ofMinutes(10));
            assertThat(relay.job(id)).containsEntry("not_found", 0).containsEntry("last_error", "a gateway answered 404 with an HTML page");
        }
        api.forget(job(id).jobId());
        pollNow(id, Duration.ofMinutes(10));
        assertThat(relay.job(id)).containsEntry("not_found", 1).containsEntry("last_error", null);
        pollNow(id, Duration.ofMillis(119_000));
        assertThat(relay.job(id)).containsEntry("not_found", 2).containsEntry("status", "InProgress");
        api.nextStatuses(Reply.of(500));
        pollNow(id, Duration.ofMillis(500));
        relay.clock().advance(Duration.ofSeconds(1));
        relay.sql("UPDATE relay_job SET next_poll_at = ? WHERE id = ?", relay.clock().millis(), id);
        relay.untilStatus(id, "Expired");
        assertThat((String) relay.job(id).get("last_error")).contains("404 twice");
    }

    @Test
    void an_answer_that_is_none_ends_nothing_and_last_error_says_what_it_was() {
        String id = submitted();
        String other = "{\"jobId\":\"of-another\",\"status\":\"Success\",\"response\":{\"secret\":\"of another\"}}";
        Map<Reply, String> answers = new LinkedHashMap<>();
        answers.put(Reply.json(200, other),
                "the API answered 200, but with the status of another job (application/json, " + other.length() + " bytes)");
        answers.put(Reply.json(200, "{\"jobId\":7,\"status\":\"Fail\"}"),
                "the API answered 200, but with the status of another job (application/json, 27 bytes)");
        answers.put(page(200, "text/html", "<html>x</html>"), "the API answered 200, but not with a JSON object (text/html, 14 bytes)");
        answers.put(page(203, "text/plain", "x".repeat(1_234)), "the API answered 203, but not with a JSON object (text/plain, 1,234 bytes)");
        answers.put(Reply.json(200, "[]"), "the API answered 200, but not with a JSON object (application/json, 2 bytes)");
        answers.put(Reply.of(204), "the API answered 204, but with nothing in it (no Content-Type, 0 bytes)");
        answers.put(Reply.json(200, "{\"errors\":[]}"), "the API answered 200, but without a status that can be read (application/json, 13 bytes)");
        answers.put(page(502, "text/html", "<html>"), "the API answered 502");
        answers.put(page(400, "text/html", "<html>"), "a gateway answered 400 with an HTML page");
        answers.forEach((answer, told) -> {
            api.nextStatuses(answer);
            pollNow(id, Duration.ofMinutes(1));
            assertThat(relay.job(id)).containsEntry("last_error", told).containsEntry("status", "InProgress");
        });
        relay.sql("INSERT INTO relay_job_id (job_id, job) VALUES ('of-another', ?)", id);
        api.nextStatuses(Reply.json(200, other));
        relay.clock().advance(Duration.ofMinutes(1));
        relay.sql("UPDATE relay_job SET next_poll_at = ? WHERE id = ?", relay.clock().millis(), id);
        relay.untilStatus(id, "Success");
    }

    @Test
    void a_time_before_the_job_is_no_expiry_and_every_way_to_write_one_is_read() {
        long expires = relay.clock().millis() / 1000 * 1000 + Duration.ofHours(3).toMillis();
        String at = ApiTime.of(expires).replaceFirst("\\.000Z$", "");
        Map<String, Object> told = new LinkedHashMap<>();
        told.put("0001-01-01T00:00:00Z", null);
        told.put("1970-01-01T00:00:00.000+0000", null);
        told.put(ApiTime.of(relay.clock().millis() - 60_000), null); // its creationTime
        told.put("tomorrow", null);
        told.put(at, expires);
        told.put(at.replace('T', ' ') + " +00", expires);
        told.put(at.toLowerCase(Locale.ROOT) + ".0001234567891z", expires);
        told.put("9999-12-31T23:59:59.999999999Z", 253_402_300_799_999L);
        told.put("999999999-12-31T23:59:59Z", 253_402_300_799_999L);
        String creation = ApiTime.of(relay.clock().millis() - 60_000);
        told.forEach((time, expected) -> {
            String id = relay.openJob("job-" + time.hashCode());
            long before = (long) relay.job(id).get("expires_at");
            api.nextStatuses(Reply.json(200,
                    "{\"creationTime\":\"" + creation + "\",\"expirationTime\":\"" + time + "\",\"status\":\"InProgress\"}"));
            pollNow(id, Duration.ofMillis(1));
            assertThat(relay.job(id)).as(time).containsEntry("expires_at", expected == null ? before : expected)
                    .containsEntry("status", "InProgress");
            assertThat((long) relay.job(id).get("next_poll_at")).as(time)
                    .isBetween(relay.clock().millis() + 60_000, relay.clock().millis() + 3_600_000);
        });
    }

    @Test
    void where_the_api_tells_no_time_our_clock_has_to_say_twice_that_the_job_has_expired() {
        api.date(null);
        String id = submitted();
        long expires = (long) relay.job(id).get("expires_at");
        api.nextStatuses(open(id), open(id), open(id), open(id));
        goTo(expires + 1_000);
        await().until(() -> relay.job(id).get("overdue_at") != null);
        untilNextPoll(id, relay.clock().millis() + 10 * MINUTE);
        pollNow(id, Duration.ofMinutes(9));
        relay.restart();
        await().until(() -> (int) relay.job(id).get("polls") == 3); // as after every absence
        assertThat(relay.job(id).get("status")).isEqualTo("InProgress");
        relay.clock().advance(Duration.ofMinutes(10));
        relay.untilStatus(id, "Expired");
    }

    private static Reply page(int status, String type, String body) {
        return new Reply(status, Map.of("Content-Type", type), body.getBytes(StandardCharsets.UTF_8), Reply.Wire.ANSWER);
    }

    private Reply open(String id) {
        return Reply.json(200, job(id).document());
    }

    /** Lets running time go on, a step at a time, each of which is counted. */
    private void run(Duration step, int times) {
        for (int i = 0; i < times; i++) {
            relay.clock().advance(step);
            relay.run("poll-running");
        }
    }

    /** Polls a job after a while, and returns when the answer is noted. */
    private void pollNow(String id, Duration later) {
        relay.clock().advance(later);
        int polls = (int) relay.job(id).get("polls");
        relay.sql("UPDATE relay_job SET next_poll_at = ? WHERE id = ?", relay.clock().millis(), id);
        RelayFixture.patiently().until(() -> (int) relay.job(id).get("polls") > polls);
    }

    @Test
    void a_job_is_never_polled_at_another_server_than_its_own() {
        String id = submitted();
        relay.sql("UPDATE relay_job SET server = 'https://elsewhere.example' WHERE id = ?", id);
        relay.clock().advance(Duration.ofHours(5));
        relay.run("poll-due");
        assertThat(api.statusRequests()).isEmpty();
    }

    @Test
    void a_failed_poll_waits_at_least_for_Retry_After_and_says_why() {
        String id = submitted();
        api.nextStatuses(Reply.of(503).with("Retry-After", "7200"));
        relay.clock().advance(Duration.ofMinutes(10));
        await().until(() -> "the API answered 503".equals(relay.job(id).get("last_error")));
        assertThat(relay.job(id).get("next_poll_at")).isEqualTo(relay.clock().millis() + 7_200_000);
    }

    @Test
    void a_callback_and_a_poll_that_cross_make_one_outcome_and_one_delivery() {
        String id = submitted();
        job(id).succeed("{\"transcript\":\"both\"}");
        relay.clock().advance(Duration.ofMinutes(10));
        assertThat(job(id).callBack()).isEqualTo(200);
        relay.untilDelivered(id);
        await().until(() -> relay.count("SELECT COUNT(*) FROM relay_callback WHERE verdict = 'New'") == 0);
        assertThat(relay.deliveries(id)).hasSize(1);
        assertThat(relay.resultFiles()).hasSize(1);
    }

    @Test
    void a_hint_polls_an_open_job_out_of_turn_at_most_once_a_minute() {
        String id = submitted();
        long turn = (long) relay.job(id).get("next_poll_at");
        for (int i = 0; i < 5; i++) {
            assertThat(relay.post(relay.webhookUrl(), "{\"jobId\":\"" + job(id).jobId() + "\",\"status\":\"Success\"}").status()).isEqualTo(200);
        }
        await().until(() -> (int) relay.job(id).get("polls") == 1);
        assertThat(relay.job(id)).containsEntry("next_poll_at", turn).containsEntry("status", "InProgress");
        relay.post(relay.webhookUrl(), "{\"jobId\":\"" + job(id).jobId() + "\"}");
        relay.run("poll-due");
        assertThat(api.statusRequests()).hasSize(1);

        api.revokeTokens(); // the hint stands until somebody could ask
        job(id).succeed("{}");
        relay.clock().advance(Duration.ofMinutes(1));
        relay.post(relay.webhookUrl(), "{\"jobId\":\"" + job(id).jobId() + "\"}");
        relay.untilStatus(id, "Success");
        assertThat(relay.job(id).get("received_via")).isEqualTo("poll");
    }

    @Test
    void a_tracked_job_is_polled_at_once() {
        String id = submitted();
        job(id).succeed("{}");
        String jobId = job(id).jobId();
        relay.sql("DELETE FROM relay_job WHERE id = ?", id);
        assertThat(relay.adminPost("/jobs", "{\"jobId\":\"" + jobId + "\",\"reference\":\"r\"}").status()).isEqualTo(202);
        await().until(() -> relay.count("SELECT COUNT(*) FROM relay_job WHERE job_id = ? AND status = 'Success'", jobId) == 1);
    }

    private String submitted() {
        Map<String, Object> columns = new HashMap<>();
        columns.put("status", "Queued");
        columns.put("request", "{}");
        columns.put("next_submit_at", relay.clock().millis());
        String id = relay.insertJob(columns);
        relay.untilStatus(id, "InProgress");
        return id;
    }

    private Job job(String id) {
        return api.job((String) relay.job(id).get("job_id"));
    }

    private void goTo(long millis) {
        relay.clock().advance(Duration.ofMillis(millis - relay.clock().millis()));
    }

    private void untilNextPoll(String id, long millis) {
        await().untilAsserted(() -> assertThat(relay.job(id).get("next_poll_at")).isEqualTo(millis));
    }
}
