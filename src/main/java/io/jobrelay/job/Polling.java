package io.jobrelay.job;

import io.jobrelay.api.ApiAnswer;
import io.jobrelay.api.RateBudget;
import io.jobrelay.config.Upstream;
import io.jobrelay.protocol.ApiTime;
import io.jobrelay.protocol.Backoff;
import io.jobrelay.protocol.PercentCode;
import io.jobrelay.protocol.StatusResource;
import io.jobrelay.time.RunningTime;
import io.jobrelay.webhook.Webhook;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.apache.camel.Body;
import org.apache.camel.Exchange;
import org.apache.camel.Message;
import org.apache.camel.Variable;

/** Says how a job is asked for, what the answer means, and when to ask again. "Still in progress" is not a failure, and neither is a 429. */
public final class Polling {

    private static final Duration LAST_LOOK = Duration.ofMinutes(10);
    /** Between two polls past the expiry, where only our own clock says that it is past. */
    private static final Duration SECOND_LOOK = Duration.ofMinutes(10);
    /** Between two 404s that end a job, by the API's clock or in running time: an API that has just been restarted may not know what it knows. */
    private static final Duration BETWEEN_404S = Duration.ofMinutes(2);
    private static final Duration DATE_ERROR = Duration.ofDays(1);
    /** A {@code Date} is told in whole seconds: only a second past the expiry it says for certain that it is past. */
    private static final long DATE_UNIT = 1_000;
    private final Upstream upstream;
    private final Webhook webhook;
    private final Duration initialDelay;
    private final Duration maxDelay;
    private final Supplier<String> claims;
    private final RunningTime running;
    private final Clock clock;

    /**
     * @param upstream the API
     * @param webhook fills rows of {@code relay_callback}
     * @param initialDelay {@code relay.poll.initial-delay}
     * @param maxDelay {@code relay.poll.max-delay}
     * @param claims makes claims
     * @param running how long the relay has been running
     * @param clock the relay's
     */
    public Polling(Upstream upstream, Webhook webhook, Duration initialDelay, Duration maxDelay, Supplier<String> claims, RunningTime running,
            Clock clock) {
        this.upstream = upstream;
        this.webhook = webhook;
        this.initialDelay = initialDelay;
        this.maxDelay = maxDelay;
        this.claims = claims;
        this.running = running;
        this.clock = clock;
    }

    /**
     * @param due jobs whose turn has come
     * @param hinted jobs a hint named; one that is due anyway is not polled twice
     * @return all of them, each with a claim of its own
     */
    public List<Map<String, Object>> claim(@Body List<Map<String, Object>> due, @Variable("hinted") List<Map<String, Object>> hinted) {
        List<Map<String, Object>> all = new ArrayList<>(due);
        Set<Object> ids = due.stream().map(job -> job.get("id")).collect(Collectors.toSet());
        hinted.stream().filter(job -> !ids.contains(job.get("id"))).forEach(all::add);
        all.forEach(job -> job.put("claim", claims.get()));
        return all;
    }

    /**
     * Makes the message the status request of a job: {@code GET <server>/ai/status/v1/jobs/<jobId>}.
     *
     * @param job claimed row of {@code relay_job}
     * @param api what the claim found, with the {@code token}
     * @param message whose headers and body are replaced
     */
    public void write(@Variable("job") Map<String, Object> job, @Variable("api") Map<String, Object> api, Message message) {
        message.removeHeaders("*");
        message.setHeader(Exchange.HTTP_METHOD, "GET");
        message.setHeader(Exchange.HTTP_URI, upstream.baseUrl() + "/ai/status/v1/jobs/"
                + PercentCode.encode(((String) job.get("job_id")).getBytes(StandardCharsets.UTF_8)));
        message.setHeader("Accept", "application/json");
        message.setHeader("Authorization", "Bearer " + api.get("token"));
        message.setBody(null);
    }

    /** What the answer says of the job, and when it was: by the API's clock where that is told, else by ours. */
    private record Heard(StatusResource said, boolean unknown, Optional<Instant> date, long apiNow) {

        /** @return whether the API spoke of this job: as it stands, or that it does not know it */
        boolean answered() {
            return said != null || unknown;
        }
    }

