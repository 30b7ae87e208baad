package io.jobrelay.support;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.jobrelay.protocol.ApiTime;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * Stands in for RingCentral's AI API over real HTTP, as its protocol was collected for this project: a token endpoint that checks what it
 * is given, submits that are answered 202 with a jobId, a status resource, callbacks. Left alone it takes every job and never calls back; a
 * test says what happens to the next call, and finishes jobs by hand. It keeps a book of every request.
 */
public final class StandInApi implements AutoCloseable {

    /** Client id that {@link RelayFixture#withApi} uses. */
    public static final String CLIENT_ID = "test-client";
    /** Client secret that {@link RelayFixture#withApi} uses. */
    public static final String CLIENT_SECRET = "test-secret";
    /** User credential that {@link RelayFixture#withApi} uses. */
    public static final String JWT = "test-jwt";

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Duration WINDOW = Duration.ofSeconds(60);

    /** What a submit gets. It may {@link Job#take} the job or not, call back or not, and answer or not. */
    public interface OnSubmit {
        /**
         * @param job asked for, unknown to the API until it is taken
         * @return what goes back over the connection
         * @throws Exception which is answered 500
         */
        Reply reply(Job job) throws Exception;

        /** @return a job taken and answered 202 */
        static OnSubmit take() {
            return Job::accepted;
        }

        /**
         * @param reply that is sent, and nothing taken
         * @return the same for the submit
         */
        static OnSubmit answer(Reply reply) {
            return job -> reply;
        }

        /** @return a job taken, and the connection closed before the answer: the submitter cannot know */
        static OnSubmit takeAndDrop() {
            return job -> job.take(Reply.drop());
        }

        /** @return a job taken, and never an answer */
        static OnSubmit takeAndStaySilent() {
            return job -> job.take(Reply.silence());
        }

        /**
         * @param status answered although the job was taken, such as 504
         * @return the same for the submit
         */
        static OnSubmit takeAndAnswer(int status) {
            return job -> job.take(Reply.error(status, "CMN-211", "try later"));
        }

        /**
         * @param response of the API in a JSON text
         * @return a job that ends and calls back before its 202 is sent, as short ones do
         */
        static OnSubmit callBackFirst(String response) {
            return job -> {
                Reply accepted = job.accepted();
                job.succeed(response);
                job.callBack();
                return accepted;
            };
        }
    }

    /** A job of the API's. */
    public final class Job {
        private final Received submit;
        private final String jobId = UUID.randomUUID().toString();
        private final Instant created = clock.instant();
        private volatile String status = "InProgress";
        private volatile byte[] document;

        private Job(Received submit) {
            this.submit = submit;
        }

        /** @return the API's id of it */
        public String jobId() {
            return jobId;
        }

        /** @return path of the endpoint it was submitted to */
        public String api() {
            return submit.path();
        }

        /** @return the request that submitted it */
        public Received submit() {
            return submit;
        }

        /** @return where it calls back to, decoded */
        public String webhook() {
            return submit.parameter("webhook");
        }

        /** @return its media's address; null when the request names none */
        public String contentUri() {
            return json(submit.body()).path("contentUri").textValue();
        }

        /**
         * @param reply to send
         * @return the reply, the job being known to the API from now on
         */
        public Reply take(Reply reply) {
            jobs.put(jobId, this);
            order.add(this);
            return reply;
        }

        /** @return the job taken, and 202 with its id */
        public Reply accepted() {
            return take(Reply.json(202, "{\"jobId\":\"" + jobId + "\"}"));
        }

        /** @param response of a job that went well, in JSON */
        public void succeed(String response) {
            document("Success", response);
        }

        /** @param response of a job that failed, in JSON; null leaves the member out */
        public void fail(String response) {
            document("Fail", response);
        }

        /** @param word that the status resource shows from now on, known to the relay or not; the job is not finished by it */
        public void say(String word) {
            status = word;
        }

        /** @param whole status resource from now on, as it is */
        public void document(byte[] whole) {
            document = whole;
        }

        private void document(String word, String response) {
            document = (head() + ",\"completionTime\":\"" + ApiTime.of(clock.millis()) + "\"" + expirationAndStatus(word)
                    + (response == null ? "" : ",\"response\":" + response) + "}").getBytes(StandardCharsets.UTF_8);
            status = word; // afterwards, or somebody who looks meanwhile sees a job that has ended without a result
        }

        /** @return the status resource as it is now */
        public byte[] document() {
            return document != null ? document : (head() + expirationAndStatus(status) + "}").getBytes(StandardCharsets.UTF_8);
        }

        private String head() {
            return "{\"jobId\":\"" + jobId + "\",\"api\":\"" + api() + "\",\"creationTime\":\""
                    + ApiTime.of(created.toEpochMilli()) + "\"";
        }

