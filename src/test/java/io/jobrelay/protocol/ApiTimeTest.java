package io.jobrelay.protocol;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Times of the API are read however they are written, as long as they can mean one moment only. */
class ApiTimeTest {

    @ParameterizedTest
    @CsvSource(nullValues = "none", value = {
        "2024-01-11T20:41:09.120Z, 2024-01-11T20:41:09.120Z", "2024-01-11t20:41:09.120z, 2024-01-11T20:41:09.120Z",
        "2024-01-11 20:41:09 +0000, 2024-01-11T20:41:09Z", "2024-01-11T20:41:09+00, 2024-01-11T20:41:09Z",
        "2024-01-11T20:41:09-05:30, 2024-01-12T02:11:09Z", "2024-01-11T20:41:09+0530, 2024-01-11T15:11:09Z",
        "2024-01-11T20:41:09, 2024-01-11T20:41:09Z", "' 2024-01-11T20:41 ', 2024-01-11T20:41:00Z",
        "2024-01-11T20:41:09.1, 2024-01-11T20:41:09.100Z", "'2024-01-11T20:41:09,123456789012Z', 2024-01-11T20:41:09.123Z",
        "2024-01-11 20:41:09 UTC, 2024-01-11T20:41:09Z", "2024-01-11T24:00:00Z, 2024-01-12T00:00:00Z",
        "2016-12-31T23:59:60Z, 2016-12-31T23:59:59Z", "0001-01-01T00:00:00Z, 0001-01-01T00:00:00Z",
        "1969-12-31T23:59:59.5Z, 1969-12-31T23:59:59.500Z",
        "9999-12-31T23:59:59.999999Z, 9999-12-31T23:59:59.999Z", "+999999999-12-31T23:59:59Z, 9999-12-31T23:59:59.999Z",
        "2024-01-11, none", "2024-13-11T20:41:09Z, none", "2023-02-29T20:41:09Z, none", "2024-01-11T25:41:09Z, none",
        "2024-01-11T20:41:09+99:00, none", "1705005669120, none", "tomorrow, none", "'', none", "2024-01-11T20:41:09ZZ, none"})
    void is_read_as(String text, Instant time) {
        assertThat(ApiTime.millis(text)).isEqualTo(time == null ? null : time.toEpochMilli());
    }
}
