package io.jobrelay.promises.ratelimit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.jobrelay.protocol.ApiTime;
import io.jobrelay.support.OnBothDatabases;
import io.jobrelay.support.RelayFixture;
import io.jobrelay.support.Reply;
import io.jobrelay.support.StandInApi;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Promise P4: submits and polls share one budget, and after a 429 nothing is sent until the penalty is over. */
@OnBothDatabases
class RateLimitTest {

    private final RelayFixture relay = new RelayFixture();
    private final StandInApi api = new StandInApi(relay.clock());

    @AfterEach
    void stop() {
        relay.close();
        api.close();
    }

    @Test
    void no_minute_sees_more_calls_than_the_budget_allows() {
        api.limit(10);
        start("10");
        for (int i = 0; i < 25; i++) {
            dueJob();
        }
        int minutes = 0;
        while (api.jobs().size() < 25 && minutes++ < 10) {
            int before = api.jobs().size();
            await().until(() -> api.jobs().size() >= Math.min(25, before + 10));
            relay.run("submit-due");
            untilAnswersAreNoted();
            relay.clock().advance(Duration.ofSeconds(60));
        }
        assertThat(api.jobs()).hasSize(25);
        assertThat(api.mostInAnyMinute()).isEqualTo(10);
        assertThat(api.refusedByLimit()).isZero();
    }

    @Test
    void polls_and_submits_take_from_the_same_budget() {
        start("10");
        for (int i = 0; i < 8; i++) {
            dueJob();
        }
        await().until(() -> relay.count("SELECT COUNT(*) FROM relay_job WHERE status = 'InProgress'") == 8);
        relay.sql("UPDATE relay_job SET next_poll_at = ?", relay.clock().millis());
        await().until(() -> api.statusRequests().size() == 2);
        relay.run("poll-due");
        assertThat(api.statusRequests()).hasSize(2);
        untilAnswersAreNoted();
        relay.clock().advance(Duration.ofSeconds(60));
        await().until(() -> api.statusRequests().size() == 8);
        assertThat(api.mostInAnyMinute()).isEqualTo(10);
    }

    @Test
    void after_a_429_nothing_is_sent_before_Retry_After_is_over_and_no_attempt_failed() {
        start("100");
        api.nextSubmits(Reply.tooMany("30"));
        String id = dueJob();
        await().until(() -> "the API answered 429".equals(relay.job(id).get("last_error")));
        String other = dueJob();
        relay.run("submit-due");
        relay.clock().advance(Duration.ofSeconds(29));
        relay.run("submit-due");
        assertThat(api.submits()).hasSize(1);
        relay.clock().advance(Duration.ofSeconds(1));
        relay.untilStatus(id, "InProgress");
        relay.untilStatus(other, "InProgress");
        assertThat(api.submits()).hasSize(3);
    }

    @Test
    void a_429_without_Retry_After_is_a_minute_and_holds_for_polls_too() {
        start("100");
        String open = dueJob();
        relay.untilStatus(open, "InProgress");
        api.nextStatuses(Reply.tooMany(null));
        relay.sql("UPDATE relay_job SET next_poll_at = ? WHERE id = ?", relay.clock().millis(), open);
        await().until(() -> api.statusRequests().size() == 1);
        await().until(() -> pausedFor() == 60_000);
        assertThat(relay.job(open).get("poll_delay")).isEqualTo(600_000L);
        String id = dueJob();
        relay.clock().advance(Duration.ofMillis(59_999));
        relay.run("submit-due");
        relay.run("poll-due");
        assertThat(api.book()).hasSize(3);
        relay.clock().advance(Duration.ofMillis(1));
        relay.untilStatus(id, "InProgress");
        await().until(() -> api.statusRequests().size() == 2);
    }

