package io.jobrelay.promises.noloss;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.jobrelay.support.Received;
import io.jobrelay.support.RelayFixture;
import io.jobrelay.support.StandInApi;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Promise: callbacks that came while nobody was there are made up for by polls, the results nearest to their loss first. */
class AfterDowntimeTest {

    @Test
    void open_jobs_are_polled_first_after_an_absence_oldest_expiry_first() {
        try (RelayFixture relay = new RelayFixture(); StandInApi api = new StandInApi(relay.clock())) {
            relay.withFileDatabase().withApi(api.url()).with("relay.ringcentral.requests-per-minute", "10").start();
            for (int i = 0; i < 5; i++) {
                Map<String, Object> columns = new HashMap<>();
                columns.put("status", "Queued");
                columns.put("request", "{}");
                columns.put("next_submit_at", relay.clock().millis());
                relay.insertJob(columns);
            }
            await().until(() -> relay.count("SELECT COUNT(*) FROM relay_job WHERE status = 'InProgress'") == 5);
            List<String> jobIds = api.jobs().stream().map(StandInApi.Job::jobId).toList();
            for (int i = 0; i < 5; i++) {
                relay.sql("UPDATE relay_job SET expires_at = ? WHERE job_id = ?",
                        relay.clock().millis() + Duration.ofDays(i == 3 ? 1 : 6 - i).toMillis(), jobIds.get(i));
            }
            relay.stop();
            api.jobs().forEach(job -> job.succeed("{}"));
            relay.clock().advance(Duration.ofSeconds(61));
            relay.start();
            await().until(() -> relay.count("SELECT COUNT(*) FROM relay_job WHERE status = 'Success' AND received_via = 'poll'") == 5);
            assertThat(api.statusRequests()).hasSize(5);
            await().until(() -> relay.count("SELECT COUNT(*) FROM relay_job WHERE missed = TRUE") == 0);
        }
    }

    @Test
    void a_job_still_in_progress_keeps_its_gap() {
        try (RelayFixture relay = new RelayFixture(); StandInApi api = new StandInApi(relay.clock())) {
            relay.withFileDatabase().withApi(api.url()).start();
            Map<String, Object> columns = new HashMap<>();
            columns.put("status", "Queued");
            columns.put("request", "{}");
            columns.put("next_submit_at", relay.clock().millis());
            String id = relay.insertJob(columns);
            relay.untilStatus(id, "InProgress");
            relay.stop();
            relay.clock().advance(Duration.ofSeconds(1));
            relay.start();
            await().until(() -> api.statusRequests().stream().map(Received::path).count() == 1);
            await().until(() -> (int) relay.job(id).get("polls") == 1);
            assertThat(relay.job(id)).containsEntry("poll_delay", 600_000L).containsEntry("next_poll_at", relay.clock().millis() + 600_000L);
        }
    }

    @Test
    void a_clock_that_is_days_ahead_for_a_moment_ends_nothing_and_the_callback_still_counts() {
        try (RelayFixture relay = new RelayFixture(); StandInApi api = new StandInApi()) { // its clock is right
            relay.withApi(api.url()).with("relay.ringcentral.requests-per-minute", "100").start();
            List<String> ids = List.of(open(relay), open(relay));
            relay.clock().jump(Duration.ofDays(8));
            await().until(() -> relay.count("SELECT COUNT(*) FROM relay_job WHERE polls > 0") == 2);
            relay.run("poll-due");
            assertThat(relay.count("SELECT COUNT(*) FROM relay_job WHERE overdue_at IS NULL AND last_error IS NULL")).isEqualTo(2);
            api.date(null);
            relay.sql("UPDATE relay_job SET next_poll_at = 1");
            await().until(() -> relay.count("SELECT COUNT(*) FROM relay_job WHERE overdue_at IS NOT NULL") == 2);
            relay.run("poll-due");
            relay.clock().jump(Duration.ofDays(-8));
            relay.run("upkeep-clock"); // or a poll in the second before that is one by the clock as it was
            relay.sql("UPDATE relay_job SET next_poll_at = 1");
            await().until(() -> relay.count("SELECT COUNT(*) FROM relay_job WHERE overdue_at IS NULL") == 2);
            assertThat(relay.count("SELECT COUNT(*) FROM relay_job WHERE status = 'InProgress'")).isEqualTo(2);
            api.jobs().get(0).succeed("{}");
            assertThat(api.jobs().get(0).callBack()).isEqualTo(200);
            relay.untilStatus(ids.get(0), "Success");
        }
    }

    @Test
    void a_relay_that_was_stopped_for_eight_days_asks_before_it_gives_anything_up_and_settles_what_it_has_first() {
        try (RelayFixture relay = new RelayFixture(); StandInApi api = new StandInApi()) {
            relay.withFileDatabase().withApi(api.url()).start();
            String id = open(relay);
            String settled = open(relay);
            String elsewhere = relay.insertJob(Map.of("job_id", "of-another-server", "server", "https://elsewhere.example"));
            relay.stop();
            relay.clock().jump(Duration.ofDays(8));
            api.jobs().get(1).succeed("{\"late\":true}");
            relay.start();
            await().until(() -> (int) relay.job(id).get("polls") > 0);
            relay.untilStatus(settled, "Success");
            relay.run("poll-due");
            assertThat(relay.job(id)).containsEntry("status", "InProgress").containsEntry("last_error", null);
            assertThat(relay.job(elsewhere)).containsEntry("status", "InProgress");
        }
    }

    private static String open(RelayFixture relay) {
        Map<String, Object> columns = new HashMap<>(Map.of("status", "Queued", "request", "{}"));
        columns.put("next_submit_at", relay.clock().millis());
        String id = relay.insertJob(columns);
        relay.untilStatus(id, "InProgress");
        return id;
    }
}
