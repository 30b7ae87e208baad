package io.jobrelay.promises.chaos;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.jobrelay.promises.chaos.FaultyApi.Callback;
import io.jobrelay.support.Received;
import io.jobrelay.support.RelayProcess;
import io.jobrelay.support.Wire;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;

/**
 * Promises P1 to P3 when the network is bad everywhere at once: what lies between two relays and their database, their API and their sink
 * swallows, delays, cuts and halves, each by dice of its own. {@code -Dha.seconds=600} makes it longer, {@code -Dchaos.seed=1} repeats the choices.
 */
@EnabledIfSystemProperty(named = "ha", matches = "true", disabledReason = "takes minutes: mvn -Pha test")
class LostNetworkTest {

    private static final int JOBS_PER_SECOND = 20;
    private static final Duration IN_DOUBT = Duration.ofSeconds(8);
    private static final Duration LONGEST_SILENCE = Duration.ofSeconds(3);
    /** Five seconds, and three and a half for a 503, are promised, on a machine that is not as busy as this one may be. */
    private static final Duration LONGEST_RECOVERY = Duration.ofSeconds(15);
    private static final Duration LONGEST_REFUSAL = Duration.ofSeconds(7);
    /** A reader of a socket in the stack of {@code jcmd Thread.print}, and the name before it. */
    private static final Pattern READER = Pattern.compile("(?m)^\"([^\"]+)\"(?:(?!^\").)*?SocketInputStream\\.read", Pattern.DOTALL);
    private static final Pattern INODE = Pattern.compile("socket:\\[(\\d+)\\]");
    private final long seed = Long.getLong("chaos.seed", System.nanoTime() & 0xffffff);
    private final int seconds = Integer.getInteger("ha.seconds", 60);
    private final List<Long> recoveries = new CopyOnWriteArrayList<>();
    private final Map<String, Integer> blows = new HashMap<>();
    private final ExecutorService threads = Executors.newFixedThreadPool(3);
    private Scenery scenery;
    private StoppablePostgres database;
    private Wire toDatabase;
    private Wire toApi;
    private Wire toSink;

    @TempDir
    private Path folder;

    @BeforeEach
    void start() throws IOException {
        scenery = new Scenery(seed, folder);
        scenery.api().tries(60).calmDown();
        database = new StoppablePostgres(folder.resolve("postgresql"));
        toDatabase = Wire.to(database.url());
        toApi = Wire.to(scenery.api().url());
        toSink = Wire.to(scenery.sink().url());
        Map<String, String> keys = scenery.keys(toDatabase.url(database.url()));
        keys.put("relay.ringcentral.server-url", toApi.url(scenery.api().url()));
        keys.put("relay.sink.http.url", toSink.url(scenery.sink().url()));
        keys.put("relay.ringcentral.requests-per-minute", "60000");
        keys.put("relay.submit.in-doubt-wait", IN_DOUBT.toSeconds() + "s");
        keys.put("relay.poll.batch-size", "10");
        keys.put("relay.poll.initial-delay", "20s");
        scenery.start(keys, 400);
    }

    @AfterEach
    void stop() {
        threads.shutdownNow();
        scenery.close();
        Stream.of(toDatabase, toApi, toSink).filter(Objects::nonNull).forEach(Wire::close);
        if (database != null) {
            database.close();
        }
    }

    @Test
    void nothing_is_lost_told_falsely_or_left_waiting_on_a_bad_network() throws Exception {
        scenery.hold(database, seconds * JOBS_PER_SECOND);
        scenery.api().finishHeld(JOBS_PER_SECOND, 1);
        scenery.clients().start(3);
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(seconds);
        List<CompletableFuture<Void>> storms = Stream.of(toDatabase, toApi, toSink)
                .map(wire -> CompletableFuture.runAsync(() -> storm(wire, end), threads)).toList();
        storms.forEach(CompletableFuture::join);
        scenery.clients().noMore();
        scenery.clients().finish();
        List<String> wrong = new ArrayList<>(scenery.reckon(database.sql()));
        everySecondSubmitWasInDoubt(wrong);
        List<Long> refusals = scenery.api().callbacks().stream().filter(c -> c.answer() == 503).map(c -> c.answered() - c.sent()).sorted().toList();
        refusals.stream().filter(took -> took > LONGEST_REFUSAL.toNanos()).forEach(took -> wrong.add("a 503 took " + tenths(took) + " s"));
        String run = "ha: bad network: seed " + seed + ", " + blows + ", " + scenery.summary() + ", 503 " + refusals.size() + " times"
                + (refusals.isEmpty() ? "" : ", half of them within " + tenths(refusals.get(refusals.size() / 2)) + " s, 99 % within "
                + tenths(refusals.get(refusals.size() * 99 / 100)) + " s, all within " + tenths(refusals.get(refusals.size() - 1)) + " s")
                + ", 200 again after the database was healed: " + recoveries.stream().map(LostNetworkTest::tenths).toList() + " s";
        System.out.println(run);
        assertThat(wrong).as(run).isEmpty();
        for (RelayProcess relay : scenery.relays()) {
            await().atMost(Duration.ofMinutes(1)).untilAsserted(() -> assertThat(leftWaiting(relay.pid())).as(run).isEmpty());
        }
        assertThat(database.sql().queryForList("SELECT state || ' ' || query FROM pg_stat_activity WHERE application_name = 'ai-job-relay'"
                + " AND state <> 'idle' AND state_change < now() - INTERVAL '5 s'", String.class)).as(run).isEmpty();
    }

