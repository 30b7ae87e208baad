package io.jobrelay.promises.noloss;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.jobrelay.protocol.ApiTime;
import io.jobrelay.support.OnBothDatabases;
import io.jobrelay.support.RelayFixture;
import io.jobrelay.support.Reply;
import io.jobrelay.support.Sink;
import io.jobrelay.support.StandInApi;
import io.jobrelay.time.RelayClock;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Promise: whatever the clock of the machine is put to, nothing is lost, nothing is done twice for it, and nothing waits longer than it was to. */
@OnBothDatabases
class ClockJumpTest {

    private static final Duration RETRY = Duration.ofSeconds(5);
    private static final Duration DOUBT = Duration.ofMinutes(15);
    private static final Duration POLL = Duration.ofMinutes(10);
    private final RelayFixture relay = new RelayFixture();
    private final Sink sink = new Sink();
    private StandInApi api = new StandInApi(); // its clock is right

    @BeforeEach
    void keys() {
        relay.withLastingDatabase().withApi(api.url()).with("relay.ringcentral.requests-per-minute", "20")
                .with("relay.sinks", "http").with("relay.sink.http.url", sink.url()).with("relay.retention", "7d");
    }

    @AfterEach
    void stop() {
        relay.close();
        api.close();
        sink.close();
    }

    private void start() {
        relay.start();
        relay.run("upkeep-presence");
        relay.run("upkeep-missed");
        relay.run("upkeep-clock");
    }


    @ParameterizedTest
    @ValueSource(longs = {1, 8 * 24})
    void when_the_clock_goes_back_nothing_waits_longer_than_it_was_to_and_it_is_said(long hours) {
        start();
        Map<String, String> jobs = everyState();
        relay.clock().jump(Duration.ofHours(-hours));
        long now = relay.clock().millis();
        await().until(() -> relay.count("SELECT MAX(next_poll_at) FROM relay_job") <= now + POLL.toMillis());
        await().until(() -> relay.count("SELECT MAX(next_attempt_at) FROM relay_delivery") <= now + RETRY.toMillis() * 6 / 5);
        await().until(() -> relay.adminGet("/observe/health").text().contains("was put back by"));
        nothingWaitsLonger(now);
        assertThat(relay.adminGet("/jobs/" + jobs.get("open")).text()).contains("\"nextPollAt\":\"" + ApiTime.of(now + POLL.toMillis()));
        allGoesOn(jobs);
    }

    @Test
    void a_clock_that_went_back_while_the_relay_was_stopped_is_noticed_at_the_start() {
        start();
        Map<String, String> jobs = everyState();
        relay.clock().advance(Duration.ofMinutes(1));
        await().until(() -> relay.count("SELECT n FROM relay_tally WHERE name = 'clock.seen'") >= relay.clock().millis());
        relay.stop();
        relay.clock().jump(Duration.ofHours(-1));
        long now = relay.clock().millis();
        relay.start();
        await().until(() -> relay.count("SELECT n FROM relay_tally WHERE name = 'clock.seen'") == now);
        nothingWaitsLonger(now);
        assertThat(relay.adminGet("/observe/health").text()).contains("is behind what it was when a relay ran last");
        allGoesOn(jobs);
    }

    @Test
    void more_than_one_batch_is_put_right_at_once() {
        start();
        relay.insertJob(Map.of("id", "j", "status", "InProgress", "job_id", "the-first", "next_poll_wait", 600_000L));
        String columns = "api, server, accepted_at, status, attempts, next_poll_at, next_poll_wait";
        String later = String.valueOf(relay.clock().millis() + 600_000);
        for (int i = 0; i < 11; i++) { // 2,048 of them
            relay.sql("INSERT INTO relay_job (id, " + columns + ") SELECT id || '" + (char) ('a' + i) + "', api, server, accepted_at, status, attempts, "
                    + later + ", 600000 FROM relay_job");
        }
        relay.clock().jump(Duration.ofHours(-1));
        followed();
        long now = relay.clock().millis();
        await().until(() -> relay.count("SELECT COUNT(*) FROM relay_job WHERE next_poll_at > " + (now + 600_000)) == 0);
        assertThat(relay.count("SELECT COUNT(*) FROM relay_job WHERE next_poll_at = " + (now + 600_000))).isEqualTo(2048);
    }

