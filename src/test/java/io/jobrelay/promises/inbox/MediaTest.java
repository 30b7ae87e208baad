package io.jobrelay.promises.inbox;

import static io.jobrelay.support.RelayFixture.PATIENCE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.zaxxer.hikari.HikariDataSource;
import io.jobrelay.media.MediaUrl;
import io.jobrelay.protocol.Capability;
import io.jobrelay.support.Http;
import io.jobrelay.support.InboxRelay;
import java.io.IOException;
import java.io.InputStream;
import java.io.RandomAccessFile;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import javax.sql.DataSource;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The API gets the media of an open job, whole or in pieces, and nobody gets anything else. */
class MediaTest {

    private static final String CONTENT = "0123456789";
    private static final Instant WRITTEN = Instant.parse("2026-03-04T05:06:07.891Z");
    private static InboxRelay inbox;
    private static int number;
    private Map<String, Object> job;
    private String url;

    @BeforeAll
    static void start() {
        inbox = new InboxRelay().start();
    }

    @AfterAll
    static void stop() {
        inbox.close();
    }

    @BeforeEach
    void openJob() throws Exception {
        String name = "call " + ++number + ".mp3";
        inbox.drop(name, CONTENT);
        job = inbox.jobOf(name);
        Files.setLastModifiedTime(file(), FileTime.from(WRITTEN));
        url = inbox.relay.bean("relay-media-url", MediaUrl.class).of(job);
    }

    private Path file() {
        return inbox.open().resolve((String) job.get("intake")).resolve((String) job.get("media"));
    }

    private Http.Answer send(String method, String... headers) {
        return Http.send(method, url, null, headers);
    }

    private static void assertNothing(Http.Answer answer) {
        assertThat(answer.status()).isEqualTo(404);
        assertThat(answer.bytes()).isEmpty();
        assertThat(answer.headers().map()).doesNotContainKeys("etag", "last-modified", "content-type");
    }

    @Test
    void a_get_brings_the_whole_file() {
        Http.Answer answer = send("GET");
        assertThat(answer.status()).isEqualTo(200);
        assertThat(answer.text()).isEqualTo(CONTENT);
        assertThat(answer.header("Content-Length")).isEqualTo("10");
        assertThat(answer.header("Transfer-Encoding")).isNull();
        assertThat(answer.header("Content-Type")).isEqualTo("audio/mpeg");
        assertThat(answer.header("Accept-Ranges")).isEqualTo("bytes");
        assertThat(answer.header("Last-Modified")).isEqualTo("Wed, 04 Mar 2026 05:06:07 GMT");
        assertThat(answer.header("ETag")).matches("\"[0-9a-f-]+\"");
    }

    @Test
    void a_head_brings_the_same_headers_and_no_body() {
        Http.Answer get = send("GET");
        Http.Answer head = send("HEAD");
        assertThat(head.status()).isEqualTo(200);
        assertThat(head.bytes()).isEmpty();
        assertThat(head.headers().map()).isEqualTo(get.headers().map());
        assertThat(send("HEAD", "Range", "bytes=0-1").headers().map()).isEqualTo(get.headers().map());
    }

    @Test
    void one_range_brings_its_piece() {
        assertPiece("bytes=0-0", "0", "bytes 0-0/10");
        assertPiece("bytes=2-4", "234", "bytes 2-4/10");
        assertPiece("bytes=7-", "789", "bytes 7-9/10");
        assertPiece("bytes=7-100", "789", "bytes 7-9/10");
        assertPiece("bytes=0-99999999999999999999999", CONTENT, "bytes 0-9/10");
        assertPiece("bytes=-3", "789", "bytes 7-9/10");
        assertPiece("bytes=-100", CONTENT, "bytes 0-9/10");
        assertPiece("BYTES = 1 - 2", "12", "bytes 1-2/10");
    }

    private void assertPiece(String range, String text, String contentRange) {
        Http.Answer answer = send("GET", "Range", range);
        assertThat(answer.status()).as(range).isEqualTo(206);
        assertThat(answer.text()).isEqualTo(text);
        assertThat(answer.header("Content-Range")).isEqualTo(contentRange);
        assertThat(answer.header("Content-Length")).isEqualTo(String.valueOf(text.length()));
        assertThat(answer.header("Content-Type")).isEqualTo("audio/mpeg");
    }

