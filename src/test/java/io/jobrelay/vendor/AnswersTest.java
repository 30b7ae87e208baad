package io.jobrelay.vendor;

import static io.jobrelay.vendor.Drafts.bytes;
import static io.jobrelay.vendor.Drafts.yaml;
import static org.assertj.core.api.Assertions.assertThat;

import io.jobrelay.api.ApiAnswer;
import io.jobrelay.vendor.Answers.Meaning;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What a status code means, what a vendor says about it, and how long it wants silence. */
class AnswersTest {

    private static final Clock NOW = Clock.fixed(Instant.ofEpochSecond(1_800_000_000), ZoneOffset.UTC);

    private static Meaning meaning(String answers, int code) {
        return Answers.of(yaml(answers)).meaning(code);
    }

    @Test
    void without_a_word_in_the_profile_the_defaults_of_the_schema_count() {
        Map<Integer, Meaning> meant = new HashMap<>();
        List.of(400, 404, 405, 406, 409, 410, 411, 413, 414, 415, 422).forEach(code -> meant.put(code, Meaning.REFUSED));
        List.of(401, 402, 403).forEach(code -> meant.put(code, Meaning.ACCOUNT));
        List.of(500, 502, 504).forEach(code -> meant.put(code, Meaning.DOUBT));
        meant.put(429, Meaning.PAUSE);
        for (int code = 300; code < 600; code++) {
            assertThat(meaning("{}", code)).as("" + code).isEqualTo(meant.getOrDefault(code, Meaning.LATER));
        }
    }

    @Test
    void a_code_named_in_one_class_leaves_the_defaults_of_the_others() {
        String deepgram = "{refused: [400, 403, 404], doubt: [500, 502, 504]}";
        assertThat(meaning(deepgram, 403)).isEqualTo(Meaning.REFUSED);
        assertThat(meaning(deepgram, 401)).isEqualTo(Meaning.ACCOUNT);
        assertThat(meaning(deepgram, 422)).as("a class that is named has no default").isEqualTo(Meaning.LATER);
        String ringcentral = "{renew: [401], account: [402, 403]}";
        assertThat(meaning(ringcentral, 401)).isEqualTo(Meaning.RENEW);
        assertThat(meaning(ringcentral, 403)).isEqualTo(Meaning.ACCOUNT);
        assertThat(meaning(ringcentral, 400)).isEqualTo(Meaning.REFUSED);
        assertThat(meaning("{account: []}", 402)).isEqualTo(Meaning.LATER);
    }

    @Test
    void a_hundred_of_codes_gives_way_to_one_that_is_named_and_429_to_nothing() {
        String answers = "{refused: [4xx], doubt: [5xx], later: [503, 404], account: [401]}";
        assertThat(meaning(answers, 418)).isEqualTo(Meaning.REFUSED);
        assertThat(meaning(answers, 404)).isEqualTo(Meaning.LATER);
        assertThat(meaning(answers, 503)).isEqualTo(Meaning.LATER);
        assertThat(meaning(answers, 599)).isEqualTo(Meaning.DOUBT);
        assertThat(meaning(answers, 401)).isEqualTo(Meaning.ACCOUNT);
        assertThat(meaning(answers, 403)).isEqualTo(Meaning.REFUSED);
        assertThat(meaning("{refused: [429, 4xx]}", 429)).isEqualTo(Meaning.PAUSE);
        assertThat(meaning(answers, 0)).as("no answer").isEqualTo(Meaning.LATER);
        assertThat(Codes.of(yaml("[2xx, 404]")).has(299)).isTrue();
        assertThat(Codes.of(yaml("[2xx, 404]")).has(300)).isFalse();
        assertThat(Codes.of(yaml("[202]"), Codes.SUCCESS).has(200)).isFalse();
        assertThat(Codes.of(yaml("{}").get("ok"), Codes.SUCCESS).has(204)).isTrue();
    }

    @Test
    void by_ringcentrals_profile_every_code_means_what_the_relay_has_always_taken_it_for() {
        Answers answers = Answers.of(Drafts.of("ringcentral", "summarize").at("/answers"));
        for (int code = 300; code < 600; code++) {
            ApiAnswer answer = ApiAnswer.of(code, Map.of(), new byte[0]);
            boolean doubt = code >= 500 && code != 503; // as Submission has it
            assertThat(answers.meaning(code)).as("" + code).isEqualTo(code == 429 ? Meaning.PAUSE : answer.refused() ? Meaning.REFUSED
                    : answer.unauthorized() ? Meaning.RENEW : answer.account() ? Meaning.ACCOUNT : doubt ? Meaning.DOUBT : Meaning.LATER);
        }
    }

