package io.jobrelay.api;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import io.jobrelay.protocol.Backoff;
import io.jobrelay.protocol.StatusResource;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.stream.Stream;

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
    private static final int MOST_READ_TWICE = 1 << 20;
    private static final Duration LONGEST_WINDOW = Duration.ofHours(1);
    private static final Set<Integer> REFUSALS = Set.of(400, 404, 405, 406, 409, 410, 413, 414, 415, 422);
    private static final Pattern TYPE = Pattern.compile("[a-z0-9!#$&^_.+-]{1,60}/[a-z0-9!#$&^_.+-]{1,60}");
    private static final Pattern PAGE = Pattern.compile("[\\s\\x{feff}\\x00]*+(?:<\\?xml[^>]*+>\\s*+)?"
            + "(?:<!--(?:(?!-->).)*+-->\\s*+)*+<(?:!doctype|html)\\b",
            Pattern.CASE_INSENSITIVE | Pattern.DOTALL);

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

    /** @return whether it calls itself an HTML page, or begins like one: proxies and gateways answer so, the API never does */
    public boolean html() {
        String type = contentType();
        return type.equals("text/html") || type.equals("application/xhtml+xml")
                || PAGE.matcher(new String(body, 0, Math.min(body.length, 1_000), StandardCharsets.UTF_8)).lookingAt();
    }

    /** @return whether somebody on the way answered in place of the API: what a 4xx says is then no word on the request */
    public boolean gateway() {
        return code >= 400 && code < 500 && html();
    }

    /** @return whether the API has refused this request for good, in its own words: the same request will not be taken later */
    public boolean refused() {
        return REFUSALS.contains(code) && !gateway();
    }

    /** @return whether it speaks of the account and not of the request: payment, or a permission that is missing */
    public boolean account() {
        return (code == 402 || code == 403) && !gateway();
    }

    /** @return whether the access token was refused */
    public boolean unauthorized() {
        return code == 401 && !gateway();
    }

    /** @return whether there is nothing in it; blanks are nothing */
    public boolean empty() {
        return body.length < 1_000 && new String(body, StandardCharsets.UTF_8).replace("\ufeff", "").isBlank();
    }

    /**
     * @param clock the relay's
     * @return what the time was by the API's clock when it answered; empty when it does not say
     */
    public Optional<Instant> date(Clock clock) {
        return Backoff.date(headers, clock.instant());
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
     * How long nothing may be sent now, to anything of this API: after a 429 only {@code Retry-After} counts, a minute where it gives no time
     * that lies ahead; on other answers a used-up window ({@code X-Rate-Limit-Remaining: 0}) is waited for (RingCentral, "Rate limits").
     *
     * @param clock the relay's
     * @return the pause, at most a day, for a window an hour; zero when there is none
     */
    public Duration pause(Clock clock) {
        if (code == 429) {
            Duration asked = retryAfter(clock);
            return asked.isZero() ? PENALTY : asked;
        }
        boolean usedUp = Stream.of(Backoff.value(headers, "X-Rate-Limit-Remaining").split(",")).anyMatch(left -> left.strip().matches("0+"));
        Duration window = usedUp ? Backoff.longestSeconds(Backoff.value(headers, "X-Rate-Limit-Window")) : null;
        return window == null ? Duration.ZERO : window.compareTo(LONGEST_WINDOW) > 0 ? LONGEST_WINDOW : window;
    }

    /** @return what to write into {@code last_error}: the status and whose it was, or why there is none */
    public String summary() {
        return error != null ? error : gateway() ? "a gateway answered " + code + " with an HTML page" : "the API answered " + code;
    }

    /**
     * @param why a sentence that says more than the status does, redacted
     * @return the same answer with that as its {@link #summary}
     */
    public ApiAnswer because(String why) {
        return new ApiAnswer(code, headers, body, left, why);
    }

    /**
     * @param wrong such as {@code not with a JSON object}
     * @return what to write into {@code last_error} for an answer that is none: the status, what is wrong, and what kind of thing it was; no
     *     word of the body
     */
    public String but(String wrong) {
        if (error != null) {
            return error;
        }
        String type = contentType();
        return summary() + ", but " + wrong + " (" + (type.isEmpty() ? "no Content-Type" : type) + ", "
                + String.format(Locale.ROOT, "%,d", body.length) + (body.length == 1 ? " byte)" : " bytes)");
    }

    /** @return the digits of a jobId that is a number: it is meant as its text; null where the body holds no such, or is larger than a megabyte */
    public String numericJobId() {
        if (body.length > MOST_READ_TWICE) {
            return null; // Jackson keeps names and numbers in memory, and a large result has been walked over once
        }
        String digits = null;
        int from = StatusResource.bomLength(body);
        try (JsonParser parser = StatusResource.JSON.createParser(body, from, body.length - from)) {
            if (parser.nextToken() == JsonToken.START_OBJECT) {
                while (parser.nextToken() == JsonToken.FIELD_NAME) {
                    boolean named = parser.currentName().equals("jobId");
                    boolean number = parser.nextToken() == JsonToken.VALUE_NUMBER_INT;
                    digits = !named ? digits : number && parser.getTextLength() <= StatusResource.LONGEST_JOB_ID ? parser.getText() : null;
                    parser.skipChildren();
                }
            }
        } catch (IOException e) {
            // what stands in front of the place where it is broken counts
        }
        return digits;
    }

    /** Without its parameters, in small letters; empty where there is none that looks like one. */
    private String contentType() {
        String type = Backoff.value(headers, "Content-Type").split("[;,]", 2)[0].strip().toLowerCase(Locale.ROOT);
        return TYPE.matcher(type).matches() ? type : "";
    }
}
