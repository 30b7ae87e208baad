package io.jobrelay.promises.once;

import static io.jobrelay.support.RelayFixture.PATIENCE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.jobrelay.config.StartFailure;
import io.jobrelay.db.Database;
import io.jobrelay.forward.Sinks;
import io.jobrelay.support.Http;
import io.jobrelay.support.Postgres;
import io.jobrelay.support.Received;
import io.jobrelay.support.RelayFixture;
import io.jobrelay.support.Reply;
import io.jobrelay.support.SettableClock;
import io.jobrelay.support.StandInApi;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.apache.camel.builder.RouteBuilder;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Two relays on one PostgreSQL are one relay: one queue, one budget, one token, one secret, and nobody undoes what the other has done. */
class SeveralInstancesTest {

    private final String database = Postgres.newDatabase();
    private final SettableClock clock = new SettableClock();
    private final StandInApi api = new StandInApi(clock);
    private final RelayFixture a = instance();
    private final RelayFixture b = instance();
    private final ExecutorService threads = Executors.newCachedThreadPool();

    private RelayFixture instance() {
        return new RelayFixture().withQuietStart().with("relay.db.url", database).with("relay.db.username", "postgres")
                .with("relay.db.password", "postgres").withApi(api.url()).with("relay.ringcentral.requests-per-minute", "10000").withBean("relay-clock", clock);
    }

    @AfterEach
    void stop() {
        threads.shutdownNow();
        a.close();
        b.close();
        api.close();
    }

    // ---- one queue

    @Test
    void no_submit_is_sent_by_both() throws Exception {
        startBoth();
        for (int round = 0; round < 10; round++) {
            long due = clock.millis() + 1_000;
            for (int i = 0; i < 10; i++) {
                queuedJob("{\"round\":" + round + ",\"job\":" + i + "}", due);
            }
            clock.advance(Duration.ofSeconds(1));
            bothAtOnce("submit-due");
        }
        until("SELECT COUNT(*) FROM relay_job WHERE status = 'InProgress'", 100);
        assertThat(api.submits()).hasSize(100);
        assertThat(api.submits().stream().map(Received::text).distinct()).hasSize(100);
        assertThat(a.count("SELECT COUNT(*) FROM relay_job WHERE attempts = 1")).isEqualTo(100);
    }

    @Test
    void no_result_is_settled_or_delivered_by_both() throws Exception {
        startBoth();
        List<String> ids = new ArrayList<>();
        for (int i = 0; i < 300; i++) {
            String id = a.openJob("job-" + i);
            ids.add(id);
            a.insertCallback(id, "webhook", "Success", "{\"jobId\":\"job-" + i + "\",\"status\":\"Success\"}");
            a.insertCallback(id, "poll", "Success", "{\"jobId\":\"job-" + i + "\",\"status\":\"Success\"}");
        }
        bothAtOnce("settle-callbacks");
        until("SELECT COUNT(*) FROM relay_delivery WHERE status = 'Delivered'", 300);
        assertThat(a.count("SELECT COUNT(*) FROM relay_callback WHERE verdict = 'Settled'")).isEqualTo(300);
        assertThat(a.count("SELECT COUNT(*) FROM relay_callback WHERE verdict = 'Repeat'")).isEqualTo(300);
        assertThat(a.count("SELECT COUNT(*) FROM relay_delivery WHERE attempts = 1")).isEqualTo(300);
        List<String> files = new ArrayList<>(a.resultFiles());
        files.addAll(b.resultFiles());
        assertThat(files).hasSize(300).doesNotHaveDuplicates();
    }

    @Test
    void an_instance_that_stands_still_in_a_transaction_does_not_hold_its_locks_for_ever() {
        a.start();
        assertThat(a.sql("SELECT current_setting('idle_in_transaction_session_timeout') AS t")).extracting(r -> r.get("t")).containsExactly("20s");
    }