    @Test
    void a_429_pauses_whatever_its_Retry_After_is_and_the_longest_of_several_counts() {
        start("1000");
        Map<String, Long> pauses = new LinkedHashMap<>();
        pauses.put("0", 60_000L);
        pauses.put("-1", 60_000L);
        pauses.put("soon", 60_000L);
        pauses.put("1", 1_000L);
        pauses.put("120, 120", 120_000L);
        pauses.put("20\n70\n30", 70_000L);
        pauses.put("120.5", 120_500L);
        pauses.put("999999999999", 86_400_000L);
        pauses.put("Thu, 01 Jan 1970 00:00:00 GMT", 60_000L);
        pauses.put(date("EEEE, dd-MMM-yy HH:mm:ss 'GMT'", 90), 90_000L);
        pauses.put(date("EEE MMM d HH:mm:ss yyyy", 100), 100_000L);
        pauses.put(date("EEE, dd MMM yyyy HH:mm:ss 'GMT'", 110), 110_000L);
        relay.clock().jump(Duration.ofHours(-5)); // a date is no matter of this clock where the answer tells the time
        api.date(relay.clock().instant().plus(Duration.ofHours(5)));
        String id = dueJob();
        pauses.forEach((retryAfter, millis) -> {
            int sent = api.submits().size();
            api.nextSubmits(Reply.tooMany(retryAfter));
            relay.sql("UPDATE relay_job SET next_submit_at = 1, submit_delay = 0");
            await().until(() -> api.submits().size() == sent + 1);
            await().untilAsserted(() -> assertThat(pausedFor()).as(retryAfter).isBetween(millis - 1_000, millis));
            await().until(() -> relay.count("SELECT COUNT(*) FROM relay_job WHERE claim IS NOT NULL") == 0);
            relay.run("submit-due");
            assertThat(api.submits()).hasSize(sent + 1);
            api.nextSubmits(Reply.of(503).with("X-Rate-Limit-Remaining", "3")); // the next one is the first in a row again
            assertThat(relay.adminPost("/resume", "").status()).isEqualTo(202);
            await().until(() -> api.submits().size() == sent + 2);
            await().until(() -> relay.count("SELECT COUNT(*) FROM relay_job WHERE claim IS NOT NULL") == 0);
        });
        relay.clock().advance(Duration.ofSeconds(5));
        relay.untilStatus(id, "InProgress");
        assertThat(relay.job(id).get("attempts")).isEqualTo(2 * pauses.size() + 1);
    }

    @Test
    void the_second_429_in_a_row_is_half_a_minute_at_least_also_after_a_restart() {
        relay.withLastingDatabase();
        start("100");
        api.nextSubmits(Reply.tooMany("1"), Reply.tooMany("2"), Reply.tooMany("45"));
        String id = dueJob();
        await().until(() -> pausedFor() == 1_000);
        relay.restart();
        relay.clock().advance(Duration.ofSeconds(1));
        await().until(() -> pausedFor() == 30_000);
        relay.clock().advance(Duration.ofSeconds(30));
        await().until(() -> pausedFor() == 45_000);
        relay.clock().advance(Duration.ofSeconds(45));
        relay.untilStatus(id, "InProgress");
        api.nextSubmits(Reply.tooMany("1"));
        dueJob();
        await().until(() -> pausedFor() == 1_000);
    }

    @Test
    void no_window_is_longer_than_an_hour_and_a_pause_stored_by_an_earlier_version_does_not_count() {
        start("100");
        for (String window : new String[] {"999999999", "99999999999999", "3601"}) {
            api.nextSubmits(job -> job.accepted().with("X-Rate-Limit-Remaining", "0").with("X-Rate-Limit-Window", window));
            relay.untilStatus(dueJob(), "InProgress");
            await().until(() -> pausedFor() == 3_600_000);
            relay.clock().advance(Duration.ofHours(1));
        }
        relay.sql("UPDATE relay_api SET paused_until = ?", Instant.parse("2058-01-01T00:00:00Z").toEpochMilli());
        String id = dueJob();
        relay.untilStatus(id, "InProgress");
        api.nextSubmits(Reply.tooMany("30"));
        dueJob();
        await().until(() -> pausedFor() == 30_000);
    }

    @Test
    void resume_lifts_what_the_api_asked_for_and_the_timeline_says_so() {
        start("100");
        api.nextSubmits(Reply.tooMany("7200"));
        String id = dueJob();
        await().until(() -> pausedFor() == 7_200_000);
        await().until(() -> relay.adminGet("/jobs/" + id + "/timeline").text().contains("The API asked for a pause: nothing is sent before "));
        relay.clock().advance(Duration.ofSeconds(2));
        assertThat(relay.adminPost("/resume", "").text()).isEqualTo("{\"paused\":false}");
        relay.untilStatus(id, "InProgress");
        assertThat(relay.adminGet("/jobs/" + id + "/timeline").text())
                .contains("{\"at\":\"" + ApiTime.of(relay.clock().millis())
                        + "\",\"what\":\"asked\",\"detail\":\"POST /resume lifted the pause of the account\"}")
                .contains("\"now\":\"The API works on it.", " POST /resume lifted the pause of the account at ");
    }

    private String date(String format, int ahead) {
        return DateTimeFormatter.ofPattern(format, Locale.ENGLISH).withZone(ZoneOffset.UTC).format(relay.clock().instant().plusSeconds(ahead));
    }

