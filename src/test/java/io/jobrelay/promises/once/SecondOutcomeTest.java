package io.jobrelay.promises.once;

import static io.jobrelay.support.AdminClient.ok;
import static io.jobrelay.support.AdminClient.problem;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.jobrelay.forward.ResultFiles;
import io.jobrelay.support.AdminClient;
import io.jobrelay.support.OnBothDatabases;
import io.jobrelay.support.Received;
import io.jobrelay.support.RelayFixture;
import io.jobrelay.support.Reply;
import io.jobrelay.support.Sink;
import io.jobrelay.support.StandInApi;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.apache.camel.Exchange;
import org.apache.camel.Processor;
import org.apache.camel.builder.RouteBuilder;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * Promises P1 and P2: a result that comes after the relay itself had given up is a second outcome, once. Every sink gets both, each under an id
 * of its own and the first one first; only the file of the first is replaced.
 */
@OnBothDatabases
class SecondOutcomeTest {

    private static final Processor TAKES_ALL = exchange -> { };
    private static ExecutorService threads;
    private static final List<Map<String, Object>> MINE = new CopyOnWriteArrayList<>();
    private static volatile Processor behaviour = TAKES_ALL;
    private static StandInApi api;
    private static Sink sink;
    private static RelayFixture relay;
    private static AdminClient admin;

    @BeforeAll
    static void start() {
        threads = Executors.newFixedThreadPool(8);
        relay = new RelayFixture();
        api = new StandInApi(relay.clock());
        sink = new Sink();
        relay.withApi(api.url()).with("relay.ringcentral.requests-per-minute", "10000").with("relay.delivery.max-attempts", "4")
                .with("relay.sinks", "file,http,mine").with("relay.sink.http.url", sink.url())
                .withMain(main -> main.configure().addRoutesBuilder(new RouteBuilder() {
                    @Override
                    public void configure() {
                        from("direct:sink-mine").errorHandler(noErrorHandler()).process(SecondOutcomeTest::take);
                    }
                })).start();
        admin = new AdminClient(relay);
    }

    private static void take(Exchange exchange) throws Exception {
        behaviour.process(exchange);
        MINE.add(new HashMap<>(exchange.getMessage().getHeaders()));
    }

    @AfterEach
    void behave() {
        behaviour = TAKES_ALL;
        sink.always(Reply.of(200));
        assertThat(ok(relay.adminGet("/audit"), 200).path("violations")).isEmpty();
    }

    @AfterAll
    static void stop() {
        threads.shutdownNow();
        relay.close();
        api.close();
        sink.close();
    }

    @Test
    void a_callback_after_the_relay_gave_up_reaches_every_sink_under_an_id_of_its_own_once() throws Exception {
        String id = givenUp("s-1");
        relay.untilDelivered(id);
        assertThat(file("s-1")).contains("\"status\":\"Expired\"").contains("\"relay\":{\"id\":\"" + id + "\",\"jobId\":\"s-1\",\"receivedVia\":\"relay\"");
        relay.clock().advance(Duration.ofHours(3));
        String body = body("s-1", "Success");
        for (int copy = 0; copy < 6; copy++) {
            assertThat(relay.post(relay.callbackUrl(id), body).status()).isEqualTo(200);
        }
        assertThat(relay.post(relay.callbackUrl(id), body("s-1", "Fail")).status()).isEqualTo(200);
        relay.forward();
        assertThat(relay.callbacks(id)).extracting(c -> c.get("verdict"))
                .containsExactly("Settled", "Settled", "Repeat", "Repeat", "Repeat", "Repeat", "Repeat", "Second");
        assertThat(relay.job(id)).containsEntry("status", "Success").containsEntry("received_via", "webhook").containsEntry("last_error", null)
                .containsEntry("completion_time", null).containsEntry("ended_at", relay.clock().millis());
        String document = body.substring(0, body.length() - 1) + ",\"relay\":{\"id\":\"" + id + "\",\"outcome\":2,\"jobId\":\"s-1\",\"receivedVia\":\"webhook\","
                + "\"submittedAt\":\"" + io.jobrelay.protocol.ApiTime.of((long) relay.job(id).get("accepted_at")) + "\"}}";
        assertThat(file("s-1")).isEqualTo(document);
        assertThat(relay.adminGet("/jobs/s-1/result").text()).isEqualTo(document);
        ResultFiles files = relay.bean("relay-result-files", ResultFiles.class);
        assertThat(files.isCurrent("s-1", id, "Expired")).as("a first one that stood still meanwhile").isFalse();
        assertThat(files.isCurrent("s-1", "another", "Expired")).isTrue();
        assertThat(files.isCurrent("s-0", id, "Expired")).isTrue();
        assertThat(webhooks(id)).extracting(request -> request.header("webhook-id")).containsExactly(id, id + ".2");
        assertThat(webhooks(id).get(1).text()).isEqualTo(document);
        assertThat(mine(id)).extracting(headers -> headers.get("relay-id")).containsExactly(id, id + ".2");
        assertThat(mine(id)).extracting(headers -> headers.get("relay-status")).containsExactly("Expired", "Success");
    }

