package io.jobrelay.protocol;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A status resource of any shape is read as it came, in no more memory than it takes itself. */
class JsonScannerTest {

    private static final String START = "{\"status\":\"Success\",\"a\":";

    @ParameterizedTest
    @ValueSource(strings = {"1", "-0.5e+10", "0", "true", "false", "null", "NaN", "Infinity", "-Infinity", "[NaN,1]", "\"a\tb\u0000\n\u001fc\"", "[]", "{}",
        "[[],{},[{}]]", "{\"\":[1,2,{\"x\":\"}]\"}]}", "\"\\u00e9\\\\\\\"\"", "[ 1 ,\r\n\t2 ]", "\"\\ud800\""})
    void what_is_json_or_nearly_so_is_read(String value) {
        assertThat(StatusResource.read(bytes(START + value + "}"))).hasValueSatisfying(said -> assertThat(said.status()).isEqualTo("Success"));
        assertThat(StatusResource.isJson(bytes(value))).isTrue();
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "01", "+1", ".5", "1.", "1e", "-", "--1", "tru", "True", "nul", "Nan", "-NaN", "+Infinity", "'a'", "\"a", "\"\\x\"", "\"\\u12g4\"",
        "\"\\u12", "[1,]", "[,1]", "[1 2]", "{\"a\"}", "{\"a\":}", "{\"a\":1,}", "{a:1}", "[", "{", "]", "[}", "{]", "1}", "/**/1", "\u00a01"})
    void what_is_broken_is_not(String value) {
        assertThat(StatusResource.read(bytes(START + value + "}"))).isEmpty();
        assertThat(StatusResource.isJson(bytes(value))).isFalse();
    }

    @Test
    void of_members_that_stand_twice_the_last_counts_and_names_may_be_escaped() {
        assertThat(StatusResource.read(bytes("{\"jobId\":\"a\",\"j\\u006fbId\":\"b\",\"st\\u0061tus\":\"Fa\\u0069l\",\"api\":7,\"creationTime\":[\"x\"]}")))
                .contains(new StatusResource("b", null, "Fail", null, null, null));
    }

    @Test
    void twenty_thousand_levels_are_read_and_one_more_is_refused_by_that_name() {
        for (String pair : new String[] {"[]", "{}"}) {
            byte[] most = nested(pair, StatusResource.DEEPEST - 1);
            byte[] more = nested(pair, StatusResource.DEEPEST);
            assertThat(StatusResource.read(most)).isPresent();
            assertThat(StatusResource.read(more)).isEmpty();
            assertThat(StatusResource.refusal(more)).isEqualTo("nested deeper than 20000 levels");
            assertThat(StatusResource.glean(more)).as("what was asked for").map(StatusResource::status).contains("Success");
        }
        assertThat(StatusResource.refusal(bytes("{"))).isEqualTo("not a JSON object in UTF-8");
    }

    /** That it costs no memory is seen in {@link io.jobrelay.promises.bounded.AttackTest}. */
    @Test
    void sixty_megabytes_of_any_shape_are_passed_over() {
        for (String piece : new String[] {"[", "{\"a\":", "1", "9", " ", "\"", "\\", "[],", "\"%s\":1,"}) {
            byte[] body = new byte[60_000_000];
            byte[] head = bytes("{\"status\":\"Success\",\"a\":");
            byte[] fill = bytes(piece);
            System.arraycopy(head, 0, body, 0, head.length);
            for (int i = head.length; i < body.length; i++) {
                body[i] = fill[(i - head.length) % fill.length];
            }
            StatusResource.read(body);
            StatusResource.isJson(body);
            StatusResource.glean(body);
        }
        byte[] longest = new byte[60_000_000];
        Arrays.fill(longest, (byte) 'j');
        byte[] head = bytes("{\"jobId\":\"");
        System.arraycopy(head, 0, longest, 0, head.length);
        System.arraycopy(bytes("\"}"), 0, longest, longest.length - 2, 2);
        assertThat(StatusResource.read(longest)).map(StatusResource::jobId).isEmpty();
    }

    @Test
    void of_what_a_poll_brings_the_form_does_not_matter_once_its_status_stands_there() {
        assertThat(StatusResource.glean(bytes("{\"status\":\"Success\",\"response\":{\"a\":1,},\"x\":'y'} tail"))).map(StatusResource::status).contains("Success");
        byte[] latin1 = "{\"status\":\"Success\",\"response\":\"caf\u00e9\"}".getBytes(StandardCharsets.ISO_8859_1);
        assertThat(StatusResource.read(latin1)).isEmpty();
        assertThat(StatusResource.glean(latin1)).map(StatusResource::status).contains("Success");
        assertThat(StatusResource.glean(bytes("{\"status\":\"Success\",\"response\":"))).as("without an end nothing can be put behind it").isEmpty();
        assertThat(StatusResource.glean(bytes("{\"response\":{\"status\":\"Success\"},,}"))).isEmpty();
        assertThat(StatusResource.glean(bytes("<html>{\"status\":\"Success\"}"))).isEmpty();
    }

    private static byte[] nested(String pair, int levels) {
        String open = pair.equals("{}") ? "{\"a\":" : "[";
        return bytes(START + open.repeat(levels) + "1" + pair.substring(1).repeat(levels) + "}");
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