    @Test
    void a_range_outside_the_file_is_answered_416() {
        for (String range : List.of("bytes=10-", "bytes=10-20", "bytes=-0", "bytes=99999999999999999999999-")) {
            Http.Answer answer = send("GET", "Range", range);
            assertThat(answer.status()).as(range).isEqualTo(416);
            assertThat(answer.header("Content-Range")).isEqualTo("bytes */10");
            assertThat(answer.bytes()).isEmpty();
        }
    }

    @Test
    void several_ranges_and_unreadable_ones_bring_the_whole() {
        for (String range : List.of("bytes=0-1,4-5", "bytes=", "bytes=-", "bytes=a-b", "bytes=5-2", "lines=0-1", "0-1")) {
            Http.Answer answer = send("GET", "Range", range);
            assertThat(answer.status()).as(range).isEqualTo(200);
            assertThat(answer.text()).isEqualTo(CONTENT);
            assertThat(answer.header("Content-Range")).isNull();
        }
    }

    @Test
    void a_range_counts_only_for_the_file_it_was_meant_for() throws Exception {
        String tag = send("HEAD").header("ETag");
        for (String same : List.of(tag, "Wed, 04 Mar 2026 05:06:07 GMT")) {
            assertThat(send("GET", "Range", "bytes=0-1", "If-Range", same).text()).isEqualTo("01");
        }
        for (String other : List.of("\"other\"", "W/" + tag, "Wed, 04 Mar 2026 05:06:08 GMT", "x")) {
            Http.Answer answer = send("GET", "Range", "bytes=0-1", "If-Range", other);
            assertThat(answer.status()).as(other).isEqualTo(200);
            assertThat(answer.text()).isEqualTo(CONTENT);
        }
        Files.writeString(file(), "9876543210x");
        assertThat(send("GET", "Range", "bytes=0-1", "If-Range", tag).text()).isEqualTo("9876543210x");
    }

    @Test
    void what_the_caller_has_already_is_not_sent_again() {
        String tag = send("HEAD").header("ETag");
        for (String known : List.of(tag, "W/" + tag, "\"x\", " + tag, "*")) {
            Http.Answer answer = send("GET", "If-None-Match", known);
            assertThat(answer.status()).as(known).isEqualTo(304);
            assertThat(answer.bytes()).isEmpty();
            assertThat(answer.header("ETag")).isEqualTo(tag);
        }
        assertThat(send("GET", "If-None-Match", "\"x\"").status()).isEqualTo(200);
    }

    @Test
    void without_the_right_signature_there_is_nothing() {
        String intake = (String) job.get("intake");
        String base = inbox.relay.publicUrl() + "/media/";
        String name = url.substring(url.lastIndexOf('/'));
        String callback = inbox.relay.bean("relay-callback-capability", Capability.class).sign(intake);
        assertNothing(inbox.relay.get("/media" + name));
        assertNothing(inbox.relay.get("/media/a/b" + name));
        for (String capability : List.of(intake, intake + ".", intake + ".AAAAAAAAAAAAAAAAAAAAAA", callback, ".", "x.y", "%00.%00",
                inbox.relay.bean("relay-media-capability", Capability.class).sign("01890000-0000-7000-8000-000000000001"))) {
            assertNothing(Http.get(base + capability + name));
            assertNothing(Http.send("HEAD", base + capability + name, null));
        }
    }

    @Test
    void under_another_name_there_is_nothing() throws Exception {
        String base = url.substring(0, url.lastIndexOf('/') + 1);
        Files.writeString(inbox.open().resolve("secret.mp3"), "secret");
        Files.writeString(inbox.done().resolve("other.mp3"), "other");
        for (String name : List.of("other.mp3", "..%2fsecret.mp3", "%2e%2e%2fsecret.mp3", ".accepted", "%00", "call%2B1.mp3", "%FF",
                "a%2Fb", "call%20" + number + ".mp3%00", "CALL%20" + number + ".mp3")) {
            assertNothing(Http.get(base + name));
        }
        assertThat(raw("GET /media/../.open/secret.mp3 HTTP/1.1")).startsWith("HTTP/1.1 404");
        assertThat(raw("GET " + base.substring(inbox.relay.publicUrl().length()) + "../../secret.mp3 HTTP/1.1")).startsWith("HTTP/1.1 404");
    }