    @Test
    void both_outcomes_are_shown() {
        String id = givenUp("s-2");
        relay.untilDelivered(id);
        relay.clock().advance(Duration.ofMinutes(1));
        relay.post(relay.callbackUrl(id), body("s-2", "Fail"));
        relay.forward();
        JsonNode job = admin.job(id);
        assertThat(job.path("status").textValue()).isEqualTo("Fail");
        assertThat(job.path("outcome").intValue()).isEqualTo(2);
        List<String> deliveries = new ArrayList<>();
        job.path("deliveries").forEach(d -> deliveries.add(d.path("sink").textValue() + d.path("outcome").asText() + d.path("status").textValue()));
        assertThat(deliveries).containsExactly("fileDelivered", "file2Delivered", "httpDelivered", "http2Delivered", "mineDelivered", "mine2Delivered");
        JsonNode timeline = ok(relay.adminGet("/jobs/" + id + "/timeline"), 200);
        assertThat(timeline.path("now").textValue()).isEqualTo("It ended as Fail after the relay had given it up. Every sink has it.");
        List<String> told = new ArrayList<>();
        timeline.path("events").forEach(event -> told.add(event.path("what").textValue() + ": " + event.path("detail").textValue()));
        assertThat(told).containsExactly("queued: Accepted, to be submitted",
                "callback: End made by the relay with status Expired: it ended the job", "settled: Ended as Expired, known by relay",
                "delivery: Delivered at attempt 1", "delivery: Delivered at attempt 1", "delivery: Delivered at attempt 1",
                "callback: Callback with status Fail: it ended the job",
                "settled: Ended as Fail, known by webhook (the second outcome: the relay had given it up)",
                "delivery: Delivered at attempt 1 (second outcome)", "delivery: Delivered at attempt 1 (second outcome)",
                "delivery: Delivered at attempt 1 (second outcome)");
    }

    @Test
    void a_poll_that_crossed_the_end_brings_it_too() {
        String id = relay.openJob("s-3");
        relay.insertCallback(id, "relay", "Expired", "{\"jobId\":\"s-3\",\"status\":\"Expired\"}");
        relay.insertCallback(id, "poll", "Success", body("s-3", "Success"));
        relay.insertCallback(id, "webhook", "Success", body("s-3", "Success"));
        relay.insertCallback(id, "relay", "Expired", "{\"jobId\":\"s-3\",\"status\":\"Expired\",\"again\":1}");
        relay.forward();
        assertThat(relay.callbacks(id)).extracting(c -> c.get("verdict")).containsExactly("Settled", "Settled", "Repeat", "Second");
        assertThat(relay.job(id)).containsEntry("status", "Success").containsEntry("received_via", "poll");
        assertThat(webhooks(id)).extracting(request -> request.header("webhook-id")).containsExactlyInAnyOrder(id, id + ".2");
        assertThat(file("s-3")).contains("\"outcome\":2,\"jobId\":\"s-3\",\"receivedVia\":\"poll\"");
    }