    @ParameterizedTest
    @CsvSource({"api/job-lock-waiting, api/job-note-error", "upkeep/job-lock-found, upkeep/job-clear-missed", "poll/job-lock-unheard, poll/job-mark-unheard"})
    void who_changes_many_jobs_waits_for_who_settles_them_and_does_not_lock_him_out(String lock, String change) throws Exception {
        a.with("relay.poll.interval", "1h").start();
        String status = lock.startsWith("poll/") ? "InProgress" : "Queued";
        List<String> ids = Stream.of(openJob(status), openJob(status)).sorted().toList();
        a.sql("UPDATE relay_job SET polls = 1 WHERE id = ?", ids.get(0)); // its row lies behind the other's from now on
        try (Connection settling = DriverManager.getConnection(database, "postgres", "postgres"); Statement sql = settling.createStatement()) {
            settling.setAutoCommit(false);
            sql.execute("UPDATE relay_job SET polls = 2 WHERE id = '" + ids.get(0) + "'");
            Future<Integer> many = threads.submit(() -> {
                try (Connection own = DriverManager.getConnection(database, "postgres", "postgres"); Statement all = own.createStatement()) {
                    own.setAutoCommit(false);
                    all.execute(statement(lock));
                    int changed = all.executeUpdate(statement(change));
                    own.commit();
                    return changed;
                }
            });
            until("SELECT COUNT(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database()", 1);
            sql.execute("UPDATE relay_job SET polls = 2 WHERE id = '" + ids.get(1) + "'");
            settling.commit();
            assertThat(many.get()).isEqualTo(2);
        }
        assertThat(a.count("SELECT COUNT(*) FROM relay_job WHERE polls = 2")).isEqualTo(2);
    }

    private String statement(String name) throws IOException {
        return Files.readString(Path.of("routes", name + ".sql")).replace(":#reason", "'no'").replace(":#server", "'no'")
                .replace(":#now", String.valueOf(clock.millis() + 60_000));
    }

    private String openJob(String status) {
        return a.insertJob(Map.of("status", status, "job_id", "of-" + System.nanoTime(), "missed", true, "server", "https://api.example",
                "next_submit_at", clock.millis(), "expires_at", clock.millis() + 30_000));
    }

    // ---- one budget, one token, one secret

    @Test
    void the_budget_is_one() throws Exception {
        api.limit(10);
        a.with("relay.ringcentral.requests-per-minute", "10");
        b.with("relay.ringcentral.requests-per-minute", "10");
        startBoth();
        for (int i = 0; i < 35; i++) {
            queuedJob("{\"job\":" + i + "}", clock.millis());
        }
        for (int minute = 0; minute < 10 && api.jobs().size() < 35; minute++) {
            int taken = api.jobs().size();
            bothAtOnce("submit-due");
            await().atMost(PATIENCE).until(() -> api.jobs().size() >= Math.min(35, taken + 10));
            bothAtOnce("submit-due");
            await().atMost(PATIENCE).until(() -> a.count("SELECT COUNT(*) FROM relay_api_call WHERE free_at > ?", clock.millis() + 60_000) == 0);
            clock.advance(Duration.ofSeconds(60));
        }
        assertThat(api.jobs()).hasSize(35);
        assertThat(api.mostInAnyMinute()).isEqualTo(10);
        assertThat(api.refusedByLimit()).isZero();
    }

    @Test
    void a_429_to_one_silences_both() {
        startBoth();
        api.nextSubmits(Reply.tooMany("30"));
        String first = queuedJob("{\"job\":1}", clock.millis());
        await().atMost(PATIENCE).until(() -> "the API answered 429".equals(a.job(first).get("last_error")));
        queuedJob("{\"job\":2}", clock.millis());
        clock.advance(Duration.ofMillis(29_999));
        a.run("submit-due");
        b.run("submit-due");
        assertThat(api.submits()).hasSize(1);
        clock.advance(Duration.ofMillis(1));
        until("SELECT COUNT(*) FROM relay_job WHERE status = 'InProgress'", 2);
    }

