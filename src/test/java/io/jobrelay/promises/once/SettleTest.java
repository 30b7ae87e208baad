package io.jobrelay.promises.once;

import static org.assertj.core.api.Assertions.assertThat;

import io.jobrelay.support.OnBothDatabases;
import io.jobrelay.support.RelayFixture;
import io.jobrelay.support.StandInApi;
import io.jobrelay.support.StandInApi.OnSubmit;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** One place ends a job, once, whatever comes twice, together, too early or in another order. */
@OnBothDatabases
class SettleTest {

    private final ExecutorService threads = Executors.newFixedThreadPool(8);
    private StandInApi api;
    private RelayFixture relay;

    @BeforeEach
    void start() {
        relay = new RelayFixture();
        api = new StandInApi(relay.clock());
        relay.withApi(api.url()).with("relay.ringcentral.requests-per-minute", "10000").start();
    }

    @AfterEach
    void stop() {
        threads.shutdownNow();
        relay.close();
        api.close();
    }

    @Test
    void two_hundred_jobs_that_end_out_of_order_each_get_their_own_result() throws Exception {
        Map<String, String> jobs = new LinkedHashMap<>();
        for (int i = 0; i < 200; i++) {
            String jobId = UUID.randomUUID().toString();
            jobs.put(jobId, relay.openJob(jobId));
        }
        List<String> order = new ArrayList<>(jobs.keySet());
        Collections.shuffle(order, new Random(7));
        List<Callable<Integer>> callbacks = new ArrayList<>();
        for (String jobId : order) {
            callbacks.add(() -> relay.post(relay.callbackUrl(jobs.get(jobId)),
                    "{\"jobId\":\"" + jobId + "\",\"status\":\"Success\",\"response\":{\"transcript\":\"of " + jobId + "\"}}").status());
        }
        for (Future<Integer> answer : threads.invokeAll(callbacks)) {
            assertThat(answer.get()).isEqualTo(200);
        }
        for (String id : jobs.values()) {
            relay.untilDelivered(id);
        }
        assertThat(relay.resultFiles()).hasSize(200);
        jobs.forEach((jobId, id) -> {
            assertThat(new String(relay.result(jobId), StandardCharsets.UTF_8)).startsWith("{\"jobId\":\"" + jobId
                    + "\",\"status\":\"Success\",\"response\":{\"transcript\":\"of " + jobId + "\"},\"relay\":{\"id\":\"" + id + "\"");
            assertThat(relay.callbacks(id)).singleElement().satisfies(c -> assertThat(c).containsEntry("verdict", "Settled"));
        });
    }

    @Test
    void a_callback_and_a_poll_that_cross_make_one_delivery() throws Exception {
        for (int round = 0; round < 6; round++) {
            String id = relay.insertJob(Map.of("status", "Queued", "next_submit_at", relay.clock().millis()));
            RelayFixture.patiently().until(() -> relay.job(id).get("job_id") != null);
            StandInApi.Job job = api.job((String) relay.job(id).get("job_id"));
            job.succeed("{\"round\":" + round + "}");
            relay.clock().advance(Duration.ofHours(1));
            List<Future<Object>> both = threads.invokeAll(List.of(() -> {
                relay.run("poll-due");
                return 200;
            }, job::callBack));
            assertThat(both.get(0).get()).isEqualTo(200);
            assertThat(both.get(1).get()).isEqualTo(200);
            relay.untilDelivered(id);
            relay.forward();
            assertThat(relay.callbacks(id)).extracting(c -> c.get("verdict")).containsOnlyOnce("Settled").isSubsetOf("Settled", "Repeat");
            assertThat(relay.deliveries(id)).singleElement().satisfies(d -> assertThat(d).containsEntry("attempts", 1));
            assertThat(relay.job(id)).containsEntry("status", "Success");
        }
    }

    @Test
    void a_callback_and_a_poll_result_that_were_stored_before_either_was_settled_make_one_delivery() {
        String jobId = UUID.randomUUID().toString();
        String id = relay.openJob(jobId);
        String body = "{\"jobId\":\"" + jobId + "\",\"status\":\"Success\"}";
        relay.insertCallback(id, "poll", "Success", body);
        assertThat(relay.post(relay.callbackUrl(id), body).status()).isEqualTo(200);
        relay.insertCallback(id, "relay", "Expired", "{\"status\":\"Expired\"}");
        relay.forward();
        assertThat(relay.callbacks(id)).extracting(c -> c.get("verdict")).containsExactly("Settled", "Repeat", "Second");
        assertThat(relay.job(id)).containsEntry("status", "Success").containsEntry("received_via", "poll");
        assertThat(relay.deliveries(id)).singleElement().satisfies(d -> assertThat(d).containsEntry("attempts", 1));
        assertThat(new String(relay.result(jobId), StandardCharsets.UTF_8)).contains("\"receivedVia\":\"poll\"");
    }