        private String expirationAndStatus(String word) {
            return ",\"expirationTime\":\"" + ApiTime.of(created.plus(Duration.ofDays(7)).toEpochMilli())
                    + "\",\"status\":\"" + word + "\"";
        }

        /**
         * Posts the status resource to the job's webhook, once.
         *
         * @return the status it was answered with
         */
        public int callBack() {
            return callBack(document());
        }

        /**
         * Posts to the job's webhook, once.
         *
         * @param body such as one of the 2022 form, which has no jobId
         * @return the status it was answered with
         */
        public int callBack(byte[] body) {
            return Http.send("POST", webhook(), body, "Content-Type", "application/json", "RCRequestId", jobId).status();
        }

        /**
         * Posts the status resource as the API does: again while the answer is anything but 200, six times in all.
         *
         * @return the statuses it was answered with, one for each time; 0 stands for no answer
         */
        public List<Integer> callBackLikeTheApi() {
            List<Integer> answers = new ArrayList<>();
            while (answers.size() < 6 && !answers.contains(200)) {
                try {
                    answers.add(callBack());
                } catch (RuntimeException e) {
                    answers.add(0);
                }
            }
            return answers;
        }
    }

    private final Clock clock;
    private final TestServer server;
    private final DateOfClock door;
    private volatile Supplier<Instant> date;
    private final List<Received> book = new CopyOnWriteArrayList<>();
    private final Map<String, Job> jobs = new ConcurrentHashMap<>();
    private final List<Job> order = new CopyOnWriteArrayList<>();
    private final Map<String, Instant> tokens = new ConcurrentHashMap<>();
    private final AtomicInteger tokenNumber = new AtomicInteger();
    private final Queue<Reply> nextTokens = new ConcurrentLinkedQueue<>();
    private final Queue<OnSubmit> nextSubmits = new ConcurrentLinkedQueue<>();
    private final Queue<Reply> nextStatuses = new ConcurrentLinkedQueue<>();
    private final ScheduledExecutorService later = new ScheduledThreadPoolExecutor(4, r -> {
        Thread thread = new Thread(r, "stand-in-callback");
        thread.setDaemon(true);
        return thread;
    });
    private volatile OnSubmit submits = OnSubmit.take();
    private volatile Consumer<Job> whenTaken = job -> { };
    private volatile Function<Received, Reply> first = request -> null;
    private volatile int tokenSeconds = 3600;

    private final Deque<Instant> window = new ArrayDeque<>();
    private int limit;
    private boolean showLimit;
    private Instant penaltyUntil = Instant.MIN;
    private int refusedByLimit;
    private int duringPenalty;

    /** Listens at once, on a free loopback port, and goes by the real time. */
    public StandInApi() {
        this(Clock.systemUTC());
    }

    /** @param clock it goes by, usually {@link RelayFixture#clock()} */
    public StandInApi(Clock clock) {
        this.clock = clock;
        this.server = new TestServer(clock, this::handle);
        this.date = clock::instant;
        this.door = new DateOfClock(server.url(), () -> date.get());
    }

    /** @return what to set {@code relay.ringcentral.server-url} to */
    public String url() {
        return door.url();
    }

    @Override
    public void close() {
        later.shutdownNow();
        door.close();
        server.close();
    }

    // ---- what the next calls get

    /**
     * @param told what its answers give as their {@code Date} instead of the time of its clock; null gives none
     * @return this
     */
    public StandInApi date(Instant told) {
        date = () -> told;
        return this;
    }

    /**
     * @param replies to the next token requests instead of a token, one each: {@code Reply.of(401)}, {@code Reply.tooMany("60")}
     * @return this
     */
    public StandInApi nextTokens(Reply... replies) {
        nextTokens.addAll(List.of(replies));
        return this;
    }

    /**
     * @param seconds that tokens given from now on are valid for
     * @return this
     */
    public StandInApi tokensLast(int seconds) {
        tokenSeconds = seconds;
        return this;
    }

    /** All tokens given so far are refused with 401 from now on. */
    public void revokeTokens() {
        tokens.clear();
    }

    /**
     * @param replies that the next submits get, one each
     * @return this
     */
    public StandInApi nextSubmits(OnSubmit... replies) {
        nextSubmits.addAll(List.of(replies));
        return this;
    }

    /**
     * @param replies that the next submits get instead of being taken, one each
     * @return this
     */
    public StandInApi nextSubmits(Reply... replies) {
        for (Reply reply : replies) {
            nextSubmits.add(OnSubmit.answer(reply));
        }
        return this;
    }

    /**
     * @param reply that every submit gets for which none was queued
     * @return this
     */
    public StandInApi submits(OnSubmit reply) {
        submits = reply;
        return this;
    }

