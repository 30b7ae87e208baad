package io.jobrelay.forward;

import java.time.Clock;
import java.time.Duration;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeParseException;
import java.util.Map;
import java.util.concurrent.ThreadLocalRandom;

/** Says when to try again: doubling delays, and the other side's {@code Retry-After} where it asks for longer. */
public final class Backoff {

    /** A longer {@code Retry-After} is a mistake of the other side's, and nobody would ever hear of it. */
    private static final Duration LONGEST_WAIT = Duration.ofDays(1);

    private Backoff() {
    }

    /**
     * @param first delay after the first failure
     * @param max the longest
     * @param failures so far, at least 1
     * @return {@code first} doubled for each failure after the first, at most {@code max}
     */
    public static Duration doubling(Duration first, Duration max, int failures) {
        Duration delay = first;
        for (int i = 1; i < failures && delay.compareTo(max) < 0; i++) {
            delay = delay.multipliedBy(2);
        }
        return delay.compareTo(max) > 0 ? max : delay;
    }

    /**
     * @param delay to spread
     * @return the delay and up to a fifth more, so that what failed together does not come again together
     */
    public static Duration jitter(Duration delay) {
        return delay.plusMillis((long) (delay.toMillis() * 0.2 * ThreadLocalRandom.current().nextDouble()));
    }

    /**
     * Reads {@code Retry-After} (RFC 9110, 10.2.3: seconds or an HTTP date).
     *
     * @param headers of an answer; names in any case
     * @param clock the relay's
     * @return how long to wait, at most a day; null when there is none that can be read
     */
    public static Duration retryAfter(Map<String, ?> headers, Clock clock) {
        if (headers == null) {
            return null;
        }
        String value = headers.entrySet().stream().filter(h -> "Retry-After".equalsIgnoreCase(h.getKey()) && h.getValue() != null)
                .map(h -> h.getValue().toString().trim()).findFirst().orElse("");
        try {
            if (value.matches("\\d{1,9}")) {
                return atMost(Duration.ofSeconds(Long.parseLong(value)));
            }
            Duration until = Duration.between(clock.instant(), ZonedDateTime.parse(value, DateTimeFormatter.RFC_1123_DATE_TIME).toInstant());
            return until.isNegative() ? Duration.ZERO : atMost(until);
        } catch (DateTimeParseException e) {
            return null;
        }
    }

    private static Duration atMost(Duration asked) {
        return asked.compareTo(LONGEST_WAIT) > 0 ? LONGEST_WAIT : asked;
    }
}