    /**
     * Decides what the answer to a poll means.
     *
     * @param answer of the API
     * @param job that was polled
     * @param api what the budget found before the call
     * @param known rows with {@code job_id}: every one the API ever gave for this job
     * @return {@code kind}: {@code ended} (a row of {@code relay_callback}), {@code unauthorized}, {@code waits} (asked again later) or
     *     {@code hinted} (asked out of turn: its turn stays as it was), with the columns its statement needs, and as {@code said} the API's
     *     word for the job's status, or null
     * @throws IOException never, in practice
     */
    public Map<String, Object> decide(@Variable("answer") ApiAnswer answer, @Variable("job") Map<String, Object> job,
            @Variable("api") Map<String, Object> api, @Variable("known") List<Map<String, Object>> known) throws IOException {
        StatusResource read = answer.ok() ? StatusResource.glean(answer.body()).orElse(null) : null;
        String jobId = read == null ? null : read.jobId() != null ? read.jobId() : answer.numericJobId();
        boolean own = read != null && (jobId == null || jobId.equals(job.get("job_id"))
                || known != null && known.stream().anyMatch(row -> jobId.equals(row.get("job_id"))));
        StatusResource said = own && read.status() != null ? read : null;
        Long created = ApiTime.millis(said != null && said.creationTime() != null ? said.creationTime() : (String) job.get("creation_time"));
        Optional<Instant> date = answer.date(clock) // a clock that has not come to the job's creation yet tells no time
                .filter(d -> created == null || d.toEpochMilli() >= created - DATE_ERROR.toMillis());
        Heard heard = new Heard(said, answer.code() == 404 && !answer.gateway(), date, date.map(Instant::toEpochMilli).orElse(clock.millis()));
        String trouble = RateBudget.trouble(answer, api);
        Map<String, Object> row = answer.unauthorized() && trouble == null ? asBefore(job) : decide(heard, answer, job, created, trouble);
        row.put("id", job.get("id"));
        row.put("claim", job.get("claim"));
        row.put("turn", !isHint(job));
        row.put("said", said == null ? null : said.status());
        if (row.get("kind").equals("waits") || row.get("kind").equals("hinted")) {
            row.put("last_error", heard.answered() ? null : trouble != null ? trouble : !answer.ok() ? answer.summary()
                    : answer.but(read == null ? answer.empty() ? "with nothing in it" : "not with a JSON object"
                            : own ? "without a status that can be read" : "with the status of another job"));
        }
        return row;
    }

    private Map<String, Object> decide(Heard heard, ApiAnswer answer, Map<String, Object> job, Long created, String trouble)
            throws IOException {
        if (heard.said() != null && heard.said().terminal()) {
            Map<String, Object> row = new HashMap<>();
            row.put("kind", "ended");
            webhook.fill(row, (String) job.get("id"), "poll", answer.body(), heard.said());
            row.put("job_id", job.get("job_id"));
            return row;
        }
        boolean again = number(job, "not_found").intValue() > 0;
        Long first404 = again ? (Long) job.get("not_found_at") : null;
        Long firstRun = again ? (Long) job.get("not_found_run") : null;
        if (heard.unknown() && (heard.date().isPresent() && first404 != null && heard.apiNow() - first404 >= BETWEEN_404S.toMillis()
                || firstRun != null && running.now() - firstRun >= BETWEEN_404S.toMillis())) {
            return expired(job, "the API does not know the job any more (404 twice in a row)");
        }
        Long told = heard.said() == null ? null : expiry(ApiTime.millis(heard.said().expirationTime()), created, job);
        Long before = expiry((Long) job.get("expires_at"), created, job);
        long expires = told != null ? told : before != null ? before : accepted(job) + JobRequest.LIFE.toMillis();
        boolean past = heard.answered() && heard.apiNow() >= expires;
        Long since = (Long) job.get("overdue_at");
        boolean certain = heard.date().isPresent() || since != null && running.now() - since >= SECOND_LOOK.toMillis();
        if (past && certain) {
            return expired(job, "the API had not ended the job when its expirationTime had passed");
        }
        Map<String, Object> row = new HashMap<>();
        row.put("kind", isHint(job) ? "hinted" : "waits");
        row.put("counted", 1);
        row.put("answered", heard.answered());
        row.put("not_found", heard.unknown() ? number(job, "not_found").intValue() + 1 : heard.answered() ? 0 : number(job, "not_found").intValue());
        row.put("not_found_at", !heard.unknown() ? heard.answered() ? null : job.get("not_found_at")
                : heard.date().isPresent() && (first404 == null || first404 > heard.apiNow()) ? Long.valueOf(heard.apiNow()) : first404);
        row.put("not_found_run", !heard.unknown() ? heard.answered() ? null : job.get("not_found_run")
                : firstRun == null || firstRun > running.now() ? Long.valueOf(running.now()) : firstRun);
        Long overdue = since == null || since > running.now() ? Long.valueOf(running.now()) : since;
        row.put("overdue_at", past ? overdue : heard.answered() ? null : since);
        row.put("provider_status", heard.said() == null ? null : heard.said().status());
        row.put("creation_time", heard.said() == null ? null : heard.said().creationTime());
        row.put("expiration_time", told == null ? null : heard.said().expirationTime());
        row.put("expires_at", told == null && before == null ? Long.valueOf(expires) : told);
        schedule(row, job, answer, past, expires, created == null || created >= expires ? accepted(job) : created,
                Math.abs(heard.apiNow() - clock.millis()) < 2 * DATE_UNIT ? clock.millis() : heard.apiNow(), trouble != null);
        return row;
    }