    @Test
    void the_token_is_one() throws Exception {
        startBoth();
        for (int i = 0; i < 20; i++) {
            queuedJob("{\"job\":" + i + "}", clock.millis() + 1_000);
        }
        clock.advance(Duration.ofSeconds(1));
        bothAtOnce("submit-due");
        until("SELECT COUNT(*) FROM relay_job WHERE status = 'InProgress'", 20);
        assertThat(api.tokenRequests()).hasSize(1);

        api.revokeTokens();
        a.sql("UPDATE relay_job SET next_poll_at = ?", clock.millis());
        bothAtOnce("poll-due");
        await().atMost(PATIENCE).until(() -> a.count("SELECT COUNT(*) FROM relay_job WHERE polls = 1") == 20);
        assertThat(api.tokenRequests()).hasSize(2);
    }

    @Test
    void an_instance_that_dies_while_it_asks_for_the_token_holds_up_the_others_for_a_lease_only() {
        startBoth();
        a.sql("UPDATE relay_api SET token_lease = ?", clock.millis() + 60_000);
        String id = queuedJob("{}", clock.millis());
        clock.advance(Duration.ofMillis(59_999));
        a.run("submit-due");
        b.run("submit-due");
        assertThat(api.tokenRequests()).isEmpty();
        clock.advance(Duration.ofMillis(1));
        a.untilStatus(id, "InProgress");
        assertThat(api.tokenRequests()).hasSize(1);
    }

    @Test
    void a_late_answer_to_a_token_request_does_not_replace_what_the_next_one_got() throws Exception {
        CountDownLatch release = hold(request -> request.path().endsWith("/oauth/token"), Reply.of(400));
        a.start();
        String id = queuedJob("{}", clock.millis());
        await().atMost(PATIENCE).until(() -> api.tokenRequests().size() == 1);
        stopTicks(a);
        startLater(b);
        clock.advance(Duration.ofSeconds(60));
        b.untilStatus(id, "InProgress");
        Map<String, Object> good = b.sql("SELECT * FROM relay_api WHERE server = ?", api.url()).get(0);
        release.countDown();
        untilIdle(a);
        assertThat(b.sql("SELECT * FROM relay_api WHERE server = ?", api.url()).get(0)).isEqualTo(good);
    }

    @Test
    void an_instance_whose_secrets_share_nothing_with_those_of_one_that_runs_does_not_start() {
        a.with("relay.webhook.secret", "the first of them").start();
        await().atMost(PATIENCE).until(() -> a.count("SELECT COUNT(*) FROM relay_setting WHERE name = 'alive.at' AND value_text <> '0'") == 1);
        for (String other : List.of("the second of them", "the second of them,three", "")) {
            b.with("relay.webhook.secret", other);
            assertThatThrownBy(b::start).satisfies(e -> assertThat(StartFailure.sentence(e)).contains("relay.webhook.secret", "in every instance"));
            b.stop();
        }
        b.with("relay.webhook.secret", "the second of them,the first of them").start();
    }

    @Test
    void a_callback_counts_at_whichever_instance_it_arrives() {
        startBoth();
        String id = queuedJob("{}", clock.millis());
        a.untilStatus(id, "InProgress");
        String webhook = api.jobs().get(0).webhook();
        String path = webhook.substring(webhook.indexOf("/webhook"));
        api.complete(api.jobs().get(0).jobId(), "{}");
        byte[] body = api.jobs().get(0).document();
        for (String url : List.of(a.publicUrl() + path, b.publicUrl() + path)) {
            assertThat(Http.send("POST", url, body).status()).isEqualTo(200);
        }
        a.untilDelivered(id);
        a.settle();
        assertThat(a.callbacks(id)).extracting(c -> c.get("verdict")).containsExactly("Settled", "Repeat");
        assertThat(a.callbackUrl(id)).endsWith(path);
        assertThat(b.callbackUrl(id)).endsWith(path);
    }

    // ---- dead instances

