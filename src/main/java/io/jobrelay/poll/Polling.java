package io.jobrelay.poll;

import io.jobrelay.api.ApiAnswer;
import io.jobrelay.config.Upstream;
import io.jobrelay.forward.OutcomeDocument;
import io.jobrelay.http.PercentCode;
import io.jobrelay.intake.CallbackBody;
import io.jobrelay.intake.Webhook;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.apache.camel.Body;
import org.apache.camel.Exchange;
import org.apache.camel.Message;
import org.apache.camel.Variable;

/** Says how a job is asked for, what the answer means, and when to ask again. "Still in progress" is not a failure, and neither is a 429. */
public final class Polling {

    /** How long a job that could not be polled any more is kept past its expiry. */
    private static final Duration GRACE = Duration.ofDays(1);
    private static final Duration LAST_LOOK = Duration.ofMinutes(10);
    private final Upstream upstream;
    private final Webhook webhook;
    private final Duration initialDelay;
    private final Duration maxDelay;
    private final int batchSize;
    private final Clock clock;

    /**
     * @param upstream the API
     * @param webhook fills rows of {@code relay_callback}
     * @param initialDelay {@code relay.poll.initial-delay}
     * @param maxDelay {@code relay.poll.max-delay}
     * @param batchSize {@code relay.poll.batch-size}
     * @param clock the relay's
     */
    public Polling(Upstream upstream, Webhook webhook, Duration initialDelay, Duration maxDelay, int batchSize, Clock clock) {
        this.upstream = upstream;
        this.webhook = webhook;
        this.initialDelay = initialDelay;
        this.maxDelay = maxDelay;
        this.batchSize = batchSize;
        this.clock = clock;
    }

    /**
     * @param api what the budget allows now
     * @return how many jobs to claim at once
     */
    public int batch(@Variable("api") Map<String, Object> api) {
        return Math.min(batchSize, (int) api.get("slots"));
    }

    /**
     * @param due jobs whose turn has come
     * @param hinted jobs a hint named; one that is due anyway is not polled twice
     * @return all of them
     */
    public List<Map<String, Object>> both(@Variable("due") List<Map<String, Object>> due, @Body List<Map<String, Object>> hinted) {
        List<Map<String, Object>> all = new ArrayList<>(due);
        Set<Object> ids = due.stream().map(job -> job.get("id")).collect(Collectors.toSet());
        hinted.stream().filter(job -> !ids.contains(job.get("id"))).forEach(all::add);
        return all;
    }

    /** @return milliseconds since the epoch: what expired before then and is still open is given up */
    public long givenUpBefore() {
        return clock.millis() - GRACE.toMillis();
    }

    /**
     * Makes the message the status request of a job: {@code GET <server>/ai/status/v1/jobs/<jobId>}.
     *
     * @param job claimed row of {@code relay_job}
     * @param token the access token
     * @param message whose headers and body are replaced
     */
    public void write(@Variable("job") Map<String, Object> job, @Variable("token") String token, Message message) {
        message.removeHeaders("*");
        message.setHeader(Exchange.HTTP_METHOD, "GET");
        message.setHeader(Exchange.HTTP_URI, upstream.baseUrl() + "/ai/status/v1/jobs/"
                + PercentCode.encode(((String) job.get("job_id")).getBytes(StandardCharsets.UTF_8)));
        message.setHeader("Accept", "application/json");
        message.setHeader("Authorization", "Bearer " + token);
        message.setBody(null);
    }

    /**
     * Decides what the answer to a poll means.
     *
     * @param answer of the API
     * @param job that was polled
     * @return {@code kind}: {@code ended} (a row of {@code relay_callback}), {@code unauthorized}, {@code waits} (asked again later) or
     *     {@code hinted} (asked out of turn: its turn stays as it was), with the columns its statement needs, and as {@code said} the API's
     *     word for the job's status, or null
     * @throws IOException never, in practice
     */
    public Map<String, Object> decide(@Variable("answer") ApiAnswer answer, @Variable("job") Map<String, Object> job) throws IOException {
        CallbackBody said = answer.ok() ? CallbackBody.read(answer.body()).orElse(null) : null;
        Map<String, Object> row = decide(said, answer, job);
        row.put("said", said == null ? null : said.status());
        return row;
    }

