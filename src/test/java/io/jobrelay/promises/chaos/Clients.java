package io.jobrelay.promises.chaos;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.jobrelay.support.Http;
import io.jobrelay.support.RelayProcess;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * People who have jobs. Each job has a number; it is posted with an Idempotency-Key to one admin port after the other until one answers 202.
 * Some go by the inbox, some are tracked instead of submitted, some are posted once more afterwards, some are cancelled.
 */
final class Clients {

    private final long seed;
    private final List<RelayProcess> relays;
    private final FaultyApi api;
    private final String unsignedWebhook;
    private final Path inbox;
    private final int gapMillis;
    private final AtomicInteger numbers = new AtomicInteger();
    private final Map<Integer, String> accepted = new ConcurrentHashMap<>();
    private final Set<Integer> dropped = ConcurrentHashMap.newKeySet();
    private final Set<Integer> cancelled = ConcurrentHashMap.newKeySet();
    private final Set<String> oddities = ConcurrentHashMap.newKeySet();
    private final List<Thread> threads = new ArrayList<>();
    private volatile boolean stopped;

    /**
     * @param seed of the run
     * @param relays with their admin ports
     * @param api where jobs to be tracked are submitted
     * @param unsignedWebhook of those
     * @param inbox the relays' common one
     * @param gapMillis between two jobs of one client
     */
    Clients(long seed, List<RelayProcess> relays, FaultyApi api, String unsignedWebhook, Path inbox, int gapMillis) {
        this.seed = seed;
        this.relays = relays;
        this.api = api;
        this.unsignedWebhook = unsignedWebhook;
        this.inbox = inbox;
        this.gapMillis = gapMillis;
    }

    /** @param count of people */
    void start(int count) {
        for (int i = 0; i < count; i++) {
            Thread thread = new Thread(this::work, "client-" + i);
            thread.setDaemon(true);
            threads.add(thread);
            thread.start();
        }
    }

    /**
     * Posts jobs as fast as they are accepted, and returns when they all are.
     *
     * @param count how many
     */
    void post(int count) throws InterruptedException {
        ExecutorService posts = Executors.newFixedThreadPool(8);
        for (int i = 0; i < count; i++) {
            int number = numbers.incrementAndGet();
            posts.execute(() -> accepted.put(number, post(number, job(number), number)));
        }
        posts.shutdown();
        if (!posts.awaitTermination(2, TimeUnit.MINUTES)) {
            posts.shutdownNow();
            throw new IllegalStateException(count + " jobs were not accepted within two minutes");
        }
    }

    private static String job(int number) {
        return "{\"api\":\"speech-to-text\",\"request\":{\"contentUri\":\"https://media.example/" + number + ".mp3\",\"encoding\":\"Mpeg\"},"
                + "\"reference\":\"call-" + number + "\",\"metadata\":{\"number\":" + number + "}}";
    }

    /** No more jobs than those they have in hand. */
    void noMore() {
        stopped = true;
    }

    /** Returns when each of them has had its last job accepted. */
    void finish() throws InterruptedException {
        for (Thread thread : threads) {
            thread.join(60_000);
            if (thread.isAlive()) {
                oddities.add("a job was not accepted within a minute after the last fault");
            }
        }
    }

    private void work() {
        while (!stopped) {
            int number = numbers.incrementAndGet();
            Dice dice = new Dice(seed, 'C', number);
            boolean tracked = dice.of(6);
            String body = tracked
                    ? "{\"jobId\":\"" + api.submitElsewhere(number, unsignedWebhook) + "\",\"reference\":\"call-" + number + "\"}"
                    : job(number);
            if (!tracked && dice.of(10)) {
                drop(number, body);
                continue;
            }
            String id = post(number, body, number);
            accepted.put(number, id);
            if (dice.of(10) && !id.equals(post(number, body, number + 1))) {
                oddities.add("job " + number + " was made twice by the same Idempotency-Key");
            }
            if (dice.of(4)) {
                cancelled.add(number);
                send(number, "/jobs/" + id + "/cancel", "", Set.of(202, 409));
            }
            pause(dice.between(gapMillis / 2, gapMillis * 3 / 2));
        }
    }

    /** Puts a job into the inbox, whole at once. */
    private void drop(int number, String body) {
        try {
            Path file = Files.writeString(Files.createTempFile(inbox.getParent(), "call", ".json"), body);
            dropped.add(number);
            Files.move(file, inbox.resolve("call-" + number + ".json"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private String post(int number, String body, int turn) {
        for (int i = turn;; i++) {
            Http.Answer answer = send(i, "/jobs", body, Set.of(202), "Idempotency-Key", "key-" + number);
            if (answer != null && answer.status() == 202) {
                try {
                    return new ObjectMapper().readTree(answer.bytes()).path("id").asText();
                } catch (IOException e) {
                    throw new UncheckedIOException(e);
                }
            }
            pause(100);
        }
    }

    private Http.Answer send(int turn, String path, String body, Set<Integer> fine, String... headers) {
        try {
            List<String> all = new ArrayList<>(List.of("Content-Type", "application/json"));
            all.addAll(List.of(headers));
            Http.Answer answer = Http.post(relays.get(turn % relays.size()).adminUrl() + path, body, all.toArray(String[]::new));
            if (answer.status() != 503 && !fine.contains(answer.status())) {
                oddities.add("POST " + path.replaceAll("[0-9a-f-]{36}", "{id}") + " was answered " + answer.status() + " " + answer.text());
            }
            return answer;
        } catch (UncheckedIOException e) {
            return null; // the relay is away, or died over it
        }
    }

    private static void pause(int millis) {
        try {
            TimeUnit.MILLISECONDS.sleep(millis); // how often somebody has a job
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** @return relay ids of the jobs that were answered 202, by number */
    Map<Integer, String> accepted() {
        return accepted;
    }

    /** @return numbers of the jobs that were put into the inbox */
    Set<Integer> dropped() {
        return dropped;
    }

    /** @return numbers of the jobs somebody tried to cancel, which may have been too late */
    Set<Integer> cancelled() {
        return cancelled;
    }

    /** @return what should not have been answered */
    Set<String> oddities() {
        return oddities;
    }
}
