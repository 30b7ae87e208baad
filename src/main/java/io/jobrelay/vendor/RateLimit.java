package io.jobrelay.vendor;

import com.fasterxml.jackson.databind.JsonNode;
import io.jobrelay.document.DocumentReader;
import io.jobrelay.document.Members;
import io.jobrelay.document.Place;
import io.jobrelay.protocol.Backoff;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** What an answer tells of the vendor's limits: how long nothing may be sent now. */
public final class RateLimit {

    private static final int TOO_MANY = 429;
    private static final Duration PENALTY = Duration.ofSeconds(60);
    private static final Duration LONGEST_WINDOW = Duration.ofHours(1);
    /** A number as large as this is a time, not how long it is until then. */
    private static final double UNIX = 1e9;
    private static final int LONGEST_TEXT = 2_000;
    private static final Pattern NUMBER = Pattern.compile("\\d{1,15}(?:\\.\\d{0,15})?");
    /** As Go writes durations: {@code 6m0s}, {@code 1.5s}, {@code 20ms}. */
    private static final Pattern UNITS = Pattern.compile("(?=\\d)(?:(\\d{1,9})d)?(?:(\\d{1,9})h)?(?:(\\d{1,9})m(?!s))?"
            + "(?:(\\d{1,9}(?:\\.\\d{1,9})?)s)?(?:(\\d{1,9}(?:\\.\\d{1,9})?)ms)?");

    private final String remaining;
    private final String window;
    private final String reset;
    private final Duration penalty;
    private final Place text;
    private final Pattern seconds;
    private final DocumentReader reader;

    private RateLimit(JsonNode member) {
        this.remaining = member.path("remaining").asText();
        this.window = member.path("window").asText();
        this.reset = member.path("reset").asText();
        this.penalty = Members.duration(member, "penalty", PENALTY);
        JsonNode body = member.path("body");
        this.text = Place.of(body.get("at"));
        this.seconds = body.has("seconds") ? Pattern.compile(body.get("seconds").asText()) : null;
        this.reader = DocumentReader.of(List.of(text));
    }

    /**
     * @param member {@code rateLimit} of a profile, or missing
     * @return what it names
     */
    public static RateLimit of(JsonNode member) {
        return new RateLimit(member);
    }

    /**
     * @param code of an answer
     * @param headers of it; names in any case
     * @param body of it
     * @param clock the relay's
     * @return the pause: after a 429 what {@code Retry-After} says, else the body's words, else the time of the reset, else the penalty, at most
     *     a day; after any other answer that leaves no call the rest of the window, at most an hour; zero when there is none
     */
    public Duration pause(int code, Map<String, ?> headers, byte[] body, Clock clock) {
        Duration until = until(Backoff.value(headers, reset), headers, clock);
        if (code == TOO_MANY) {
            Duration asked = Backoff.retryAfter(headers, clock);
            return Stream.of(asked == null ? Duration.ZERO : asked, told(body), until).filter(one -> !one.isZero()).findFirst()
                    .map(one -> least(one, Backoff.LONGEST_WAIT)).orElse(penalty);
        }
        if (Stream.of(Backoff.value(headers, remaining).split(",")).noneMatch(left -> left.strip().matches("0+"))) {
            return Duration.ZERO;
        }
        Duration rest = Backoff.longestSeconds(Backoff.value(headers, window));
        return least(rest == null ? until : rest, LONGEST_WINDOW);
    }

    private Duration told(byte[] body) {
        String said = seconds == null ? null : reader.glean(body).line(text, LONGEST_TEXT);
        Matcher found = said == null ? null : seconds.matcher(said);
        return found == null || !found.find() || found.groupCount() < 1 ? Duration.ZERO : duration(found.group(1));
    }

    /** The longest of several: seconds, {@code 6m0s}, or a Unix time, by the vendor's own clock where it tells it. */
    private static Duration until(String header, Map<String, ?> headers, Clock clock) {
        Duration longest = Duration.ZERO;
        for (String part : header.split(",")) {
            Duration one = duration(part.strip());
            if (one.toSeconds() >= UNIX) {
                Instant now = Backoff.date(headers, clock.instant()).orElse(clock.instant());
                one = Duration.between(now, Instant.EPOCH.plus(one));
            }
            longest = one.compareTo(longest) > 0 ? one : longest;
        }
        return longest;
    }

    private static Duration duration(String text) {
        if (text == null) {
            return Duration.ZERO;
        }
        if (NUMBER.matcher(text).matches()) {
            return millis(Double.parseDouble(text) * 1000);
        }
        Matcher units = UNITS.matcher(text);
        if (!units.matches()) {
            return Duration.ZERO;
        }
        double[] each = {86_400_000, 3_600_000, 60_000, 1_000, 1};
        double sum = 0;
        for (int i = 0; i < each.length; i++) {
            sum += units.group(i + 1) == null ? 0 : each[i] * Double.parseDouble(units.group(i + 1));
        }
        return millis(sum);
    }

    private static Duration millis(double millis) {
        return Duration.ofMillis((long) Math.min(millis, 1e16));
    }

    private static Duration least(Duration one, Duration other) {
        return one.compareTo(other) < 0 ? one : other;
    }
}