    private Map<String, Object> decide(CallbackBody said, ApiAnswer answer, Map<String, Object> job) throws IOException {
        Map<String, Object> row = new HashMap<>();
        row.put("id", job.get("id"));
        if (said != null && said.terminal()) {
            row.put("kind", "ended");
            webhook.fill(row, (String) job.get("id"), "poll", answer.body(), said);
            row.put("job_id", job.get("job_id"));
            return row;
        }
        if (answer.code() == 401) {
            row.put("kind", "unauthorized");
            return row;
        }
        boolean answered = said != null || answer.code() == 404;
        int notFound = answer.code() == 404 ? number(job, "not_found").intValue() + 1 : 0;
        Long told = said == null ? null : Webhook.millis(said.expirationTime());
        Long expires = told != null ? told : (Long) job.get("expires_at");
        long now = clock.millis();
        if (notFound >= 2) {
            return expired(job, "the API does not know the job any more (404 twice in a row)");
        }
        if (expires != null && (answered && now >= expires || now >= expires + GRACE.toMillis())) {
            return expired(job, "the API had not ended the job when its expirationTime had passed");
        }
        row.put("kind", "hint".equals(job.get("kind")) ? "hinted" : "waits");
        row.put("not_found", answer.code() == 404 ? notFound : answered ? 0 : number(job, "not_found").intValue());
        row.put("creation_time", said == null ? null : said.creationTime());
        row.put("expiration_time", said == null ? null : said.expirationTime());
        row.put("expires_at", told);
        row.put("last_error", answered ? null : answer.summary());
        schedule(row, job, answer, expires, now);
        return row;
    }

    /**
     * @param job that nobody could poll in the day after its expiry
     * @return a row of {@code relay_callback} that ends it
     * @throws IOException never, in practice
     */
    public Map<String, Object> forgotten(@Body Map<String, Object> job) throws IOException {
        return expired(job, "its expirationTime passed a day ago and it could not be polled since");
    }

    /** When to ask again: doubling gaps, one last look shortly before expiry, one more past it. */
    private void schedule(Map<String, Object> row, Map<String, Object> job, ApiAnswer answer, Long expires, long now) {
        long last = number(job, "poll_delay").longValue();
        boolean penalty = answer.code() == 429;
        boolean outOfTurn = penalty || Boolean.TRUE.equals(job.get("missed"));
        long delay = outOfTurn && last > 0 ? last : last == 0 ? initialDelay.toMillis() : Math.min(last * 2, maxDelay.toMillis());
        long next = now + (penalty ? answer.pause(clock).toMillis() : Math.max(delay, answer.retryAfter(clock).toMillis()));
        if (expires != null && !penalty) {
            long lastLook = expires - Math.min(LAST_LOOK.toMillis(), (expires - born(job)) / 20);
            next = now < lastLook ? Math.min(next, lastLook) : now < expires ? Math.min(next, expires + 1) : next;
        }
        row.put("poll_delay", delay);
        row.put("next_poll_at", next);
    }

    private static long born(Map<String, Object> job) {
        Long created = Webhook.millis((String) job.get("creation_time"));
        return created != null ? created : number(job, "accepted_at").longValue();
    }

    private Map<String, Object> expired(Map<String, Object> job, String why) throws IOException {
        Map<String, Object> row = new HashMap<>();
        byte[] body = OutcomeDocument.statusResource(job, "Expired", null, clock.millis());
        webhook.fill(row, (String) job.get("id"), "relay", body, CallbackBody.read(body).orElseThrow());
        row.put("kind", "ended");
        row.put("verdict", "New");
        row.put("note", why);
        return row;
    }

    private static Number number(Map<String, Object> row, String column) {
        Object value = row.get(column);
        return value == null ? 0 : (Number) value;
    }
}
