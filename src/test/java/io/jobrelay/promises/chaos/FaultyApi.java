package io.jobrelay.promises.chaos;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.jobrelay.protocol.Sha256;
import io.jobrelay.support.Http;
import io.jobrelay.support.Received;
import io.jobrelay.support.Reply;
import io.jobrelay.support.StandInApi;
import io.jobrelay.support.StandInApi.Job;
import java.io.IOException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The stand-in on a bad day: submits whose answer is lost, late, or no; callbacks that come early, late, twice, broken, or not at all;
 * status requests that fail; tokens that are revoked. Every request carries the number of its job in its {@code contentUri}, every result
 * repeats it together with the jobId, and the books say what was given out to whom.
 */
final class FaultyApi implements AutoCloseable {

    /** How long a real API would wait before it calls back again, in milliseconds; after six times it gives up. */
    private static final List<Integer> GAPS = List.of(200, 400, 800, 1_600, 3_200);
    private static final Pattern NUMBER = Pattern.compile("https://media\\.example/(\\d+)\\.mp3");
    private static final int PATIENT_AFTER = 3;
    /** A hundred callbacks a second, each of which waits for its answer for some seconds. */
    private static final int THREADS_OF_MANY = 400;
    private static final int NEVER_AGAIN = Integer.MAX_VALUE;

    /**
     * A callback that was answered.
     *
     * @param jobId of the API's job
     * @param number of the job it is about
     * @param signed whether its URL was the relay's own
     * @param sound whether the body can be read
     * @param sha256 of the body
     * @param answer status it got; 0 for none
     * @param sent when, by {@link System#nanoTime}
     * @param answered when, by the same
     */
    record Callback(String jobId, int number, boolean signed, boolean sound, String sha256, int answer, long sent, long answered) {

        /** @return whether it was kept: it is signed, sound, and was answered 200 */
        boolean kept() {
            return signed && sound && answer == 200;
        }
    }

    private final StandInApi api = new StandInApi();
    private final long seed;
    private final Map<Integer, AtomicInteger> sent = new ConcurrentHashMap<>();
    private final Map<String, Integer> times = new ConcurrentHashMap<>();
    private final Map<String, Set<String>> results = new ConcurrentHashMap<>();
    private final Set<String> played = ConcurrentHashMap.newKeySet();
    private final List<Callback> callbacks = new CopyOnWriteArrayList<>();
    private final AtomicInteger takenSinceRevocation = new AtomicInteger();
    private final AtomicInteger requests = new AtomicInteger();
    private final AtomicInteger faults = new AtomicInteger();
    private final ScheduledThreadPoolExecutor later = new ScheduledThreadPoolExecutor(16, r -> {
        Thread thread = new Thread(r, "faulty-api");
        thread.setDaemon(true);
        return thread;
    });
    private final Queue<Job> held = new ConcurrentLinkedQueue<>();
    private volatile int tries = GAPS.size();
    private volatile boolean holding;
    private volatile boolean calm;

    /** @param seed of the run */
    FaultyApi(long seed) {
        this.seed = seed;
        api.first(this::fault).submits(this::submit).whenTaken(this::play);
    }

    // ---- what it is told

    /** From now on every call is answered as it should be; jobs taken before keep their luck. */
    void calmDown() {
        calm = true;
    }

    /**
     * @param most times that a callback which is not answered 200 comes again, the later ones as far apart as the last ones of a real API here
     * @return this
     */
    FaultyApi tries(int most) {
        tries = most;
        return this;
    }

    /** Jobs that are taken from now on stay in progress until {@link #finishHeld}. */
    void hold() {
        holding = true;
    }

    /** @return how many jobs are held */
    int held() {
        return held.size();
    }

    /**
     * Ends those that are held, however slowly callbacks are answered; jobs taken from now on have their own luck again.
     *
     * @param perSecond how many
     * @param copies of the callback of each, some time apart
     */
    void finishHeld(int perSecond, int copies) {
        holding = false;
        later.setCorePoolSize(THREADS_OF_MANY);
        int number = 0;
        for (Job job = held.poll(); job != null; job = held.poll()) {
            Job one = job;
            int at = number++ * 1_000 / perSecond;
            later.schedule(() -> finish(one, new Dice(seed, 'F', number(one.submit()))), at, TimeUnit.MILLISECONDS);
            for (int i = 0; i < copies; i++) {
                later.schedule(() -> callBack(one, one.document(), true, 0), at + 50 + i * GAPS.get(2), TimeUnit.MILLISECONDS);
            }
        }
    }

