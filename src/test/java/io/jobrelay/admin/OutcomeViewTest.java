package io.jobrelay.admin;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Promise: what a page shows of a result holds nothing that looks like a secret, whatever the result is and wherever it breaks off. */
class OutcomeViewTest {

    private static String shown(String json) {
        return shown(json.getBytes(StandardCharsets.UTF_8));
    }

    private static String shown(byte[] json) {
        StringBuilder text = new StringBuilder();
        OutcomeView.shown(json, text);
        return text.toString();
    }

    @ParameterizedTest
    @ValueSource(strings = {"access_token", "accessToken", "token", "password", "client_secret", "clientSecret", "jwt", "Authorization", "api_key",
        "apiKey", "x-signature", "sessionToken", "refresh-token", "credentials"})
    void a_member_named_like_a_secret_is_masked_with_all_below_it(String name) {
        for (String value : new String[] {"\"s3cr3t\"", "73423", "[\"s3cr3t\", 73423]", "{\"a\":{\"b\":[\"s3cr3t\"]},\"c\":7342.3e1}"}) {
            String text = shown("{\"" + name + "\":" + value + ",\"after\":\"seen\"}");
            assertThat(text).doesNotContain("s3cr3t").doesNotContain("7342").contains("***", "seen", name);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"tokens", "transcript", "speakerId", "passwordless", "text", "keyPhrases", "startTime"})
    void other_members_are_shown_as_they_are(String name) {
        assertThat(shown("{\"" + name + "\":4.800000000000001}")).contains("4.800000000000001");
        assertThat(shown("{\"" + name + "\":\"Grüße \\ud83d\\ude00\"}")).contains("Grüße 😀");
    }

    @Test
    void a_secret_inside_a_text_is_masked() {
        assertThat(shown("{\"url\":\"https:\\/\\/user:s3cr3t@host\\/a?sig=s3cr3t&b=1\",\"note\":\"Authorization: Bearer s3cr3t\","
                + "\"eyJhbGciOiJI.s3cr3t.s3cr3t\":1,\"back\":\"0190a8f2-1111-7222-8333-444455556666.s3cr3ts3cr3ts3cr3t\"}"))
                .doesNotContain("s3cr3t").contains("https://***@host/a?***", "Bearer ***");
    }

    @Test
    void a_text_that_breaks_off_is_shown_up_to_its_last_whole_value() {
        byte[] json = "{\"a\":\"ä\",\"b\":[1,2],\"url\":\"https://host/path?sig=s3cr3t-and-more\"}".getBytes(StandardCharsets.UTF_8);
        for (int length = 0; length < json.length; length++) {
            StringBuilder text = new StringBuilder();
            assertThat(OutcomeView.shown(Arrays.copyOf(json, length), text)).as("%d bytes", length).isEqualTo(length == 0);
            assertThat(text.toString()).doesNotContain("s3cr3t");
        }
        assertThat(shown(Arrays.copyOf(json, 20))).contains("\"ä\"");
    }

    @Test
    void however_deep_or_long_it_is_the_view_stays_short() {
        for (String json : new String[] {"[".repeat(90_000), "{\"a\":".repeat(18_000), "\"" + "😀".repeat(24_000) + "\"",
            "{\"a\":\"" + "x".repeat(90_000) + "\"}", "[" + "1,".repeat(45_000) + "1]", "\"" + "http://".repeat(13_000) + "\"",
            "\"" + "-eyJaaaaa".repeat(10_000) + "\"", "\"" + "token ".repeat(15_000) + "\"", "\"" + "a".repeat(90_000) + "://\""}) {
            String text = shown(json);
            assertThat(text.length()).isBetween(1, 65_536);
            assertThat(Character.isHighSurrogate(text.charAt(text.length() - 1))).isFalse();
        }
    }
}
