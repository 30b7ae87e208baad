package io.jobrelay.sandbox;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.sun.net.httpserver.HttpServer;
import io.jobrelay.support.Http;
import io.jobrelay.support.RelayFixture;
import io.jobrelay.support.Sink;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** The sandbox is there only where it is wanted, loses nothing when it stops, and serves the relay itself. */
class SandboxLifeTest {

    private static final String PUNCTUATE = "/sandbox/ai/text/v1/async/punctuate";
    private static final String TOKEN = "/sandbox/restapi/oauth/token";

    @Test
    void with_a_server_url_there_is_no_sandbox() {
        try (RelayFixture relay = new RelayFixture().withApi("http://127.0.0.1:1").start()) {
            assertThat(relay.adminPost(TOKEN, "").status()).isEqualTo(404);
            assertThat(relay.adminPost("/sandbox/restapi/oauth/revoke", "").status()).isEqualTo(404);
            assertThat(relay.adminPost(PUNCTUATE, "{}").status()).isEqualTo(404);
            assertThat(relay.adminGet("/sandbox/ai/status/v1/jobs/x").status()).isEqualTo(404);
            assertThat(relay.context().getRoutes()).noneMatch(route -> route.getId().startsWith("sandbox-"));
        }
    }

    @Test
    void it_is_not_on_the_public_port() {
        try (RelayFixture relay = new RelayFixture().start()) {
            assertThat(relay.post(TOKEN, "").status()).isEqualTo(404);
        }
    }

    @Test
    void it_asks_for_no_admin_key() {
        try (RelayFixture relay = new RelayFixture().with("relay.admin.api-key", "a-key-of-sixteen-chars").start()) {
            assertThat(token(relay)).isNotEmpty();
        }
    }

    @Test
    void a_restart_forgets_no_job_no_callback_and_no_token() {
        try (Sink webhook = new Sink(); RelayFixture relay = new RelayFixture().withFileDatabase().start()) {
            String token = token(relay);
            String open = submit(relay, token, webhook.url() + "/open", "{\"texts\":[],\"sandbox\":{\"after\":\"1h\"}}");
            String late = submit(relay, token, webhook.url() + "/late",
                    "{\"texts\":[],\"sandbox\":{\"callback\":\"late\",\"after\":\"10m\"}}");
            relay.clock().advance(Duration.ofSeconds(1));
            await().atMost(RelayFixture.PATIENCE).until(() -> status(relay, token, late).contains("\"Success\""));
            relay.restart();
            assertThat(status(relay, token, open)).contains("\"InProgress\"");
            relay.clock().advance(Duration.ofMinutes(50));
            untilCalled(relay, webhook, 1);
            relay.clock().advance(Duration.ofMinutes(9).plusSeconds(59));
            untilCalled(relay, webhook, 2);
            assertThat(webhook.requests()).extracting(r -> r.path()).containsExactly("/outcomes/late", "/outcomes/open");
        }
    }

    @Test
    void what_a_killed_relay_had_claimed_is_taken_over_when_the_lease_ends() {
        try (Sink webhook = new Sink(); RelayFixture relay = new RelayFixture().start()) {
            String job = submit(relay, token(relay), webhook.url(), "{\"texts\":[],\"sandbox\":{\"after\":\"1h\"}}");
            long lease = relay.clock().millis() + Duration.ofMinutes(1).toMillis();
            relay.sql("UPDATE relay_sandbox_job SET claim = 'dead', next_result_at = ? WHERE job_id = ?", lease, job);
            relay.clock().advance(Duration.ofSeconds(59));
            relay.run("sandbox-due");
            assertThat(relay.sql("SELECT claim FROM relay_sandbox_job").get(0).get("claim")).isEqualTo("dead");
            relay.clock().advance(Duration.ofSeconds(1));
            untilCalled(relay, webhook, 1);
            relay.sql("UPDATE relay_sandbox_job SET claim = 'dead', next_callback_at = ?", lease);
            untilCalled(relay, webhook, 2);
        }
    }