    @Test
    void a_callback_that_overtakes_the_answer_to_its_submit_ends_the_job_and_the_answer_changes_nothing() {
        api.submits(OnSubmit.callBackFirst("{\"transcript\":\"quick\"}"));
        String id = relay.insertJob(Map.of("status", "Queued", "next_submit_at", relay.clock().millis(), "reference", "quick.mp3"));
        relay.untilDelivered(id);
        String jobId = api.jobs().get(0).jobId();
        RelayFixture.patiently().until(() -> relay.context().getInflightRepository().size() == 0);
        assertThat(relay.job(id)).containsEntry("status", "Success").containsEntry("received_via", "webhook").containsEntry("job_id", jobId)
                .containsEntry("attempts", 1).containsEntry("in_doubt", false)
                .containsEntry("next_submit_at", null).containsEntry("next_poll_at", null).containsEntry("last_error", null);
        assertThat(relay.sql("SELECT job FROM relay_job_id WHERE job_id = ?", jobId)).hasSize(1);
        assertThat(relay.resultFiles()).containsExactly(jobId + ".json");
        assertThat(api.submits()).hasSize(1);
    }

    @Test
    void a_job_in_progress_is_not_finished_by_any_number_of_words() {
        String jobId = UUID.randomUUID().toString();
        String id = relay.openJob(jobId);
        for (String word : List.of("InProgress", "Queued", "Completed", "Failed", "Expired", "Cancelled", "\u6210\u529f")) {
            String body = "{\"jobId\":\"" + jobId + "\",\"status\":\"" + word + "\"}";
            assertThat(relay.post(relay.callbackUrl(id), body).status()).isEqualTo(200);
        }
        relay.settle();
        assertThat(relay.job(id)).containsEntry("status", "InProgress").containsEntry("ended_at", null);
        assertThat(relay.deliveries(id)).isEmpty();
    }

    @Test
    void several_settlers_at_once_end_each_job_once() throws Exception {
        for (int round = 0; round < 15; round++) {
            List<String> ids = new ArrayList<>();
            List<Future<?>> runs = new ArrayList<>();
            for (int i = 0; i < 20; i++) {
                String id = relay.openJob(UUID.randomUUID().toString());
                ids.add(id);
                relay.insertCallback(id, "poll", "Success", "{\"status\":\"Success\"}");
                relay.insertCallback(id, "webhook", "Success", "{\"status\":\"Success\"}");
                runs.add(threads.submit(() -> relay.run("settle-callbacks")));
            }
            for (Future<?> run : runs) {
                waitedAtMost(run);
            }
            RelayFixture.patiently().until(() -> relay.count("SELECT COUNT(*) FROM relay_callback WHERE verdict = 'New'") == 0);
            for (String id : ids) {
                assertThat(relay.callbacks(id)).extracting(c -> c.get("verdict")).containsExactlyInAnyOrder("Settled", "Repeat");
                assertThat(relay.deliveries(id)).hasSize(1);
            }
        }
    }

    /** On a slow machine a settler may lose patience with another, and the next tick settles what it left; a deadlock is another thing. */
    private static void waitedAtMost(Future<?> run) throws InterruptedException {
        try {
            run.get();
        } catch (ExecutionException e) {
            assertThat(e).rootCause().hasMessageNotContaining("eadlock").hasMessageContaining("imeout");
        }
    }

    @Test
    void settlers_that_meet_the_same_jobs_in_another_order_do_not_lock_each_other_out() throws Exception {
        List<String> ids = new ArrayList<>();
        for (int i = 0; i < 30; i++) {
            ids.add(relay.openJob(UUID.randomUUID().toString()));
        }
        List<Callable<Object>> runs = new ArrayList<>();
        for (int round = 0; round < 8; round++) {
            Collections.shuffle(ids, new Random(round));
            List<String> order = List.copyOf(ids);
            runs.add(() -> {
                order.forEach(id -> relay.insertCallback(id, "poll", "Success", "{\"status\":\"Success\"}"));
                relay.run("settle-callbacks");
                return null;
            });
        }
        for (Future<Object> run : threads.invokeAll(runs)) {
            waitedAtMost(run);
        }
        RelayFixture.patiently().until(() -> relay.count("SELECT COUNT(*) FROM relay_callback WHERE verdict = 'New'") == 0);
        for (String id : ids) {
            assertThat(relay.callbacks(id)).hasSize(8).extracting(c -> c.get("verdict")).containsOnlyOnce("Settled")
                    .isSubsetOf("Settled", "Repeat");
            assertThat(relay.deliveries(id)).hasSize(1);
        }
    }

    @Test
    void more_than_a_group_is_settled_in_one_run() {
        relay.stop();
        relay.with("relay.poll.interval", "1h").start();
        for (int i = 0; i < 450; i++) {
            relay.insertCallback(relay.openJob("bulk-" + i), "poll", "Success", "{\"status\":\"Success\"}");
        }
        relay.run("settle-callbacks");
        RelayFixture.patiently().untilAsserted(() -> // the timer's first run may have some of them in its hands
                assertThat(relay.count("SELECT COUNT(*) FROM relay_job WHERE status = 'Success'")).isEqualTo(450));
        assertThat(relay.count("SELECT COUNT(*) FROM relay_delivery")).isEqualTo(450);
        assertThat(relay.count("SELECT COUNT(*) FROM relay_callback WHERE verdict = 'Settled'")).isEqualTo(450);
    }
}