    @Test
    void a_used_up_window_is_waited_for() {
        start("100");
        api.nextSubmits(job -> job.accepted().with("X-Rate-Limit-Remaining", "0").with("X-Rate-Limit-Window", "45"));
        relay.untilStatus(dueJob(), "InProgress");
        await().until(() -> pausedFor() == 45_000);
        String id = dueJob();
        relay.run("submit-due");
        assertThat(api.submits()).hasSize(1);
        relay.clock().advance(Duration.ofSeconds(45));
        relay.untilStatus(id, "InProgress");
    }

    @Test
    void hints_take_at_most_a_fifth() {
        start("10");
        for (int i = 0; i < 5; i++) {
            dueJob();
        }
        await().until(() -> relay.count("SELECT COUNT(*) FROM relay_job WHERE status = 'InProgress'") == 5);
        for (Map<String, Object> row : relay.sql("SELECT job_id FROM relay_job")) {
            assertThat(relay.post(relay.webhookUrl(), "{\"jobId\":\"" + row.get("job_id") + "\"}").status()).isEqualTo(200);
        }
        await().until(() -> api.statusRequests().size() == 2);
        relay.run("poll-due");
        relay.run("poll-due");
        assertThat(api.statusRequests()).hasSize(2);
        untilAnswersAreNoted();
        relay.clock().advance(Duration.ofSeconds(60));
        await().until(() -> api.statusRequests().size() == 4);
    }

    @Test
    void what_was_claimed_before_the_429_came_and_has_not_begun_is_not_sent_and_keeps_its_turn_and_no_place() {
        relay.with("relay.poll.interval", "1h"); // nothing is due but at the first tick
        start("10");
        String open = dueJob();
        relay.untilStatus(open, "InProgress");
        long now = relay.clock().millis();
        Map<String, Object> submit = claimed(dueJob(now + 60_000), "submit");
        relay.sql("UPDATE relay_job SET claim = 'poll', next_poll_at = ?, poll_delay = 7, last_error = 'as before' WHERE id = ?", now + 60_000, open);
        Map<String, Object> poll = claimed(open, "poll");
        poll.put("next_poll_at", now - 5); // it was due since
        String hinted = relay.openJob("hinted");
        Map<String, Object> hint = claimed(hinted, "hint");
        Object token = relay.sql("SELECT access_token FROM relay_api").get(0).get("access_token");
        List<Runnable> waits = List.of(
                () -> relay.sql("UPDATE relay_api SET paused_until = ?", now + 30_000),
                () -> relay.sql("UPDATE relay_api SET paused_until = 0, account_retry_at = ?", now + 60_000),
                () -> relay.sql("UPDATE relay_api SET account_retry_at = 0, token_until = 0"),
                () -> relay.sql("UPDATE relay_api SET access_token = 'another', token_until = ?", now + 60_000),
                () -> {
                    relay.sql("UPDATE relay_api SET access_token = ?", token);
                    relay.sql("UPDATE relay_api_call SET free_at = ?", now); // the place has lapsed, and may be somebody else's
                });
        for (Runnable wait : waits) {
            wait.run();
            int sent = api.book().size();
            relay.sql("UPDATE relay_job SET claim = 'submit', next_submit_at = ? WHERE id = ?", now + 60_000, submit.get("id"));
            relay.sql("UPDATE relay_job SET claim = 'poll', next_poll_at = ? WHERE id = ?", now + 60_000, open);
            relay.sql("UPDATE relay_job SET hint = FALSE WHERE id = ?", hinted);
            run("submit-job", submit, token);
            run("poll-job", poll, token);
            run("poll-job", hint, token);
            assertThat(api.book()).hasSize(sent);
            assertThat(relay.job((String) submit.get("id"))).containsEntry("status", "Queued").containsEntry("attempts", 0)
                    .containsEntry("in_doubt", false).containsEntry("claim", null).containsEntry("next_submit_at", now);
            assertThat(relay.job(open)).containsEntry("claim", null).containsEntry("next_poll_at", now - 5).containsEntry("polls", 0)
                    .containsEntry("poll_delay", 7L).containsEntry("last_error", "as before");
            assertThat(relay.job(hinted)).containsEntry("hint", true).containsEntry("polls", 0);
            assertThat(relay.count("SELECT COUNT(*) FROM relay_api_call WHERE id IN ('submit', 'poll', 'hint') AND free_at > ?", now)).isZero();
            relay.sql("UPDATE relay_api_call SET free_at = ? WHERE id IN ('submit', 'poll', 'hint')", now + 60_000);
        }
        int sent = api.book().size();
        relay.sql("UPDATE relay_job SET claim = 'submit' WHERE id = ?", submit.get("id"));
        run("submit-job", submit, token);
        run("poll-job", hint, token);
        assertThat(api.book()).as("nothing keeps them back any more").hasSize(sent + 2);
        assertThat(relay.job((String) submit.get("id"))).containsEntry("status", "InProgress").containsEntry("attempts", 1);
    }

