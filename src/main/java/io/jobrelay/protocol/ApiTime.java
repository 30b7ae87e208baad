package io.jobrelay.protocol;

import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Reads the times of the API's status resource: {@code 2024-01-11T20:41:09.120Z}, and what other writers of ISO 8601 make of it. A small
 * {@code t} or {@code z}, a blank instead of the {@code T}, any number of fraction digits, no seconds, {@code +0000}, {@code +00}, and no
 * zone at all, which is UTC. A day without a time is none: it would be too early by up to a day.
 */
public final class ApiTime {

    private static final Pattern TIME = Pattern.compile("([+-]?\\d{4,9})-(\\d{2})-(\\d{2})(?:[Tt_]|\\s{1,9})(\\d{2}):?(\\d{2})"
            + "(?::?(\\d{2})(?:[.,](\\d{1,60}))?)?\\s{0,9}(?:([Zz]|UTC|GMT)|([+-]\\d{2})(?::?(\\d{2}))?(?::?(\\d{2}))?)?");
    /** The end of the year 9999: what is said to come later comes then, so that no sum with it goes wrong. */
    private static final long LAST = 253_402_300_799_999L;

    private ApiTime() {
    }

    /**
     * @param time of the API's, or null
     * @return milliseconds since the epoch, at most those of the year 9999; null when it cannot be read
     */
    public static Long millis(String time) {
        Matcher parts = time == null ? null : TIME.matcher(time.strip());
        if (parts == null || !parts.matches()) {
            return null;
        }
        try {
            int hour = number(parts, 4);
            boolean midnight = hour == 24 && number(parts, 5) == 0 && number(parts, 6) == 0; // ISO 8601 writes the end of a day so
            LocalDateTime local = LocalDate.of(number(parts, 1), number(parts, 2), number(parts, 3)).plusDays(midnight ? 1 : 0)
                    .atTime(midnight ? 0 : hour, number(parts, 5), Math.min(59, number(parts, 6))); // a leap second is its neighbour
            long seconds = Math.max(-LAST, Math.min(LAST, local.toEpochSecond(zone(parts))));
            String fraction = (parts.group(7) == null ? "" : parts.group(7)) + "000";
            return Math.min(LAST, seconds * 1000 + Integer.parseInt(fraction.substring(0, 3)));
        } catch (DateTimeException e) {
            return null;
        }
    }

    private static ZoneOffset zone(Matcher parts) {
        if (parts.group(9) == null) {
            return ZoneOffset.UTC;
        }
        int sign = parts.group(9).startsWith("-") ? -1 : 1;
        return ZoneOffset.ofHoursMinutesSeconds(number(parts, 9), sign * number(parts, 10), sign * number(parts, 11));
    }

    private static int number(Matcher parts, int group) {
        return parts.group(group) == null ? 0 : Integer.parseInt(parts.group(group));
    }

    /**
     * @param millis since the epoch
     * @return the same as the API writes times: UTC, three fraction digits
     */
    public static String of(long millis) {
        return DateTimeFormatter.ofPattern("yyyy-MM-dd'T'HH:mm:ss.SSS'Z'")
                .withZone(ZoneOffset.UTC).format(Instant.ofEpochMilli(millis));
    }
}
