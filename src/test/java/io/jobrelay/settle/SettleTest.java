package io.jobrelay.settle;

import static org.assertj.core.api.Assertions.assertThat;

import io.jobrelay.RelayFixture;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** One place ends a job, once, whatever comes twice, together, too early or in another order. */
class SettleTest {

    private static RelayFixture relay;

    @BeforeAll
    static void start() {
        relay = new RelayFixture().start();
    }

    @AfterAll
    static void stop() {
        relay.close();
    }

    @Test
    void several_settlers_at_once_end_each_job_once() throws Exception {
        ExecutorService threads = Executors.newFixedThreadPool(4);
        try {
            for (int round = 0; round < 30; round++) {
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
                    run.get();
                }
                relay.settle();
                for (String id : ids) {
                    assertThat(relay.callbacks(id)).extracting(c -> c.get("verdict")).containsExactlyInAnyOrder("Settled", "Repeat");
                    assertThat(relay.deliveries(id)).hasSize(1);
                }
            }
        } finally {
            threads.shutdownNow();
            threads.awaitTermination(10, TimeUnit.SECONDS);
        }
    }
}
