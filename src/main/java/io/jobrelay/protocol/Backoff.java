package io.jobrelay.protocol;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Says when to try again: doubling delays, and the other side's {@code Retry-After} where it asks for longer. */
public final class Backoff {

    /** A longer {@code Retry-After} is a mistake of the other side's, and nobody would ever hear of it. */
    public static final Duration LONGEST_WAIT = Duration.ofDays(1);

    /** Digits are ASCII's, whatever the language; a fraction is not in the RFC, and what was meant is plain all the same. */
    private static final Pattern SECONDS = Pattern.compile("[\\s\"']*+\\+?(?=\\d)0*+(\\d*+)(?:\\.(\\d*+))?s?[\\s\"']*+");

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
     * @param last the delay that was too short
     * @param first the shortest
     * @param max the longest
     * @return the next one: twice as long, at least {@code first}, at most {@code max}
     */
    public static Duration next(Duration last, Duration first, Duration max) {
        Duration twice = last.multipliedBy(2);
        Duration delay = twice.compareTo(first) < 0 ? first : twice;
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
     * Reads {@code Retry-After} (RFC 9110, 10.2.3: seconds or an HTTP date). A date is compared with the {@code Date} of the same answer where
     * there is one: the other side's clock made both.
     *
     * @param headers of an answer; names in any case, a repeated one as a collection or joined by commas
     * @param clock the relay's
     * @return how long to wait, at most a day, and of several times the longest; zero when it is over; null when there is none that can be read
     */
    public static Duration retryAfter(Map<String, ?> headers, Clock clock) {
        String asked = value(headers, "Retry-After");
        Instant now = date(headers, clock.instant()).orElse(clock.instant());
        Duration longest = longestSeconds(asked);
        for (Instant date : HttpDate.in(asked, now)) {
            Duration until = Duration.between(now, date);
            longest = longest == null || until.compareTo(longest) > 0 ? until : longest;
        }
        return longest == null ? null : longest.isNegative() ? Duration.ZERO : longest.compareTo(LONGEST_WAIT) > 0 ? LONGEST_WAIT : longest;
    }

    /**
     * @param headers of an answer; names in any case
     * @param now what the time is by the relay's clock
     * @return what the time was by the other side's; empty when it does not say
     */
    public static Optional<Instant> date(Map<String, ?> headers, Instant now) {
        return HttpDate.in(value(headers, "Date"), now).stream().reduce((first, last) -> last);
    }

    /**
     * @param text of a header, or of several joined by commas
     * @return the longest time in it that is given in seconds, at most a day; null when there is none
     */
    public static Duration longestSeconds(String text) {
        Duration longest = null;
        for (String part : HttpDate.without(text).split(",")) {
            Matcher seconds = SECONDS.matcher(part);
            if (seconds.matches()) {
                long whole = seconds.group(1).length() > 9 ? LONGEST_WAIT.toSeconds() : Long.parseLong("0" + seconds.group(1));
                String fraction = (seconds.group(2) == null ? "" : seconds.group(2)) + "000";
                Duration wait = Duration.ofSeconds(Math.min(whole, LONGEST_WAIT.toSeconds()))
                        .plusMillis(Integer.parseInt(fraction.substring(0, 3)));
                longest = longest == null || wait.compareTo(longest) > 0 ? wait : longest;
            }
        }
        return longest;
    }

    /**
     * @param headers of an answer; names in any case
     * @param name of one
     * @return its value, several joined by commas; empty when there is none
     */
    public static String value(Map<String, ?> headers, String name) {
        return headers == null ? "" : headers.entrySet().stream().filter(h -> name.equalsIgnoreCase(h.getKey()) && h.getValue() != null)
                .flatMap(h -> h.getValue() instanceof Collection<?> several ? several.stream() : Stream.of(h.getValue()))
                .map(String::valueOf).collect(Collectors.joining(","));
    }
}