    @Test
    void a_code_stands_in_the_class_that_names_it_and_else_in_the_one_that_has_its_hundred() {
        Map<String, Codes> classes = Map.of("ok", Codes.of(yaml("[2xx, 404]")), "gone", Codes.of(yaml("[4xx]")), "notYet", Codes.of(yaml("[202, 4040, x, 4xy]")));
        assertThat(Codes.meanings(classes, 200)).containsExactly("ok");
        assertThat(Codes.meanings(classes, 202)).containsExactly("notYet");
        assertThat(Codes.meanings(classes, 404)).containsExactly("ok");
        assertThat(Codes.meanings(classes, 410)).containsExactly("gone");
        assertThat(Codes.meanings(classes, 500)).isEmpty();
        assertThat(Codes.meanings(classes, -1)).isEmpty();
        Map<String, Codes> twice = Map.of("ok", Codes.of(yaml("[2xx]")), "notYet", Codes.of(yaml("[2xx, 202]")));
        assertThat(Codes.meanings(twice, 202)).containsExactly("notYet");
        assertThat(Codes.meanings(twice, 200)).as("a contradiction").containsExactlyInAnyOrder("ok", "notYet");
    }

    @Test
    void of_every_draft_a_code_means_what_its_vendor_says() {
        assertThat(Answers.of(Drafts.of("replicate", "models").at("/answers")).meaning(402)).isEqualTo(Meaning.ACCOUNT);
        assertThat(Answers.of(Drafts.of("ringcentral", "summarize").at("/answers")).meaning(411)).isEqualTo(Meaning.LATER);
        assertThat(Answers.of(Drafts.of("speechmatics", "transcription").at("/answers")).meaning(403)).isEqualTo(Meaning.ACCOUNT);
        Drafts.all().forEach(one -> {
            Answers answers = Answers.of(one.at("/answers"));
            assertThat(answers.meaning(401)).as(one.toString()).isIn(Meaning.ACCOUNT, Meaning.RENEW);
            assertThat(answers.meaning(400)).isEqualTo(Meaning.REFUSED);
            assertThat(answers.meaning(503)).isEqualTo(Meaning.LATER);
            assertThat(answers.meaning(500)).isEqualTo(Meaning.DOUBT);
        });
    }

    @ParameterizedTest
    @CsvSource(delimiter = ';', quoteCharacter = '^', value = {
        "ringcentral;summarize;{\"errors\":[{\"errorCode\":\"CAI-101\",\"message\":\"Parameter [encoding] is invalid\"}]};Parameter [encoding] is invalid",
        "deepgram;read;{\"err_code\":\"INVALID_AUTH\",\"err_msg\":\"Invalid credentials.\"};INVALID_AUTH: Invalid credentials.",
        "fal;run;{\"detail\":[{\"msg\":\"field required\",\"type\":\"missing\"}]};field required",
        "fal;run;{\"detail\":\"Cannot access application\"};Cannot access application",
        "elevenlabs;speech-to-text;{\"detail\":{\"status\":\"not_found\"}};{\"status\":\"not_found\"}",
        "openai;batches;{\"error\":{\"message\":\"No such file\",\"code\":404}};404: No such file",
        "assemblyai;transcript;{\"error\":\"see https://x.example/a?token=abcdef or Bearer sk-123\"};see https://x.example/a?*** or Bearer ***"})
    void the_vendors_own_words_are_told_redacted(String provider, String operation, String body, String words) {
        VendorWords errors = VendorWords.of(Drafts.of(provider, operation).at("/errors"));
        assertThat(errors.of(bytes(body), List.of())).isEqualTo(words);
    }

    @Test
    void a_vendor_that_repeats_the_key_and_one_that_says_nothing_are_told_safely() {
        VendorWords errors = VendorWords.of(yaml("{message: [/error/message, /error], code: /code}"));
        assertThat(errors.of(bytes("{\"error\":{\"message\":\"Incorrect key: dg-1234567\\nnext\"}}"), List.of("dg-1234567"))).isEqualTo("Incorrect key: *** next");
        assertThat(errors.of(bytes("<html>Bad gateway</html>"), List.of())).isNull();
        assertThat(errors.of(bytes(""), List.of())).isNull();
        assertThat(errors.of(bytes("{\"error\":null}"), List.of())).isNull();
        assertThat(errors.of(bytes("{\"error\":\"" + "x".repeat(100_000) + "\"}"), List.of())).hasSizeLessThan(510);
        assertThat(errors.of(bytes("{\"error\":\"broken off here\", \"more"), List.of())).isEqualTo("broken off here");
    }

    private static Duration pause(String limits, int code, Map<String, ?> headers, String body) {
        return RateLimit.of(yaml(limits)).pause(code, headers, bytes(body), NOW);
    }

    @ParameterizedTest
    @CsvSource({"12, 12000", "0.5, 500", "6m0s, 360000", "1h2m3s, 3723000", "20ms, 20", "1.5s, 1500", "1800000030, 30000", "1800000030.5, 30500", "soon, 60000",
        "1799999999, 60000", "1d, 86400000", "999999999, 86400000", "'', 60000"})
    void the_time_of_a_reset_is_read_in_each_of_its_writings(String reset, long millis) {
        assertThat(pause("{reset: X-Reset}", 429, Map.of("x-reset", reset), "")).isEqualTo(Duration.ofMillis(millis));
    }