    @Test
    void what_a_dead_instance_had_claimed_is_taken_over_when_the_lease_ends() {
        a.start();
        long lease = clock.millis() + 60_000;
        String submit = queuedJob("{}", lease);
        String poll = a.insertJob(Map.of("status", "InProgress", "job_id", "job-1", "next_poll_at", lease));
        String ended = a.openJob("job-2");
        a.insertCallback(ended, "poll", "Success", "{\"status\":\"Success\"}");
        a.forward();
        a.sql("UPDATE relay_delivery SET status = 'Pending', delivered_at = NULL, next_attempt_at = ?, claim = 'dead'", lease);
        a.sql("UPDATE relay_job SET claim = 'dead' WHERE status IN ('Queued', 'InProgress')");
        startLater(b);

        clock.advance(Duration.ofMillis(59_999));
        for (String route : List.of("submit-due", "poll-due", "forward-due")) {
            a.run(route);
            b.run(route);
        }
        assertThat(api.book()).isEmpty();
        assertThat(a.deliveries(ended)).extracting(d -> d.get("status")).containsExactly("Pending");

        clock.advance(Duration.ofMillis(1));
        a.untilStatus(submit, "InProgress");
        a.untilDelivered(ended);
        await().atMost(PATIENCE).until(() -> a.job(poll).get("not_found"), Integer.valueOf(1)::equals);
    }

    @Test
    void a_claim_that_was_lost_before_the_submit_left_costs_no_place_in_the_budget() {
        a.start();
        String id = queuedJob("{}", clock.millis() + 60_000);
        a.sql("UPDATE relay_job SET claim = 'another' WHERE id = ?", id);
        a.sql("UPDATE relay_api SET access_token = 'token-1', token_until = ? WHERE server = ?", clock.millis() + 60_000, api.url());
        a.sql("INSERT INTO relay_api_call (id, server, kind, free_at) VALUES ('mine', ?, 'submit', ?)", api.url(), clock.millis() + 60_000);
        Map<String, Object> job = a.job(id);
        job.put("claim", "mine");
        a.context().createProducerTemplate().send("direct:submit-job", e -> {
            e.getMessage().setBody(job);
            e.setVariable("job", job);
            e.setVariable("api", Map.of("token", "token-1"));
        });
        assertThat(api.submits()).isEmpty();
        assertThat(a.job(id)).containsEntry("claim", "another").containsEntry("attempts", 0);
        assertThat(a.count("SELECT COUNT(*) FROM relay_api_call WHERE free_at > ?", clock.millis())).isZero();
    }

    // ---- slow instances

    @Test
    void a_slow_poll_does_not_undo_what_a_later_one_found() throws Exception {
        a.start();
        String id = queuedJob("{}", clock.millis());
        a.untilStatus(id, "InProgress");
        String jobId = api.jobs().get(0).jobId();
        byte[] inProgress = api.job(jobId).document();
        CountDownLatch release = hold(request -> request.path().endsWith(jobId), Reply.json(200, inProgress));
        a.sql("UPDATE relay_job SET next_poll_at = ?", clock.millis());
        await().atMost(PATIENCE).until(() -> api.statusRequests().size() == 1);
        stopTicks(a);
        startLater(b);

        api.complete(jobId, "{}");
        clock.advance(Duration.ofSeconds(60));
        b.untilDelivered(id);
        Map<String, Object> ended = b.job(id);
        release.countDown();
        untilIdle(a);
        assertThat(b.job(id)).isEqualTo(ended).containsEntry("status", "Success");
        assertThat(b.callbacks(id)).hasSize(1);
    }

