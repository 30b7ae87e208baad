package io.jobrelay.promises.bounded;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import io.jobrelay.support.Raw;
import io.jobrelay.support.RelayFixture;
import java.io.IOException;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

/** Who sends slowly, or headers without end, harms nobody but himself. */
class SlowSendersTest {

    private static RelayFixture relay;

    @BeforeAll
    static void start() {
        relay = new RelayFixture().start();
    }

    @AfterAll
    static void stop() {
        relay.close();
    }

    @Test
    void two_hundred_who_send_a_byte_a_second_do_not_stop_callbacks() throws Exception {
        ScheduledExecutorService dribble = Executors.newSingleThreadScheduledExecutor();
        List<Socket> slow = new ArrayList<>();
        CountDownLatch rounds = new CountDownLatch(3);
        try {
            for (int i = 0; i < 200; i++) {
                Socket socket = new Socket("127.0.0.1", relay.publicPort());
                slow.add(socket);
                String path = i % 3 == 0 ? path(relay.openJob(UUID.randomUUID().toString())) : "/webhook/x";
                String head = "POST " + path + " HTTP/1.1\r\nHost: x\r\n";
                send(socket, i % 2 == 0 ? head + "X-Slow: " : head + "Content-Length: 1000000\r\n\r\n{");
            }
            dribble.scheduleAtFixedRate(() -> {
                slow.forEach(socket -> send(socket, " "));
                rounds.countDown();
            }, 0, 1, TimeUnit.SECONDS);
            while (rounds.getCount() > 0) {
                callsBack();
            }
            assertThat(rounds.await(30, TimeUnit.SECONDS)).isTrue();
            callsBack();
        } finally {
            dribble.shutdownNow();
            for (Socket socket : slow) {
                socket.close();
            }
        }
    }

    /** It takes the twenty seconds that a sender is given. */
    @Test
    void a_signed_body_that_comes_too_slowly_is_408_and_the_job_is_polled() throws Exception {
        String id = relay.openJob(UUID.randomUUID().toString());
        try (Socket slow = new Socket("127.0.0.1", relay.publicPort()); Socket stranger = new Socket("127.0.0.1", relay.publicPort())) {
            slow.setSoTimeout(60_000);
            stranger.setSoTimeout(60_000);
            send(slow, "POST " + path(id) + " HTTP/1.1\r\nHost: x\r\nContent-Length: 100000\r\n\r\n{");
            send(stranger, "POST /webhook HTTP/1.1\r\nHost: x\r\nContent-Length: 1000\r\n\r\n{");
            assertThat(new String(stranger.getInputStream().readNBytes(12), StandardCharsets.US_ASCII)).isEqualTo("HTTP/1.1 408");
            assertThat(new String(slow.getInputStream().readNBytes(12), StandardCharsets.US_ASCII)).isEqualTo("HTTP/1.1 408");
        }
        RelayFixture.patiently().until(() -> relay.job(id).get("hinted_at") != null);
        assertThat(relay.callbacks(id)).isEmpty();
    }

    @Test
    void headers_without_measure_are_refused_and_harm_nobody() throws Exception {
        ListAppender<ILoggingEvent> log = new ListAppender<>();
        Logger root = (Logger) LoggerFactory.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME);
        log.start();
        root.addAppender(log);
        String path = path(relay.openJob(UUID.randomUUID().toString()));
        StringBuilder many = new StringBuilder();
        for (int i = 0; i < 20_000; i++) {
            many.append("X-").append(i).append(": y\r\n");
        }
        try {
            for (int port : new int[] {relay.publicPort(), relay.adminPort()}) {
                for (String bomb : List.of(
                        "POST " + path + " HTTP/1.1\r\nHost: x\r\nX: " + "y".repeat(5_000_000) + "\r\n\r\n",
                        "POST " + path + " HTTP/1.1\r\nHost: x\r\n" + many + "\r\n",
                        "POST " + path + "y".repeat(1_000_000) + " HTTP/1.1\r\nHost: x\r\n\r\n",
                        "POST " + path + "?" + "a=b&".repeat(250_000) + " HTTP/1.1\r\nHost: x\r\n\r\n",
                        "y".repeat(1_000_000),
                        "POST " + path + " HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\n{}{}{}",
                        "POST " + path + " HTTP/1.1\r\nHost: x\r\nContent-Length: -1\r\n\r\n",
                        "POST " + path + " HTTP/1.1\r\nHost: x\r\nContent-Length: 99999999999999999999\r\n\r\n",
                        "POST " + path + " HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nffffffffffffffff\r\n{",
                        "POST " + path + " HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n{",
                        "POST " + path + " HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\n" + many + "\r\n",
                        "POST " + path + " HTTP/1.1\r\n X: y\r\n\u0000: z\r\n\r\n")) {
                    assertThat(refused(port, bomb)).as(bomb.substring(0, Math.min(200, bomb.length()))).isTrue();
                }
                callsBack();
            }
        } finally {
            root.detachAppender(log);
        }
        assertThat(log.list).extracting(ILoggingEvent::getFormattedMessage).isEmpty();
    }

    /** @return whether the answer was 4xx, or the connection was closed without one */
    private static boolean refused(int port, String bomb) {
        try {
            String reply = Raw.send(port, bomb.getBytes(StandardCharsets.ISO_8859_1));
            return reply.isEmpty() || reply.startsWith("HTTP/1.1 4") || reply.startsWith("HTTP/1.0 4");
        } catch (java.io.UncheckedIOException e) {
            return !(e.getCause() instanceof java.net.SocketTimeoutException);
        }
    }

    private static void callsBack() {
        String id = relay.openJob(UUID.randomUUID().toString());
        assertThat(relay.post(relay.callbackUrl(id), "{\"status\":\"Success\"}").status()).isEqualTo(200);
        relay.untilStatus(id, "Success");
    }

    private static String path(String job) {
        return relay.callbackUrl(job).substring(relay.publicUrl().length());
    }

    private static void send(Socket socket, String text) {
        try {
            socket.getOutputStream().write(text.getBytes(StandardCharsets.US_ASCII));
            socket.getOutputStream().flush();
        } catch (IOException e) {
            // cut off: that is the relay's right
        }
    }
}
