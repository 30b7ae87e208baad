package io.jobrelay.chaos;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.jobrelay.Http;
import io.jobrelay.Reply;
import io.jobrelay.Sink;
import io.jobrelay.StandInApi;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.jdbc.core.JdbcTemplate;

/**
 * Promises P1 to P3 under everything at once: two relay processes on one PostgreSQL and an API with faults; SIGKILL, SIGTERM, restart and
 * database crashes at random moments. Then the database, the API's own books and the sinks must agree: nothing lost, nothing mixed up,
 * repeats recognisable by their {@code webhook-id}.
 *
 * <p>{@code -Dchaos.seconds=240} makes it longer ({@code mvn -Pchaos test} does), {@code -Dchaos.seed=1} repeats the choices of a run,
 * though not the exact moments at which threads and disks act on them.
 */
class ChaosTest {

    private static final Duration PATIENCE = Duration.ofSeconds(90);
    private final long seed = Long.getLong("chaos.seed", System.nanoTime() & 0xffffff);
    private final int seconds = Integer.getInteger("chaos.seconds", 40);
    private final FaultyApi api = new FaultyApi(seed);
    private final Sink sink = new Sink();
    private final List<RelayProcess> relays = new ArrayList<>();
    private StoppablePostgres database;
    private Distributor distributor;

    @TempDir
    private Path folder;

    @BeforeEach
    void say() {
        System.out.println("chaos: seed " + seed + " for " + seconds + " s begins");
    }

    @AfterEach
    void stop() {
        relays.forEach(RelayProcess::close);
        if (database != null) {
            database.close();
        }
        if (distributor != null) {
            distributor.close();
        }
        sink.close();
        api.close();
    }

    @Test
    void nothing_is_lost_and_nothing_mixed_up_whatever_dies() throws Exception {
        long began = System.nanoTime();
        database = new StoppablePostgres(folder);
        distributor = new Distributor(seed, relays);
        relays.add(new RelayProcess(folder.resolve("a"), keys()));
        relays.add(new RelayProcess(folder.resolve("b"), keys()));
        relays.forEach(RelayProcess::start);
        relays.forEach(relay -> relay.startAndWait(PATIENCE));

        Path inbox = Files.createDirectories(folder.resolve("inbox"));
        Clients clients = new Clients(seed, relays, api, distributor.url() + "/webhook", inbox, 150);
        Havoc havoc = new Havoc(seed, relays, database, api);
        distributor.drop(3);
        makeSinkUnreliable();
        clients.start(2);
        havoc.rage(Duration.ofSeconds(Math.max(10, seconds - 20)));

        clients.noMore();
        api.calmDown();
        distributor.drop(0);
        sink.always(Reply.of(200));
        relays.forEach(relay -> relay.startAndWait(PATIENCE));
        clients.finish();
        JdbcTemplate sql = database.sql();
        String unfinished = "";
        try {
            await().atMost(PATIENCE).pollInterval(Duration.ofMillis(200)).until(() -> api.quiet() && clients.dropped().size() == Reckoning.files(inbox.resolve(".done")).size() && sql.queryForObject("SELECT"
                    + " (SELECT COUNT(*) FROM relay_job WHERE ended_at IS NULL) + (SELECT COUNT(*) FROM relay_callback WHERE verdict = 'New')"
                    + " + (SELECT COUNT(*) FROM relay_delivery WHERE status = 'Pending')", Long.class) == 0);
        } catch (org.awaitility.core.ConditionTimeoutException e) {
            unfinished = "not finished " + PATIENCE.toSeconds() + " s after the last fault; ";
        }
        Reckoning reckoning = new Reckoning(sql, api, clients);
        List<String> wrong = reckoning.of(sink.requests(), folder.resolve("results"), inbox);
        String run = "chaos: seed " + seed + ", " + (System.nanoTime() - began) / 1_000_000_000 + " s, " + reckoning.jobs() + " jobs, "
                + api.api().submits().size() + " submits, " + api.api().statusRequests().size() + " polls, " + api.faults() + " faults of the API, "
                + api.callbacks().size() + " callbacks, " + distributor.dropped() + " answers lost, " + havoc.summary() + ", "
                + reckoning.repeats() + " repeats at the sink";
        System.out.println(run);
        keepLogs();
        assertThat(wrong).as(unfinished + run + " (repeat it with -Dchaos.seed=" + seed + " -Dchaos.seconds=" + seconds + ")").isEmpty();
        assertThat(unfinished).as(run).isEmpty();
    }