    @Test
    void media_without_an_end_fails_the_job_and_nothing_else() throws IOException {
        CountDownLatch cut = new CountDownLatch(1);
        HttpServer endless = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        endless.setExecutor(Executors.newCachedThreadPool());
        endless.createContext("/", exchange -> {
            exchange.sendResponseHeaders(200, 0);
            try (OutputStream out = exchange.getResponseBody()) {
                while (!Thread.currentThread().isInterrupted()) {
                    out.write(new byte[8192]);
                }
            } catch (IOException e) {
                cut.countDown();
            }
        });
        endless.start();
        try (Sink webhook = new Sink(); RelayFixture relay = new RelayFixture().with("relay.claim.lease", "2s").start()) {
            String url = "http://127.0.0.1:" + endless.getAddress().getPort() + "/";
            String job = submit(relay, "/sandbox/ai/audio/v1/async/speech-to-text", token(relay), webhook.url(), "{\"contentUri\":\"" + url
                    + "\",\"encoding\":\"Wav\",\"languageCode\":\"en-US\",\"sandbox\":{\"after\":\"0s\"}}");
            untilCalled(relay, webhook, 1);
            assertThat(webhook.requests().get(0).text()).contains(job).contains("\"Fail\"").contains("its download took too long");
            assertThat(await().atMost(RelayFixture.PATIENCE).until(() -> cut.await(0, TimeUnit.SECONDS), Boolean::booleanValue)).isTrue();
        } finally {
            endless.stop(0);
        }
    }

    @Test
    void the_relay_itself_is_served_by_its_sandbox() {
        try (RelayFixture relay = new RelayFixture().start()) {
            relay.clock().advance(Duration.ofSeconds(1)); // what was open at the start is polled
            Http.Answer taken = relay.adminPost("/jobs", "{\"api\":\"punctuate\",\"request\":{\"texts\":[\"a\"]},\"reference\":\"ref-1\"}");
            assertThat(taken.status()).isEqualTo(202);
            await().atMost(RelayFixture.PATIENCE).until(() -> relay.count("SELECT COUNT(*) FROM relay_sandbox_job") == 1
                    && relay.count("SELECT COUNT(*) FROM relay_job WHERE status = 'InProgress'") == 1);
            relay.clock().advance(Duration.ofMillis(500));
            await().atMost(RelayFixture.PATIENCE).until(() -> relay.resultFiles().size() == 1);
            String jobId = relay.resultFiles().get(0).replace(".json", "");
            assertThat(new String(relay.result(jobId), StandardCharsets.UTF_8)).contains("\"jobId\":\"" + jobId + "\"")
                    .contains("\"texts\":[\"a\"]").contains("\"receivedVia\":\"webhook\"").contains("ref-1");
        }
    }

    /** Waits for this many callbacks, and until what came of the last one is on record: time must not go on before, or its lease ends. */
    private static void untilCalled(RelayFixture relay, Sink webhook, int times) {
        await().atMost(RelayFixture.PATIENCE).until(() -> webhook.requests().size() == times
                && relay.count("SELECT COUNT(*) FROM relay_sandbox_job WHERE claim IS NOT NULL") == 0);
    }

    private static String token(RelayFixture relay) {
        return member(relay.adminPost(TOKEN, "grant_type=urn%3Aietf%3Aparams%3Aoauth%3Agrant-type%3Ajwt-bearer&assertion=x",
                "Authorization", "Basic YTpi"), "access_token");
    }

    private static String submit(RelayFixture relay, String token, String webhook, String body) {
        return submit(relay, PUNCTUATE, token, webhook, body);
    }

    private static String submit(RelayFixture relay, String path, String token, String webhook, String body) {
        return member(relay.adminPost(path + "?webhook=" + URLEncoder.encode(webhook, StandardCharsets.UTF_8), body,
                "Authorization", "Bearer " + token), "jobId");
    }

    private static String status(RelayFixture relay, String token, String job) {
        return relay.adminGet("/sandbox/ai/status/v1/jobs/" + job, "Authorization", "Bearer " + token).text();
    }

    private static String member(Http.Answer answer, String name) {
        Matcher member = Pattern.compile("\"" + name + "\":\"([^\"]+)\"").matcher(answer.text());
        assertThat(member.find()).as(answer.text()).isTrue();
        return member.group(1);
    }
}