    @Test
    void what_an_instance_with_a_clock_days_ahead_has_left_behind_is_put_right_by_the_next() {
        start();
        sink.always(Reply.of(500));
        String id = relay.openJob("left-by-another");
        relay.post(relay.callbackUrl(id), "{\"status\":\"Success\"}");
        await().until(() -> relay.count("SELECT COUNT(*) FROM relay_delivery WHERE attempts = 1") == 1);
        long ahead = relay.clock().millis() + Duration.ofDays(9).toMillis();
        relay.sql("UPDATE relay_delivery SET next_attempt_at = ?", ahead + RETRY.toMillis());
        relay.sql("UPDATE relay_tally SET n = ? WHERE name = 'clock.seen'", ahead);
        sink.always(Reply.of(200));
        relay.clock().advance(Duration.ofMinutes(1));
        await().until(() -> relay.count("SELECT MAX(next_attempt_at) FROM relay_delivery") <= relay.clock().millis() + 2 * RETRY.toMillis());
        assertThat(relay.adminGet("/observe/health").text()).contains("The clock of another instance is, or was, 8 days ahead");
        relay.clock().advance(RETRY.multipliedBy(2));
        relay.untilDelivered(id);
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 8 * 24})
    void when_the_clock_goes_ahead_nothing_is_sent_twice_nor_during_a_pause_and_no_call_of_the_minute_is_forgotten(long hours) {
        start();
        Map<String, String> jobs = everyState();
        int calls = api.book().size();
        long counted = counted();
        relay.clock().jump(Duration.ofHours(hours));
        followed();
        relay.run("submit-due");
        relay.run("poll-due");
        assertThat(api.book()).as("the API asked for a pause").hasSize(calls);
        assertThat(counted()).isEqualTo(counted);
        relay.clock().advance(Duration.ofSeconds(61)); // the pause is over
        relay.untilStatus(jobs.get("later"), "InProgress");
        await().until(() -> (int) relay.job(jobs.get("open")).get("polls") == 1);
        relay.run("submit-due");
        assertThat(relay.job(jobs.get("doubt"))).containsEntry("status", "Queued").containsEntry("attempts", 1);
        relay.clock().jump(Duration.ofHours(-hours)); // and it is right again
        await().until(() -> relay.clock().millis() + DOUBT.toMillis() >= (long) relay.job(jobs.get("doubt")).get("next_submit_at"));
        assertThat(relay.count("SELECT COUNT(*) FROM relay_job WHERE status = 'Expired'")).isZero();
        assertThat(relay.post(relay.callbackUrl(jobs.get("doubt")), "{\"status\":\"Success\"}").status()).isEqualTo(200);
        relay.untilStatus(jobs.get("doubt"), "Success");
        assertThat(api.submits()).extracting(s -> s.query()).filteredOn(q -> q.contains(jobs.get("doubt"))).hasSize(1);
    }

    @Test
    void what_is_in_doubt_is_sent_again_when_its_wait_is_over_in_time_that_has_passed() {
        start();
        String doubt = due(Reply.of(504));
        await().until(() -> String.valueOf(relay.job(doubt).get("last_error")).startsWith("in doubt: the API"));
        relay.clock().jump(Duration.ofDays(8));
        followed();
        relay.clock().advance(DOUBT.minusSeconds(1));
        relay.run("submit-due");
        assertThat(relay.job(doubt)).containsEntry("attempts", 1);
        relay.clock().advance(Duration.ofSeconds(1));
        relay.untilStatus(doubt, "InProgress");
    }

    @Test
    void nothing_old_is_removed_by_a_clock_that_went_ahead_but_when_the_time_has_passed() throws IOException {
        relay.with("relay.sinks", "file").with("relay.sink.file.retention", "7d").with("relay.inbox.done-retention", "7d");
        start();
        String id = relay.openJob("kept");
        relay.post(relay.callbackUrl(id), "{\"status\":\"Success\"}");
        relay.untilDelivered(id);
        Path done = Files.writeString(Files.createDirectories(relay.inbox().resolve(".done")).resolve("call.wav"), "x");
        relay.clock().jump(Duration.ofDays(8));
        removeOld();
        assertThat(relay.job(id)).isNotNull();
        assertThat(relay.resultFiles()).containsExactly("kept.json");
        assertThat(done).exists();
        relay.clock().jump(Duration.ofDays(-8));
        removeOld();
        assertThat(relay.count("SELECT n FROM relay_tally WHERE name = 'clock.put.by'")).isZero();
        relay.clock().jump(Duration.ofDays(8));
        relay.restart(); // it is not forgotten
        removeOld();
        assertThat(relay.job(id)).isNotNull();
        relay.clock().advance(Duration.ofDays(7).minusSeconds(10));
        removeOld();
        assertThat(relay.job(id)).isNotNull();
        assertThat(done).exists();
        relay.clock().advance(Duration.ofSeconds(20));
        removeOld();
        assertThat(relay.count("SELECT COUNT(*) FROM relay_job")).isZero();
        assertThat(relay.resultFiles()).isEmpty();
        assertThat(done).doesNotExist();
    }

    @Test
    void a_job_that_ended_while_the_clock_was_behind_is_kept_as_long_when_it_is_right_again() {
        api.date(null);
        start();
        relay.clock().jump(Duration.ofDays(-8));
        String id = relay.openJob("while-behind");
        relay.post(relay.callbackUrl(id), "{\"status\":\"Success\"}");
        relay.untilDelivered(id);
        relay.run("upkeep-clock");
        relay.clock().jump(Duration.ofDays(8));
        relay.run("upkeep-retention");
        assertThat(relay.job(id)).isNotNull();
    }

    @Test
    void after_eight_days_nobody_ran_the_date_of_the_api_says_how_old_things_are_and_what_is_in_doubt_waits_once_more() {
        api.close();
        api = new StandInApi(relay.clock());
        relay.withApi(api.url());
        start();
        String ended = relay.openJob("ended");
        relay.post(relay.callbackUrl(ended), "{\"status\":\"Success\"}");
        relay.untilDelivered(ended);
        String open = due();
        relay.untilStatus(open, "InProgress");
        String doubt = due(Reply.of(504));
        await().until(() -> String.valueOf(relay.job(doubt).get("last_error")).startsWith("in doubt: the API"));
        await().until(() -> relay.count("SELECT n FROM relay_tally WHERE name = 'clock.right'") == 1);
        relay.stop();
        relay.clock().advance(Duration.ofDays(8));
        relay.start();
        relay.untilStatus(open, "Expired"); // says the API's Date
        relay.run("upkeep-retention");
        assertThat(relay.count("SELECT COUNT(*) FROM relay_job WHERE id = ?", ended)).isZero();
        assertThat(relay.job(doubt)).containsEntry("attempts", 1).containsEntry("next_submit_at", relay.clock().millis() + DOUBT.toMillis());
        relay.clock().advance(DOUBT);
        await().until(() -> (int) relay.job(doubt).get("attempts") == 2);
    }

    @Test
    void two_404s_are_two_minutes_apart_by_the_api_or_in_time_that_has_passed() {
        start();
        api.date(null);
        String id = due();
        relay.untilStatus(id, "InProgress");
        api.forget((String) relay.job(id).get("job_id"));
        relay.sql("UPDATE relay_job SET next_poll_at = 1");
        await().until(() -> (int) relay.job(id).get("not_found") == 1);
        relay.clock().jump(Duration.ofHours(1));
        followed();
        relay.sql("UPDATE relay_job SET next_poll_at = 1");
        await().until(() -> (int) relay.job(id).get("not_found") >= 2); // by itself it is due, too
        relay.clock().advance(Duration.ofMinutes(2));
        relay.sql("UPDATE relay_job SET next_poll_at = 1");
        relay.untilStatus(id, "Expired");
    }

    /** One job that the API did not take, one in doubt, one open, one whose delivery failed; then the API asks for a pause of a minute. */
    private Map<String, String> everyState() {
        Map<String, String> jobs = new HashMap<>();
        jobs.put("later", due(Reply.of(503)));
        await().until(() -> relay.job(jobs.get("later")).get("last_error") != null);
        jobs.put("doubt", due(Reply.of(504)));
        await().until(() -> String.valueOf(relay.job(jobs.get("doubt")).get("last_error")).startsWith("in doubt: the API"));
        jobs.put("open", due());
        relay.untilStatus(jobs.get("open"), "InProgress");
        sink.next(Reply.of(500));
        jobs.put("ended", relay.openJob("ended"));
        relay.post(relay.callbackUrl(jobs.get("ended")), "{\"status\":\"Success\"}");
        await().until(() -> relay.count("SELECT COUNT(*) FROM relay_delivery WHERE attempts = 1 AND status = 'Pending'") == 1);
        jobs.put("paused", due(Reply.tooMany("60")));
        await().until(() -> "the API answered 429".equals(relay.job(jobs.get("paused")).get("last_error")));
        return jobs;
    }

    private String due(Reply... replies) {
        api.nextSubmits(replies);
        Map<String, Object> columns = new HashMap<>(Map.of("status", "Queued", "request", "{}"));
        columns.put("next_submit_at", relay.clock().millis());
        String id = relay.insertJob(columns);
        relay.run("submit-due");
        return id;
    }

    private void nothingWaitsLonger(long now) {
        assertThat(relay.count("SELECT COUNT(*) FROM relay_job WHERE next_submit_at - COALESCE(next_submit_wait, 0) > ?", now)).isZero();
        assertThat(relay.count("SELECT COUNT(*) FROM relay_job WHERE next_poll_at - COALESCE(next_poll_wait, 0) > ?", now)).isZero();
        assertThat(relay.count("SELECT COUNT(*) FROM relay_delivery WHERE next_attempt_at - next_attempt_wait > ?", now)).isZero();
        assertThat(relay.count("SELECT paused_until FROM relay_api")).isLessThanOrEqualTo(now + 60_000);
        assertThat(relay.count("SELECT COUNT(*) FROM relay_api_call WHERE free_at > ?", now + 125_000)).isZero();
    }

    private void allGoesOn(Map<String, String> jobs) {
        relay.clock().advance(RETRY.multipliedBy(2));
        relay.untilDelivered(jobs.get("ended"));
        relay.clock().advance(Duration.ofSeconds(116)); // of the calls of the minute nobody knows how long they have been there
        relay.untilStatus(jobs.get("later"), "InProgress");
        relay.untilStatus(jobs.get("paused"), "InProgress");
        assertThat(relay.job(jobs.get("doubt"))).containsEntry("attempts", 1);
        relay.clock().advance(POLL);
        await().until(() -> (int) relay.job(jobs.get("open")).get("polls") >= 1);
        relay.clock().advance(DOUBT);
        relay.untilStatus(jobs.get("doubt"), "InProgress");
    }

    private long counted() {
        return relay.count("SELECT COUNT(*) FROM relay_api_call WHERE free_at > ?", relay.clock().millis());
    }

    private void followed() {
        await().until(() -> relay.bean("relay-clock", RelayClock.class).millis() == relay.clock().millis());
    }

    private void removeOld() {
        relay.run("upkeep-retention");
        relay.run("upkeep-result-retention");
        relay.run("inbox-retention");
    }
}
