package io.jobrelay.promises.noloss;

import static org.assertj.core.api.Assertions.assertThat;

import io.jobrelay.protocol.Capability;
import io.jobrelay.support.Http;
import io.jobrelay.support.Postgres;
import io.jobrelay.support.RelayFixture;
import io.jobrelay.support.RelayProcess;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** A callback that was answered 200 survives {@code kill -9} at any instant: the relay runs as a process and is killed in full flow. */
class KillTest {

    private static final String SECRET = "the-secret-of-the-kill-test";
    /** A job is never polled at another API than its own, so that callbacks alone count here. */
    private static final String ELSEWHERE = "https://api.example";
    private static final int JOBS = 500;
    private static final int SENDERS = 8;

    @TempDir
    Path folder;

    static Stream<Arguments> runs() {
        return Stream.of(Arguments.of("h2", 50), Arguments.of("h2", 350), Arguments.of("postgresql", 150));
    }

    @ParameterizedTest(name = "{0}, after about {1} answers")
    @MethodSource("runs")
    void answered_and_missing_is_zero(String database, int answersBeforeTheKill) throws Exception {
        Map<String, String> keys = keys(database);
        Map<String, String> jobs = insertJobs(keys); // jobId to the relay's id
        try (RelayProcess relay = new RelayProcess(folder)) {
            keys.forEach(relay::with);
            relay.with("relay.claim.lease", "3s").start(); // what the killed one had claimed is taken over after that
            Set<String> answered = callBackUntilKilled(relay, jobs, answersBeforeTheKill + new Random().nextInt(50));
            assertThat(answered).hasSizeBetween(answersBeforeTheKill, JOBS - 1);

            relay.start();
            RelayFixture.patiently().untilAsserted(() -> assertThat(results(relay)).containsAll(answered));
            for (String jobId : jobs.keySet()) { // the sender of what was not answered comes again, and of some that were, too
                if (!answered.contains(jobId) || jobId.hashCode() % 5 == 0) {
                    assertThat(callBack(relay, jobId, jobs.get(jobId))).isEqualTo(200);
                }
            }
            RelayFixture.patiently().untilAsserted(() -> assertThat(results(relay)).isEqualTo(new TreeSet<>(jobs.keySet())));
            relay.stop();
            for (String jobId : jobs.keySet()) {
                assertThat(Files.readString(relay.results().resolve(jobId + ".json"))).startsWith(body(jobId).substring(0, 60))
                        .contains(",\"relay\":{\"id\":\"" + jobs.get(jobId) + "\"").endsWith("}}");
            }
        }
        eachEndedOnce(keys, jobs);
    }

    private Map<String, String> keys(String database) {
        Map<String, String> keys = new LinkedHashMap<>();
        keys.put("relay.webhook.secret", SECRET);
        keys.put("relay.claim.lease", "3s"); // on PostgreSQL what the killed had claimed waits that long; on H2 the next process takes it over
        if (database.equals("postgresql")) {
            keys.put("relay.db.url", Postgres.newDatabase());
            keys.put("relay.db.username", "postgres");
            keys.put("relay.db.password", "postgres");
        } else {
            keys.put("relay.db.url", "jdbc:h2:file:" + folder.resolve("data/relay"));
            keys.put("relay.db.username", "sa");
            keys.put("relay.db.password", "");
        }
        return keys;
    }

    private Map<String, String> insertJobs(Map<String, String> keys) {
        Map<String, String> jobs = new LinkedHashMap<>();
        try (RelayFixture relay = fixture(keys).start()) {
            for (int i = 0; i < JOBS; i++) {
                String jobId = UUID.randomUUID().toString();
                jobs.put(jobId, relay.insertJob(Map.of("status", "InProgress", "job_id", jobId, "server", ELSEWHERE)));
            }
            relay.sql("UPDATE relay_job SET server = 'https://api.example'"); // this is about callbacks: none of them is to be polled
        }
        return jobs;
    }

    private void eachEndedOnce(Map<String, String> keys, Map<String, String> jobs) {
        try (RelayFixture relay = fixture(keys).start()) {
            assertThat(relay.count("SELECT COUNT(*) FROM relay_job WHERE status = 'Success'")).isEqualTo(JOBS);
            assertThat(relay.count("SELECT COUNT(*) FROM relay_callback WHERE verdict = 'Settled'")).isEqualTo(JOBS);
            assertThat(relay.count("SELECT COUNT(*) FROM relay_callback WHERE verdict NOT IN ('Settled', 'Repeat')")).isZero();
            RelayFixture.patiently().untilAsserted(() -> // a file may have been seen just before its row said so
                    assertThat(relay.count("SELECT COUNT(*) FROM relay_delivery WHERE status = 'Delivered'")).isEqualTo(JOBS));
            assertThat(relay.count("SELECT COUNT(*) FROM relay_delivery")).isEqualTo(JOBS);
            jobs.forEach((jobId, id) -> assertThat(relay.job(id)).containsEntry("job_id", jobId));
        }
    }

    private static RelayFixture fixture(Map<String, String> keys) {
        RelayFixture relay = new RelayFixture().with("relay.poll.interval", "1h").with("relay.db.volatile", "false");
        keys.forEach(relay::with);
        return relay;
    }

    /** @return the jobIds whose callback was answered 200 before the relay was killed */
    private static Set<String> callBackUntilKilled(RelayProcess relay, Map<String, String> jobs, int answers) throws Exception {
        Queue<String> waiting = new ConcurrentLinkedQueue<>(jobs.keySet());
        Set<String> answered = ConcurrentHashMap.newKeySet();
        CountDownLatch enough = new CountDownLatch(answers);
        ExecutorService senders = Executors.newFixedThreadPool(SENDERS);
        try {
            List<Future<?>> running = IntStream.range(0, SENDERS).<Future<?>>mapToObj(i -> senders.submit(() -> {
                for (String jobId = waiting.poll(); jobId != null; jobId = waiting.poll()) {
                    if (callBack(relay, jobId, jobs.get(jobId)) == 200) {
                        answered.add(jobId);
                        enough.countDown();
                    }
                }
            })).toList();
            enough.await();
            relay.kill();
            for (Future<?> sender : running) {
                try {
                    sender.get();
                } catch (java.util.concurrent.ExecutionException e) {
                    assertThat(e).hasCauseInstanceOf(java.io.UncheckedIOException.class); // the connection of the killed
                }
            }
            return answered;
        } finally {
            senders.shutdownNow();
        }
    }

    private static int callBack(RelayProcess relay, String jobId, String id) {
        String url = relay.publicUrl() + "/webhook/" + new Capability("callback", List.of(SECRET)).sign(id);
        return Http.send("POST", url, body(jobId).getBytes(StandardCharsets.UTF_8), "Content-Type", "application/json").status();
    }

    private static String body(String jobId) {
        return "{\"jobId\":\"" + jobId + "\",\"status\":\"Success\",\"response\":{\"transcript\":\"" + "word ".repeat(400) + "\"}}";
    }

    private static Set<String> results(RelayProcess relay) throws Exception {
        if (!Files.isDirectory(relay.results())) {
            return Set.of();
        }
        try (Stream<Path> files = Files.list(relay.results())) {
            Set<String> names = new TreeSet<>();
            files.map(f -> f.getFileName().toString()).filter(f -> f.matches("[^.].*\\.json"))
                    .forEach(f -> names.add(f.replace(".json", "")));
            return names;
        }
    }
}