    @Test
    void a_callback_that_cannot_be_read_lets_the_api_be_asked_about_a_job_that_was_given_up() {
        String id = admin.submit("{\"api\":\"punctuate\",\"request\":{\"texts\":[\"a\"]}}").path("id").textValue();
        relay.untilStatus(id, "InProgress");
        String jobId = (String) relay.job(id).get("job_id");
        relay.insertCallback(id, "relay", "Expired", "{\"jobId\":\"" + jobId + "\",\"status\":\"Expired\"}");
        relay.sql("UPDATE relay_job SET not_found = 2, expires_at = 1 WHERE id = ?", id);
        relay.forward();
        assertThat(relay.post(relay.callbackUrl(id), "{\"jobId\":\"" + jobId + "\",\"sta").status()).isEqualTo(400);
        RelayFixture.patiently().until(() -> relay.count("SELECT COUNT(*) FROM relay_event WHERE job = ? AND what = 'poll'", id) == 1);
        assertThat(relay.job(id)).as("it was still in progress there").containsEntry("status", "Expired").containsEntry("next_poll_at", null);
        api.job(jobId).succeed("{\"n\":1}");
        relay.clock().advance(Duration.ofSeconds(61));
        assertThat(relay.post(relay.callbackUrl(id), "{\"jobId\":\"" + jobId + "\",\"sta").status()).isEqualTo(400);
        relay.untilStatus(id, "Success");
        relay.forward();
        assertThat(relay.job(id)).containsEntry("received_via", "poll").containsEntry("hint", false);
        assertThat(relay.callbacks(id)).extracting(c -> c.get("verdict")).containsExactly("Settled", "Refused", "Refused", "Settled");
        assertThat(webhooks(id)).extracting(request -> request.header("webhook-id")).containsExactly(id, id + ".2");
        problem(relay.adminPost("/jobs/" + id + "/poll", ""), 409, "job-ended");
        problem(relay.adminPost("/jobs/" + id + "/resubmit", ""), 409, "not-resubmittable");
    }

    @Test
    void what_the_relay_did_not_give_up_has_one_outcome() {
        String cancelled = relay.openJob("s-4");
        admin.post(cancelled, "cancel");
        String failed = relay.openJob("s-5");
        relay.insertCallback(failed, "submit", "Fail", "{\"status\":\"Fail\"}");
        String ended = relay.openJob("s-6");
        relay.insertCallback(ended, "poll", "Fail", "{\"status\":\"Fail\"}");
        String givenUp = givenUp("s-7");
        relay.settle();
        for (String id : List.of(cancelled, failed, ended)) {
            assertThat(relay.post(relay.callbackUrl(id), "{\"status\":\"Success\"}").status()).isEqualTo(200);
        }
        relay.insertCallback(givenUp, "submit", "Fail", "{\"status\":\"Fail\"}");
        relay.insertCallback(givenUp, "relay", "Cancelled", "{\"status\":\"Cancelled\"}");
        assertThat(relay.post(relay.callbackUrl(givenUp), "{\"status\":\"InProgress\"}").status()).isEqualTo(200);
        relay.forward();
        assertThat(List.of(cancelled, failed, ended, givenUp)).allSatisfy(id -> {
            assertThat(relay.job(id)).containsEntry("gave_up_id", null);
            assertThat(relay.deliveries(id)).hasSize(3);
        });
        assertThat(relay.job(givenUp)).containsEntry("status", "Expired");
    }

    @Test
    void where_the_first_has_not_reached_its_sink_it_goes_before_the_second_and_both_arrive() {
        sink.always(Reply.of(500));
        behaviour = exchange -> {
            throw new java.io.IOException("away");
        };
        String id = givenUp("s-8");
        RelayFixture.patiently().until(() -> relay.deliveries(id).stream().filter(d -> (int) d.get("attempts") == 1).count() == 3);
        relay.post(relay.callbackUrl(id), body("s-8", "Success"));
        RelayFixture.patiently().until(() -> relay.deliveries(id).stream().filter(d -> (int) d.get("attempts") > 0).count() == 6);
        assertThat(file("s-8")).contains("\"outcome\":2");
        assertThat(webhooks(id)).extracting(request -> request.header("webhook-id")).containsExactly(id, id, id + ".2");
        sink.always(Reply.of(200));
        behaviour = TAKES_ALL;
        relay.clock().advance(Duration.ofSeconds(7)); // the second is due: the first, which has waited longer, would not be yet
        relay.untilDelivered(id);
        assertThat(webhooks(id)).extracting(request -> request.header("webhook-id")).containsExactly(id, id, id + ".2", id, id + ".2");
        assertThat(webhooks(id).get(3).text()).contains("\"status\":\"Expired\"").doesNotContain("\"outcome\"");
        assertThat(webhooks(id).get(4).text()).contains("\"outcome\":2");
        assertThat(mine(id)).extracting(headers -> headers.get("relay-status")).containsExactly("Expired", "Success");
    }