    @Test
    void a_slow_poll_that_lost_its_claim_does_not_move_the_next_one() throws Exception {
        a.start();
        String id = queuedJob("{}", clock.millis());
        a.untilStatus(id, "InProgress");
        String jobId = api.jobs().get(0).jobId();
        CountDownLatch release = hold(request -> request.path().endsWith(jobId), Reply.of(404));
        a.sql("UPDATE relay_job SET next_poll_at = ?", clock.millis());
        await().atMost(PATIENCE).until(() -> api.statusRequests().size() == 1);
        stopTicks(a);
        startLater(b);

        clock.advance(Duration.ofSeconds(60));
        await().atMost(PATIENCE).until(() -> b.job(id).get("polls"), Integer.valueOf(1)::equals);
        Map<String, Object> polled = b.job(id);
        release.countDown();
        untilIdle(a);
        assertThat(b.job(id)).isEqualTo(polled);
    }

    @Test
    void a_slow_submit_does_not_undo_what_a_later_one_got() throws Exception {
        a.start();
        AtomicInteger submits = new AtomicInteger();
        CountDownLatch release = new CountDownLatch(1);
        api.submits(job -> {
            Reply reply = job.accepted();
            if (submits.incrementAndGet() == 1) {
                release.await();
            }
            return reply;
        });
        String id = queuedJob("{}", clock.millis());
        await().atMost(PATIENCE).until(() -> api.jobs().size() == 1);
        stopTicks(a);
        startLater(b);

        clock.advance(Duration.ofMinutes(15));
        b.untilStatus(id, "InProgress");
        Map<String, Object> taken = b.job(id);
        assertThat(taken).containsEntry("attempts", 2).containsEntry("job_id", api.jobs().get(1).jobId());
        release.countDown();
        untilIdle(a);
        assertThat(b.job(id)).isEqualTo(taken);
        assertThat(b.sql("SELECT job FROM relay_job_id WHERE job_id = ?", api.jobs().get(0).jobId())).extracting(r -> r.get("job")).containsExactly(id);

        api.complete(api.jobs().get(0).jobId(), "{\"sent\":\"first\"}");
        api.complete(api.jobs().get(1).jobId(), "{\"sent\":\"second\"}");
        assertThat(api.jobs().get(0).callBack()).isEqualTo(200);
        b.untilDelivered(id);
        assertThat(api.jobs().get(1).callBack()).isEqualTo(200);
        b.settle();
        assertThat(b.callbacks(id)).extracting(c -> c.get("verdict")).containsExactly("Settled", "Second");
        assertThat(b.job(id)).containsEntry("job_id", api.jobs().get(0).jobId());
        assertThat(b.deliveries(id)).hasSize(1);
    }

    @Test
    void a_slow_refusal_does_not_end_a_job_that_was_sent_again_and_taken() throws Exception {
        a.start();
        AtomicInteger submits = new AtomicInteger();
        CountDownLatch release = new CountDownLatch(1);
        api.submits(job -> {
            if (submits.incrementAndGet() == 1) {
                release.await();
                return Reply.error(400, "CAI-101", "Parameter [x] is invalid");
            }
            return job.accepted();
        });
        String id = queuedJob("{}", clock.millis());
        await().atMost(PATIENCE).until(() -> submits.get() == 1);
        stopTicks(a);
        startLater(b);

        clock.advance(Duration.ofMinutes(15));
        b.untilStatus(id, "InProgress");
        release.countDown();
        untilIdle(a);
        b.settle();
        assertThat(b.job(id)).containsEntry("status", "InProgress");
        api.complete(api.jobs().get(0).jobId(), "{}");
        assertThat(api.jobs().get(0).callBack()).isEqualTo(200);
        b.untilStatus(id, "Success");
    }

