package io.jobrelay.api;

import io.jobrelay.forward.Backoff;
import java.time.Clock;
import java.time.Duration;
import java.util.Map;
import java.util.TreeMap;

/**
 * What came of one call to the API.
 *
 * @param code the HTTP status; 0 when there was no answer
 * @param headers of the answer; names in any case
 * @param body of the answer, possibly empty, never null
 * @param left whether the request may have reached the API; false only when no connection could be made
 * @param error what went wrong, redacted; null when there was an answer whose status says it all
 */
public record ApiAnswer(int code, Map<String, Object> headers, byte[] body, boolean left, String error) {

    private static final Duration PENALTY = Duration.ofSeconds(60);

    /**
     * @param code the HTTP status
     * @param headers of the answer
     * @param body of the answer, or null
     * @return an answer that came
     */
    public static ApiAnswer of(int code, Map<String, Object> headers, byte[] body) {
        Map<String, Object> anyCase = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
        anyCase.putAll(headers);
        return new ApiAnswer(code, anyCase, body == null ? new byte[0] : body, true, null);
    }

    /**
     * @param left whether the request may have reached the API
     * @param error what went wrong, redacted
     * @return an answer that did not come
     */
    public static ApiAnswer none(boolean left, String error) {
        return new ApiAnswer(0, Map.of(), new byte[0], left, error);
    }

    /** @return whether the API said yes */
    public boolean ok() {
        return code >= 200 && code < 300;
    }

    /**
     * @param clock the relay's
     * @return how long the answer asks to wait ({@code Retry-After}); zero when it does not
     */
    public Duration retryAfter(Clock clock) {
        Duration asked = Backoff.retryAfter(headers, clock);
        return asked == null ? Duration.ZERO : asked;
    }

    /**
     * How long nothing may be sent now, to anything of this API: after a 429 only {@code Retry-After} counts, a minute without it; on
     * other answers a used-up window ({@code X-Rate-Limit-Remaining: 0}) is waited for (RingCentral, "Rate limits").
     *
     * @param clock the relay's
     * @return the pause; zero when there is none
     */
    public Duration pause(Clock clock) {
        if (code == 429) {
            Duration asked = Backoff.retryAfter(headers, clock);
            return asked == null ? PENALTY : asked;
        }
        return number("X-Rate-Limit-Remaining") == 0 ? Duration.ofSeconds(Math.max(0, number("X-Rate-Limit-Window"))) : Duration.ZERO;
    }

    /** @return what to write into {@code last_error}: the status, or why there is none */
    public String summary() {
        return error != null ? error : "the API answered " + code;
    }

    /**
     * @param why a sentence that says more than the status does, redacted
     * @return the same answer with that as its {@link #summary}
     */
    public ApiAnswer because(String why) {
        return new ApiAnswer(code, headers, body, left, why);
    }

    private long number(String header) {
        Object value = headers.get(header);
        return value != null && value.toString().trim().matches("\\d{1,9}") ? Long.parseLong(value.toString().trim()) : -1;
    }
}