    @Test
    void a_sink_that_never_takes_the_first_gets_the_second_all_the_same() {
        behaviour = exchange -> {
            if ("Expired".equals(exchange.getMessage().getHeader("relay-status"))) {
                throw new IllegalStateException("it has no response");
            }
        };
        String id = givenUp("s-9");
        RelayFixture.patiently().until(() -> relay.deliveries(id).stream().allMatch(d -> (int) d.get("attempts") == 1));
        relay.post(relay.callbackUrl(id), body("s-9", "Success"));
        RelayFixture.patiently().until(() -> relay.deliveries(id).stream().anyMatch(d -> "mine".equals(d.get("sink")) && "Delivered".equals(d.get("status"))));
        assertThat(mine(id)).extracting(headers -> headers.get("relay-id")).containsExactly(id + ".2");
        for (int attempt = 0; attempt < 4; attempt++) {
            relay.clock().advance(Duration.ofMinutes(1));
            relay.forward();
        }
        assertThat(relay.deliveries(id)).filteredOn(d -> "mine".equals(d.get("sink"))).extracting(d -> d.get("status")).containsExactlyInAnyOrder("Dead", "Delivered");
        behaviour = TAKES_ALL;
        assertThat(relay.adminPost("/redeliver?sink=mine", "").text()).isEqualTo("{\"count\":1}");
        relay.untilDelivered(id);
        assertThat(mine(id)).extracting(headers -> headers.get("relay-id")).containsExactly(id + ".2", id);
    }

    @Test
    void while_the_first_is_on_its_way_the_second_waits_and_neither_is_taken_for_the_other() throws Exception {
        CountDownLatch sent = new CountDownLatch(1);
        CountDownLatch answered = new CountDownLatch(1);
        behaviour = exchange -> {
            sent.countDown();
            answered.await();
        };
        String id = givenUp("s-10");
        sent.await();
        relay.post(relay.callbackUrl(id), body("s-10", "Success"));
        relay.untilStatus(id, "Success");
        RelayFixture.patiently().until(() -> relay.deliveries(id).stream().filter(d -> "Delivered".equals(d.get("status"))).count() == 4);
        relay.run("forward-due");
        String other = relay.openJob("s-11");
        relay.insertCallback(other, "poll", "Success", body("s-11", "Success"));
        RelayFixture.patiently().until(() -> webhooks(other).size() == 1); // nobody else waits with it
        assertThat(relay.deliveries(id)).filteredOn(d -> "mine".equals(d.get("sink"))).allMatch(d -> "Pending".equals(d.get("status")));
        answered.countDown();
        relay.untilDelivered(id);
        relay.untilDelivered(other);
        assertThat(mine(id)).extracting(headers -> headers.get("relay-status")).containsExactly("Expired", "Success");
        assertThat(relay.deliveries(id)).allMatch(d -> (int) d.get("attempts") == 1);
    }

    @Test
    void the_file_of_the_first_is_replaced_whatever_it_was_called_and_a_late_first_writes_none() {
        String unnamed = relay.insertJob(Map.of("status", "InProgress"));
        relay.insertCallback(unnamed, "relay", "Expired", "{\"status\":\"Expired\"}");
        String renamed = givenUp("s-12");
        relay.forward();
        assertThat(relay.resultFiles()).contains(unnamed + ".json", "s-12.json");
        relay.post(relay.callbackUrl(unnamed), body("s-13", "Success"));
        relay.post(relay.callbackUrl(renamed), body("s-14", "Success"));
        relay.forward();
        assertThat(relay.resultFiles()).contains("s-13.json", "s-14.json").doesNotContain(unnamed + ".json", "s-12.json");
        assertThat(admin.job("s-12").path("id").textValue()).isEqualTo(renamed);
        String late = givenUp("s-15");
        relay.forward();
        relay.post(relay.callbackUrl(late), body("s-15", "Success"));
        relay.forward();
        relay.sql("UPDATE relay_delivery SET status = 'Pending', delivered_at = NULL, next_attempt_at = 1 WHERE job = ? AND outcome = 1", late);
        relay.forward();
        assertThat(file("s-15")).contains("\"outcome\":2");
        assertThat(webhooks(late)).extracting(request -> request.header("webhook-id")).containsExactly(late, late + ".2", late);
    }

