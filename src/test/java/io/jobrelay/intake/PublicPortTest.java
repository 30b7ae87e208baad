package io.jobrelay.intake;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import io.jobrelay.Http;
import io.jobrelay.Raw;
import io.jobrelay.RelayFixture;
import java.net.Socket;
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
            silentAboutItself(answer);
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

    static void silentAboutItself(Http.Answer answer) {
        assertThat(answer.text()).doesNotContainIgnoringCase("exception").doesNotContainIgnoringCase("camel")
                .doesNotContainIgnoringCase("vert").doesNotContain("io.jobrelay").doesNotContain("\tat ")
                .doesNotContain("h2").doesNotContain("jdbc");
        assertThat(answer.headers().map()).doesNotContainKeys("server", "x-powered-by");
    }
}
