package io.jobrelay.promises.bounded;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.jobrelay.protocol.Capability;
import io.jobrelay.support.Http;
import io.jobrelay.support.RelayFixture;
import io.jobrelay.support.RelayProcess;
import io.jobrelay.support.StandInApi;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Whatever strangers send to a process of 256 MB with 1,024 files, whole, in part or without reading an answer: afterwards it answers a signed
 * callback 200 and settles it, polls a silent job and says that it is well; no error of memory was thrown, and none is hidden in its log.
 */
class AttackTest {

    private static final String SECRET = "a secret of the attacked";
    private static final int BODY = 60_000_000;
    private static final String START = "{\"status\":\"Success\",\"a\":";
    @TempDir
    static Path folder;
    private static StandInApi api;
    private static RelayProcess relay;
    private static int inputs;
    private static long bytes;
    private final List<SocketChannel> crowd = new ArrayList<>();

    @BeforeAll
    static void start() {
        api = new StandInApi();
        relay = new RelayProcess(folder).withOpenFiles(1_024).with("relay.webhook.secret", SECRET).with("relay.ringcentral.server-url", api.url())
                .with("relay.ringcentral.client-id", StandInApi.CLIENT_ID).with("relay.ringcentral.client-secret", StandInApi.CLIENT_SECRET)
                .with("relay.ringcentral.jwt", StandInApi.JWT).with("relay.ringcentral.requests-per-minute", "1000")
                .with("relay.poll.initial-delay", "500ms").start();
    }

    @AfterAll
    static void stop() throws IOException {
        String peak = Files.readAllLines(Path.of("/proc/" + relay.pid() + "/status")).stream().filter(line -> line.startsWith("VmHWM"))
                .findFirst().orElse("").replaceAll("\\s+", " ");
        System.out.println("AttackTest: " + inputs + " inputs, " + bytes / 1_000_000 + " MB sent, " + peak);
        relay.close();
        api.close();
    }

    /** Nothing that still stands in the way is taken away first. */
    @AfterEach
    void it_serves_as_before() throws Exception {
        try {
            String silent = openJob();
            String job = openJob();
            RelayFixture.patiently().untilAsserted(() -> assertThat(callBack(job, (START + "1}").getBytes())).isEqualTo(200));
            RelayFixture.patiently().until(() -> "Success".equals(job(job, "status")));
            String jobId = job(silent, "jobId");
            RelayFixture.patiently().until(() -> api.statusRequests().stream().anyMatch(poll -> poll.path().contains(jobId)));
            assertThat(Http.get(relay.adminUrl() + "/observe/health").status()).isEqualTo(200);
            assertThat(relay.output()).doesNotContain("OutOfMemory").doesNotContain("Too many open files").doesNotContain("ERROR");
        } finally {
            for (SocketChannel each : crowd) {
                each.close();
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"[", "{\"a\":", "9", " ", "\"", "\"a\":1,", "\\"})
    void sixty_megabytes_of_any_shape(String piece) throws Exception {
        byte[] body = new byte[BODY];
        byte[] fill = piece.getBytes(StandardCharsets.US_ASCII);
        for (int i = 0; i < BODY; i++) {
            body[i] = i < START.length() ? (byte) START.charAt(i) : fill[i % fill.length];
        }
        assertThat(callBack(openJob(), body)).isEqualTo(400);
        assertThat(status(send("/webhook", body))).as("without a signature").isIn(413, 0);
    }

    @Test
    void sixty_megabytes_that_are_json() throws Exception {
        for (String[] ends : new String[][] {{"\"", "\"}"}, {"1", "}"}, {"1,\"", "\":1}"}, {"1,\"jobId\":\"", "\"}"}}) {
            byte[] body = (START + ends[0] + "7".repeat(BODY - 100) + ends[1]).getBytes(StandardCharsets.US_ASCII);
            assertThat(callBack(openJob(), body)).isIn(200, 503); // where the disk needs too long for it
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"GET /x", "POST /webhook", "GET /observe/health", "OPTIONS *", "GET /"})
    void requests_without_end_whose_answers_nobody_reads(String line) throws Exception {
        byte[] request = (line + " HTTP/1.1\r\nHost: localhost\r\nValidation-Token: t\r\n\r\n").repeat(500).getBytes(StandardCharsets.US_ASCII);
        for (int port : new int[] {relay.publicPort(), relay.adminPort()}) {
            for (int i = 0; i < 40; i++) {
                SocketChannel one = connect(port);
                for (int written = 1, times = 0; written > 0 && times < 200; times++) {
                    written = write(one, request);
                }
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "POST /webhook HTTP/1.1\r\nHost: x\r\nX-", "POST /webhook HTTP/1.1\r\nHost: x\r\nContent-Length: 1000\r\n\r\n{", "FIELDS", "TRAILERS",
        "POST /webhook HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nffff\r\n{", "GET /x HTTP/1.1\r\nHost: x\r\nContent-Length: 100000000\r\n\r\n"})
    void eleven_hundred_connections_that_are_not_finished(String beginning) throws Exception {
        String sent = switch (beginning) {
            case "FIELDS" -> "POST /webhook HTTP/1.1\r\nHost: x\r\n" + "a:\r\n".repeat(7_000);
            case "TRAILERS" -> "POST /webhook HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\n" + "a:\r\n".repeat(7_000);
            default -> beginning;
        };
        for (int port : new int[] {relay.publicPort(), relay.adminPort()}) {
            for (int i = 0; i < 1_100; i++) {
                write(connect(port), sent.getBytes(StandardCharsets.US_ASCII));
            }
        }
    }

    private SocketChannel connect(int port) throws IOException {
        SocketChannel one = SocketChannel.open();
        crowd.add(one);
        one.setOption(StandardSocketOptions.SO_RCVBUF, 4_096);
        one.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
        one.configureBlocking(false);
        return one;
    }

    private static int write(SocketChannel one, byte[] request) {
        inputs++;
        try {
            int written = one.write(ByteBuffer.wrap(request));
            bytes += written;
            return written;
        } catch (IOException e) {
            return -1; // cut off: that is the relay's right
        }
    }

    /** @return the relay's id of a job whose callback will never come by itself */
    private static String openJob() throws Exception {
        Http.Answer answer = Http.post(relay.adminUrl() + "/jobs", "{\"api\":\"summarize\",\"request\":{}}");
        assertThat(answer.status()).isEqualTo(202);
        String id = new ObjectMapper().readTree(answer.bytes()).path("id").textValue();
        RelayFixture.patiently().until(() -> job(id, "jobId") != null);
        return id;
    }

    private static String job(String id, String member) throws Exception {
        return new ObjectMapper().readTree(Http.get(relay.adminUrl() + "/jobs/" + id).bytes()).path(member).textValue();
    }

    private static int callBack(String job, byte[] body) {
        return status(send("/webhook/" + new Capability("callback", List.of(SECRET)).sign(job), body));
    }

    private static String send(String path, byte[] body) {
        inputs++;
        bytes += body.length;
        byte[] head = ("POST " + path + " HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Length: " + body.length + "\r\n\r\n").getBytes(StandardCharsets.US_ASCII);
        byte[] request = java.util.Arrays.copyOf(head, head.length + body.length);
        System.arraycopy(body, 0, request, head.length, body.length);
        try {
            return io.jobrelay.support.Raw.send(relay.publicPort(), request);
        } catch (java.io.UncheckedIOException e) {
            return ""; // cut off while it was sent
        }
    }

    private static int status(String reply) {
        return reply.startsWith("HTTP/1.1 ") ? Integer.parseInt(reply.substring(9, 12)) : 0;
    }
}