    @Test
    void what_is_delivered_again_is_the_second_under_its_own_id() {
        String id = givenUp("s-16");
        relay.forward();
        relay.post(relay.callbackUrl(id), body("s-16", "Success"));
        relay.forward();
        admin.post(id, "redeliver");
        relay.untilDelivered(id);
        assertThat(webhooks(id)).extracting(request -> request.header("webhook-id")).containsExactly(id, id + ".2", id + ".2");
        assertThat(file("s-16")).contains("\"outcome\":2");
    }

    @Test
    void it_stays_until_both_are_delivered_and_leaves_whole() {
        behaviour = exchange -> {
            throw new java.io.IOException("away");
        };
        String id = givenUp("s-17");
        relay.forward();
        relay.clock().advance(Duration.ofDays(29));
        relay.post(relay.callbackUrl(id), body("s-17", "Success"));
        relay.settle();
        relay.clock().advance(Duration.ofDays(2));
        relay.run("upkeep-retention");
        assertThat(relay.job(id)).as("its time counts from the second").containsEntry("status", "Success");
        relay.clock().advance(Duration.ofDays(31));
        relay.run("upkeep-retention");
        assertThat(relay.job(id)).as("not delivered").containsEntry("status", "Success");
        behaviour = TAKES_ALL;
        relay.clock().advance(Duration.ofDays(1)); // what was tried meanwhile is due again
        relay.forward();
        relay.untilDelivered(id);
        relay.run("upkeep-retention");
        assertThat(relay.count("SELECT COUNT(*) FROM relay_job WHERE id = ?", id)).isZero();
        assertThat(relay.callbacks(id)).isEmpty();
        assertThat(relay.deliveries(id)).isEmpty();
    }

    @Test
    void many_copies_at_once_beside_several_settlers_make_one() throws Exception {
        for (int round = 0; round < 5; round++) {
            String id = givenUp(UUID.randomUUID().toString());
            relay.settle();
            List<Callable<Object>> all = new ArrayList<>();
            for (int copy = 0; copy < 8; copy++) {
                String body = "{\"status\":\"Success\",\"copy\":" + copy % 4 + ",\"text\":\"" + "x".repeat(copy % 2 * 100_000) + "\"}";
                all.add(() -> relay.post(relay.callbackUrl(id), body).status());
                all.add(() -> {
                    relay.run("settle-callbacks");
                    return 200;
                });
            }
            for (Future<Object> answer : threads.invokeAll(all)) {
                assertThat(answer.get()).isEqualTo(200);
            }
            relay.forward();
            relay.untilDelivered(id);
            assertThat(relay.callbacks(id)).filteredOn(c -> "Settled".equals(c.get("verdict"))).hasSize(2);
            assertThat(relay.deliveries(id)).hasSize(6).allMatch(d -> (int) d.get("attempts") == 1);
            assertThat(webhooks(id)).extracting(request -> request.header("webhook-id")).containsExactlyInAnyOrder(id, id + ".2");
            assertThat(webhooks(id)).filteredOn(request -> request.header("webhook-id").endsWith(".2")).singleElement()
                    .satisfies(request -> assertThat(request.text()).contains("\"copy\":").contains("\"relay\":{\"id\":\"" + id + "\",\"outcome\":2,"));
        }
    }

    /** @return the relay's id of a job that the relay is about to end by itself */
    private static String givenUp(String jobId) {
        String id = relay.openJob(jobId);
        relay.insertCallback(id, "relay", "Expired", "{\"jobId\":\"" + jobId + "\",\"status\":\"Expired\"}");
        relay.sql("UPDATE relay_callback SET job_id = ? WHERE job = ?", jobId, id);
        return id;
    }

    private static String body(String jobId, String status) {
        return "{\"jobId\":\"" + jobId + "\",\"status\":\"" + status + "\",\"response\":{\"n\":1.00}}";
    }

    private static String file(String jobId) {
        return new String(relay.result(jobId), StandardCharsets.UTF_8);
    }

    private static List<Received> webhooks(String id) {
        return sink.requests().stream().filter(request -> request.header("webhook-id").startsWith(id)).toList();
    }

    private static List<Map<String, Object>> mine(String id) {
        return MINE.stream().filter(headers -> headers.get("relay-id").toString().startsWith(id)).toList();
    }
}