    @Test
    void after_a_429_retry_after_counts_then_the_words_of_the_body_then_the_reset_then_the_penalty() {
        String limits = "{reset: X-Reset, penalty: 45s, body: {at: /detail, seconds: \"resets in ~(\\\\d+)s\"}}";
        String body = "{\"detail\":\"Request was throttled. Your rate limit resets in ~30s.\"}";
        assertThat(pause(limits, 429, Map.of("Retry-After", "7", "X-Reset", "9"), body)).isEqualTo(Duration.ofSeconds(7));
        assertThat(pause(limits, 429, Map.of("X-Reset", "9"), body)).isEqualTo(Duration.ofSeconds(30));
        assertThat(pause(limits, 429, Map.of("X-Reset", "9"), "{}")).isEqualTo(Duration.ofSeconds(9));
        assertThat(pause(limits, 429, Map.of(), "<html>")).isEqualTo(Duration.ofSeconds(45));
        assertThat(pause("{}", 429, Map.of("Retry-After", "0"), "")).isEqualTo(Duration.ofSeconds(60));
        assertThat(pause(limits, 400, Map.of(), body)).as("no word on limits").isZero();
    }

    @Test
    void an_answer_that_leaves_no_call_makes_the_rest_of_the_window_silent_for_an_hour_at_most() {
        String limits = "{remaining: X-Rate-Limit-Remaining, window: X-Rate-Limit-Window}";
        assertThat(pause(limits, 200, Map.of("x-rate-limit-remaining", "0", "X-Rate-Limit-Window", "42"), "")).isEqualTo(Duration.ofSeconds(42));
        assertThat(pause(limits, 200, Map.of("x-rate-limit-remaining", "3", "X-Rate-Limit-Window", "42"), "")).isZero();
        assertThat(pause(limits, 200, Map.of("x-rate-limit-remaining", List.of("4", "0"), "X-Rate-Limit-Window", "99999"), "")).isEqualTo(Duration.ofHours(1));
        String openai = "{remaining: x-ratelimit-remaining-requests, reset: x-ratelimit-reset-requests}";
        assertThat(pause(openai, 200, Map.of("x-ratelimit-remaining-requests", "0", "x-ratelimit-reset-requests", "6m0s"), "")).isEqualTo(Duration.ofMinutes(6));
        assertThat(pause(openai, 200, Map.of("x-ratelimit-remaining-requests", "0"), "")).isZero();
        assertThat(pause("{}", 200, Map.of("x-rate-limit-remaining", "0"), "")).isZero();
    }

    @Test
    void by_ringcentrals_profile_the_silence_is_what_it_always_was() {
        RateLimit limits = RateLimit.of(Drafts.of("ringcentral", "summarize").at("/rateLimit"));
        for (int code : new int[] {200, 202, 400, 429, 503}) {
            for (String remaining : new String[] {"", "0", "5", "00", "3,0", " 0 ", "x"}) {
                for (String window : new String[] {"", "60", "0", "x", "7200", "30,60", "1.5"}) {
                    for (String after : new String[] {"", "7", "0", "-1", "999999", "Wed, 21 Oct 2099 07:28:00 GMT"}) {
                        Map<String, Object> headers = new HashMap<>(Map.of("X-Rate-Limit-Remaining", remaining, "x-rate-limit-window", window));
                        if (!after.isEmpty()) {
                            headers.put("Retry-After", after);
                        }
                        assertThat(limits.pause(code, headers, bytes("{}"), NOW)).as(code + " " + headers)
                                .isEqualTo(ApiAnswer.of(code, headers, bytes("{}")).pause(NOW));
                    }
                }
            }
        }
    }

    @Test
    void by_ringcentrals_profile_a_refusal_is_what_it_always_was() {
        Answers answers = Answers.of(Drafts.of("ringcentral", "summarize").at("/answers"));
        for (int code = 300; code < 600; code++) {
            ApiAnswer answer = ApiAnswer.of(code, Map.of(), bytes("{}"));
            assertThat(answers.meaning(code) == Meaning.REFUSED).as("" + code).isEqualTo(answer.refused());
            assertThat(answers.meaning(code) == Meaning.ACCOUNT).as("" + code).isEqualTo(answer.account());
            assertThat(answers.meaning(code) == Meaning.RENEW).as("" + code).isEqualTo(answer.unauthorized());
        }
    }

    @Test
    void a_url_of_an_answer_counts_at_the_accounts_origin_only() {
        String server = "https://queue.fal.run";
        assertThat(AnswerUrl.at("https://queue.fal.run/a/b/requests/1", server)).contains("https://queue.fal.run/a/b/requests/1");
        assertThat(AnswerUrl.at("https://QUEUE.fal.run:443/a", server)).isPresent();
        for (String other : new String[] {null, "", "/a", "http://queue.fal.run/a", "https://queue.fal.run:8443/a", "https://queue.fal.run.evil.example/a",
            "https://queue.fal.run@evil.example/a", "https://me@queue.fal.run/a", "https://evil.example/https://queue.fal.run", "https://queue.fal.run\\@evil.example"}) {
            assertThat(AnswerUrl.at(other, server)).as(String.valueOf(other)).isEmpty();
        }
    }
}
