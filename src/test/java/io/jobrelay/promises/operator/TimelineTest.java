package io.jobrelay.promises.operator;

import static io.jobrelay.support.AdminClient.ok;
import static io.jobrelay.support.AdminClient.problem;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.jobrelay.support.AdminClient;
import io.jobrelay.support.OnBothDatabases;
import io.jobrelay.support.RelayFixture;
import io.jobrelay.support.Reply;
import io.jobrelay.support.Sink;
import io.jobrelay.support.StandInApi;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Promise: one command tells why a job is not finished, and what happened to it so far. */
@OnBothDatabases
class TimelineTest {

    private RelayFixture relay;
    private StandInApi api;
    private Sink sink;
    private AdminClient admin;

    @BeforeEach
    void start() {
        relay = new RelayFixture();
        api = new StandInApi(relay.clock());
        sink = new Sink();
        relay.withApi(api.url()).with("relay.ringcentral.requests-per-minute", "1000").with("relay.sinks", "http")
                .with("relay.sink.http.url", sink.url()).with("relay.delivery.max-attempts", "2").start();
        admin = new AdminClient(relay);
    }

    @AfterEach
    void stop() {
        relay.close();
        api.close();
        sink.close();
    }

    private JsonNode timeline(String id) {
        return ok(relay.adminGet("/jobs/" + id + "/timeline"), 200);
    }

    private List<String> told(String id) {
        List<String> lines = new ArrayList<>();
        timeline(id).path("events").forEach(e -> lines.add(e.path("what").textValue() + ": " + e.path("detail").textValue()));
        return lines;
    }

    private String submit() {
        return admin.submit("{\"api\":\"punctuate\",\"request\":{\"texts\":[\"a\"]}}").path("id").textValue();
    }

    private void poll(String id, int times) {
        admin.post(id, "poll");
        RelayFixture.patiently().until(() -> told(id).stream().filter(line -> line.startsWith("poll")).count() == times);
    }

    @Test
    void everything_that_happened_to_a_job_is_told_in_order() {
        api.nextSubmits(Reply.of(503));
        String id = submit();
        RelayFixture.patiently().until(() -> told(id).size() == 2);
        relay.clock().advance(Duration.ofSeconds(10));
        relay.untilStatus(id, "InProgress");
        api.nextStatuses(Reply.of(500));
        relay.clock().advance(Duration.ofSeconds(1));
        poll(id, 1);
        relay.clock().advance(Duration.ofSeconds(1));
        poll(id, 2);
        relay.clock().advance(Duration.ofSeconds(1));
        sink.next(Reply.of(500));
        assertThat(relay.post(relay.callbackUrl(id), "{\"status\":\"Success\",\"response\":{}}").status()).isEqualTo(200);
        RelayFixture.patiently().until(() -> told(id).stream().anyMatch(line -> line.startsWith("delivery")));
        relay.clock().advance(Duration.ofMinutes(1));
        relay.untilDelivered(id);
        relay.clock().advance(Duration.ofSeconds(1));
        admin.post(id, "redeliver");
        relay.untilDelivered(id);
        assertThat(relay.post(relay.callbackUrl(id), "{\"status\":\"Success\",\"response\":{}}").status()).isEqualTo(200);
        relay.settle();
        assertThat(told(id)).containsExactly(
                "queued: Accepted, to be submitted",
                "submit: Not taken: the API answered 503",
                "submit: Taken by the API",
                "asked: Poll at once",
                "poll: the API answered 500",
                "asked: Poll at once",
                "poll: The API says InProgress",
                "callback: Callback with status Success: it ended the job",
                "settled: Ended as Success, known by webhook",
                "delivery: Attempt 1 failed: the sink answered 500",
                "delivery: Delivered at attempt 2",
                "asked: Redelivery to every sink",
                "callback: Callback with status Success: a repeat of what ended the job",
                "delivery: Delivered at attempt 1");
        JsonNode last = timeline(id).path("events").get(13);
        assertThat(last.path("sink").textValue()).isEqualTo("http");
        assertThat(last.path("at").textValue()).matches("\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d\\.\\d{3}Z");
    }

