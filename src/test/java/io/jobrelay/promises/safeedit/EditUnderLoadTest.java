package io.jobrelay.promises.safeedit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.jobrelay.support.RelayFixture;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;
import org.apache.camel.Route;
import org.junit.jupiter.api.Test;

/** A hundred edits while callbacks come in: each of them is answered 200 and settled once. */
class EditUnderLoadTest {

    private static final int CONNECTIONS = 8;
    private static final long GAP_NANOS = TimeUnit.SECONDS.toNanos(1) * CONNECTIONS / 200;
    private static final List<String> EDITED = List.of("intake-webhook", "settle-callbacks", "intake-webhook", "intake-store", "intake-webhook");

    @Test
    void no_request_is_refused_or_lost_while_its_routes_are_exchanged() throws Exception {
        AtomicBoolean on = new AtomicBoolean(true);
        List<Integer> answers = Collections.synchronizedList(new ArrayList<>());
        ExecutorService senders = Executors.newFixedThreadPool(CONNECTIONS);
        try (EditableRelay files = EditableRelay.start()) {
            RelayFixture relay = files.relay;
            List<Future<?>> sent = new ArrayList<>();
            for (int i = 0; i < CONNECTIONS; i++) {
                sent.add(senders.submit(() -> {
                    long next = System.nanoTime();
                    while (on.get()) {
                        String job = relay.insertJob(Map.of("status", "InProgress"));
                        answers.add(relay.post(relay.callbackUrl(job), "{\"status\":\"Success\",\"response\":{}}").status());
                        next = Math.max(next + GAP_NANOS, System.nanoTime() - GAP_NANOS);
                        LockSupport.parkNanos(next - System.nanoTime());
                    }
                }));
            }
            for (int edit = 0; edit < 100; edit++) {
                String route = EDITED.get(edit % EDITED.size());
                String note = "description: Edit " + edit;
                files.edit(route.replaceFirst("-.*", "") + "/" + route + ".camel.yaml", text -> text.replaceAll("(?m)^( *id: " + route + "\n *)description: .*$", "$1" + note));
                String wanted = "Edit " + edit;
                await().atMost(RelayFixture.PATIENCE).until(() -> {
                    files.reload().onReload(this);
                    return files.routes().containsKey(route) && wanted.equals(files.routes().get(route).getDescription());
                });
            }
            Route old = files.routes().get("intake-webhook");
            files.edit("errors.camel.yaml", text -> text.replace("The sender keeps", "Whoever sent it keeps")); // all routes are made again
            await().atMost(RelayFixture.PATIENCE).until(() -> {
                files.reload().onReload(this);
                Route now = files.routes().get("intake-webhook");
                return now != null && now != old;
            });
            assertThat(files.reload().rejected()).isEmpty();
            on.set(false);
            for (Future<?> sender : sent) {
                sender.get();
            }
            TreeMap<Integer, Integer> count = new TreeMap<>();
            answers.forEach(status -> count.merge(status, 1, Integer::sum));
            assertThat(count).as("answers: %s", count).containsOnlyKeys(200);
            await().atMost(RelayFixture.PATIENCE).until(() -> relay.count("SELECT COUNT(*) FROM relay_callback WHERE verdict = 'New'") == 0);
            assertThat(relay.count("SELECT COUNT(*) FROM relay_callback WHERE verdict = 'Settled'")).isEqualTo(answers.size());
            assertThat(relay.count("SELECT COUNT(*) FROM relay_callback")).isEqualTo(answers.size());
            assertThat(relay.count("SELECT COUNT(*) FROM relay_job WHERE status = 'Success'")).isEqualTo(answers.size());
            assertThat(relay.count("SELECT COUNT(*) FROM relay_delivery")).isEqualTo(answers.size());
        } finally {
            on.set(false);
            senders.shutdownNow();
        }
    }
}
