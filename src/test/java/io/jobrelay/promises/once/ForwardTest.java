package io.jobrelay.promises.once;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.jobrelay.support.OnBothDatabases;
import io.jobrelay.support.Received;
import io.jobrelay.support.RelayFixture;
import io.jobrelay.support.Reply;
import io.jobrelay.support.Sink;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.apache.camel.builder.AdviceWith;
import org.apache.camel.builder.RouteBuilder;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Promise P2: every outcome reaches every sink, a repeat carries the same id, and what failed says when it is tried again. */
@OnBothDatabases
class ForwardTest {

    private static final String KEY = Base64.getEncoder().encodeToString("a key of thirty-two bytes length".getBytes(StandardCharsets.UTF_8));
    private final RelayFixture relay = new RelayFixture();
    private final Sink sink = new Sink();

    @AfterEach
    void stop() {
        relay.close();
        sink.close();
    }

    @Test
    void the_document_is_the_callback_byte_for_byte_and_one_member_more() {
        relay.start();
        String id = relay.openJob("j-1");
        relay.sql("UPDATE relay_job SET reference = 'call \"17\".mp3', metadata = '{\"k\": 1.50}' WHERE id = ?", id);
        String body = "{ \"jobId\" : \"j-1\",\n \"status\":\"Success\", \"response\": {\"n\":4.800000000000001,\"t\":\"\\u00e9\\ud83d\\ude00é\"}, \"new\":[] \n} ";
        relay.post(relay.callbackUrl(id), body);
        relay.untilDelivered(id);
        assertThat(new String(relay.result("j-1"), StandardCharsets.UTF_8)).isEqualTo(
                body.substring(0, body.lastIndexOf('}')) + ",\"relay\":{\"id\":\"" + id + "\",\"jobId\":\"j-1\",\"reference\":\"call \\\"17\\\".mp3\","
                        + "\"metadata\":{\"k\": 1.50},\"receivedVia\":\"webhook\",\"submittedAt\":\""
                        + io.jobrelay.protocol.ApiTime.of((long) relay.job(id).get("accepted_at")) + "\"}}");
    }

    @Test
    void a_jobId_that_is_no_file_name_is_encoded_and_an_overlong_one_hashed() {
        relay.start();
        Map<String, String> names = Map.of("../../etc/passwd", "%2E.%2F..%2Fetc%2Fpasswd.json", ".hidden", "%2Ehidden.json", "a b%", "a%20b%25.json",
                "ü", "%C3%BC.json", "con:1?", "con%3A1%3F.json");
        names.forEach((jobId, file) -> {
            String id = relay.openJob(jobId);
            relay.post(relay.callbackUrl(id), "{\"status\":\"Success\"}");
            relay.untilDelivered(id);
            assertThat(relay.resultFiles()).contains(file);
        });
        String id = relay.openJob("x".repeat(201));
        relay.post(relay.callbackUrl(id), "{\"status\":\"Success\"}");
        relay.untilDelivered(id);
        assertThat(relay.resultFiles()).contains(io.jobrelay.protocol.Sha256.of("x".repeat(201).getBytes(StandardCharsets.UTF_8)) + ".json");
    }

    /** Both were answered 200: when they came in, nobody had the jobId yet. */
    @Test
    void two_jobs_that_ended_with_the_same_new_jobId_have_a_result_each() {
        relay.start();
        String first = relay.openJob("j-7");
        String second = relay.openJob("j-8");
        relay.insertCallback(first, "webhook", "Success", "{\"jobId\":\"now\",\"n\":1}");
        relay.insertCallback(second, "webhook", "Success", "{\"jobId\":\"now\",\"n\":2}");
        relay.sql("UPDATE relay_callback SET job_id = 'now'");
        relay.settle();
        relay.untilDelivered(first);
        relay.untilDelivered(second);
        String owner = (String) relay.sql("SELECT job FROM relay_job_id WHERE job_id = 'now'").get(0).get("job");
        String other = owner.equals(first) ? second : first;
        assertThat(relay.resultFiles()).containsExactlyInAnyOrder("now.json", other + ".json");
        assertThat(new String(relay.result("now"), StandardCharsets.UTF_8)).contains("\"id\":\"" + owner + "\"");
        assertThat(new String(relay.result(other), StandardCharsets.UTF_8)).contains("\"id\":\"" + other + "\"");
    }

