package io.jobrelay.promises.chaos;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.jobrelay.promises.chaos.FaultyApi.Callback;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInfo;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;

/**
 * Promises P1 and P2 when the database's machine is lost: two PostgreSQL in synchronous replication, two relays that know both of them, a
 * hundred callbacks a second, and somebody who promotes the standby. Nobody restarts a relay by hand; one that dies, its supervisor does. Each
 * test prints the pause: from the promotion to the first callback that was answered 200.
 */
@EnabledIfSystemProperty(named = "ha", matches = "true", disabledReason = "takes minutes: mvn -Pha test")
class LostMachineTest {

    private static final int CALLBACKS_PER_SECOND = 100;
    private static final int COPIES = 2;
    /** Ten seconds are promised, on a machine that is not as busy as this one may be. */
    private static final Duration LONGEST_PAUSE = Duration.ofSeconds(20);
    private final long seed = Long.getLong("chaos.seed", System.nanoTime() & 0xffffff);
    private final StringBuilder said = new StringBuilder();
    private Scenery scenery;
    private StoppablePostgres first;
    private StoppablePostgres second;

    @TempDir
    private Path folder;

    @BeforeEach
    void start(TestInfo test) throws IOException {
        said.append("ha: ").append(test.getTestMethod().orElseThrow().getName().replace('_', ' ')).append(':');
        scenery = new Scenery(seed, folder);
        scenery.api().tries(60).calmDown();
        first = new StoppablePostgres(folder.resolve("first"));
        second = first.standby(folder.resolve("second"));
        String both = first.address() + "," + second.address();
        Map<String, String> keys = scenery.keys("jdbc:postgresql://" + both + "/postgres?targetServerType=primary");
        keys.put("relay.ringcentral.requests-per-minute", "60000");
        keys.put("relay.poll.batch-size", "10"); // more submits at once only wait for one another
        keys.put("relay.poll.initial-delay", "20s"); // jobs wait that long here before they are called back
        scenery.start(keys, 500);
    }

    @AfterEach
    void stop() {
        scenery.close();
        Stream.of(first, second).filter(Objects::nonNull).forEach(StoppablePostgres::close); // a frozen one too
    }

    @Test
    void the_primary_is_killed() throws Exception {
        load(first, 12);
        goOn(3);
        first.kill();
        promote(second);
        end(second);
    }

    @Test
    void a_relay_and_the_primary_are_killed_at_one_instant() throws Exception {
        load(first, 12);
        goOn(3);
        CompletableFuture<Void> relay = CompletableFuture.runAsync(scenery.relays().get(0)::kill);
        first.kill();
        relay.join();
        promote(second);
        scenery.relays().get(0).startUntilHealthy(Scenery.PATIENCE);
        end(second);
    }

    @Test
    void the_primary_is_silent() throws Exception {
        load(first, 20);
        goOn(3);
        first.freeze();
        goOn(3); // until somebody has seen it
        promote(second);
        end(second);
    }

    @Test
    void the_old_primary_comes_back_as_a_standby_and_is_promoted_in_its_turn() throws Exception {
        load(first, 12);
        goOn(3);
        first.kill();
        promote(second);
        first.follow(second);
        load(second, 12);
        goOn(3);
        second.kill();
        promote(first);
        end(first);
    }

    /** It was silent, has been replaced, goes on, and takes writes, as far as it knows: without its standby it confirms none. */
    @Test
    void the_old_primary_comes_back_and_is_still_writable() throws Exception {
        load(first, 25);
        goOn(3);
        first.freeze();
        goOn(3);
        promote(second);
        first.thaw();
        scenery.relays().get(0).kill();
        scenery.relays().get(0).startThatMayEnd(); // to whom the first in the URL says that it is the primary
        long both = System.nanoTime();
        goOn(12);
        long fenced = System.nanoTime();
        said.append(" with two primaries for 12 s ").append(kept(both, fenced)).append(" callbacks answered 200, connections to the old one ")
                .append(first.sql().queryForList("SELECT COALESCE(wait_event, state) AS doing, COUNT(*) AS number FROM pg_stat_activity"
                        + " WHERE application_name = 'ai-job-relay' GROUP BY 1 ORDER BY 1")).append(',');
        first.kill();
        scenery.relays().get(0).startUntilHealthy(Scenery.PATIENCE);
        said.append(" all well ").append(seconds(fenced, System.nanoTime())).append(" s after the old one was stopped,");
        end(second);
    }

    // ---- helpers

    /** Returns when callbacks have begun to come: a hundred a second, two of each job. */
    private void load(StoppablePostgres primary, int seconds) throws InterruptedException {
        scenery.hold(primary, seconds * CALLBACKS_PER_SECOND / COPIES);
        scenery.api().finishHeld(CALLBACKS_PER_SECOND / COPIES, COPIES);
        scenery.clients().start(1);
    }

    private static void goOn(int seconds) throws InterruptedException {
        TimeUnit.SECONDS.sleep(seconds); // of callbacks
    }

    private void promote(StoppablePostgres server) {
        long asked = System.nanoTime();
        server.promote();
        long promoted = System.nanoTime();
        await().atMost(LONGEST_PAUSE).until(() -> kept(promoted, Long.MAX_VALUE) > 0);
        long answered = scenery.api().callbacks().stream().filter(Callback::kept).mapToLong(Callback::answered).filter(at -> at > asked).min()
                .orElseThrow();
        said.append(" first 200 ").append(seconds(asked, answered)).append(" s after the promotion (itself ").append(seconds(asked, promoted))
                .append(" s),");
    }

    private long kept(long from, long to) {
        return scenery.api().callbacks().stream().filter(c -> c.kept() && c.sent() > from && c.answered() < to).count();
    }

    private void end(StoppablePostgres primary) throws Exception {
        scenery.clients().noMore();
        scenery.clients().finish();
        List<String> wrong = scenery.reckon(primary.sql());
        List<Callback> callbacks = scenery.api().callbacks();
        List<Long> kept = callbacks.stream().filter(Callback::kept).map(Callback::answered).sorted().toList();
        long pause = IntStream.range(1, kept.size()).mapToLong(i -> kept.get(i) - kept.get(i - 1)).max().orElse(0);
        long slowest = callbacks.stream().filter(c -> c.answer() == 503).mapToLong(c -> c.answered() - c.sent()).max().orElse(0);
        Map<Integer, Long> answers = callbacks.stream().collect(Collectors.groupingBy(Callback::answer, Collectors.counting()));
        said.append(" longest time without a 200 ").append(seconds(0, pause)).append(" s, answers ").append(new TreeMap<>(answers))
                .append(", slowest 503 ").append(seconds(0, slowest)).append(" s; ").append(scenery.summary());
        System.out.println(said);
        assertThat(wrong).as(said.toString()).isEmpty();
    }

    private static String seconds(long from, long to) {
        return String.format(Locale.ROOT, "%.1f", (to - from) / 1e9);
    }
}