    /** Promise P4 through kills: in any minute of the API's no more calls than it allows, and none it had to refuse. */
    @Test
    @EnabledIfSystemProperty(named = "chaos.seconds", matches = "\\d{3,}", disabledReason = "takes more than a minute by its nature")
    void the_rate_limit_is_kept_whatever_dies() throws Exception {
        try (StandInApi strict = new StandInApi()) {
            strict.limit(30);
            AtomicInteger submits = new AtomicInteger();
            strict.submits(job -> new Dice(seed, 'L', submits.incrementAndGet()).of(20) ? job.take(Reply.drop()) : job.accepted());
            database = new StoppablePostgres(folder);
            distributor = new Distributor(seed, relays);
            for (String name : List.of("a", "b")) {
                Map<String, String> keys = keys();
                keys.put("relay.ringcentral.server-url", strict.url());
                keys.put("relay.ringcentral.requests-per-minute", "30");
                keys.put("relay.submit.max-delay", "5s");
                relays.add(new RelayProcess(folder.resolve(name), keys));
            }
            relays.forEach(RelayProcess::start);
            relays.forEach(relay -> relay.startAndWait(PATIENCE));
            for (int i = 0; i < 300; i++) {
                assertThat(Http.post(relays.get(i % 2).adminUrl() + "/jobs", "{\"api\":\"speech-to-text\",\"request\":{}}",
                        "Content-Type", "application/json").status()).isEqualTo(202);
            }
            Havoc havoc = new Havoc(seed, relays, database, api);
            havoc.rage(Duration.ofSeconds(Math.max(100, seconds / 2)));
            System.out.println("chaos: seed " + seed + ", limit 30, " + strict.submits().size() + " submits, " + strict.statusRequests().size()
                    + " polls, most in any minute " + strict.mostInAnyMinute() + ", " + havoc.summary());
            assertThat(strict.refusedByLimit()).as("seed " + seed).isZero();
            assertThat(strict.mostInAnyMinute()).as("seed " + seed).isBetween(1, 30);
        }
    }

    private Map<String, String> keys() {
        Map<String, String> keys = new LinkedHashMap<>();
        keys.put("relay.public-url", distributor.url());
        keys.put("relay.ringcentral.server-url", api.url());
        keys.put("relay.ringcentral.client-id", StandInApi.CLIENT_ID);
        keys.put("relay.ringcentral.client-secret", StandInApi.CLIENT_SECRET);
        keys.put("relay.ringcentral.jwt", StandInApi.JWT);
        keys.put("relay.ringcentral.requests-per-minute", "3000");
        keys.put("relay.db.url", database.url());
        keys.put("relay.db.username", "postgres");
        keys.put("relay.db.password", "postgres");
        keys.put("relay.sinks", "http,file");
        keys.put("relay.sink.http.url", sink.url());
        keys.put("relay.sink.http.timeout", "3s");
        keys.put("relay.sink.file.directory", folder.resolve("results").toString());
        keys.put("relay.inbox.directory", folder.resolve("inbox").toString());
        keys.put("relay.inbox.still-for", "100ms");
        keys.put("relay.submit.in-doubt-wait", "3s");
        keys.put("relay.submit.retry-delay", "200ms");
        keys.put("relay.submit.max-delay", "1s");
        keys.put("relay.poll.initial-delay", "2s");
        keys.put("relay.poll.max-delay", "3s");
        keys.put("relay.poll.interval", "100ms");
        keys.put("relay.claim.lease", "3s");
        keys.put("relay.delivery.initial-delay", "200ms");
        keys.put("relay.delivery.max-delay", "1s");
        keys.put("relay.retention.interval", "1h");
        return keys;
    }

    /** Every sixth answer is lost or bad. */
    private void makeSinkUnreliable() {
        Dice dice = new Dice(seed, 'K');
        Reply[] replies = new Reply[2_000];
        for (int i = 0; i < replies.length; i++) {
            int luck = dice.percent();
            replies[i] = luck < 8 ? Reply.of(500) : luck < 16 ? Reply.drop() : Reply.of(200);
        }
        sink.next(replies);
    }

    /** For a look at them: {@code -Dchaos.logs=folder}. */
    private void keepLogs() {
        String logs = System.getProperty("chaos.logs");
        if (logs == null) {
            return;
        }
        try {
            Files.createDirectories(Path.of(logs));
            for (RelayProcess relay : relays) {
                Files.copy(relay.log(), Path.of(logs, seed + "-" + relay.log().getParent().getFileName() + ".log"),
                        java.nio.file.StandardCopyOption.REPLACE_EXISTING);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
