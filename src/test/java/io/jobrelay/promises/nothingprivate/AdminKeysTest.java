package io.jobrelay.promises.nothingprivate;

import static io.jobrelay.support.AdminClient.problem;
import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import io.jobrelay.support.Http;
import io.jobrelay.support.OpenApi;
import io.jobrelay.support.Raw;
import io.jobrelay.support.RelayFixture;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.slf4j.LoggerFactory;

/** Promise: one key does everything, the other reads and changes nothing, and whoever tries keys waits while a right one never does. */
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class AdminKeysTest {

    private static final String[] ALL = {"Authorization", "Bearer does-everything-here"};
    private static final String[] READS = {"Authorization", "Bearer only-reads-and-looks"};
    private static final String[] WRONG = {"Authorization", "Bearer neither-of-the-two"};
    private static final ListAppender<ILoggingEvent> LOG = new ListAppender<>();
    private static RelayFixture relay;
    private static String job;
    private final OpenApi api = new OpenApi();

    @BeforeAll
    static void start() {
        relay = new RelayFixture().with("relay.admin.api-key", ALL[1].substring(7)).with("relay.admin.read-key", READS[1].substring(7)).start();
        job = relay.openJob("j-keys");
        relay.post(relay.callbackUrl(job), "{\"status\":\"Success\",\"response\":{}}");
        relay.untilDelivered(job);
        LOG.start();
        ((Logger) LoggerFactory.getLogger("io.jobrelay.port")).addAppender(LOG);
    }

    @AfterAll
    static void stop() {
        ((Logger) LoggerFactory.getLogger("io.jobrelay.port")).detachAppender(LOG);
        relay.close();
    }

    /** All but those of HEAD, which are answered as GET is ({@link io.jobrelay.promises.operator.HeadTest}). */
    private Map<String, OpenApi.Operation> operations() {
        Map<String, OpenApi.Operation> operations = api.operations();
        operations.values().removeIf(operation -> operation.method().equals("HEAD"));
        return operations;
    }

    private static Http.Answer send(OpenApi.Operation operation, String[] key) {
        String path = operation.path().replace("{id}", job).replace("{file}", "dashboard.css");
        return Http.send(operation.method(), relay.adminUrl() + path, operation.method().equals("POST") ? new byte[0] : null, key);
    }

    @Test
    @Order(1)
    void the_key_that_reads_gets_every_answer_to_a_get_and_nothing_else() {
        operations().forEach((id, operation) -> {
            boolean reads = operation.method().equals("GET") && !id.equals("doctor");
            Http.Answer answer = send(operation, READS);
            if (reads) {
                assertThat(answer.status()).as(id).isEqualTo(200);
            } else {
                assertThat(problem(answer, 403, "read-only").path("detail").textValue()).as(id).contains("relay.admin.read-key");
            }
            api.check(operation, answer);
        });
        for (String path : List.of("/doctor/", "//doctor", "/%64octor", "/doctor?x=y", "/jobs/../doctor")) {
            assertThat(raw("GET", path, READS)).as(path).startsWith("HTTP/1.1 403");
        }
        assertThat(raw("HEAD", "/jobs", READS)).doesNotStartWith("HTTP/1.1 403").doesNotStartWith("HTTP/1.1 401");
        assertThat(raw("DELETE", "/jobs", READS)).startsWith("HTTP/1.1 403");
        assertThat(relay.adminGet("/observe/health", READS).text()).contains("checks");
        assertThat(relay.deliveries(job).get(0)).containsEntry("attempts", 1).containsEntry("status", "Delivered");
    }

    @Test
    @Order(2)
    void the_other_key_does_everything_and_what_is_only_like_it_nothing() {
        assertThat(relay.adminPost("/pause", "", ALL).status()).isEqualTo(202);
        assertThat(relay.adminPost("/resume", "", ALL).status()).isEqualTo(202);
        assertThat(relay.adminGet("/doctor", ALL).status()).isEqualTo(200);
        assertThat(raw("GET", "/jobs", ALL)).startsWith("HTTP/1.1 200");
        for (String almost : List.of("Bearer does-everything", "Bearer", "Bearer ", "does-everything-here", "Basic does-everything-here")) {
            assertThat(raw("GET", "/jobs", "Authorization", almost)).as(almost).startsWith("HTTP/1.1 401");
        }
    }

    @Test
    @Order(3)
    void nothing_but_a_page_is_kept_by_anybody_or_taken_for_something_else() {
        operations().forEach((id, operation) -> {
            for (String[] key : List.of(new String[0], ALL)) {
                Http.Answer answer = send(operation, key);
                assertThat(answer.header("X-Content-Type-Options")).as(id).isEqualTo("nosniff");
                boolean page = List.of("dashboard", "dashboardFile").contains(id);
                assertThat(answer.header("Cache-Control")).as(id).isEqualTo(page ? "no-cache" : "no-store");
            }
        });
        for (String path : List.of("/nope", "/jobs/nope", "/observe/health/live", "/sandbox/nope", "/jobs?x=%zz")) {
            String answer = raw("GET", path, ALL).toLowerCase(java.util.Locale.ROOT);
            assertThat(answer).as(path).contains("cache-control: no-store", "x-content-type-options: nosniff");
        }
    }

    @Test
    @Order(4)
    void whoever_tries_keys_waits_for_the_answer_and_who_has_one_does_not() {
        for (int i = 0; i < 20; i++) { // the first ten are free
            assertThat(relay.adminGet(i % 2 == 0 ? "/jobs" : "/observe/health", i < 10 ? WRONG : ALL).status()).isIn(200, 401);
        }
        List<CompletableFuture<Integer>> tries = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            tries.add(CompletableFuture.supplyAsync(() -> relay.adminGet("/jobs", WRONG).status()));
        }
        assertThat(relay.adminGet("/jobs", ALL).status()).isEqualTo(200);
        assertThat(relay.adminGet("/jobs", READS).status()).isEqualTo(200);
        assertThat(relay.adminGet("/jobs").status()).as("no key is no wrong one").isEqualTo(401);
        assertThat(tries.stream().map(CompletableFuture::join)).containsOnly(401);
        assertThat(LOG.list).hasSize(1);
        assertThat(LOG.list.get(0).getFormattedMessage()).contains("wrong admin key", "127.0.0.1").doesNotContain("neither");
    }

    private static String raw(String method, String path, String... header) {
        return Raw.send(relay.adminPort(), request(method, path, header).getBytes(StandardCharsets.ISO_8859_1));
    }

    private static String request(String method, String path, String... header) {
        return method + " " + path + " HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n" + header[0] + ": " + header[1] + "\r\n\r\n";
    }
}