    private static String raw(String requestLine) throws IOException {
        try (Socket socket = new Socket("127.0.0.1", inbox.relay.publicPort())) {
            String request = requestLine + "\r\nHost: x\r\nConnection: close\r\n\r\n";
            socket.getOutputStream().write(request.getBytes(StandardCharsets.ISO_8859_1));
            return new String(socket.getInputStream().readAllBytes(), StandardCharsets.ISO_8859_1);
        }
    }

    @Test
    void an_ended_job_has_no_media() {
        inbox.end(job);
        assertNothing(send("GET"));
        inbox.untilDone(inbox.done().resolve((String) job.get("media")));
        assertNothing(send("GET"));
    }

    @Test
    void a_file_that_is_gone_or_became_a_link_is_not_there() throws Exception {
        Path secret = Files.writeString(inbox.relay.folder().resolve("secret-" + number), "secret");
        Files.delete(file());
        assertNothing(send("GET"));
        Files.createSymbolicLink(file(), secret);
        assertNothing(send("GET"));
    }

    @Test
    void a_json_file_is_no_media() {
        inbox.drop("job-" + number + ".json", "{\"api\":\"punctuate\",\"request\":{},\"reference\":\"json-" + number + "\"}");
        Map<String, Object> other = inbox.jobOf("json-" + number);
        String capability = inbox.relay.bean("relay-media-capability", Capability.class).sign((String) other.get("intake"));
        assertNothing(inbox.relay.get("/media/" + capability + "/job-" + number + ".json"));
    }

    @Test
    void another_method_is_answered_405() {
        for (String method : List.of("POST", "PUT", "DELETE", "OPTIONS", "PATCH")) {
            assertThat(send(method).status()).as(method).isEqualTo(405);
        }
    }

    @Test
    void callers_that_go_away_in_the_middle_hold_nothing_up() throws Exception {
        try (RandomAccessFile big = new RandomAccessFile(file().toFile(), "rw")) {
            big.setLength(200_000_000);
        }
        String request = "GET " + url.substring(inbox.relay.publicUrl().length()) + " HTTP/1.1\r\nHost: x\r\n\r\n";
        for (int i = 0; i < 100; i++) { // more than are served at once
            try (Socket socket = new Socket("127.0.0.1", inbox.relay.publicPort())) {
                socket.setSoLinger(true, 0);
                socket.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
                assertThat(socket.getInputStream().readNBytes(10)).hasSize(10);
            }
        }
        await().atMost(PATIENCE).until(() -> inbox.relay.context().getInflightRepository().size("inbox-media") == 0);
        assertThat(send("GET", "Range", "bytes=199999990-").bytes()).hasSize(10);
    }

    @Test
    void a_file_that_becomes_shorter_ends_in_a_cut_connection() throws Exception {
        try (RandomAccessFile big = new RandomAccessFile(file().toFile(), "rw");
                Socket socket = new Socket("127.0.0.1", inbox.relay.publicPort())) {
            big.setLength(500_000_000);
            socket.getOutputStream().write(("GET " + url.substring(inbox.relay.publicUrl().length()) + " HTTP/1.1\r\nHost: x\r\n\r\n")
                    .getBytes(StandardCharsets.US_ASCII));
            InputStream in = socket.getInputStream();
            assertThat(in.readNBytes(100)).hasSize(100);
            big.setLength(1_000);
            assertThat(in.skip(Long.MAX_VALUE)).isLessThan(500_000_000);
        }
    }

    @Test
    void with_the_database_away_the_caller_may_come_again() throws Exception {
        HikariDataSource pool = (HikariDataSource) inbox.relay.bean("relay-data-source", DataSource.class);
        List<Connection> all = new ArrayList<>();
        await().atMost(PATIENCE).until(() -> {
            try {
                all.add(pool.getConnection());
            } catch (SQLException e) {
                // somebody else holds one
            }
            return all.size() == pool.getMaximumPoolSize();
        });
        try {
            Http.Answer answer = send("GET");
            assertThat(answer.status()).isEqualTo(503);
            assertThat(answer.header("Retry-After")).isNotNull();
            assertThat(answer.bytes()).isEmpty();
        } finally {
            for (Connection connection : all) {
                connection.close();
            }
        }
        assertThat(send("GET").status()).isEqualTo(200);
    }
}
