package io.jobrelay.protocol;

import static org.assertj.core.api.Assertions.assertThat;

import io.jobrelay.support.SettableClock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Retry-After is read in every form it has, the longest of several, and never taken for more than a day. */
class BackoffTest {

    private final SettableClock clock = new SettableClock();

    @ParameterizedTest
    @CsvSource(delimiter = '|', nullValues = "none", value = {
        "120 | 120000", "120, 120 | 120000", "30,  90 , 60 | 90000", "120.5 | 120500", "+7 | 7000", "\"120\" | 120000", "0 | 0", "000 | 0", "0.0 | 0",
        "soon, 5 | 5000", "99999999999999999999999 | 86400000", "86401 | 86400000", "-5 | none", "soon | none", "1e3 | none", "0x10 | none",
        "Sun, 06 Nov 1994 08:49:37 GMT | 37000", "Sunday, 06-Nov-94 08:49:37 GMT | 37000", "Sun Nov  6 08:49:37 1994 | 37000",
        "sun, 6 nov 1994 08:49:37 gmt | 37000", "06 Nov 1994 09:49:37 +0100 | 37000", "Mon, 06 Nov 1994 08:49:37 GMT | 37000",
        "Sun, 06 Nov 1994 08:49:37 GMT, 90 | 90000", "10, Sun, 06 Nov 1994 08:49:37 GMT | 37000", "Sun, 06 Nov 1994 08:48:59 GMT | 0",
        "Thu, 01 Jan 1970 00:00:00 GMT | 0", "Sunday, 06-Nov-94 08:49:37 GMT, Sun Nov  6 08:50:00 1994 | 60000",
        "Fri, 31 Dec 9999 23:59:59 GMT | 86400000", "Sun, 31 Feb 1994 08:49:37 GMT | none"})
    void is_read_as(String value, Long millis) {
        clock.set(Instant.parse("1994-11-06T08:49:00Z"));
        assertThat(Backoff.retryAfter(Map.of("retry-after", value), clock)).isEqualTo(millis == null ? null : Duration.ofMillis(millis));
    }

    @Test
    void the_longest_of_several_headers_counts() {
        assertThat(Backoff.retryAfter(Map.of("Retry-After", List.of("5", "x", "70", "6")), clock)).isEqualTo(Duration.ofSeconds(70));
        assertThat(Backoff.retryAfter(Map.of("retry-after", "5", "Retry-After", "8"), clock)).isEqualTo(Duration.ofSeconds(8));
        assertThat(Backoff.retryAfter(Map.of(), clock)).isNull();
        assertThat(Backoff.retryAfter(null, clock)).isNull();
    }

    @Test
    void a_date_is_compared_with_the_date_of_the_same_answer() {
        clock.set(Instant.parse("2026-01-01T00:00:00Z")); // this clock is wrong
        assertThat(Backoff.retryAfter(Map.of("Date", "Sun, 06 Nov 1994 08:49:37 GMT", "Retry-After", "Sun, 06 Nov 1994 08:50:00 GMT"), clock))
                .isEqualTo(Duration.ofSeconds(23));
    }

    @Test
    void a_year_of_two_digits_is_not_more_than_fifty_years_ahead() {
        clock.set(Instant.parse("2026-11-28T00:00:00Z"));
        assertThat(Backoff.retryAfter(Map.of("Retry-After", "Sunday, 06-Nov-94 08:49:37 GMT"), clock)).isZero();
        assertThat(Backoff.retryAfter(Map.of("Retry-After", "Saturday, 28-Nov-26 00:00:09 GMT"), clock)).isEqualTo(Duration.ofSeconds(9));
    }
}