    /** Somebody cancelled it while its submit was under way: the API's answer comes after the end, and the job can be found by its jobId. */
    @Test
    void an_outcome_says_the_same_again_though_its_job_has_a_jobId_by_now() {
        httpSink();
        String id = relay.queuedJob();
        relay.adminPost("/jobs/" + id + "/cancel", "");
        relay.untilDelivered(id);
        relay.sql("UPDATE relay_job SET job_id = 'late' WHERE id = ?", id);
        relay.sql("INSERT INTO relay_job_id (job_id, job) VALUES ('late', ?)", id);
        assertThat(relay.adminPost("/jobs/" + id + "/redeliver", "").status()).isEqualTo(202);
        relay.untilDelivered(id);
        RelayFixture.patiently().until(() -> sink.requests().size() == 2);
        assertThat(sink.requests().get(1).text()).isEqualTo(sink.requests().get(0).text()).contains("Cancelled").doesNotContain("late");
        assertThat(relay.adminGet("/jobs/late/result").text()).isEqualTo(sink.requests().get(0).text());
    }

    @Test
    void a_symbolic_link_in_the_way_is_replaced_and_never_followed() throws IOException {
        relay.start();
        Path target = Files.writeString(relay.folder().resolve("precious"), "keep me");
        Files.createDirectories(relay.results());
        Files.createSymbolicLink(relay.results().resolve("j-2.json"), target);
        String id = relay.openJob("j-2");
        relay.post(relay.callbackUrl(id), "{\"status\":\"Success\"}");
        relay.untilDelivered(id);
        assertThat(Files.readString(target)).isEqualTo("keep me");
        assertThat(Files.isSymbolicLink(relay.results().resolve("j-2.json"))).isFalse();
    }

    @Test
    void a_file_that_cannot_be_written_is_tried_again_later_and_nothing_half_written_is_seen() throws IOException {
        relay.start();
        Path inTheWay = Files.createDirectories(relay.results().resolve("j-3.json").resolve("x"));
        String id = relay.openJob("j-3");
        relay.post(relay.callbackUrl(id), "{\"status\":\"Success\"}");
        await().until(() -> relay.deliveries(id).size() == 1 && relay.deliveries(id).get(0).get("last_error") != null);
        assertThat(relay.deliveries(id).get(0)).containsEntry("status", "Pending").containsEntry("attempts", 1);
        Files.delete(inTheWay);
        Files.delete(inTheWay.getParent());
        relay.clock().advance(Duration.ofSeconds(7));
        relay.untilDelivered(id);
        assertThat(relay.resultFiles()).containsExactly("j-3.json");
    }

    @Test
    void an_http_sink_gets_a_signed_webhook_with_the_jobs_id() throws Exception {
        httpSink();
        String id = outcome("h-1");
        relay.untilDelivered(id);
        Received request = sink.requests().get(0);
        assertThat(request.header("webhook-id")).isEqualTo(id);
        assertThat(request.header("Content-Type")).startsWith("application/json");
        assertThat(request.header("relay-reference")).isNull();
        Mac mac = Mac.getInstance("HmacSHA256");
        mac.init(new SecretKeySpec(Base64.getDecoder().decode(KEY), "HmacSHA256"));
        String signed = id + "." + request.header("webhook-timestamp") + "." + request.text();
        assertThat(request.header("webhook-signature"))
                .isEqualTo("v1," + Base64.getEncoder().encodeToString(mac.doFinal(signed.getBytes(StandardCharsets.UTF_8))));
        assertThat(Long.parseLong(request.header("webhook-timestamp"))).isEqualTo(relay.clock().millis() / 1000);
    }