    /**
     * @param replies that the next status requests get instead of the status resource, one each
     * @return this
     */
    public StandInApi nextStatuses(Reply... replies) {
        nextStatuses.addAll(List.of(replies));
        return this;
    }

    /**
     * @param fault asked about every request before anything else, in the request's own thread, which it may hold up; null lets the
     *     request through
     * @return this
     */
    public StandInApi first(Function<Received, Reply> fault) {
        first = fault;
        return this;
    }

    /**
     * @param play called with each job that was taken, after its submit was answered, in another thread
     * @return this
     */
    public StandInApi whenTaken(Consumer<Job> play) {
        whenTaken = play;
        return this;
    }

    /**
     * Finishes and calls back each job by itself after a while, again until the answer is 200 and at most six times.
     *
     * @param silence between the 202 and the first callback, in real time
     * @param response of every job, in JSON
     * @return this
     */
    public StandInApi finishJobsAfter(Duration silence, String response) {
        return whenTaken(job -> later.schedule(() -> {
            job.succeed(response);
            job.callBackLikeTheApi();
        }, silence.toMillis(), TimeUnit.MILLISECONDS));
    }

    /**
     * Keeps the API's rate limit: one call too many in any 60 s is answered 429 and starts a penalty of 60 s; every call during the penalty
     * is answered 429 too and starts it anew.
     *
     * @param calls submits and status requests together
     * @return this
     */
    public synchronized StandInApi limit(int calls) {
        limit = calls;
        showLimit = true;
        return this;
    }

    // ---- jobs

    /** @return the jobs that were taken, in the order of their submits */
    public List<Job> jobs() {
        return List.copyOf(order);
    }

    /**
     * @param jobId the API's
     * @return the job; null when the API does not know it
     */
    public Job job(String jobId) {
        return jobs.get(jobId);
    }

    /**
     * @param jobId of a job to finish
     * @param response of it, in JSON
     */
    public void complete(String jobId, String response) {
        job(jobId).succeed(response);
    }

    /**
     * @param jobId of a job to call back, once
     * @return the status the relay answered with
     */
    public int callback(String jobId) {
        return job(jobId).callBack();
    }

    /** @param jobId that the API answers 404 for from now on */
    public void forget(String jobId) {
        jobs.remove(jobId);
    }

    /**
     * @param jobId of a job whose media is to be fetched, as the API fetches it: one plain GET
     * @return what came back
     */
    public Http.Answer fetchMedia(String jobId) {
        return Http.get(job(jobId).contentUri());
    }

    // ---- the book

    /** @return every request so far, in order */
    public List<Received> book() {
        return List.copyOf(book);
    }

    /** @return the requests for a token so far */
    public List<Received> tokenRequests() {
        return book.stream().filter(StandInApi::isToken).toList();
    }

    /** @return the submits so far, taken or not */
    public List<Received> submits() {
        return book.stream().filter(StandInApi::isSubmit).toList();
    }

    /** @return the status requests so far */
    public List<Received> statusRequests() {
        return book.stream().filter(StandInApi::isStatus).toList();
    }

    /** @return the largest number of submits and status requests in any 60 s, by this API's clock */
    public int mostInAnyMinute() {
        List<Instant> times = book.stream().filter(r -> isSubmit(r) || isStatus(r)).map(Received::at).sorted().toList();
        int most = 0;
        for (int first = 0, last = 0; last < times.size(); last++) {
            while (!times.get(last).isBefore(times.get(first).plus(WINDOW))) {
                first++;
            }
            most = Math.max(most, last - first + 1);
        }
        return most;
    }

    /** @return how many calls the limit refused */
    public synchronized int refusedByLimit() {
        return refusedByLimit;
    }

    /** @return how many calls came during a penalty and so made it longer */
    public synchronized int duringPenalty() {
        return duringPenalty;
    }

    // ---- the protocol

    private static boolean isToken(Received request) {
        return request.path().equals("/restapi/oauth/token");
    }

    private static boolean isSubmit(Received request) {
        return request.method().equals("POST") && request.path().matches("/ai/.+/async/.+");
    }

    private static boolean isStatus(Received request) {
        return request.method().equals("GET") && request.path().startsWith("/ai/status/v1/jobs/");
    }