    /**
     * @param job that was not asked for after all, or with a token that has ended
     * @return the columns of {@code poll/job-poll-open} for a job that is due as before, and that its place is free; {@code kind} is
     *     {@code unauthorized}, why it was not
     */
    public Map<String, Object> asBefore(@Variable("job") Map<String, Object> job) {
        Map<String, Object> row = new HashMap<>();
        for (String column : List.of("id", "claim", "next_poll_at", "poll_delay", "not_found", "not_found_at", "not_found_run", "overdue_at")) {
            row.put(column, job.get(column));
        }
        for (String column : List.of("provider_status", "creation_time", "expiration_time", "expires_at", "last_error")) {
            row.put(column, null); // as it is
        }
        row.put("kind", "unauthorized");
        row.put("turn", !isHint(job));
        row.put("counted", 0);
        row.put("answered", false);
        row.put("next_poll_wait", 0L);
        row.put("free_at", clock.millis());
        return row;
    }

    /** A time that is not after the job's creation, or its acceptance, is no expiry: 0001-01-01 and 1970 mean that there is none. */
    private static Long expiry(Long time, Long created, Map<String, Object> job) {
        return time == null || created != null && time <= created || time <= accepted(job) ? null : time;
    }

    private static long accepted(Map<String, Object> job) {
        return number(job, "accepted_at").longValue();
    }

    /**
     * @param jobs that nobody could ask about in the day after their expiry
     * @return rows of {@code relay_callback} that end them
     * @throws IOException never, in practice
     */
    public List<Map<String, Object>> forgotten(@Body List<Map<String, Object>> jobs) throws IOException {
        List<Map<String, Object>> ends = new ArrayList<>();
        for (Map<String, Object> job : jobs) {
            ends.add(expired(job, "its expirationTime passed a day ago and it could not be polled since"));
        }
        return ends;
    }

    /**
     * When to ask again: doubling gaps, one last look shortly before expiry, one past it, and one more where only our own clock says that it is
     * past. What lies ahead is reckoned by the API's clock. When the account has to wait, the job is due as soon as it may go on.
     */
    private void schedule(Map<String, Object> row, Map<String, Object> job, ApiAnswer answer, boolean past, long expires, long born,
            long apiNow, boolean trouble) {
        long last = number(job, "poll_delay").longValue();
        boolean penalty = answer.code() == 429 || trouble;
        boolean outOfTurn = penalty || Boolean.TRUE.equals(job.get("missed"));
        long delay = outOfTurn && last > 0 ? last : last == 0 ? initialDelay.toMillis() : Backoff.next(Duration.ofMillis(last), Duration.ZERO, maxDelay).toMillis();
        long lastLook = expires - Math.max(0, Math.min(LAST_LOOK.toMillis(), (expires - born) / 20));
        long wait = Math.max(delay, answer.retryAfter(clock).toMillis());
        if (apiNow < lastLook) {
            wait = Math.min(wait, lastLook - apiNow);
        } else if (apiNow < expires) {
            wait = Math.min(wait, expires + DATE_UNIT - apiNow);
        } else if (past) {
            wait = Math.min(wait, SECOND_LOOK.toMillis());
        }
        row.put("poll_delay", delay);
        row.put("next_poll_at", clock.millis() + (penalty ? 0 : wait));
        row.put("next_poll_wait", penalty ? 0L : wait);
    }

    private Map<String, Object> expired(Map<String, Object> job, String why) throws IOException {
        Map<String, Object> row = new HashMap<>();
        byte[] body = StatusResource.write(job, "Expired", null, clock.millis());
        webhook.fill(row, (String) job.get("id"), "relay", body, StatusResource.read(body).orElseThrow());
        row.put("kind", "ended");
        row.put("verdict", "New");
        row.put("note", why);
        return row;
    }

    /** Whether a hint brought the poll about, and not the job's turn. */
    private static boolean isHint(Map<String, Object> job) {
        return "hint".equals(job.get("kind"));
    }

    private static Number number(Map<String, Object> row, String column) {
        Object value = row.get(column);
        return value == null ? 0 : (Number) value;
    }
}
