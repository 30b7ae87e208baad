package io.jobrelay.vendor;

import static io.jobrelay.vendor.Drafts.bytes;
import static org.assertj.core.api.Assertions.assertThat;

import io.jobrelay.document.Document;
import io.jobrelay.document.DocumentReader;
import io.jobrelay.document.Place;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A response has one form however it came, and no digit of it changes. */
class ResponseFormTest {

    private static Optional<String> response(byte[] body, String at, String type) {
        Document document = DocumentReader.of(List.of(Place.at(at))).glean(body);
        return ResponseForm.of(document, document.span(Place.at(at)), type)
                .map(bytes -> new String(bytes.array(), bytes.position(), bytes.remaining(), StandardCharsets.UTF_8));
    }

    @ParameterizedTest
    @ValueSource(strings = {"application/json", "Application/JSON; charset=utf-8", "text/json", "application/vnd.rev.transcript.v1.0+json", ""})
    void json_stands_as_it_came(String type) {
        String body = "\ufeff {\"n\": 0.10e-3, \"output\":[ 1.50 ,\"\\u00e9\"] }\n";
        assertThat(response(bytes(body), "", type)).contains("{\"n\": 0.10e-3, \"output\":[ 1.50 ,\"\\u00e9\"] }");
        assertThat(response(bytes(body), "/output", type)).contains("[ 1.50 ,\"\\u00e9\"]");
        assertThat(response(bytes(body), "/other", type)).isEmpty();
    }

    @Test
    void of_json_nothing_is_copied() {
        byte[] body = bytes("{\"a\":[1]}");
        Document document = DocumentReader.of(List.of(Place.at("/a"))).glean(body);
        assertThat(ResponseForm.of(document, document.span(Place.at("/a")), null).map(ByteBuffer::array)).containsSame(body);
    }

    @Test
    void what_says_that_it_is_json_and_is_not_is_unreadable() {
        assertThat(response(bytes("{\"a\":"), "", "application/json")).isEmpty();
        assertThat(response(bytes(""), "", "application/json")).isEmpty();
        assertThat(response(new byte[] {'"', (byte) 0xff, '"'}, "", "application/json")).isEmpty();
    }

    @Test
    void anything_else_is_a_text_or_base64() {
        assertThat(response(bytes("{}\n{\"a\":\"\u00e9\"}\n"), "", "application/jsonl")).contains("{\"contentType\":\"application/jsonl\",\"text\":\"{}\\n{\\\"a\\\":\\\"\u00e9\\\"}\\n\"}");
        assertThat(response(bytes("{}"), "", "text/plain")).as("the type counts").contains("{\"contentType\":\"text/plain\",\"text\":\"{}\"}");
        assertThat(response(new byte[] {(byte) 0xff, 0}, "", "audio/mpeg")).contains("{\"contentType\":\"audio/mpeg\",\"base64\":\"/wA=\"}");
        assertThat(response(bytes("1\n00:00"), "", null)).contains("{\"contentType\":\"application/octet-stream\",\"text\":\"1\\n00:00\"}");
        assertThat(response(bytes("x"), "", "not a \"type\"")).contains("{\"contentType\":\"application/octet-stream\",\"text\":\"x\"}");
        assertThat(response(bytes(""), "", "text/plain")).contains("{\"contentType\":\"text/plain\",\"text\":\"\"}");
    }
}
