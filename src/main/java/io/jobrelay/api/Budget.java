package io.jobrelay.api;

import io.jobrelay.config.Upstream;
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

    /** How long an answer is waited for; the same number stands in {@code routes/api-call.camel.yaml}. */
    private static final Duration LONGEST_CALL = Duration.ofSeconds(35);
    private static final Duration WINDOW = Duration.ofSeconds(60);
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
     * @return {@code slots}: how many calls may begin now; {@code hint_slots}: how many of them for hints, which together take at most a
     *     fifth; {@code token}: the access token, or null when a new one is needed; {@code may_fetch}: whether one may be asked for now
     */
    public Map<String, Object> assess(@Body Map<String, Object> api) {
        long now = clock.millis();
        boolean paused = number(api, "paused_until") > now;
        int slots = paused ? 0 : Math.max(0, upstream.requestsPerMinute() - (int) number(api, "calls"));
        Map<String, Object> result = new HashMap<>();
        result.put("slots", slots);
        result.put("hint_slots", Math.max(0, Math.min(slots, upstream.requestsPerMinute() / 5 - (int) number(api, "hints"))));
        result.put("token", number(api, "token_until") > now ? api.get("access_token") : null);
        result.put("may_fetch", !paused && number(api, "token_retry_at") <= now);
        return result;
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
        return clock.millis() + LONGEST_CALL.plus(WINDOW).toMillis();
    }

    /** @return milliseconds since the epoch until which a call that was answered now holds its place */
    public long freeAt() {
        return clock.millis() + WINDOW.toMillis();
    }

    /**
     * @param answer that came
     * @return milliseconds since the epoch until which nothing may be sent; 0 when the answer asks for no pause
     */
    public long pausedUntil(@Variable("answer") ApiAnswer answer) {
        Duration pause = answer.pause(clock);
        return pause.isZero() ? 0 : clock.millis() + pause.toMillis();
    }

    private static long number(Map<String, Object> row, String column) {
        return row.get(column) == null ? 0 : ((Number) row.get(column)).longValue();
    }
}
