package io.jobrelay.api;

import io.jobrelay.client.CallLimits;
import io.jobrelay.config.Upstream;
import io.jobrelay.protocol.Backoff;
import java.time.Clock;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.camel.Body;
import org.apache.camel.Variable;

/**
 * The one budget of submits and polls. A job that is claimed has a place in it, for as long as the claim holds; when the call begins the place
 * is kept for as long as the call may take, and it is free a minute after the answer came: the API counted the call no later than that, so in
 * any 60 s of the API's it sees at most as many calls as it allows. A process that dies leaves its places to lapse.
 */
public final class RateBudget {

    private static final Duration WINDOW = Duration.ofSeconds(60);
    /** What a call may take besides the time that is measured: until it is under way, and until its end is noted. */
    private static final Duration MARGIN = Duration.ofSeconds(5);
    private static final Duration SECOND_PENALTY = Duration.ofSeconds(30);

    /** An account never waits for longer; what is stored is of a clock that was put back. */
    public static final Duration LONGEST_ACCOUNT_WAIT = Duration.ofMinutes(5);

    /** What the account of the one API is called in health and messages. */
    public static final String ACCOUNT = "ringcentral";

    private final Upstream upstream;
    private final int batchSize;
    private final Duration lease;
    private final Clock clock;

    /**
     * @param upstream whose {@code requestsPerMinute} is the size of the budget
     * @param batchSize {@code relay.poll.batch-size}: how many jobs are claimed at once
     * @param lease {@code relay.claim.lease}, which bounds a call, too
     * @param clock the relay's
     */
    public RateBudget(Upstream upstream, int batchSize, Duration lease, Clock clock) {
        this.upstream = upstream;
        this.batchSize = batchSize;
        this.lease = lease;
        this.clock = clock;
    }

    /**
     * @param lease {@code relay.claim.lease}
     * @return how long a call can hold its place in the budget; the largest requests have more time, as long as they are being sent
     */
    public static Duration longestPlace(Duration lease) {
        return ApiClient.patience(lease).plus(MARGIN).plus(WINDOW);
    }

    /**
     * @param api the row of {@code relay_api} with {@code calls} and {@code hints} under way or not a minute past
     * @return {@code slots}: how many jobs may be claimed for a call now, one at a time while the account is in trouble; {@code hint_slots}:
     *     how many of them for hints, which together take at most a fifth; {@code token}: the access token, or null when a new one is needed;
     *     {@code renewed}: whether the one before it was refused, and it has not been seen to be good
     */
    public Map<String, Object> assess(@Body Map<String, Object> api) {
        long now = clock.millis();
        boolean waits = pausedUntil(api, now) > 0 || accountWaitsUntil(api, now) > 0;
        Object token = number(api, "token_until") > now ? api.get("access_token") : null;
        int slots = waits || token == null ? 0 : Math.max(0, upstream.requestsPerMinute() - (int) number(api, "calls"));
        slots = Math.min(slots, api.get("account_error") == null ? batchSize : 1);
        Map<String, Object> result = new HashMap<>();
        result.put("slots", slots);
        result.put("hint_slots", Math.max(0, Math.min(slots, upstream.requestsPerMinute() / 5 - (int) number(api, "hints"))));
        result.put("token", token);
        result.put("renewed", number(api, "token_refusals") > 0);
        return result;
    }

    /**
     * @param api with the column {@code paused_until}
     * @param now milliseconds since the epoch
     * @return milliseconds since the epoch until which the API wants silence; 0 when it does not, and also where what is stored is longer than
     *     any answer can ask for
     */
    public static long pausedUntil(Map<String, Object> api, long now) {
        return ahead(number(api, "paused_until"), now, Backoff.LONGEST_WAIT);
    }

    /**
     * @param api with the column {@code account_retry_at}
     * @param now milliseconds since the epoch
     * @return milliseconds since the epoch until which nothing is sent for the account, since the API refused to deal with it; else 0
     */
    public static long accountWaitsUntil(Map<String, Object> api, long now) {
        return ahead(number(api, "account_retry_at"), now, LONGEST_ACCOUNT_WAIT);
    }

