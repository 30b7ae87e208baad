package io.jobrelay.api;

import io.jobrelay.config.Upstream;
import io.jobrelay.forward.Backoff;
import java.time.Clock;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import org.apache.camel.Body;
import org.apache.camel.Variable;

/**
 * The one budget of submits and polls. A call takes a place when it begins and gives it back a minute after its answer came: the API counted
 * it no later than that, so in any 60 s of the API's it sees at most as many calls as it allows.
 */
public final class Budget {

    /** How long an answer is waited for; the same number stands in {@code routes/api/api-call.camel.yaml}. */
    private static final Duration LONGEST_CALL = Duration.ofSeconds(35);
    private static final Duration WINDOW = Duration.ofSeconds(60);
    /** How long a call can hold its place in the budget. */
    public static final Duration LONGEST_PLACE = LONGEST_CALL.plus(WINDOW);
    private static final Duration SECOND_PENALTY = Duration.ofSeconds(30);
    private static final Duration LONGEST_ACCOUNT_WAIT = Duration.ofMinutes(5);

    /** What the account of the one API is called in health and messages. */
    public static final String ACCOUNT = "ringcentral";

    private final Upstream upstream;
    private final Clock clock;

    /**
     * @param upstream whose {@code requestsPerMinute} is the size of the budget
     * @param clock the relay's
     */
    public Budget(Upstream upstream, Clock clock) {
        this.upstream = upstream;
        this.clock = clock;
    }

    /**
     * @param api the row of {@code relay_api} with {@code calls} and {@code hints} under way or not a minute past
     * @return {@code slots}: how many calls may begin now, one at a time while the account is in trouble; {@code hint_slots}: how many of them
     *     for hints, which together take at most a fifth; {@code token}: the access token, or null when a new one is needed; {@code renewed}:
     *     whether the one before it was refused, and it has not been seen to be good; {@code may_fetch}: whether one may be asked for now
     */
    public Map<String, Object> assess(@Body Map<String, Object> api) {
        long now = clock.millis();
        boolean waits = pausedUntil(api, now) > 0 || accountWaitsUntil(api, now) > 0;
        int slots = waits ? 0 : Math.max(0, upstream.requestsPerMinute() - (int) number(api, "calls"));
        slots = api.get("account_error") == null ? slots : Math.min(slots, 1);
        Map<String, Object> result = new HashMap<>();
        result.put("slots", slots);
        result.put("hint_slots", Math.max(0, Math.min(slots, upstream.requestsPerMinute() / 5 - (int) number(api, "hints"))));
        result.put("token", number(api, "token_until") > now ? api.get("access_token") : null);
        result.put("renewed", number(api, "token_refusals") > 0);
        result.put("may_fetch", !waits && ahead(number(api, "token_retry_at"), now, Backoff.LONGEST_WAIT) == 0);
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
     * @param slots what {@link #assess} found
     * @param kind {@code submit}, {@code poll} or {@code hint}
     * @return whether a call of this kind may begin now: there is a place for it, and a token that nobody has seen refused
     */
    public boolean grants(@Variable("api") Map<String, Object> slots, @Variable("kind") String kind) {
        return slots.get("token") != null && (int) slots.get("hint".equals(kind) ? "hint_slots" : "slots") > 0;
    }

    /** @return how many calls the API allows in any minute */
    public int limit() {
        return upstream.requestsPerMinute();
    }

    /** @return milliseconds since the epoch, a day from now: what expires before then is at risk */
    public long tomorrow() {
        return clock.millis() + Duration.ofDays(1).toMillis();
    }

    /** @return milliseconds since the epoch until which a call that begins now holds its place if its answer never comes */
    public long heldUntil() {
        return clock.millis() + LONGEST_PLACE.toMillis();
    }

    /** @return milliseconds since the epoch until which a call that was answered now holds its place */
    public long freeAt() {
        return clock.millis() + WINDOW.toMillis();
    }

    /**
     * @param answer that came
     * @return for {@code sql/api-pause}: {@code paused_until}, until when nothing may be sent, 0 when the answer asks for no pause;
     *     {@code penalty}, 1 for a 429; {@code second_until}, the least for the second in a row; {@code longest_until}, what lies beyond it was
     *     never asked for. All times in milliseconds since the epoch
     */
    public Map<String, Object> pause(@Variable("answer") ApiAnswer answer) {
        long now = clock.millis();
        Duration pause = answer.pause(clock);
        return Map.of("paused_until", pause.isZero() ? 0L : now + pause.toMillis(), "penalty", answer.code() == 429 ? 1 : 0,
                "second_until", now + SECOND_PENALTY.toMillis(), "longest_until", now + Backoff.LONGEST_WAIT.toMillis());
    }

    /**
     * Says what a submit or a poll has shown of token and account.
     *
     * @param answer that came
     * @param api what {@link #assess} found before the call
     * @param token that went with the call
     * @return {@code token_good}, {@code no_penalty} and {@code good} (the API dealt with the request itself); {@code refused}, whether the
     *     token was; {@code account_error} and {@code reason}, what is wrong with the account, or null; {@code whose}, the token that must
     *     still be in use for that to count, or null
     */
    public Map<String, Object> heard(@Variable("answer") ApiAnswer answer, @Variable("api") Map<String, Object> api,
            @Variable("token") String token) {
        Map<String, Object> row = new HashMap<>();
        boolean own = answer.code() != 0 && !answer.gateway();
        row.put("token_good", own && answer.code() != 401);
        row.put("no_penalty", answer.code() != 0 && answer.code() != 429);
        row.put("good", answer.ok() && !answer.html() || answer.refused());
        row.put("refused", answer.unauthorized());
        row.put("account_error", trouble(answer, api));
        row.put("reason", row.get("account_error"));
        row.put("whose", answer.unauthorized() ? token : null);
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

    /** @return milliseconds since the epoch beyond which no account is ever made to wait */
    public long longestAccountWait() {
        return clock.millis() + LONGEST_ACCOUNT_WAIT.toMillis();
    }

    private static long number(Map<String, Object> row, String column) {
        return row.get(column) == null ? 0 : ((Number) row.get(column)).longValue();
    }
}