    private Reply handle(Received request) throws Exception {
        book.add(request);
        Reply fault = first.apply(request);
        if (fault != null) {
            return fault;
        }
        if (isToken(request)) {
            return token(request);
        }
        if (!isSubmit(request) && !isStatus(request)) {
            return Reply.error(404, "CMN-102", "Resource is not found");
        }
        Reply refusal = refuseByLimit();
        if (refusal != null) {
            return refusal;
        }
        Instant validUntil = tokens.get(String.valueOf(request.header("Authorization")).replaceFirst("^(?i)bearer ", ""));
        if (validUntil == null || !clock.instant().isBefore(validUntil)) {
            return showLimit(Reply.json(401, "{\"errorCode\":\"OAU-128\",\"message\":\"Access token corrupted\",\"errors\":[]}"));
        }
        return showLimit(isSubmit(request) ? submit(request) : status(request));
    }

    private Reply token(Received request) {
        Reply programmed = nextTokens.poll();
        if (programmed != null) {
            return programmed;
        }
        String expected = "Basic " + Base64.getEncoder().encodeToString((CLIENT_ID + ":" + CLIENT_SECRET).getBytes(StandardCharsets.UTF_8));
        if (!expected.equals(request.header("Authorization"))) {
            return Reply.json(401, "{\"error\":\"invalid_client\",\"errorCode\":\"OAU-153\",\"message\":\"Invalid client credentials\"}");
        }
        String type = String.valueOf(request.header("Content-Type"));
        if (!request.method().equals("POST") || !type.startsWith("application/x-www-form-urlencoded")
                || !"urn:ietf:params:oauth:grant-type:jwt-bearer".equals(Received.parameter(request.text(), "grant_type"))
                || !JWT.equals(Received.parameter(request.text(), "assertion"))) {
            return Reply.json(400, "{\"error\":\"invalid_grant\",\"errorCode\":\"OAU-251\",\"message\":\"JWT is invalid\"}");
        }
        String token = "token-" + tokenNumber.incrementAndGet();
        tokens.put(token, clock.instant().plusSeconds(tokenSeconds));
        return Reply.json(200, "{\"access_token\":\"" + token + "\",\"token_type\":\"bearer\",\"expires_in\":" + tokenSeconds
                + ",\"scope\":\"AI\",\"owner_id\":\"1\",\"endpoint_id\":\"e\",\"session_id\":\"s" + tokenNumber + "\"}");
    }

    private Reply submit(Received request) throws Exception {
        Job job = new Job(request);
        OnSubmit programmed = nextSubmits.poll();
        if (programmed == null) {
            Reply invalid = invalid(request);
            if (invalid != null) {
                return invalid;
            }
        }
        Reply reply = (programmed == null ? submits : programmed).reply(job);
        if (jobs.containsKey(job.jobId())) {
            later.schedule(() -> whenTaken.accept(job), 1, TimeUnit.MILLISECONDS);
        }
        return reply;
    }

    private static Reply invalid(Received request) {
        String webhook = request.parameter("webhook");
        if (webhook == null || !URI.create(webhook).isAbsolute()) {
            return Reply.error(400, "CAI-101", "Parameter [webhook] is invalid");
        }
        JsonNode body = json(request.body());
        if (body == null || !body.isObject() || !String.valueOf(request.header("Content-Type")).startsWith("application/json")) {
            return Reply.error(400, "CAI-101", "Parameter [body] is invalid");
        }
        return null;
    }

    private Reply status(Received request) {
        Reply programmed = nextStatuses.poll();
        if (programmed != null) {
            return programmed;
        }
        Job job = jobs.get(request.path().substring("/ai/status/v1/jobs/".length()));
        boolean known = job != null && clock.instant().isBefore(job.created.plus(Duration.ofDays(7)));
        return known ? Reply.json(200, job.document()) : Reply.error(404, "CAI-104", "The job does not exist");
    }

    private synchronized Reply refuseByLimit() {
        if (limit == 0) {
            return null;
        }
        Instant now = clock.instant();
        if (now.isBefore(penaltyUntil)) {
            duringPenalty++;
        } else {
            while (!window.isEmpty() && !now.isBefore(window.peekFirst().plus(WINDOW))) {
                window.removeFirst();
            }
            if (window.size() < limit) {
                window.addLast(now);
                return null;
            }
        }
        refusedByLimit++;
        penaltyUntil = now.plus(WINDOW);
        return showLimit(Reply.tooMany("60"));
    }

    private synchronized Reply showLimit(Reply reply) {
        if (!showLimit || reply.wire() != Reply.Wire.ANSWER) {
            return reply;
        }
        return reply.with("X-Rate-Limit-Group", "heavy").with("X-Rate-Limit-Limit", String.valueOf(limit))
                .with("X-Rate-Limit-Remaining", String.valueOf(Math.max(0, limit - window.size()))).with("X-Rate-Limit-Window", "60");
    }

    private static JsonNode json(byte[] body) {
        try {
            return JSON.readTree(new String(body, StandardCharsets.UTF_8));
        } catch (JsonProcessingException e) {
            return null;
        }
    }
}
