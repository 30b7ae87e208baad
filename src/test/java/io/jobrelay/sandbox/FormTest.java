package io.jobrelay.sandbox;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

/** A webhook URL comes out of the query as it was put in. */
class FormTest {

    @Test
    void a_parameter_is_decoded_exactly_once() {
        assertThat(Form.parameter("a=1&webhook=https%3A%2F%2Fx.example%2Fh%3Fa%3Db%26c%3D%2520d&z=2", "webhook"))
                .contains("https://x.example/h?a=b&c=%20d");
        assertThat(Form.parameter("webhook=http://x.example/a+b~%C3%BC", "webhook")).contains("http://x.example/a+b~ü");
    }

    @Test
    void the_first_of_two_counts_and_none_is_none() {
        assertThat(Form.parameter("webhook=a&webhook=b", "webhook")).contains("a");
        assertThat(Form.parameter("webhook", "webhook")).contains("");
        assertThat(Form.parameter("&&other=a", "webhook")).isEmpty();
        assertThat(Form.parameter(null, "webhook")).isEmpty();
    }

    @Test
    void what_is_not_percent_encoded_utf_8_is_refused() {
        for (String broken : new String[] {"%", "%4", "%zz", "%ff", "%-1"}) {
            assertThatThrownBy(() -> Form.parameter("webhook=" + broken, "webhook")).isInstanceOf(IllegalArgumentException.class);
        }
    }

    @Test
    void a_form_knows_plus_as_a_blank() {
        assertThat(Form.ofBody("grant_type=a%3Ab&scope=A+B&empty=&bare".getBytes(StandardCharsets.UTF_8)))
                .containsEntry("grant_type", "a:b").containsEntry("scope", "A B").containsEntry("empty", "").containsEntry("bare", "");
        assertThat(Form.ofBody(null)).isEmpty();
        assertThatThrownBy(() -> Form.ofBody("a=%zz".getBytes(StandardCharsets.UTF_8))).isInstanceOf(SandboxError.class);
    }
}
