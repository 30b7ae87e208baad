package io.jobrelay.promises.noloss;

import static org.assertj.core.api.Assertions.assertThat;

import io.jobrelay.support.PowerCutDisk;
import io.jobrelay.support.RelayFixture;
import io.jobrelay.support.Reply;
import io.jobrelay.support.StandInApi;
import io.jobrelay.support.TestServer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What was answered survives a power cut on H2: the disk is asked to flush after the commit and before the answer. */
class FlushTest {

    @TempDir
    Path folder;
    private Path database;
    private StandInApi api;
    private RelayFixture relay;
    private final AtomicInteger copies = new AtomicInteger();

    /** What a power cut left, and the ids that had been answered before it. */
    private record Cut(Path database, Set<String> answered) {
    }

    @BeforeEach
    void start() {
        database = folder.resolve("data/relay");
        relay = new RelayFixture();
        api = new StandInApi(relay.clock());
        relay.withApi(api.url()).with("relay.db.url", PowerCutDisk.url(database)).with("relay.db.username", "sa")
                .with("relay.db.password", "").with("relay.db.volatile", "false").start();
    }

    @AfterEach
    void stop() {
        relay.close();
        api.close();
    }

    @Test
    void a_callback_is_on_the_disk_when_its_200_arrives() throws Exception {
        for (int i = 0; i < 5; i++) {
            String id = relay.openJob("one-by-one-" + i);
            long flushes = PowerCutDisk.flushes(database);
            assertThat(relay.post(relay.callbackUrl(id), "{\"status\":\"Success\"}").status()).isEqualTo(200);
            Cut cut = cut(Set.of(id), null);
            assertThat(PowerCutDisk.flushes(database)).isGreaterThan(flushes);
            assertThat(rows(cut, "SELECT job FROM relay_callback")).contains(id);
        }
    }

    @Test
    void whenever_the_power_goes_no_answered_callback_is_missing() throws Exception {
        ExecutorService senders = Executors.newFixedThreadPool(6);
        Random random = new Random(11);
        List<String> ids = new ArrayList<>();
        for (int i = 0; i < 120; i++) {
            ids.add(relay.openJob(UUID.randomUUID().toString()));
        }
        Set<String> answered = ConcurrentHashMap.newKeySet();
        Queue<Cut> cuts = new ConcurrentLinkedQueue<>();
        List<Callable<Void>> callbacks = new ArrayList<>();
        for (String id : ids) {
            Random luck = random.nextInt(3) == 0 ? null : new Random(random.nextLong());
            callbacks.add(() -> {
                String body = "{\"status\":\"Success\",\"response\":\"" + "x".repeat(500) + "\"}";
                if (relay.post(relay.callbackUrl(id), body).status() == 200 && answered.add(id) && answered.size() % 6 == 0) {
                    cuts.add(cut(new TreeSet<>(answered), luck));
                }
                return null;
            });
        }
        try {
            for (Future<Void> callback : senders.invokeAll(callbacks)) {
                callback.get();
            }
        } finally {
            senders.shutdownNow();
        }
        assertThat(cuts).hasSizeGreaterThan(5);
        for (Cut cut : cuts) {
            assertThat(rows(cut, "SELECT job FROM relay_callback")).containsAll(cut.answered);
        }
    }

    @Test
    void a_relay_that_starts_on_what_was_left_settles_and_forwards_it() {
        Map<String, String> jobs = new LinkedHashMap<>();
        for (int i = 0; i < 10; i++) {
            jobs.put("left-" + i, relay.openJob("left-" + i));
            relay.post(relay.callbackUrl(jobs.get("left-" + i)), "{\"status\":\"Success\"}");
        }
        Cut cut = cut(jobs.keySet(), null);
        try (RelayFixture next = new RelayFixture().with("relay.db.url", "jdbc:h2:file:" + cut.database).with("relay.db.username", "sa")
                .with("relay.db.password", "").with("relay.db.volatile", "false")
                .with("relay.sink.file.directory", relay.results().toString()).withApi(api.url()).start()) {
            jobs.values().forEach(next::untilDelivered);
            assertThat(relay.resultFiles()).hasSize(10);
        }
    }

    @Test
    void a_job_is_on_the_disk_when_its_202_arrives() throws Exception {
        relay.with("relay.poll.interval", "1h").restart();
        for (int i = 0; i < 3; i++) {
            String job = "{\"api\":\"punctuate\",\"request\":{\"texts\":[]},\"reference\":\"flushed-" + i + "\"}";
            assertThat(relay.adminPost("/jobs", job).status()).isEqualTo(202);
            assertThat(rows(cut(Set.of(), null), "SELECT reference FROM relay_job")).contains("flushed-" + i);
        }
    }

    @Test
    void that_a_job_was_sent_is_on_the_disk_before_the_request_leaves() throws Exception {
        Queue<Cut> cuts = new ConcurrentLinkedQueue<>();
        api.submits(job -> {
            cuts.add(cut(Set.of(), null));
            return job.accepted();
        });
        String id = relay.insertJob(Map.of("status", "Queued", "next_submit_at", relay.clock().millis()));
        relay.untilStatus(id, "InProgress");
        assertThat(rows(cuts.remove(), "SELECT id FROM relay_job WHERE attempts = 1 AND in_doubt")).containsExactly(id);
    }

    /** Else the job would be in doubt after the power cut, and could end otherwise than the sink was told. */
    @Test
    void a_refusal_is_on_the_disk_before_a_sink_hears_of_it() throws Exception {
        Queue<Cut> cuts = new ConcurrentLinkedQueue<>();
        try (TestServer sink = new TestServer(relay.clock(), request -> {
            cuts.add(cut(Set.of(), null));
            return Reply.of(200);
        })) {
            relay.with("relay.sinks", "http").with("relay.sink.http.url", sink.url()).restart();
            api.nextSubmits(Reply.error(400, "CAI-101", "Parameter [encoding] is invalid"));
            String id = relay.insertJob(Map.of("status", "Queued", "next_submit_at", relay.clock().millis()));
            relay.untilDelivered(id);
            assertThat(rows(cuts.remove(), "SELECT job FROM relay_callback WHERE via = 'submit'")).containsExactly(id);
        }
    }

    private Cut cut(Set<String> answered, Random luck) {
        Path copy = folder.resolve("cut-" + copies.incrementAndGet());
        PowerCutDisk.cut(database, copy, luck);
        return new Cut(copy, answered);
    }

    private static List<String> rows(Cut cut, String query) throws Exception {
        List<String> rows = new ArrayList<>();
        try (Connection connection = DriverManager.getConnection("jdbc:h2:file:" + cut.database, "sa", "");
                Statement statement = connection.createStatement(); ResultSet found = statement.executeQuery(query)) {
            while (found.next()) {
                rows.add(found.getString(1));
            }
        }
        assertThat(Files.size(cut.database.resolveSibling(cut.database.getFileName() + ".mv.db"))).isPositive();
        return rows;
    }
}