    @Test
    void a_failing_http_sink_is_tried_again_with_the_same_id_doubling_and_dead_after_the_last_attempt() {
        relay.with("relay.delivery.max-attempts", "3");
        sink.always(Reply.of(500));
        httpSink();
        String id = outcome("h-2");
        untilAttempts(id, 1);
        assertWaits(id, 5_000, 6_000);
        relay.clock().advance(Duration.ofSeconds(6));
        untilAttempts(id, 2);
        assertWaits(id, 10_000, 12_000);
        relay.clock().advance(Duration.ofSeconds(12));
        await().until(() -> !relay.deliveries(id).isEmpty() && "Dead".equals(relay.deliveries(id).get(0).get("status")));
        assertThat(relay.deliveries(id).get(0)).containsEntry("attempts", 3).containsEntry("last_error", "the sink answered 500");
        assertThat(sink.requests()).hasSize(3).extracting(r -> r.header("webhook-id")).containsOnly(id);
    }

    @Test
    void a_longer_Retry_After_is_honoured_and_410_is_dead_at_once() {
        sink.next(Reply.of(503).with("Retry-After", "7\n120\n3"), Reply.of(410));
        httpSink();
        String id = outcome("h-3");
        untilAttempts(id, 1);
        assertWaits(id, 120_000, 120_000);
        relay.clock().advance(Duration.ofSeconds(120));
        await().until(() -> !relay.deliveries(id).isEmpty() && "Dead".equals(relay.deliveries(id).get(0).get("status")));
        assertThat(relay.deliveries(id).get(0)).containsEntry("attempts", 2);
    }

    @Test
    void a_lost_answer_of_the_sink_is_repeated_under_the_same_id() {
        sink.next(Reply.drop());
        httpSink();
        String id = outcome("h-4");
        untilAttempts(id, 1);
        relay.clock().advance(Duration.ofSeconds(6));
        relay.untilDelivered(id);
        assertThat(sink.requests()).hasSize(2).extracting(r -> r.header("webhook-id")).containsOnly(id);
    }

    @Test
    void a_sink_of_ones_own_is_a_route_and_waits_for_it_while_nobody_offers_it() throws Exception {
        relay.with("relay.sinks", "file,mine").start();
        String id = relay.openJob("o-1");
        relay.post(relay.callbackUrl(id), "{\"status\":\"Success\"}");
        await().until(() -> relay.deliveries(id).stream().anyMatch(d -> "Delivered".equals(d.get("status"))));
        relay.run("forward-due");
        assertThat(relay.deliveries(id)).filteredOn(d -> "mine".equals(d.get("sink"))).first()
                .satisfies(d -> assertThat(d).containsEntry("status", "Pending").containsEntry("attempts", 0));
        relay.context().addRoutes(new RouteBuilder() {
            @Override
            public void configure() {
                from("direct:sink-mine").routeId("sink-mine").to("mock:mine");
            }
        });
        relay.untilDelivered(id);
        var mine = relay.context().getEndpoint("mock:mine", org.apache.camel.component.mock.MockEndpoint.class).getExchanges().get(0).getMessage();
        assertThat(mine.getBody()).isInstanceOf(String.class);
        assertThat(mine.getHeaders()).containsEntry("relay-id", id).containsEntry("relay-job-id", "o-1").containsEntry("relay-status", "Success");
    }

    @Test
    void a_backlog_of_several_sinks_is_forwarded_to_the_end_without_another_tick() throws Exception {
        relay.with("relay.sinks", "one,two,three").with("relay.poll.interval", "1h").with("relay.poll.batch-size", "2").start();
        List<String> ids = List.of(outcome("m-1"), outcome("m-2"), outcome("m-3"));
        relay.settle();
        assertThat(ids).allSatisfy(id -> assertThat(relay.deliveries(id)).hasSize(3).allMatch(d -> "Pending".equals(d.get("status"))));
        relay.context().addRoutes(new RouteBuilder() {
            @Override
            public void configure() {
                List.of("one", "two", "three").forEach(sink -> from("direct:sink-" + sink).routeId("sink-" + sink).to("log:" + sink + "?level=TRACE"));
            }
        });
        relay.run("forward-due");
        ids.forEach(relay::untilDelivered);
    }