    private static long ahead(long until, long now, Duration longest) {
        return until > now && until - now <= longest.toMillis() ? until : 0;
    }

    /**
     * @param job claimed, whose call is about to begin
     * @param api what its claim found
     * @return for {@code api/api-call-begin} and {@code submit/job-submit-mark}: {@code id} and {@code claim} of the job, the {@code token},
     *     and {@code held_until}, when its place is free if the answer never comes
     */
    public Map<String, Object> begin(@Variable("job") Map<String, Object> job, @Variable("api") Map<String, Object> api) {
        Map<String, Object> row = new HashMap<>();
        row.put("id", job.get("id"));
        row.put("claim", job.get("claim"));
        row.put("token", api.get("token"));
        row.put("held_until", clock.millis() + longestPlace(lease).toMillis() + CallLimits.millisToSend(number(job, "body_size")));
        return row;
    }

    /**
     * @param answer that came, to whatever
     * @param clock the relay's
     * @return for {@code api/api-answered}: {@code paused_until}, until when nothing may be sent, 0 when the answer asks for no pause;
     *     {@code penalty}, 1 for a 429; {@code second_until}, the least for the second in a row. Times in milliseconds since the epoch. Of token
     *     and account, nothing
     */
    static Map<String, Object> silence(ApiAnswer answer, Clock clock) {
        long now = clock.millis();
        Duration pause = answer.pause(clock);
        Map<String, Object> row = new HashMap<>();
        row.put("paused_until", pause.isZero() ? 0L : now + pause.toMillis());
        row.put("penalty", answer.code() == 429 ? 1 : 0);
        row.put("second_until", now + SECOND_PENALTY.toMillis());
        for (String finding : List.of("token_good", "no_penalty", "good", "refused")) {
            row.put(finding, false);
        }
        row.put("token", null);
        return row;
    }

    /**
     * Says what a submit or a poll has shown of pauses, token and account.
     *
     * @param answer that came
     * @param job whose call it was
     * @param api what its claim found before the call
     * @return what {@link #silence} says; {@code claim} and {@code free_at}, when the call's place is free; {@code token_good},
     *     {@code no_penalty} and {@code good} (the API dealt with the request itself); {@code refused}, whether the {@code token} was;
     *     {@code account_error} and {@code reason}, what is wrong with the account, or null; {@code whose}, the token that must still be in use
     *     for that to count, or null
     */
    public Map<String, Object> heard(@Variable("answer") ApiAnswer answer, @Variable("job") Map<String, Object> job,
            @Variable("api") Map<String, Object> api) {
        Map<String, Object> row = silence(answer, clock);
        boolean own = answer.code() != 0 && !answer.gateway();
        row.put("claim", job.get("claim"));
        row.put("free_at", clock.millis() + WINDOW.toMillis());
        row.put("token_good", own && answer.code() != 401);
        row.put("no_penalty", answer.code() != 0 && answer.code() != 429);
        row.put("good", answer.ok() && !answer.html() || answer.refused());
        row.put("refused", answer.unauthorized());
        row.put("token", api.get("token"));
        row.put("account_error", trouble(answer, api));
        row.put("reason", row.get("account_error"));
        row.put("whose", answer.unauthorized() ? api.get("token") : null);
        return row;
    }

    /**
     * @param answer that came
     * @param api what {@link #assess} found before the call
     * @return what it says of the account: 402, 403, or 401 to a token that was fresh; null when it speaks of the request
     */
    public static String trouble(ApiAnswer answer, Map<String, Object> api) {
        boolean freshRefused = answer.unauthorized() && api != null && Boolean.TRUE.equals(api.get("renewed"));
        if (!answer.account() && !freshRefused) {
            return null;
        }
        return answer.summary() + (freshRefused ? " again, with a fresh access token" : "") + ", which speaks of account " + ACCOUNT
                + " and not of the job: " + switch (answer.code()) {
                    case 402 -> "is it paid for?";
                    case 403 -> "check the permissions of app and user, and the app's scope AI";
                    default -> "check relay.ringcentral.client-id, .client-secret and .jwt";
                };
    }

    private static long number(Map<String, Object> row, String column) {
        return row.get(column) == null ? 0 : ((Number) row.get(column)).longValue();
    }
}
