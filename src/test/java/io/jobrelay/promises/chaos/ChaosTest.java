package io.jobrelay.promises.chaos;

import static org.assertj.core.api.Assertions.assertThat;

import io.jobrelay.support.Http;
import io.jobrelay.support.Reply;
import io.jobrelay.support.StandInApi;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;

/**
 * Promises P1 to P3 under everything at once: two relay processes on one PostgreSQL and an API with faults; SIGKILL, SIGTERM, restart and
 * database crashes at random moments. Then the database, the API's own books and the sinks must agree: nothing lost, nothing mixed up,
 * repeats recognisable by their {@code webhook-id}.
 *
 * <p>{@code -Dchaos.seconds=240} makes it longer ({@code mvn -Pchaos test} does), {@code -Dchaos.seed=1} repeats the choices of a run,
 * though not the exact moments at which threads and disks act on them.
 */
class ChaosTest {

    private final long seed = Long.getLong("chaos.seed", System.nanoTime() & 0xffffff);
    private final int seconds = Integer.getInteger("chaos.seconds", 40);
    private Scenery scenery;
    private StoppablePostgres database;

    @TempDir
    private Path folder;

    @BeforeEach
    void say() {
        System.out.println("chaos: seed " + seed + " for " + seconds + " s begins");
        scenery = new Scenery(seed, folder);
    }

    @AfterEach
    void stop() {
        scenery.close();
        if (database != null) {
            database.close();
        }
    }

    @Test
    void nothing_is_lost_and_nothing_mixed_up_whatever_dies() throws Exception {
        database = new StoppablePostgres(folder.resolve("postgresql"));
        scenery.start(scenery.keys(database.url()), 150);
        Havoc havoc = new Havoc(seed, scenery.relays(), database, scenery.api());
        scenery.distributor().drop(3);
        makeSinkUnreliable();
        scenery.clients().start(2);
        havoc.rage(Duration.ofSeconds(Math.max(10, seconds - 20)));

        scenery.clients().noMore();
        scenery.api().calmDown();
        scenery.distributor().drop(0);
        scenery.sink().always(Reply.of(200));
        scenery.relays().forEach(relay -> relay.startUntilHealthy(Scenery.PATIENCE));
        scenery.clients().finish();
        List<String> wrong = scenery.reckon(database.sql());
        String run = "chaos: seed " + seed + ", " + scenery.summary() + ", " + havoc.summary();
        System.out.println(run);
        assertThat(wrong).as(run + " (repeat it with -Dchaos.seed=" + seed + " -Dchaos.seconds=" + seconds + ")").isEmpty();
    }

    /** Promise P4 through kills: in any minute of the API's no more calls than it allows, and none it had to refuse. */
    @Test
    @EnabledIfSystemProperty(named = "chaos.seconds", matches = "\\d{3,}", disabledReason = "takes more than a minute by its nature")
    void the_rate_limit_is_kept_whatever_dies() throws Exception {
        try (StandInApi strict = new StandInApi()) {
            strict.limit(30);
            AtomicInteger submits = new AtomicInteger();
            strict.submits(job -> new Dice(seed, 'L', submits.incrementAndGet()).of(20) ? job.take(Reply.drop()) : job.accepted());
            database = new StoppablePostgres(folder.resolve("postgresql"));
            Map<String, String> keys = scenery.keys(database.url());
            keys.put("relay.ringcentral.server-url", strict.url());
            keys.put("relay.ringcentral.requests-per-minute", "30");
            keys.put("relay.submit.max-delay", "5s");
            scenery.start(keys, 150);
            for (int i = 0; i < 300; i++) {
                assertThat(Http.post(scenery.relays().get(i % 2).adminUrl() + "/jobs", "{\"api\":\"speech-to-text\",\"request\":{}}",
                        "Content-Type", "application/json").status()).isEqualTo(202);
            }
            Havoc havoc = new Havoc(seed, scenery.relays(), database, scenery.api());
            havoc.rage(Duration.ofSeconds(Math.max(100, seconds / 2)));
            System.out.println("chaos: seed " + seed + ", limit 30, " + strict.submits().size() + " submits, " + strict.statusRequests().size()
                    + " polls, most in any minute " + strict.mostInAnyMinute() + ", " + havoc.summary());
            assertThat(strict.refusedByLimit()).as("seed " + seed).isZero();
            assertThat(strict.mostInAnyMinute()).as("seed " + seed).isBetween(1, 30);
        }
    }

    /** Every sixth answer is lost or bad. */
    private void makeSinkUnreliable() {
        Dice dice = new Dice(seed, 'K');
        Reply[] replies = new Reply[2_000];
        for (int i = 0; i < replies.length; i++) {
            int luck = dice.percent();
            replies[i] = luck < 8 ? Reply.of(500) : luck < 16 ? Reply.drop() : Reply.of(200);
        }
        scenery.sink().next(replies);
    }
}
