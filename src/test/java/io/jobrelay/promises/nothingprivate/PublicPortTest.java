package io.jobrelay.promises.nothingprivate;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import io.jobrelay.support.Http;
import io.jobrelay.support.Raw;
import io.jobrelay.support.RelayFixture;
import java.io.UncheckedIOException;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.UUID;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.slf4j.LoggerFactory;

/** The port the world reaches serves the webhook and the media being fetched, and tells nothing about what it runs on. */
class PublicPortTest {

    private static RelayFixture relay;

    @BeforeAll
    static void start() {
        relay = new RelayFixture().with("relay.webhook.max-body", "64KiB").start();
    }

    @AfterAll
    static void stop() {
        relay.close();
    }

    @ParameterizedTest
    @ValueSource(strings = {"GET", "PUT", "DELETE", "PATCH", "OPTIONS", "TRACE", "PROPFIND"})
    void another_method_at_the_webhook_is_405(String method) {
        String id = relay.openJob(UUID.randomUUID().toString());
        for (String url : new String[] {relay.webhookUrl(), relay.webhookUrl() + "/x", relay.callbackUrl(id)}) {
            Http.Answer answer = Http.send(method, url, "{\"status\":\"Success\"}".getBytes());
            assertThat(answer.status()).isEqualTo(405);
            answer.saysNothingOfItsInside();
        }
        assertThat(Raw.send(relay.publicPort(), "HEAD /webhook HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n".getBytes()))
                .startsWith("HTTP/1.1 405 ");
        assertThat(relay.callbacks(id)).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"/", "/webhookx", "/webhookx/a", "/webhook.json", "/Webhook", "/web", "/jobs", "/jobs/1", "/observe/health",
        "/observe/metrics", "/q/health", "/openapi.json", "/audit", "/pause", "/sandbox/restapi/oauth/token", "/relay/jobs", "/media",
        "/favicon.ico", "/../application.properties", "/%2e%2e/application.properties"})
    void another_path_is_404_for_every_method(String path) {
        for (String method : new String[] {"GET", "POST", "PUT", "HEAD"}) {
            String reply = Raw.send(relay.publicPort(), (method + " " + path
                    + " HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Length: 2\r\n\r\n{}").getBytes());
            assertThat(reply).as(method).startsWith("HTTP/1.1 404 ").doesNotContainIgnoringCase("vert").doesNotContainIgnoringCase("camel");
        }
    }

    @Test
    void a_body_at_the_limit_is_taken_and_one_over_it_is_413_and_the_job_is_polled() {
        String jobId = UUID.randomUUID().toString();
        String id = relay.openJob(jobId);
        String head = "{\"jobId\":\"" + jobId + "\",\"status\":\"InProgress\",\"response\":\"";
        String exact = head + "x".repeat(64 * 1024 - head.length() - 2) + "\"}";
        assertThat(relay.post(relay.callbackUrl(id), exact).status()).isEqualTo(200);
        assertThat(relay.job(id)).containsEntry("hinted_at", null);

        String path = relay.callbackUrl(id).substring(relay.publicUrl().length());
        assertThat(Raw.post(relay.publicPort(), path, exact + " ")).startsWith("HTTP/1.1 413 ");
        RelayFixture.patiently().until(() -> relay.job(id).get("hinted_at") != null);
        assertThat(relay.callbacks(id)).hasSize(1);
        assertThat(relay.job(id)).containsEntry("status", "InProgress");
    }

    @Test
    void without_a_signature_64_KiB_are_read_and_no_more_whatever_the_limit_is() {
        try (RelayFixture large = new RelayFixture().start()) {
            String jobId = UUID.randomUUID().toString();
            String head = "{\"jobId\":\"" + jobId + "\",\"x\":\"";
            String most = head + "x".repeat(64 * 1024 - head.length() - 2) + "\"}";
            assertThat(Raw.post(large.publicPort(), "/webhook", most)).startsWith("HTTP/1.1 200 ");
            assertThat(Raw.post(large.publicPort(), "/webhook/" + jobId, most + " ")).startsWith("HTTP/1.1 413 ");
            assertThat(Raw.send(large.publicPort(), ("POST /webhook HTTP/1.1\r\nHost: x\r\nConnection: close\r\nExpect: 100-continue\r\n"
                    + "Content-Length: 65537\r\n\r\n").getBytes())).as("before it is sent").startsWith("HTTP/1.1 413 ");
            String chunk = "4000\r\n" + "x".repeat(0x4000) + "\r\n";
            assertThat(Raw.send(large.publicPort(), ("POST /webhook HTTP/1.1\r\nHost: x\r\nConnection: close\r\n"
                    + "Transfer-Encoding: chunked\r\n\r\n" + chunk.repeat(5) + "0\r\n\r\n").getBytes())).startsWith("HTTP/1.1 413 ");
            assertThat(Raw.post(large.publicPort(), large.callbackUrl(large.openJob(jobId)).substring(large.publicUrl().length()), most + " "))
                    .startsWith("HTTP/1.1 200 ");
        }
    }

    @Test
    void header_fields_of_16_kB_and_a_target_of_8_kB_are_read() {
        String token = "Validation-Token: t";
        assertThat(Raw.post(relay.publicPort(), "/webhook", "", "X: " + "y".repeat(16_384), token)).startsWith("HTTP/1.1 200 ");
        assertThat(Raw.post(relay.publicPort(), "/webhook", "", ("X: " + "y".repeat(37) + "\r\n").repeat(400) + token)).startsWith("HTTP/1.1 200 ");
        assertThat(Raw.post(relay.publicPort(), "/webhook/" + "y".repeat(8_183), "", token)).startsWith("HTTP/1.1 200 ");
        assertThat(Raw.post(relay.publicPort(), "/webhook", "", "X: " + "y".repeat(18_000), token)).startsWith("HTTP/1.1 431 ");
        assertThat(Raw.post(relay.publicPort(), "/webhook", "", "X: y\r\n".repeat(1_000) + token)).startsWith("HTTP/1.1 431 ");
        assertThat(Raw.post(relay.publicPort(), "/webhook/" + "y".repeat(9_000), "", token)).contains(" 414 ");
    }

    @Test
    void what_is_no_request_is_answered_4xx_on_both_ports_and_leaves_no_line_in_the_log() {
        ListAppender<ILoggingEvent> log = new ListAppender<>();
        Logger root = (Logger) LoggerFactory.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME);
        log.start();
        root.addAppender(log);
        String rest = " HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n";
        List<String> inputs = new ArrayList<>();
        for (String target : List.of("webhook", "*", "x:1", "http://", "://", "/%", "/%zz", "/%00", "/\u0000", "/\u00ff", "/\\..\\x", "?", "#", "/x?%")) {
            for (String method : List.of("GET", "POST", "OPTIONS", "CONNECT", "FOO")) {
                inputs.add(method + " " + target + rest + "\r\n");
            }
        }
        for (String version : List.of("HTTP/0.9", "HTTP/1.2", "HTTP/2.0", "FOO/1.1", "HTTP", "")) {
            inputs.add("GET /x " + version + "\r\nHost: localhost\r\nConnection: close\r\n\r\n");
        }
        for (String host : List.of("", "Host:\r\n", "Host: a b\r\n", "Host: [\r\n")) {
            inputs.add("POST /x HTTP/1.1\r\nConnection: close\r\n" + host + "\r\n");
        }
        for (String header : List.of("Content-Length: 5\r\nContent-Length: 6", "Content-Length: x", "X: a\r\n b", "X a: b", ": b", "X: \u0000",
                "Transfer-Encoding: gzip", "Transfer-Encoding: chunked\r\nContent-Length: 2", "Expect: x\r\nContent-Length: 2")) {
            inputs.add("POST /x" + rest + header + "\r\n\r\n{}");
        }
        for (String chunk : List.of("zz\r\n{}", "-1\r\n{}", "2\r\n{}XX0\r\n\r\n", "ffffffffffffffff\r\n", "2\r\n{}\r\n0\r\n" + "a:\r\n".repeat(600) + "\r\n")) {
            inputs.add("POST /webhook/x" + rest + "Transfer-Encoding: chunked\r\n\r\n" + chunk);
            inputs.add("POST /jobs" + rest + "Transfer-Encoding: chunked\r\n\r\n" + chunk);
        }
        try {
            for (int port : new int[] {relay.publicPort(), relay.adminPort()}) {
                for (String input : inputs) {
                    assertThat(sent(port, input)).as(input).matches("(?s)|HTTP/1\\.[01] 4(00|03|04|05|13|14|31) .*");
                }
            }
        } finally {
            root.detachAppender(log);
        }
        System.out.println("PublicPortTest: " + 2 * inputs.size() + " inputs that are no requests");
        assertThat(log.list).extracting(ILoggingEvent::getFormattedMessage).isEmpty();
    }

    private static String sent(int port, String input) {
        try {
            return Raw.send(port, input.getBytes(StandardCharsets.ISO_8859_1));
        } catch (UncheckedIOException e) {
            assertThat(e.getCause()).as(input).isNotInstanceOf(SocketTimeoutException.class);
            return ""; // closed without an answer
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"/webhook/%s/", "/webhook/%s//", "/webhook/%s;x", "/webhook/%s;jsessionid=1/", "//webhook//%s", "/webhook;a=b/%s", "/./webhook/./%s",
        "/x/../webhook/%s", "/%%77ebhook/%s", "/webhook/%s?a=b", "/webhook/%s/?", "http://proxy.example/webhook/%s/", "UPPER", "lower"})
    void what_proxies_do_to_a_path_is_undone(String shape) {
        String id = relay.queuedJob(); // the 202 with its jobId is not stored yet
        String capability = relay.callbackUrl(id).substring(relay.webhookUrl().length() + 1);
        StringBuilder codes = new StringBuilder();
        for (char c : capability.toCharArray()) {
            codes.append(String.format("%%%02X", (int) c));
        }
        String path = shape.equals("UPPER") ? "/webhook/" + codes : shape.equals("lower") ? "/webhook/" + codes.toString().toLowerCase(Locale.ROOT)
                : String.format(shape, capability);
        assertThat(Raw.post(relay.publicPort(), path, "{\"status\":\"Success\"}")).startsWith("HTTP/1.1 200 ");
        relay.untilStatus(id, "Success");
    }

    @Test
    void a_body_that_does_not_say_how_long_it_is_is_cut_at_the_limit_too() {
        String id = relay.openJob(UUID.randomUUID().toString());
        String path = relay.callbackUrl(id).substring(relay.publicUrl().length());
        String chunk = "4000\r\n" + "x".repeat(0x4000) + "\r\n";
        String reply = Raw.send(relay.publicPort(), ("POST " + path + " HTTP/1.1\r\nHost: x\r\nConnection: close\r\n"
                + "Transfer-Encoding: chunked\r\n\r\n" + chunk.repeat(5) + "0\r\n\r\n").getBytes());
        assertThat(reply).startsWith("HTTP/1.1 413 ");
        RelayFixture.patiently().until(() -> relay.job(id).get("hinted_at") != null);
    }

    @Test
    void without_a_signature_a_body_over_the_limit_is_413_and_asks_nobody() {
        String jobId = UUID.randomUUID().toString();
        String id = relay.openJob(jobId);
        assertThat(Raw.post(relay.publicPort(), "/webhook", "{\"jobId\":\"" + jobId + "\",\"x\":\"" + "x".repeat(70_000) + "\"}"))
                .startsWith("HTTP/1.1 413 ");
        assertThat(relay.job(id)).containsEntry("hinted_at", null);
    }

    @Test
    void a_request_that_is_no_http_breaks_nothing() {
        Raw.send(relay.publicPort(), "\u0016\u0003\u0001 hello\r\n\r\n".getBytes());
        Raw.post(relay.publicPort(), "/webhook", "", "X: " + "y".repeat(20_000));
        assertThat(relay.post(relay.webhookUrl(), "", "Validation-Token", "t").status()).isEqualTo(200);
    }

    @Test
    void a_sender_that_breaks_off_in_its_body_is_no_failure_of_the_relay() throws Exception {
        ListAppender<ILoggingEvent> log = new ListAppender<>();
        Logger root = (Logger) LoggerFactory.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME);
        log.start();
        root.addAppender(log);
        try {
            String path = relay.callbackUrl(relay.openJob(UUID.randomUUID().toString())).substring(relay.publicUrl().length());
            for (String target : new String[] {path, path + "?a=b", "/webhook"}) {
                try (Socket socket = new Socket("127.0.0.1", relay.publicPort())) {
                    socket.getOutputStream().write(("POST " + target + " HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\n\r\n{").getBytes());
                }
            }
            for (int i = 0; i < 20; i++) { // the connections after it are served by the same event loops
                assertThat(relay.post(relay.webhookUrl(), "", "Validation-Token", "t").status()).isEqualTo(200);
            }
        } finally {
            root.detachAppender(log);
        }
        assertThat(log.list).extracting(ILoggingEvent::getFormattedMessage).isEmpty();
    }
}