    /**
     * Refuses every token given so far, unless the last ones have hardly been used: two refusals in a row would mean bad credentials.
     *
     * @return whether it did
     */
    boolean revokeTokens() {
        if (takenSinceRevocation.get() < 5) {
            return false;
        }
        takenSinceRevocation.set(0);
        api.revokeTokens();
        return true;
    }

    /**
     * Submits a job as somebody else would, with a webhook the relay has not signed.
     *
     * @param number of the job
     * @param webhook of it
     * @return its jobId
     */
    String submitElsewhere(int number, String webhook) {
        String basic = Base64.getEncoder().encodeToString((StandInApi.CLIENT_ID + ":" + StandInApi.CLIENT_SECRET).getBytes(StandardCharsets.UTF_8));
        Http.Answer token = Http.post(api.url() + "/restapi/oauth/token",
                "grant_type=urn%3Aietf%3Aparams%3Aoauth%3Agrant-type%3Ajwt-bearer&assertion=" + StandInApi.JWT,
                "Authorization", "Basic " + basic, "Content-Type", "application/x-www-form-urlencoded", "X-Elsewhere", "1");
        Http.Answer taken = Http.post(api.url() + "/ai/audio/v1/async/speech-to-text?webhook=" + URLEncoder.encode(webhook, StandardCharsets.UTF_8),
                "{\"contentUri\":\"https://media.example/" + number + ".mp3\"}", "Authorization", "Bearer " + member(token, "access_token"),
                "Content-Type", "application/json", "X-Elsewhere", "1");
        return member(taken, "jobId");
    }