    /** A job in the hands of this relay, with its place, under a claim of that name. */
    private Map<String, Object> claimed(String id, String kind) {
        relay.sql("INSERT INTO relay_api_call (id, server, kind, free_at) VALUES (?, ?, ?, ?)", kind, api.url(), kind, relay.clock().millis() + 60_000);
        Map<String, Object> job = relay.job(id);
        job.put("claim", kind);
        job.put("kind", kind);
        return job;
    }

    private void run(String route, Map<String, Object> job, Object token) {
        relay.context().createProducerTemplate().send("direct:" + route, exchange -> {
            exchange.getMessage().setBody(job);
            exchange.setVariable("job", job);
            exchange.setVariable("api", Map.of("token", token));
        });
    }

    @Test
    void what_cannot_be_sent_takes_no_place() {
        relay.withApi("https://api.example").with("relay.public-url", "http://localhost:1").start();
        relay.sql("UPDATE relay_api SET access_token = 'token', token_until = ?", relay.clock().millis() + 3_600_000);
        String id = dueJob();
        await().until(() -> String.valueOf(relay.job(id).get("last_error")).contains("relay.public-url"));
        assertThat(relay.job(id)).containsEntry("attempts", 0).containsEntry("claim", null)
                .containsEntry("next_submit_at", relay.clock().millis() + 5_000);
        await().until(() -> relay.count("SELECT COUNT(*) FROM relay_api_call WHERE free_at > ?", relay.clock().millis()) == 0);
    }

    @Test
    void a_call_counts_for_as_long_as_it_may_take_and_a_minute_more() {
        relay.with("relay.claim.lease", "5m");
        start("10");
        AtomicLong held = new AtomicLong();
        api.nextSubmits(job -> {
            held.set(relay.count("SELECT MAX(free_at) FROM relay_api_call") - relay.clock().millis());
            return job.accepted();
        });
        relay.untilStatus(dueJob(), "InProgress");
        assertThat(held).hasValue(Duration.ofMinutes(6).plusSeconds(5).toMillis());
        untilAnswersAreNoted();
        assertThat(relay.count("SELECT MAX(free_at) FROM relay_api_call") - relay.clock().millis()).isEqualTo(60_000);
    }

    @Test
    void what_is_claimed_has_its_place_and_polls_and_hints_together_never_take_more_than_there_are() {
        start("10");
        relay.untilStatus(dueJob(), "InProgress"); // which fetches the token
        List<String> ids = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
            ids.add(relay.openJob("j-" + i));
        }
        long now = relay.clock().millis();
        ids.forEach(id -> relay.sql("UPDATE relay_job SET hint = TRUE, hinted_at = ? WHERE id = ?", now, id));
        ids.subList(0, 8).forEach(id -> relay.sql("UPDATE relay_job SET next_poll_at = ? WHERE id = ?", now, id));
        relay.run("poll-due");
        await().until(() -> api.statusRequests().size() >= 9);
        untilAnswersAreNoted();
        relay.run("poll-due");
        assertThat(api.statusRequests()).hasSize(9);
        assertThat(relay.count("SELECT COUNT(*) FROM relay_api_call WHERE free_at > ?", now)).isEqualTo(10);
        assertThat(relay.count("SELECT COUNT(*) FROM relay_api_call WHERE kind = 'hint'")).isLessThanOrEqualTo(2);
    }

    /** A place in the budget is given back a minute after the answer was noted: before the clock is moved, all must be. */
    private void untilAnswersAreNoted() {
        await().until(() -> relay.count("SELECT COUNT(*) FROM relay_api_call WHERE free_at > ?", relay.clock().millis() + 60_000) == 0);
    }

    private long pausedFor() {
        return (long) relay.sql("SELECT paused_until FROM relay_api WHERE server = ?", api.url()).get(0).get("paused_until")
                - relay.clock().millis();
    }

    private void start(String perMinute) {
        relay.withApi(api.url()).with("relay.ringcentral.requests-per-minute", perMinute).start();
    }

    private String dueJob() {
        return dueJob(relay.clock().millis());
    }

    private String dueJob(long at) {
        Map<String, Object> columns = new HashMap<>();
        columns.put("status", "Queued");
        columns.put("request", "{}");
        columns.put("next_submit_at", at);
        return relay.insertJob(columns);
    }
}
