package io.jobrelay.poll;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.jobrelay.OnBothDatabases;
import io.jobrelay.RelayFixture;
import io.jobrelay.Reply;
import io.jobrelay.StandInApi;
import io.jobrelay.StandInApi.Job;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HashMap;
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
        relay.withApi(api.url()).with("relay.ringcentral.requests-per-minute", "100").start();
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
        untilNextPoll(id, expires + 1);
        goTo(expires + 1);
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
        goTo(expires + Duration.ofDays(1).toMillis() - 1);
        relay.run("poll-due");
        assertThat(relay.job(id).get("status")).isEqualTo("InProgress");
        goTo(expires + Duration.ofDays(1).toMillis());
        relay.untilStatus(id, "Expired");
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
