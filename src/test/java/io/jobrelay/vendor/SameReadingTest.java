package io.jobrelay.vendor;

import static io.jobrelay.vendor.Drafts.bytes;
import static org.assertj.core.api.Assertions.assertThat;

import io.jobrelay.document.Place;
import io.jobrelay.protocol.StatusResource;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** By RingCentral's profile a document says what it always said, whatever has become of it on its way. */
class SameReadingTest {

    private static final List<String> NAMES = List.of("jobId", "api", "status", "creationTime", "completionTime", "expirationTime", "response", "other",
            "st\\u0061tus", "", "relay");
    private static final List<String> VALUES = List.of("\"Success\"", "\"Fail\"", "\"InProgress\"", "\"New\"", "\"\"", "null", "7", "-0", "1.5", "1e3", "true",
            "{}", "[]", "[1,{\"status\":\"Fail\"}]", "{\"status\":\"Fail\",\"jobId\":\"inner\"}", "\"Suc\\u0063ess\"", "\"a\\u0000b\"", "\"\\ud800\"", "\"\ud83d\ude00\"",
            "\"2026-11-27T10:00:00.000Z\"", "\"5d3e6a10-b0c1-11ee-9a11-0050568c0001\"", "NaN", "-Infinity", "nul", "01", "\"\n\"", "\"" + "x".repeat(64) + "\"",
            "\"" + "x".repeat(65) + "\"", "\"" + "x".repeat(513) + "\"", "\"" + "\\u00e9".repeat(64) + "\"", "{\"a\":{\"a\":[{}]}}");

    private final JobReader callback = JobReader.callback(Drafts.of("ringcentral", "speech-to-text").profile());
    private final JobReader status = JobReader.status(Drafts.of("ringcentral", "speech-to-text").profile());

    @Test
    void two_thousand_documents_of_every_shape_say_the_same_to_both() {
        Random random = new Random(19);
        int readable = 0;
        for (int i = 0; i < 2_000; i++) {
            byte[] body = document(random);
            readable += compare(body) ? 1 : 0;
        }
        assertThat(readable).as("many are whole, many are not").isBetween(500, 1_500);
    }

    @Test
    void what_is_nested_as_deep_as_nobody_writes_is_told_alike() {
        for (int levels : new int[] {StatusResource.DEEPEST - 1, StatusResource.DEEPEST, 100_000}) {
            for (String pair : new String[] {"[]", "{}"}) {
                String open = pair.equals("[]") ? "[" : "{\"a\":";
                compare(bytes("{\"status\":\"Success\",\"jobId\":\"j\",\"response\":" + open.repeat(levels) + "1" + pair.substring(1).repeat(levels) + "}"));
                compare(bytes("{\"status\":" + open.repeat(levels) + "1" + pair.substring(1).repeat(levels) + "}"));
            }
        }
    }

    @Test
    void every_beginning_of_a_document_is_told_alike() {
        byte[] whole = bytes("\ufeff { \"jobId\" : \"j\" , \"status\":\"Success\",\"response\":{\"a\":[1,2,{\"b\":null}]},\"status\":\"Fail\",\"api\":\"/ai/x\"}\n");
        IntStream.rangeClosed(0, whole.length).forEach(length -> compare(Arrays.copyOf(whole, length)));
    }

    private boolean compare(byte[] body) {
        Optional<StatusResource> then = StatusResource.read(body);
        Optional<Said> now = callback.read(Arrived.of(body));
        assertThat(now.map(SameReadingTest::resource)).as(() -> text(body)).isEqualTo(then);
        assertThat(now.map(Said::ended)).as(() -> text(body)).isEqualTo(then.map(StatusResource::terminal));
        assertThat(now.map(Said::carriesResult)).as(() -> text(body)).isEqualTo(then.map(StatusResource::terminal));
        assertThat(status.glean(body).map(SameReadingTest::resource)).as(() -> text(body)).isEqualTo(StatusResource.glean(body));
        if (then.isEmpty()) {
            assertThat(callback.refusal(body)).isEqualTo(StatusResource.refusal(body));
        }
        return then.isPresent();
    }

    /** A jobId that is a number is read besides, as the answers of submits and polls have always been. */
    private static StatusResource resource(Said said) {
        boolean number = said.document().wholeNumber(Place.at("/jobId"));
        return new StatusResource(number ? null : said.id(), said.api(), said.word(), said.created(), said.completed(), said.expires());
    }

    private static String text(byte[] body) {
        return new String(body, 0, Math.min(body.length, 2_000), StandardCharsets.ISO_8859_1);
    }

    private static byte[] document(Random random) {
        List<String> members = new ArrayList<>();
        for (int i = random.nextInt(9); i >= 0; i--) {
            String value = VALUES.get(random.nextInt(random.nextInt(4) == 0 ? VALUES.size() : 22));
            members.add((random.nextInt(3) == 0 ? " " : "") + "\"" + NAMES.get(random.nextInt(NAMES.size())) + "\"" + (random.nextBoolean() ? ":" : " : ") + value);
        }
        byte[] body = bytes((random.nextInt(20) == 0 ? "\ufeff" : "") + "{" + String.join(",", members) + "}" + (random.nextInt(5) == 0 ? " \n" : ""));
        return switch (random.nextInt(8)) {
            case 0 -> Arrays.copyOf(body, random.nextInt(body.length + 1));
            case 1 -> {
                body[random.nextInt(body.length)] = (byte) random.nextInt(256);
                yield body;
            }
            case 2 -> bytes(new String(body, StandardCharsets.UTF_8) + List.of("x", "{}", "]", "\u0000").get(random.nextInt(4)));
            case 3 -> bytes("[" + new String(body, StandardCharsets.UTF_8) + "]");
            default -> body;
        };
    }
}