    @Test
    void a_slow_delivery_that_fails_does_not_undo_one_that_was_made() throws Exception {
        AtomicInteger deliveries = new AtomicInteger();
        CountDownLatch release = new CountDownLatch(1);
        for (RelayFixture relay : List.of(a, b)) {
            relay.with("relay.sinks", "held").withMain(main -> main.configure().addRoutesBuilder(new RouteBuilder() {
                @Override
                public void configure() {
                    from("direct:sink-held").process(e -> {
                        if (deliveries.incrementAndGet() == 1) {
                            release.await();
                            throw new IllegalStateException("too late");
                        }
                    });
                }
            }));
        }
        a.start();
        String id = a.openJob("job-1");
        a.insertCallback(id, "poll", "Success", "{\"status\":\"Success\"}");
        await().atMost(PATIENCE).until(() -> deliveries.get() == 1);
        stopTicks(a);
        startLater(b);

        clock.advance(Duration.ofSeconds(60));
        b.untilDelivered(id);
        List<Map<String, Object>> delivered = b.deliveries(id);
        release.countDown();
        untilIdle(a);
        assertThat(b.deliveries(id)).isEqualTo(delivered);
        assertThat(deliveries).hasValue(2);
    }

    // ---- starting and stopping

    @Test
    void a_start_takes_no_sink_away_from_what_others_settle_meanwhile() throws Exception {
        a.start();
        Future<?> settling = threads.submit(() -> {
            for (int i = 0; i < 150; i++) {
                String id = a.openJob("job-" + i);
                a.insertCallback(id, "poll", "Success", "{\"status\":\"Success\"}");
                a.run("settle-callbacks");
            }
        });
        while (!settling.isDone()) {
            new Sinks(a.context(), a.bean("relay-database", Database.class), List.of("file"), a.clock()); // what a start does with them
        }
        settling.get();
        a.forward();
        assertThat(a.count("SELECT COUNT(*) FROM relay_delivery WHERE status = 'Delivered'")).isEqualTo(150);
    }

    @Test
    void both_may_start_at_once_on_an_empty_database() throws Exception {
        CyclicBarrier together = new CyclicBarrier(2);
        List<Future<?>> starts = new ArrayList<>();
        for (RelayFixture relay : List.of(a, b)) {
            starts.add(threads.submit(() -> {
                together.await();
                return relay.start();
            }));
        }
        for (Future<?> start : starts) {
            start.get();
        }
        String id = queuedJob("{}", clock.millis());
        a.untilStatus(id, "InProgress");
        assertThat(b.callbackUrl(id)).endsWith(a.callbackUrl(id).substring(a.publicUrl().length()));
    }

    // ---- helpers

    /** It has compared the clock: what the test's goes ahead by from now on is no absence. */
    private static void startLater(RelayFixture relay) {
        relay.start();
        relay.run("upkeep-clock");
    }

    private void startBoth() {
        a.start();
        startLater(b);
    }

    private void bothAtOnce(String route) throws Exception {
        CyclicBarrier together = new CyclicBarrier(2);
        List<Future<?>> runs = new ArrayList<>();
        for (RelayFixture relay : List.of(a, b)) {
            runs.add(threads.submit(() -> {
                together.await();
                relay.run(route);
                return null;
            }));
        }
        for (Future<?> run : runs) {
            run.get();
        }
    }

    /** Holds the first request of a kind until the latch is down, and then answers it; later ones pass. */
    private CountDownLatch hold(java.util.function.Predicate<Received> kind, Reply late) {
        CountDownLatch release = new CountDownLatch(1);
        AtomicInteger seen = new AtomicInteger();
        api.first(request -> {
            if (!kind.test(request) || seen.getAndIncrement() > 0) {
                return null;
            }
            try {
                release.await();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
            return late;
        });
        return release;
    }

    /** What is due from now on is the other instance's. */
    private static void stopTicks(RelayFixture relay) throws Exception {
        relay.context().getRouteController().stopRoute("tick-due");
    }

    private static void untilIdle(RelayFixture relay) {
        await().atMost(PATIENCE).until(() -> relay.context().getInflightRepository().size() == 0);
    }

    private void until(String count, long number) {
        await().atMost(PATIENCE).until(() -> a.count(count), n -> n == number);
    }

    private String queuedJob(String request, long due) {
        Map<String, Object> columns = new HashMap<>();
        columns.put("status", "Queued");
        columns.put("request", request);
        columns.put("next_submit_at", due);
        return a.insertJob(columns);
    }
}
