package io.jobrelay.protocol;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Promise: what is secret is masked wherever it stands, and no word of a sentence is. */
class RedactionTest {

    private static final Pattern TEXT = Pattern.compile("\"((?:[^\"\\\\\\n]|\\\\.)*)\"");

    /** Texts of Java that are no sentence to be shown, or show what a mask looks like. */
    private static final List<String> NO_SENTENCES = List.of("?***", "$1", "(?i)", "://", "realm=");

    @Test
    void every_sentence_of_the_relays_own_stays_as_it_is() {
        int seen = 0;
        for (Path file : javaFiles()) {
            Matcher texts = TEXT.matcher(text(file).replaceAll("\"\\s*\\n\\s*\\+ \"", ""));
            while (texts.find()) {
                String sentence = texts.group(1).replace("\\\"", "\"");
                if (sentence.contains(" ") && NO_SENTENCES.stream().noneMatch(sentence::contains)) {
                    assertThat(Redaction.masked(sentence)).as(file.toString()).isEqualTo(sentence);
                    seen++;
                }
            }
        }
        assertThat(seen).isGreaterThan(300);
    }

    @ParameterizedTest
    @ValueSource(strings = {
        "There is no access token: the API refused the credentials (401 to the token request): check relay.ringcentral.client-id, .client-secret and .jwt",
        "There is no access token: no access token could be had: the API answered 503",
        "There is no access token: API refused", "There is no access token: refused.",
        "There is no access token: the server answered 404 to the token request: check relay.ringcentral.server-url",
        "This port is asked with the header Authorization: Bearer and the value of relay.admin.api-key.",
        "The API asks for basic authentication", "Is it at https://relay.example.org/webhook?", "Wrong user name or password [28000-252]",
        "The token: it has expired.", "A secret: that of last year, is missing"})
    void sentences_stay_as_they_are(String sentence) {
        assertThat(Redaction.of(sentence)).isEqualTo(sentence);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "Authorization: Bearer hunter2abc                     | hunter2abc",
        "Authorization: Bearer topsecret job=x                | topsecret",
        "bearer theabc12                                      | theabc12",
        "Basic dGVzdDp0ZXN0                                   | dGVzdDp0ZXN0",
        "token: hunter                                        | hunter",
        "token: the.secret.part                               | the.secret.part",
        "token:hunter2                                        | hunter2",
        "token=the                                            | =the",
        "secret: correcthorse battery                         | correcthorse",
        "password: the                                        | : the",
        "password = hunter                                    | hunter",
        "{\"access_token\": \"abc\"}                          | abc",
        "{\"client_secret\" : \"the\"}                        | \"the",
        "jwt: abc                                             | abc",
        "assertion=eyJhbGciOi.eyJzdWIiOi.c2ln                 | eyJ",
        "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw               | MfKQ",
        "https://u:pw@host/x                                  | pw",
        "https://host/x?a=b                                   | a=b",
        "/webhook/0190f3c2-0000-7000-8000-000000000000.abcdefghijklmnop | abcdefghijklmnop"})
    void values_are_masked(String text, String secret) {
        assertThat(Redaction.of(text)).doesNotContain(secret).contains("***");
    }

    private static List<Path> javaFiles() {
        try (Stream<Path> files = Files.walk(Path.of("src/main/java"))) {
            return files.filter(file -> file.toString().endsWith(".java")).toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String text(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
