package io.jobrelay.promises.anyinput;

import static org.assertj.core.api.Assertions.assertThat;

import io.jobrelay.support.Http;
import io.jobrelay.support.Raw;
import io.jobrelay.support.RelayFixture;
import java.util.UUID;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The handshake of RingCentral's subscriptions is echoed, whatever else the request holds, and changes nothing. */
class ValidationTokenTest {

    private static final String LONGEST = "t".repeat(512);
    private static RelayFixture relay;

    @BeforeAll
    static void start() {
        relay = new RelayFixture().start();
    }

    @AfterAll
    static void stop() {
        relay.close();
    }

    @ParameterizedTest
    @ValueSource(strings = {"Validation-Token", "validation-token", "VALIDATION-TOKEN", "vAlIdAtIoN-tOkEn"})
    void an_empty_request_with_a_token_is_answered_with_it_whatever_the_case_of_its_name(String name) {
        Http.Answer answer = relay.post(relay.webhookUrl(), "", name, "8f2a b~!", "Content-Type", "application/json");
        assertThat(answer.status()).isEqualTo(200);
        assertThat(answer.header("validation-token")).isEqualTo("8f2a b~!");
        assertThat(answer.bytes()).isEmpty();
    }

    @Test
    void at_a_signed_url_the_token_alone_is_no_callback() {
        String id = relay.openJob(UUID.randomUUID().toString());
        assertThat(relay.post(relay.callbackUrl(id), "", "Validation-Token", "x").header("validation-token")).isEqualTo("x");
        assertThat(relay.callbacks(id)).isEmpty();
        assertThat(relay.job(id)).containsEntry("hinted_at", null);
    }

    @Test
    void the_longest_token_comes_back_in_a_reply_under_1024_bytes() {
        String reply = Raw.post(relay.publicPort(), "/webhook", "", "Validation-Token: " + LONGEST, "Content-Type: application/json");
        assertThat(reply).startsWith("HTTP/1.1 200 ").containsIgnoringCase("\r\nvalidation-token: " + LONGEST + "\r\n")
                .containsIgnoringCase("content-type: application/json");
        assertThat(reply.length()).isLessThan(1024);
    }

    @ParameterizedTest
    @ValueSource(strings = {"caf\u00e9", "\u00c3\u00a9", "tab\there", "del\u007f", "\u0080", "esc\u001b[31m"})
    void a_token_that_is_not_printable_is_answered_400_and_not_echoed(String token) {
        String reply = Raw.post(relay.publicPort(), "/webhook", "", "Validation-Token: " + token);
        assertThat(reply).startsWith("HTTP/1.1 400 ").doesNotContainIgnoringCase("validation-token");
    }

    @Test
    void a_token_over_512_bytes_is_answered_400() {
        Http.Answer answer = relay.post(relay.webhookUrl(), "", "Validation-Token", LONGEST + "t");
        assertThat(answer.status()).isEqualTo(400);
        assertThat(answer.header("validation-token")).isNull();
    }

    @Test
    void of_two_tokens_one_is_echoed_and_never_both() {
        assertThat(Raw.post(relay.publicPort(), "/webhook", "", "Validation-Token: abc", "validation-token: abc"))
                .startsWith("HTTP/1.1 200 ").containsIgnoringCase("\r\nvalidation-token: abc\r\n").doesNotContain("[");
        assertThat(Raw.post(relay.publicPort(), "/webhook", "", "Validation-Token: a\tb", "Validation-Token: c"))
                .as("the one that can be echoed").containsIgnoringCase("\r\nvalidation-token: c\r\n");
        assertThat(Raw.post(relay.publicPort(), "/webhook", "x", "Validation-Token: a", "Validation-Token: b"))
                .startsWith("HTTP/1.1 400 ").containsIgnoringCase("\r\nvalidation-token: a\r\n");
    }

    @Test
    void with_a_body_the_body_decides_and_the_token_is_echoed_all_the_same() {
        String jobId = UUID.randomUUID().toString();
        String id = relay.openJob(jobId);
        Http.Answer broken = relay.post(relay.callbackUrl(id), "{", "Validation-Token", "t-1");
        assertThat(broken.status()).isEqualTo(400);
        assertThat(broken.header("validation-token")).isEqualTo("t-1");

        Http.Answer nothing = relay.post(relay.webhookUrl(), "[]", "Validation-Token", "t-2");
        assertThat(nothing.status()).isEqualTo(400);
        assertThat(nothing.header("validation-token")).isEqualTo("t-2");

        Http.Answer good = relay.post(relay.callbackUrl(id), "{\"jobId\":\"" + jobId + "\",\"status\":\"Success\"}",
                "Validation-Token", "t-3");
        assertThat(good.status()).isEqualTo(200);
        assertThat(good.header("validation-token")).isEqualTo("t-3");
        relay.untilStatus(id, "Success");
    }

    @Test
    void a_token_in_the_query_is_no_header() {
        Http.Answer answer = relay.post(relay.webhookUrl() + "?Validation-Token=from-the-query", "");
        assertThat(answer.status()).isEqualTo(400);
        assertThat(answer.header("validation-token")).isNull();
        assertThat(relay.post(relay.webhookUrl() + "?validation-token=from-the-query", "", "Validation-Token", "real")
                .header("validation-token")).isEqualTo("real");
    }

    @Test
    void the_handshake_does_not_need_the_database() {
        try (RelayFixture.Pause pause = relay.pauseDatabase()) {
            assertThat(relay.post(relay.webhookUrl(), "", "Validation-Token", "t").status()).isEqualTo(200);
        }
    }
}
