package io.jobrelay.sandbox;

import com.fasterxml.jackson.databind.JsonNode;
import io.jobrelay.config.Keys;
import java.time.Duration;
import java.util.Iterator;
import java.util.Optional;
import java.util.Set;

/**
 * The trouble that a request asks the sandbox for, in its member {@code sandbox}. An absent member means that nothing goes wrong.
 *
 * @param callback {@code never}: only the status tells; {@code early}: sent before the 202; {@code twice}; {@code late}: long after the
 *     status says so; null: once, at the end
 * @param after how long the job takes; of a late callback, how long it comes after the result; null where the request does not say
 * @param fail whether the job ends {@code Fail}
 * @param status that submits are answered with instead of 202; 0 for none. With 500, 502 and 504 the job is taken all the same
 * @param times how many submits with the same webhook are answered so
 * @param retryAfter seconds for {@code Retry-After} of those answers; null for none
 * @param expires how long the API knows the job
 */
record Rehearsal(String callback, Duration after, boolean fail, int status, int times, Long retryAfter, Duration expires) {

    private static final Duration WEEK = Duration.ofDays(7);
    private static final Duration RUN = Duration.ofMillis(250);
    private static final Duration LATE = Duration.ofSeconds(30);
    private static final Duration LONGEST_HOLD = Duration.ofMinutes(1);
    private static final Set<String> MEMBERS = Set.of("callback", "after", "outcome", "status", "times", "retryAfter", "expires");
    private static final Set<Integer> STATUSES = Set.of(401, 403, 429, 500, 502, 503, 504);

    /**
     * @param request whose member {@code sandbox} is read
     * @return what it asks for
     * @throws SandboxError 400 naming the member that cannot be read
     */
    static Rehearsal of(JsonNode request) {
        JsonNode asked = request.path("sandbox");
        if (!asked.isMissingNode() && !asked.isNull() && !asked.isObject()) {
            throw SandboxError.invalid("sandbox", "Parameter [sandbox] is invalid. It takes an object");
        }
        for (Iterator<String> names = asked.fieldNames(); names.hasNext();) {
            if (!MEMBERS.contains(names.next())) {
                throw SandboxError.invalid("sandbox",
                        "Parameter [sandbox] is invalid. Its members are callback, after, outcome, status, times, retryAfter and expires");
            }
        }
        String callback = oneOf(asked, "callback", "never", "early", "twice", "late");
        boolean held = "early".equals(callback); // the submitter waits so long for its answer
        Duration after = duration(asked, "after", held ? LONGEST_HOLD : WEEK, held ? "1m" : "7d");
        boolean fail = "Fail".equals(oneOf(asked, "outcome", "Success", "Fail"));
        int status = number(asked, "status", 0);
        if (status != 0 && !STATUSES.contains(status)) {
            throw invalid("status", "one of 401, 403, 429, 500, 502, 503, 504");
        }
        int times = number(asked, "times", 1);
        if (times < 1 || times > 1000) {
            throw invalid("times", "a whole number from 1 to 1000");
        }
        Duration retryAfter = duration(asked, "retryAfter", WEEK, "7d");
        Long seconds = retryAfter != null ? Long.valueOf((retryAfter.toMillis() + 999) / 1000) : status == 429 ? Long.valueOf(60) : null;
        Duration expires = duration(asked, "expires", WEEK, "7d");
        return new Rehearsal(callback, after, fail, status, times, seconds, expires == null ? WEEK : expires);
    }

    /** @return whether the callback is sent before the submit is answered */
    boolean early() {
        return "early".equals(callback);
    }

    /** @return from the submit to the result */
    Duration run() {
        if (early()) {
            return after == null ? Duration.ZERO : after;
        }
        return after == null || "late".equals(callback) ? RUN : after;
    }

    /** @return from the result to the first callback; null when there will be none */
    Duration callbackDelay() {
        if ("never".equals(callback)) {
            return null;
        }
        return !"late".equals(callback) ? Duration.ZERO : after == null ? LATE : after;
    }

    /** @return how often the callback is repeated after it was accepted */
    int repeats() {
        return "twice".equals(callback) ? 1 : 0;
    }

    /** @return whether the job exists although the submit was refused, as after an answer that was lost on its way */
    boolean takenAnyway() {
        return status == 500 || status == 502 || status == 504;
    }

    private static String oneOf(JsonNode asked, String name, String... words) {
        JsonNode value = asked.path(name);
        if (value.isMissingNode() || value.isNull()) {
            return null;
        }
        for (String word : words) {
            if (value.isTextual() && value.textValue().equals(word)) {
                return word;
            }
        }
        throw invalid(name, "one of " + String.join(", ", words));
    }

    private static Duration duration(JsonNode asked, String name, Duration longest, String inWords) {
        JsonNode value = asked.path(name);
        if (value.isMissingNode() || value.isNull()) {
            return null;
        }
        return (value.isTextual() ? Keys.parseDuration(value.textValue()) : Optional.<Duration>empty())
                .filter(d -> d.compareTo(longest) <= 0)
                .orElseThrow(() -> invalid(name, "a duration such as 250ms, 2s, 10m, 1h or 7d, at most " + inWords));
    }

    private static int number(JsonNode asked, String name, int otherwise) {
        JsonNode value = asked.path(name);
        if (value.isMissingNode() || value.isNull()) {
            return otherwise;
        }
        if (!value.isInt()) {
            throw invalid(name, "a whole number");
        }
        return value.intValue();
    }

    private static SandboxError invalid(String name, String takes) {
        return SandboxError.invalid("sandbox." + name, "Parameter [sandbox." + name + "] is invalid. It takes " + takes);
    }
}
