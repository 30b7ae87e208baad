package io.jobrelay.promises.anyinput;

import static org.assertj.core.api.Assertions.assertThat;

import io.jobrelay.protocol.Sha256;
import io.jobrelay.support.Http;
import io.jobrelay.support.OnBothDatabases;
import io.jobrelay.support.RelayFixture;
import io.jobrelay.support.StandInApi;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** What comes to a signed URL and cannot be its job's result is refused, kept for inspection, and makes the relay ask the API itself. */
@OnBothDatabases
class RefusedCallbackTest {

    private static StandInApi api;
    private static RelayFixture relay;

    @BeforeAll
    static void start() {
        api = new StandInApi();
        relay = new RelayFixture().withApi(api.url()).start();
    }

    @AfterAll
    static void stop() {
        relay.close();
        api.close();
    }

    static Stream<Arguments> unreadable() {
        return Stream.of(
                Arguments.of("empty", bytes("")),
                Arguments.of("blank", bytes(" \r\n")),
                Arguments.of("a mark and nothing else", bytes("\ufeff")),
                Arguments.of("broken", bytes("{\"jobId\":\"x\",\"status\":\"Success\"")),
                Arguments.of("cut inside a string", bytes("{\"jobId\":\"x")),
                Arguments.of("array", bytes("[{\"status\":\"Success\"}]")),
                Arguments.of("string", bytes("\"Success\"")),
                Arguments.of("number", bytes("4")),
                Arguments.of("null", bytes("null")),
                Arguments.of("text", bytes("OK")),
                Arguments.of("form", bytes("status=Success&jobId=x")),
                Arguments.of("xml", bytes("<job/>")),
                Arguments.of("trailing garbage", bytes("{\"status\":\"Success\"}x")),
                Arguments.of("two objects", bytes("{\"status\":\"Success\"}{\"status\":\"Success\"}")),
                Arguments.of("trailing comma", bytes("{\"status\":\"Success\",}")),
                Arguments.of("single quotes", bytes("{'status':'Success'}")),
                Arguments.of("comment", bytes("{/* */\"status\":\"Success\"}")),
                Arguments.of("a word that is none", bytes("{\"status\":\"Success\",\"response\":NaNa}")),
                Arguments.of("nested too deep", bytes("{\"status\":\"Success\",\"response\":" + "[".repeat(20_000) + "]".repeat(20_000) + "}")),
                Arguments.of("not closed deep inside", bytes("{\"status\":\"Success\",\"response\":" + "[".repeat(10_000) + "}")),
                Arguments.of("Latin-1", "{\"status\":\"Success\",\"response\":\"caf\u00e9\"}".getBytes(StandardCharsets.ISO_8859_1)),
                Arguments.of("UTF-16", "{\"status\":\"Success\"}".getBytes(StandardCharsets.UTF_16)),
                Arguments.of("UTF-16 without a mark", "{\"status\":\"Success\"}".getBytes(StandardCharsets.UTF_16LE)),
                Arguments.of("half a surrogate pair in UTF-8",
                        new byte[] {'{', '"', (byte) 0xed, (byte) 0xa0, (byte) 0x80, '"', ':', '1', '}'}),
                Arguments.of("overlong UTF-8", new byte[] {'{', '"', (byte) 0xc0, (byte) 0xaf, '"', ':', '1', '}'}),
                Arguments.of("cut inside a character", new byte[] {'{', '"', 'a', '"', ':', '1', '}', (byte) 0xe2, (byte) 0x82}),
                Arguments.of("gzip", new byte[] {0x1f, (byte) 0x8b, 8, 0, 0, 0, 0, 0}));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("unreadable")
    void a_body_that_is_no_json_object_is_answered_400_and_kept_and_the_job_is_polled(String name, byte[] body) {
        String id = relay.openJob(UUID.randomUUID().toString());

        Http.Answer answer = Http.send("POST", relay.callbackUrl(id), body, "Content-Type", "application/json");

        assertThat(answer.status()).isEqualTo(400);
        assertThat(answer.bytes()).isEmpty();
        assertThat(relay.callbacks(id)).singleElement().satisfies(row -> {
            assertThat(row).containsEntry("verdict", "Refused").containsEntry("body_size", (long) body.length);
            assertThat(row.get("body")).isEqualTo(body);
        });
        relay.settle();
        assertThat(relay.job(id)).containsEntry("status", "InProgress").containsEntry("hinted_at", relay.clock().millis());
    }

    @Test
    void of_a_large_unreadable_body_64_KiB_are_kept_and_its_size_and_hash() {
        String id = relay.openJob(UUID.randomUUID().toString());
        byte[] body = bytes("[" + "x".repeat(1_000_000));
        assertThat(Http.send("POST", relay.callbackUrl(id), body).status()).isEqualTo(400);
        assertThat(relay.callbacks(id)).singleElement().satisfies(row -> {
            assertThat((byte[]) row.get("body")).hasSize(64 * 1024);
            assertThat(row).containsEntry("body_size", 1_000_001L).containsEntry("body_sha256", Sha256.of(body));
        });
    }

    @Test
    void of_a_large_result_that_its_job_has_no_use_for_no_more_is_kept_either_and_of_a_repeat_nothing() {
        byte[] body = bytes("{\"status\":\"Success\",\"response\":\"" + "x".repeat(1_000_000) + "\"}");
        String id = relay.openJob(UUID.randomUUID().toString());
        String gone = UUID.randomUUID().toString();
        String cancelled = relay.openJob(UUID.randomUUID().toString());
        relay.insertCallback(cancelled, "relay", "Cancelled", "{\"status\":\"Cancelled\"}");
        String givenUp = relay.openJob(UUID.randomUUID().toString());
        relay.insertCallback(givenUp, "relay", "Expired", "{\"status\":\"Expired\"}");
        relay.settle();
        for (String job : List.of(id, id, gone, cancelled, givenUp, givenUp)) {
            assertThat(Http.send("POST", relay.callbackUrl(job), body).status()).isEqualTo(200);
        }
        relay.insertCallback(cancelled, "poll", "Success", new String(body, StandardCharsets.UTF_8)); // past the door
        relay.settle();
        assertThat(kept(id)).containsExactly("Settled " + body.length, "Repeat 0");
        assertThat(kept(gone)).containsExactly("Unknown 65536");
        assertThat(kept(cancelled)).containsExactly("Settled 22", "Second 65536", "Second 65536");
        assertThat(kept(givenUp)).containsExactly("Settled 20", "Settled " + body.length, "Repeat 0");
        assertThat(relay.callbacks(gone)).singleElement().satisfies(row -> assertThat(row).containsEntry("body_size", (long) body.length)
                .containsEntry("body_sha256", Sha256.of(body)));
        assertThat(relay.callbacks(id).get(0).get("body")).isEqualTo(body);
    }

    private static List<String> kept(String job) {
        return relay.callbacks(job).stream().map(row -> row.get("verdict") + " " + ((byte[]) row.get("body")).length).toList();
    }

    @Test
    void of_a_large_callback_that_does_not_end_its_job_no_more_is_kept_either() {
        String id = relay.openJob(UUID.randomUUID().toString());
        byte[] body = bytes("{\"status\":\"InProgress\",\"response\":\"" + "x".repeat(1_000_000) + "\"}");
        assertThat(Http.send("POST", relay.callbackUrl(id), body).status()).isEqualTo(200);
        assertThat(relay.callbacks(id)).singleElement().satisfies(row -> {
            assertThat((byte[]) row.get("body")).hasSize(64 * 1024);
            assertThat(row).containsEntry("verdict", "Open").containsEntry("body_size", (long) body.length)
                    .containsEntry("body_sha256", Sha256.of(body));
        });
    }

    @Test
    void the_jobId_of_another_job_is_answered_400_and_kept_and_touches_neither_job() {
        String mine = UUID.randomUUID().toString();
        String theirs = UUID.randomUUID().toString();
        String id = relay.openJob(mine);
        String other = relay.openJob(theirs);

        assertThat(relay.post(relay.callbackUrl(id), "{\"jobId\":\"" + theirs + "\",\"status\":\"Success\"}").status()).isEqualTo(400);

        relay.settle();
        assertThat(relay.callbacks(id)).singleElement().satisfies(row -> assertThat(row).containsEntry("verdict", "Refused"));
        assertThat(relay.callbacks(other)).isEmpty();
        assertThat(relay.job(id)).containsEntry("status", "InProgress").containsEntry("job_id", mine)
                .containsEntry("hinted_at", relay.clock().millis());
        assertThat(relay.job(other)).containsEntry("status", "InProgress").containsEntry("hinted_at", null);
    }

    @Test
    void the_jobId_of_a_finished_other_job_is_refused_as_well() {
        String theirs = UUID.randomUUID().toString();
        String other = relay.openJob(theirs);
        relay.insertCallback(other, "poll", "Success", "{\"status\":\"Success\"}");
        relay.settle();
        String id = relay.openJob(UUID.randomUUID().toString());
        assertThat(relay.post(relay.callbackUrl(id), "{\"jobId\":\"" + theirs + "\",\"status\":\"Success\"}").status()).isEqualTo(400);
        assertThat(relay.callbacks(other)).hasSize(1);
    }

    @Test
    void refusals_make_a_job_polled_at_most_once_a_minute() {
        String id = relay.openJob(UUID.randomUUID().toString());
        long first = relay.clock().millis();
        relay.post(relay.callbackUrl(id), "broken");
        assertThat(relay.job(id)).containsEntry("hinted_at", first);
        relay.clock().advance(Duration.ofSeconds(59));
        relay.post(relay.callbackUrl(id), "broken");
        assertThat(relay.job(id)).containsEntry("hinted_at", first);
        relay.clock().advance(Duration.ofSeconds(1));
        relay.post(relay.callbackUrl(id), "broken");
        assertThat(relay.job(id)).containsEntry("hinted_at", first + 60_000);
        assertThat(relay.callbacks(id)).hasSize(3);
    }

    @Test
    void a_refusal_for_a_job_that_has_ended_or_is_gone_is_kept_and_asks_nobody() {
        String id = relay.openJob(UUID.randomUUID().toString());
        relay.insertCallback(id, "poll", "Success", "{\"status\":\"Success\"}");
        relay.settle();
        Map<String, Object> before = relay.job(id);
        assertThat(relay.post(relay.callbackUrl(id), "broken").status()).isEqualTo(400);
        assertThat(relay.job(id)).isEqualTo(before);

        relay.sql("DELETE FROM relay_job WHERE id = ?", id);
        assertThat(relay.post(relay.callbackUrl(id), "broken").status()).isEqualTo(400);
        assertThat(relay.callbacks(id)).hasSize(3);
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
