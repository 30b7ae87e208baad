package io.jobrelay.poll;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.jobrelay.OnBothDatabases;
import io.jobrelay.RelayFixture;
import io.jobrelay.Reply;
import io.jobrelay.StandInApi;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
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
        Map<String, Object> columns = new HashMap<>();
        columns.put("status", "Queued");
        columns.put("request", "{}");
        columns.put("next_submit_at", relay.clock().millis());
        return relay.insertJob(columns);
    }
}
