package io.jobrelay.promises.anyinput;

import static org.assertj.core.api.Assertions.assertThat;

import io.jobrelay.support.RawServer;
import io.jobrelay.support.RelayFixture;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.zip.DeflaterOutputStream;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/** What the API answers is read as far as it can be, and bounded; what is sent to it stands in the request byte for byte as it was meant. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class OddAnswersTest {

    private static final String BASE = "/~base/%7e";
    private static final byte[] TOKEN = RawServer.reply("200 OK", List.of("Content-Encoding: gzip"),
            gzip("{\"access_token\":\"the-token\",\"expires_in\":360000}"));
    private final AtomicReference<RawServer.Play> play = new AtomicReference<>();
    private RawServer api;
    private RelayFixture relay;

    @BeforeAll
    void start() {
        api = new RawServer((request, out) -> {
            if (request.target().equals(BASE + "/restapi/oauth/token")) {
                out.write(TOKEN);
                return false;
            }
            return play.get().answer(request, out);
        });
        relay = new RelayFixture();
        relay.withApi(api.url() + BASE).with("relay.ringcentral.requests-per-minute", "1000").with("relay.poll.max-body", "64KiB")
                .with("relay.public-url", relay.publicUrl() + "/~relay").with("relay.ringcentral.jwt", "eyJ~.a-b_c+/=").start();
    }

    @AfterAll
    void stop() {
        relay.close();
        api.close();
    }

    @Test
    void urls_and_values_in_them_go_out_as_they_are_meant() {
        play.set(fixed(RawServer.reply("202 Accepted", "{\"jobId\":\"taken\"}")));
        relay.untilStatus(due(), "InProgress");
        assertThat(api.lines()).last().asString().startsWith("POST " + BASE + "/ai/audio/v1/async/speech-to-text?webhook=http%3A%2F%2F127.0.0.1%3A"
                + relay.publicPort() + "%2F~relay%2Fwebhook%2F");
        assertThat(api.requests().get(0).text()).endsWith("&assertion=eyJ~.a-b_c%2B%2F%3D");

        String jobId = "a~b-c_d.e f/ü%+?#";
        play.set(fixed(RawServer.reply("200 OK", List.of("Content-Type: application/json; charset=nonsense"),
                "{\"status\":\"Success\",\"response\":\"ü\"}".getBytes(StandardCharsets.UTF_8))));
        relay.untilStatus(polled(jobId), "Success");
        assertThat(api.lines()).last().isEqualTo("GET " + BASE + "/ai/status/v1/jobs/a~b-c_d.e%20f%2F%C3%BC%25%2B%3F%23 HTTP/1.1");
        assertThat(api.requests()).noneMatch(request -> request.has("relay-request-target"));
    }

    @Test
    void an_answer_that_is_compressed_or_only_says_so_is_read() {
        play.set(fixed(RawServer.reply("202 Accepted", "", "Content-Encoding: gzip")));
        String without = due();
        relay.untilStatus(without, "InProgress");
        assertThat(relay.job(without)).containsEntry("in_doubt", false).containsEntry("job_id", null).containsEntry("attempts", 1);
        play.set(fixed(RawServer.reply("202 Accepted", List.of("Content-Encoding: gzip"), gzip("{\"jobId\":\"small\"}"))));
        String with = due();
        relay.untilStatus(with, "InProgress");
        assertThat(relay.job(with)).containsEntry("job_id", "small");

        String result = "{\"status\":\"Success\",\"response\":\"x\"}";
        byte[] plain = result.getBytes(StandardCharsets.UTF_8);
        Map<String, byte[]> bodies = Map.of("gzip", gzip(result), "x-gzip", gzip(result), "deflate", deflate(plain), "GZIP", plain, "br", plain,
                "identity", plain, "deflate, gzip", gzip(deflate(plain)), "gzip,", plain);
        bodies.forEach((coding, body) -> {
            play.set(fixed(RawServer.reply("200 OK", List.of("Content-Encoding: " + coding), body)));
            String id = polled("coded " + coding);
            relay.untilStatus(id, "Success");
            assertThat((byte[]) relay.callbacks(id).get(0).get("body")).as(coding).isEqualTo(plain);
        });
    }

    @Test
    void a_result_larger_than_the_key_leaves_the_job_open_and_is_named_until_it_fits() {
        byte[] large = ("{\"status\":\"Success\",\"response\":\"" + "x".repeat(70_000) + "\"}").getBytes(StandardCharsets.UTF_8);
        List<byte[]> answers = List.of(RawServer.reply("200 OK", List.of(), large), chunked(large),
                RawServer.reply("200 OK", List.of("Content-Encoding: gzip"), gzip("x".repeat(30_000_000))));
        for (byte[] answer : answers) {
            play.set(fixed(answer));
            String id = polled("large-" + answers.indexOf(answer));
            untilError(id, "relay.poll.max-body");
            assertThat(relay.job(id)).containsEntry("status", "InProgress");
            assertThat(relay.adminGet("/observe/health").text()).contains("relay.poll.max-body");
            play.set(fixed(RawServer.reply("200 OK", "{\"status\":\"Success\"}")));
            pollNow(id);
            relay.untilStatus(id, "Success");
            assertThat(relay.adminGet("/observe/health").text()).doesNotContain("relay.poll.max-body");
        }
        play.set(fixed(chunked(new byte[0], "{\"status\":\"Success\",\"response\":\"" + "x".repeat(60_000) + "\"}")));
        relay.untilStatus(polled("just-fits"), "Success");
    }

    @Test
    void an_answer_that_breaks_off_is_none_and_says_so() {
        play.set(fixed("HTTP/1.1 200 OK\r\nContent-Length: 500\r\n\r\n{\"status\":\"Success\"}".getBytes(StandardCharsets.US_ASCII)));
        String id = polled("broken");
        untilError(id, "the API answered 200, and its answer broke off");
        assertThat(relay.job(id)).containsEntry("status", "InProgress");
        play.set(fixed("HTTP/1.1 202 OK\r\nContent-Length: 500\r\n\r\n{\"jobId\":\"half".getBytes(StandardCharsets.US_ASCII)));
        String submit = due();
        untilError(submit, "the API answered 202, and its answer broke off");
        assertThat(relay.job(submit)).containsEntry("status", "Queued").containsEntry("in_doubt", true);
    }

    @Test
    void nothing_of_an_answer_is_read_without_end() {
        for (String[] endless : new String[][] {
            {"HTTP/1.1 202 OK\r\nX-Long: ", "xxxxxxxxxxxxxxxx"}, {"HTTP/1.1 202 OK\r\n", "X-Many: one more\r\n"}, {"HTTP/1.1 202 ", "xxxxxxxxxxxxxxxx"},
            {"", "HTTP/1.1 100 Continue\r\n\r\n"}, {"HTTP/1.1 202 OK\r\nTransfer-Encoding: chunked\r\n\r\n2;", "extension=more;"},
            {"HTTP/1.1 202 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\n", "X-Trailer: one more\r\n"}, {"HTTP/1.1 202 OK\r\n\r\n", "      body without end"}}) {
            AtomicLong written = new AtomicLong();
            play.set((request, out) -> endless(out, endless[0], endless[1], written));
            String id = due();
            untilError(id, "in doubt: ");
            assertThat(relay.job(id)).as(endless[1]).containsEntry("status", "Queued").containsEntry("in_doubt", true);
            assertThat(written.get()).as(endless[1] + ": with what both sockets hold").isLessThan(20_000_000);
        }
        for (String status : List.of("503 Busy", "429 Too many")) {
            AtomicLong written = new AtomicLong();
            play.set((request, out) -> endless(out, "HTTP/1.1 " + status + "\r\nRetry-After: 0\r\n\r\n", "body without end", written));
            String id = due();
            untilError(id, "the API answered " + status.substring(0, 3));
            assertThat(relay.job(id)).as(status).containsEntry("status", "Queued").containsEntry("in_doubt", false);
            assertThat(written.get()).as(status).isLessThan(20_000_000);
            relay.sql("UPDATE relay_api SET paused_until = 0");
        }
    }

    private static boolean endless(OutputStream out, String begin, String more, AtomicLong written) throws IOException {
        out.write(begin.getBytes(StandardCharsets.US_ASCII));
        byte[] block = more.repeat(500).getBytes(StandardCharsets.US_ASCII);
        while (written.get() < 200_000_000) {
            out.write(block);
            written.addAndGet(block.length);
        }
        return false;
    }

    private static RawServer.Play fixed(byte[] answer) {
        return (request, out) -> {
            out.write(answer);
            return false;
        };
    }

    private static byte[] chunked(byte[] body) {
        return chunked(body, "");
    }

    private static byte[] chunked(byte[] first, String second) {
        ByteArrayOutputStream answer = new ByteArrayOutputStream();
        answer.writeBytes("HTTP/1.1 200 OK\r\nConnection: close\r\nTransfer-Encoding: chunked\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
        for (byte[] chunk : List.of(first, second.getBytes(StandardCharsets.UTF_8))) {
            if (chunk.length > 0) {
                answer.writeBytes((Integer.toHexString(chunk.length) + "\r\n").getBytes(StandardCharsets.US_ASCII));
                answer.writeBytes(chunk);
                answer.writeBytes("\r\n".getBytes(StandardCharsets.US_ASCII));
            }
        }
        answer.writeBytes("0\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
        return answer.toByteArray();
    }

    private static byte[] gzip(String text) {
        return gzip(text.getBytes(StandardCharsets.UTF_8));
    }

    private static byte[] gzip(byte[] bytes) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try (OutputStream gzip = new GZIPOutputStream(out)) {
            gzip.write(bytes);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return out.toByteArray();
    }

    private static byte[] deflate(byte[] bytes) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try (OutputStream deflate = new DeflaterOutputStream(out)) {
            deflate.write(bytes);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return out.toByteArray();
    }

    private void untilError(String id, String error) {
        RelayFixture.patiently().until(() -> relay.job(id).get("claim") == null && relay.job(id).get("last_error") != null);
        assertThat((String) relay.job(id).get("last_error")).contains(error);
    }

    private String due() {
        return relay.insertJob(Map.of("status", "Queued", "next_submit_at", relay.clock().millis()));
    }

    private String polled(String jobId) {
        return relay.insertJob(Map.of("status", "InProgress", "job_id", jobId, "next_poll_at", relay.clock().millis()));
    }

    private void pollNow(String id) {
        relay.sql("UPDATE relay_job SET next_poll_at = ?, last_error = NULL WHERE id = ?", relay.clock().millis(), id);
    }
}