    // ---- the weather

    private void storm(Wire wire, long end) {
        Dice dice = new Dice(seed, 'W', wire == toDatabase ? 1 : wire == toApi ? 2 : 3);
        try {
            while (System.nanoTime() < end) {
                blow(wire, dice);
                wire.heal();
                long healed = System.nanoTime();
                if (wire == toDatabase) {
                    recoveries.add(await().atMost(LONGEST_RECOVERY).until(() -> firstKeptAfter(healed), OptionalLong::isPresent).orElseThrow() - healed);
                }
                pause(dice.between(500, 4_000));
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            wire.heal();
        }
    }

    private OptionalLong firstKeptAfter(long time) {
        return scenery.api().callbacks().stream().filter(Callback::kept).mapToLong(Callback::answered).filter(at -> at > time).min();
    }

    private void blow(Wire wire, Dice dice) throws InterruptedException {
        int luck = dice.percent();
        String what = luck < 30 ? "swallowed" : luck < 45 ? "answers lost" : luck < 65 ? "late" : luck < 80 ? "cut" : luck < 90 ? "request halved"
                : "answer cut";
        synchronized (blows) {
            blows.merge(what, 1, Integer::sum);
        }
        switch (what) {
            case "swallowed" -> wire.swallow();
            case "answers lost" -> wire.loseAnswers();
            case "late" -> wire.delay(Duration.ofMillis(200));
            case "cut" -> wire.cut();
            case "request halved" -> wire.cutAfter(dice.between(1, 4_000));
            default -> wire.cutAnswer();
        }
        pause((int) LONGEST_SILENCE.toMillis());
    }

    private static void pause(int millis) throws InterruptedException {
        TimeUnit.MILLISECONDS.sleep(millis); // the weather's own time
    }

    // ---- what it may not do

    /** This API takes whatever reaches it: who sends a job again must have waited. A request may have been swallowed for some seconds of that. */
    private void everySecondSubmitWasInDoubt(List<String> wrong) {
        Map<Integer, Received> before = new HashMap<>();
        for (Received submit : scenery.api().api().submits().stream().filter(r -> r.header("X-Elsewhere") == null).toList()) {
            Received first = before.put(FaultyApi.number(submit), submit);
            if (first != null && Duration.between(first.at(), submit.at()).compareTo(IN_DOUBT.minus(LONGEST_SILENCE).minusSeconds(2)) < 0) {
                wrong.add("job " + FaultyApi.number(submit) + " was sent again after " + Duration.between(first.at(), submit.at()));
            }
        }
    }

    /** Threads that read one socket all the time, and connections whose other end is closed. */
    private static Set<String> leftWaiting(long pid) throws IOException, InterruptedException {
        Set<String> waiting = null;
        for (int i = 0; i < 3; i++) {
            pause(1_000);
            Set<String> readers = readers(pid);
            if (waiting == null) {
                waiting = readers;
            } else {
                waiting.retainAll(readers);
            }
        }
        waiting.addAll(halfClosed(pid));
        return waiting;
    }

    private static Set<String> readers(long pid) throws IOException {
        Process print = new ProcessBuilder(Path.of(System.getProperty("java.home"), "bin", "jcmd").toString(), String.valueOf(pid), "Thread.print")
                .redirectErrorStream(true).start();
        String stacks = new String(print.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        Set<String> names = new HashSet<>();
        for (Matcher reader = READER.matcher(stacks); reader.find(); ) {
            names.add("thread " + reader.group(1));
        }
        return names;
    }

    /** Those in CLOSE-WAIT, where the system can say whose they are. */
    private static Set<String> halfClosed(long pid) throws IOException {
        Set<String> own = new HashSet<>();
        try (Stream<Path> files = Files.list(Path.of("/proc", String.valueOf(pid), "fd"))) {
            for (Path file : files.toList()) {
                try {
                    Matcher socket = INODE.matcher(Files.readSymbolicLink(file).toString());
                    if (socket.matches()) {
                        own.add(socket.group(1));
                    }
                } catch (NoSuchFileException e) {
                    // closed meanwhile
                }
            }
        }
        Set<String> found = new HashSet<>();
        for (String table : List.of("/proc/net/tcp", "/proc/net/tcp6")) {
            for (String line : Files.readAllLines(Path.of(table))) {
                String[] columns = line.strip().split(" +");
                if (columns.length > 9 && columns[3].equals("08") && own.contains(columns[9])) {
                    found.add("CLOSE-WAIT " + columns[1] + " to " + columns[2]);
                }
            }
        }
        return found;
    }

    private static String tenths(long nanos) {
        return String.format(Locale.ROOT, "%.1f", nanos / 1e9);
    }
}
