package io.jobrelay.protocol;

import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Reads dates of HTTP headers in all three forms (RFC 9110, 5.6.7): {@code Sun, 06 Nov 1994 08:49:37 GMT}, {@code Sunday, 06-Nov-94 08:49:37
 * GMT} and {@code Sun Nov  6 08:49:37 1994}. The day of the week is passed over: nobody is served by a date refused for it.
 */
public final class HttpDate {

    private static final String TIME = "(\\d{1,2}):(\\d{2}):(\\d{2})";
    private static final Pattern DATE = Pattern.compile(
            "(?:[a-z]{3,9},?\\s{0,9})?(\\d{1,2})[ -]([a-z]{3})[ -](\\d{4}|\\d{2})\\s{1,9}" + TIME + "(?:\\s{0,9}(?:GMT|UTC?|Z|([+-]\\d{4})))?"
                    + "|[a-z]{3}\\s{1,9}([a-z]{3})\\s{1,9}(\\d{1,2})\\s{1,9}" + TIME + "\\s{1,9}(\\d{4})(?:\\s{0,9}(?:GMT|UTC))?",
            Pattern.CASE_INSENSITIVE);
    private static final List<String> MONTHS = List.of("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec");
    /** A year of two digits that seems to lie further ahead than this was meant to be past. */
    private static final int FURTHEST_YEARS = 50;

    private HttpDate() {
    }

    /**
     * @param text of a header, or of several joined by commas
     * @param now which century a year of two digits belongs to
     * @return the dates in it, in order
     */
    public static List<Instant> in(String text, Instant now) {
        List<Instant> dates = new ArrayList<>();
        for (Matcher date = DATE.matcher(text); date.find();) {
            try {
                dates.add(date.group(1) != null ? instant(date, 1, 2, 3, 4, now) : instant(date, 9, 8, 13, 10, now));
            } catch (DateTimeException e) {
                // such as the 31st of June: there is no such date
            }
        }
        return dates;
    }

    /**
     * @param text of a header, or of several joined by commas
     * @return the same with a comma for each date in it
     */
    public static String without(String text) {
        return DATE.matcher(text).replaceAll(",");
    }

    private static Instant instant(MatchResult date, int day, int month, int year, int time, Instant now) {
        int y = Integer.parseInt(date.group(year));
        if (date.group(year).length() == 2) {
            y += 2000;
            y -= y > now.atOffset(ZoneOffset.UTC).getYear() + FURTHEST_YEARS ? 100 : 0;
        }
        String zone = time == 4 ? date.group(7) : null;
        return LocalDateTime.of(y, MONTHS.indexOf(date.group(month).toLowerCase(Locale.ROOT)) + 1, Integer.parseInt(date.group(day)),
                Integer.parseInt(date.group(time)), Integer.parseInt(date.group(time + 1)), Math.min(59, Integer.parseInt(date.group(time + 2))))
                .toInstant(zone == null ? ZoneOffset.UTC : ZoneOffset.of(zone));
    }
}