    private static String member(Http.Answer answer, String name) {
        try {
            return new ObjectMapper().readTree(answer.bytes()).path(name).asText();
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    // ---- what it does

    private Reply fault(Received request) {
        if (calm || request.header("X-Elsewhere") != null || request.method().equals("POST")) {
            return null; // submits have their own luck, below
        }
        Dice dice = new Dice(seed, 'R', requests.incrementAndGet());
        int luck = dice.percent();
        if (luck >= 14) {
            return null;
        }
        faults.incrementAndGet();
        if (luck < 4) {
            pause(dice.between(200, 1_500));
            return null;
        }
        return luck < 7 ? Reply.drop() : luck < 10 ? Reply.error(500, "CMN-211", "try later") : luck < 12 ? Reply.error(503, "CMN-211", "try later")
                : Reply.tooMany("1");
    }

    private Reply submit(Job job) {
        int number = number(job.submit());
        int time = sent.computeIfAbsent(number, n -> new AtomicInteger()).incrementAndGet();
        times.put(job.jobId(), time);
        if (calm || !signed(job) || time > PATIENT_AFTER) {
            return taken(job);
        }
        Dice dice = new Dice(seed, 'S', number, time);
        int luck = dice.percent();
        if (luck >= 40) {
            return taken(job);
        }
        faults.incrementAndGet();
        if (luck < 10) { // taken, and the answer lost
            return job.take(Reply.drop());
        } else if (luck < 13) { // lost altogether, which looks the same from outside
            return Reply.drop();
        } else if (luck < 16) {
            return job.take(Reply.error(504, "CMN-211", "try later"));
        } else if (luck < 18) {
            return Reply.error(500, "CMN-211", "try later");
        } else if (luck < 22) {
            return Reply.error(503, "CMN-211", "try later");
        } else if (luck < 24) {
            return Reply.tooMany("1");
        } else if (luck < 28) { // slow, sometimes longer than the relay holds it in doubt
            Reply taken = taken(job);
            later.execute(() -> play(job));
            pause(dice.between(500, 4_000));
            return taken;
        }
        Reply taken = taken(job); // as quick as short media are: the callback overtakes the answer
        played.add(job.jobId());
        finish(job, dice);
        callBack(job, job.document(), true, 0);
        return taken;
    }

    private Reply taken(Job job) {
        takenSinceRevocation.incrementAndGet();
        return job.accepted();
    }

    private void play(Job job) {
        if (!played.add(job.jobId())) {
            return;
        }
        if (holding && signed(job)) {
            held.add(job);
            return;
        }
        Dice dice = new Dice(seed, 'P', number(job.submit()), times.get(job.jobId()));
        if (dice.of(5)) {
            later.schedule(() -> callBack(job, job.document(), false, NEVER_AGAIN), 50, TimeUnit.MILLISECONDS); // "InProgress" is no result
        }
        if (dice.of(3)) {
            later.schedule(() -> callBack(job, "{\"jobId\":".getBytes(StandardCharsets.UTF_8), false, NEVER_AGAIN), 100, TimeUnit.MILLISECONDS);
        }
        later.schedule(() -> {
            finish(job, dice);
            byte[] body = job.document();
            int luck = dice.percent();
            if (luck < 15) {
                return; // silence: the relay must ask
            } else if (luck < 20 && signed(job)) {
                body = oldForm(job);
            }
            byte[] said = body;
            int wait = luck < 30 ? dice.between(1_000, 4_000) : dice.between(0, 200);
            int copies = luck < 50 ? dice.between(2, 4) : 1;
            for (int i = 0; i < copies; i++) {
                later.schedule(() -> callBack(job, said, true, 0), wait + i * dice.between(0, 400), TimeUnit.MILLISECONDS);
            }
        }, dice.between(0, 1_500), TimeUnit.MILLISECONDS);
    }

    private void finish(Job job, Dice dice) {
        String response = "{\"number\":" + number(job.submit()) + ",\"of\":\"" + job.jobId() + "\",\"text\":\"Grüße, 1.50 €\"}";
        if (dice.of(15)) {
            job.fail(response);
        } else {
            job.succeed(response);
        }
        remember(job, job.document());
    }

    /** The callback of 2022: no jobId. */
    private byte[] oldForm(Job job) {
        String whole = new String(job.document(), StandardCharsets.UTF_8);
        byte[] body = ("{" + whole.substring(whole.indexOf("\"status\""))).getBytes(StandardCharsets.UTF_8);
        remember(job, body);
        return body;
    }

    private void remember(Job job, byte[] body) {
        results.computeIfAbsent(job.jobId(), id -> ConcurrentHashMap.newKeySet()).add(new String(body, StandardCharsets.UTF_8));
    }

    private void callBack(Job job, byte[] body, boolean sound, int time) {
        int answer;
        long sent = System.nanoTime();
        try {
            answer = job.callBack(body);
        } catch (RuntimeException e) {
            answer = 0;
        }
        callbacks.add(new Callback(job.jobId(), number(job.submit()), signed(job), sound, Sha256.of(body), answer, sent,
                System.nanoTime()));
        if (answer != 200 && time < tries) {
            later.schedule(() -> callBack(job, body, sound, time + 1), GAPS.get(Math.min(time, GAPS.size() - 1)), TimeUnit.MILLISECONDS);
        }
    }

    private static boolean signed(Job job) {
        return job.submit().header("X-Elsewhere") == null;
    }

    private static void pause(int millis) {
        try {
            TimeUnit.MILLISECONDS.sleep(millis); // the API's own slowness, not a wait for something
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    // ---- its books

    /**
     * @param request a submit
     * @return the number of its job
     */
    static int number(Received request) {
        Matcher matcher = NUMBER.matcher(request.text());
        if (!matcher.find()) {
            throw new IllegalArgumentException("a submit without a number: " + request.text());
        }
        return Integer.parseInt(matcher.group(1));
    }

    /** @return base URL */
    String url() {
        return api.url();
    }

    /** @return the stand-in behind */
    StandInApi api() {
        return api;
    }

    /**
     * @param jobId that was given out
     * @return every terminal status resource the API ever showed for it
     */
    Set<String> results(String jobId) {
        return results.getOrDefault(jobId, Set.of());
    }

    /** @return every callback so far, each time it was tried */
    List<Callback> callbacks() {
        return callbacks;
    }

    /** @return whether every job has been finished, and called back as often as it will be */
    boolean quiet() {
        return later.getActiveCount() == 0 && later.getQueue().isEmpty();
    }

    /** @return how many calls got something else than they should have */
    int faults() {
        return faults.get();
    }

    @Override
    public void close() {
        later.shutdownNow();
        api.close();
    }
}