    @Test
    void it_says_what_is_waited_for() {
        relay.adminPost("/pause", "");
        String id = submit();
        assertThat(now(id)).isEqualTo("Submits are paused: POST /resume lets them go on.");
        api.nextSubmits(Reply.tooMany("30"));
        relay.adminPost("/resume", "");
        RelayFixture.patiently().until(() -> told(id).size() == 2);
        assertThat(now(id)).startsWith("The API asked for a pause: nothing is sent before ");
        relay.clock().advance(Duration.ofSeconds(31));
        relay.untilStatus(id, "InProgress");
        assertThat(now(id)).startsWith("The API works on it. Its callback is awaited, and it is polled at ");
        api.nextStatuses(Reply.of(500));
        poll(id, 1);
        assertThat(now(id)).startsWith("Last answer: the API answered 500. Its callback is awaited");
        sink.always(Reply.of(500));
        relay.post(relay.callbackUrl(id), "{\"status\":\"Success\",\"response\":{}}");
        RelayFixture.patiently().until(() -> told(id).contains("delivery: Attempt 1 failed: the sink answered 500"));
        assertThat(now(id)).isEqualTo("It ended as Success. Deliveries still to be made: 1.");
        relay.clock().advance(Duration.ofHours(1));
        RelayFixture.patiently().until(() -> now(id).startsWith("It ended as Success. Dead deliveries: 1."));
        assertThat(told(id)).contains("delivery: Attempt 2 failed: the sink answered 500; the delivery is Dead");
        sink.always(Reply.of(200));
        assertThat(relay.adminPost("/redeliver?sink=http", "").text()).isEqualTo("{\"count\":1}");
        relay.untilDelivered(id);
        assertThat(now(id)).isEqualTo("It ended as Success. Every sink has it.");
        assertThat(told(id)).contains("asked: Redelivery of everything Dead");
    }

    @Test
    void a_word_that_the_relay_does_not_know_stands_in_what_is_waited_for() {
        String id = submit();
        relay.untilStatus(id, "InProgress");
        api.jobs().get(0).say("Transcoding");
        poll(id, 1);
        assertThat(now(id)).startsWith("The API says \"Transcoding\", which is not the end of it. Its callback is awaited, and it is polled at ");
        api.nextStatuses(Reply.of(500));
        poll(id, 2);
        assertThat(now(id)).startsWith("Last answer: the API answered 500. The API says \"Transcoding\", which is not the end of it.");
        api.jobs().get(0).say("InProgress");
        poll(id, 3);
        assertThat(now(id)).startsWith("The API works on it. Its callback");
        assertThat(relay.post(relay.callbackUrl(id), "{\"status\":\"Paused\"}").status()).isEqualTo(200);
        assertThat(now(id)).startsWith("The API says \"Paused\", which is not the end of it.");
    }

    @Test
    void a_refusal_a_doubt_and_a_new_job_like_it_are_told() {
        api.nextSubmits(Reply.drop());
        String doubtful = submit();
        RelayFixture.patiently().until(() -> now(doubtful).startsWith("in doubt") && told(doubtful).size() == 2);
        assertThat(told(doubtful).get(1)).startsWith("submit: In doubt: ");
        assertThat(now(doubtful)).contains("If no callback comes, it is sent again at ");
        api.nextSubmits(Reply.error(400, "CAI-101", "no"));
        String refused = submit();
        relay.untilStatus(refused, "Fail");
        assertThat(told(refused)).contains("submit: Refused for good: the API answered 400",
                "callback: Refusal of the submit with status Fail: it ended the job (the API answered 400)");
        admin.post(refused, "resubmit");
        assertThat(told(refused)).contains("asked: A new job like this one");
    }

    @Test
    void of_each_job_the_newest_two_hundred_events_stay_and_leave_with_it() {
        String id = relay.openJob("j-many");
        String other = relay.openJob("j-other");
        for (int i = 0; i < 205; i++) {
            relay.sql("INSERT INTO relay_event (job, happened_at, what, detail) VALUES (?, 1, 'poll', 'x')", id);
        }
        api.nextStatuses(Reply.of(500), Reply.of(500), Reply.of(500));
        poll(other, 1);
        admin.post(id, "poll");
        assertThat(relay.count("SELECT COUNT(*) FROM relay_event WHERE job = ?", id)).isEqualTo(200);
        assertThat(relay.count("SELECT COUNT(*) FROM relay_event WHERE job = ? AND what = 'asked'", other)).isEqualTo(1);
        relay.post(relay.callbackUrl(id), "{\"status\":\"Success\"}");
        relay.untilDelivered(id);
        relay.clock().advance(Duration.ofDays(31));
        relay.run("upkeep-retention");
        assertThat(relay.count("SELECT COUNT(*) FROM relay_event WHERE job = ?", id)).isZero();
    }

    @Test
    void a_timeline_is_found_by_jobId_too_and_of_no_job_is_404() {
        String id = relay.openJob("j-named");
        assertThat(timeline("j-named").path("id").textValue()).isEqualTo(id);
        problem(relay.adminGet("/jobs/none/timeline"), 404, "unknown-job");
        problem(relay.adminGet("/jobs/none/outcome"), 404, "unknown-job");
        problem(relay.adminGet("/jobs/" + id + "/outcome"), 409, "job-not-ended");
    }

    private String now(String id) {
        return timeline(id).path("now").textValue();
    }
}