    @Test
    void a_sink_that_is_not_configured_any_more_has_its_deliveries_dead() {
        relay.with("relay.sinks", "file,gone").start();
        String id = relay.openJob("g-1");
        relay.post(relay.callbackUrl(id), "{\"status\":\"Success\"}");
        await().until(() -> relay.deliveries(id).size() == 2);
        relay.with("relay.sinks", "file").restart();
        await().until(() -> relay.deliveries(id).stream().allMatch(d -> !"Pending".equals(d.get("status"))));
        assertThat(relay.deliveries(id)).filteredOn(d -> "gone".equals(d.get("sink"))).first()
                .satisfies(d -> assertThat(d).containsEntry("status", "Dead").containsEntry("last_error", "no longer configured"));
    }

    /** Else the last attempt could be called dead that the sink has taken. */
    @Test
    void what_a_sink_has_taken_is_no_failed_attempt_though_that_cannot_be_noted() throws Exception {
        httpSink();
        AdviceWith.adviceWith(relay.context(), "forward-delivery", advice -> advice.weaveById("mark-delivered").before()
                .process(exchange -> {
                    if (sink.requests().size() == 1) {
                        throw new SQLException("the database went away");
                    }
                }));
        String id = outcome("noted-later");
        await().until(() -> sink.requests().size() == 1 && relay.context().getInflightRepository().size("forward-delivery") == 0);
        assertThat(relay.deliveries(id)).singleElement().satisfies(d -> assertThat(d).containsEntry("status", "Pending")
                .containsEntry("attempts", 0).containsEntry("last_error", null).doesNotContainEntry("claim", null));
        relay.clock().advance(Duration.ofMinutes(2)); // its claim lapses
        relay.untilDelivered(id);
        assertThat(sink.requests()).hasSize(2).extracting(request -> request.header("webhook-id")).containsOnly(sink.requests().get(0).header("webhook-id"));
        assertThat(relay.deliveries(id)).singleElement().satisfies(d -> assertThat(d).containsEntry("attempts", 1));
    }

    private void httpSink() {
        relay.with("relay.sinks", "http").with("relay.sink.http.url", sink.url()).with("relay.sink.http.secret", "whsec_" + KEY).start();
    }

    private String outcome(String jobId) {
        String id = relay.openJob(jobId);
        assertThat(relay.post(relay.callbackUrl(id), "{\"jobId\":\"" + jobId + "\",\"status\":\"Success\",\"response\":{}}").status()).isEqualTo(200);
        return id;
    }

    private void untilAttempts(String id, int attempts) {
        await().until(() -> !relay.deliveries(id).isEmpty() && (int) relay.deliveries(id).get(0).get("attempts") == attempts);
    }

    private void assertWaits(String id, long atLeast, long atMost) {
        assertThat((long) relay.deliveries(id).get(0).get("next_attempt_at") - relay.clock().millis()).isBetween(atLeast, atMost);
    }

    @Test
    void a_sink_of_ones_own_that_fails_is_tried_again_whatever_error_handler_its_route_has() {
        try (RelayFixture relay = new RelayFixture().with("relay.sinks", "mine").withMain(main -> main.configure().addRoutesBuilder(new RouteBuilder() {
            @Override
            public void configure() {
                from("direct:sink-mine").throwException(new java.io.IOException("the disk is full"));
            }
        })).start()) {
            String id = relay.openJob("job-1");
            relay.insertCallback(id, "poll", "Success", "{\"status\":\"Success\"}");
            relay.forward();
            assertThat(relay.deliveries(id)).singleElement().satisfies(d -> {
                assertThat(d).containsEntry("attempts", 1).containsEntry("status", "Pending").containsEntry("claim", null);
                assertThat((String) d.get("last_error")).contains("the disk is full");
            });
        }
    }

    @Test
    void a_sink_of_ones_own_that_stops_and_clears_the_exchange_has_delivered() {
        try (RelayFixture relay = new RelayFixture().with("relay.sinks", "mine").withMain(main -> main.configure().addRoutesBuilder(new RouteBuilder() {
            @Override
            public void configure() {
                from("direct:sink-mine").setBody(constant("x")).removeHeaders("*").removeProperties("*").removeVariable("*").stop();
            }
        })).start()) {
            String id = relay.openJob("job-1");
            relay.insertCallback(id, "poll", "Success", "{\"status\":\"Success\"}");
            relay.untilDelivered(id);
        }
    }
}
