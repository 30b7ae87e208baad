package io.jobrelay.promises.operator;

import static org.assertj.core.api.Assertions.assertThat;

import io.jobrelay.support.Http;
import io.jobrelay.support.OpenApi;
import io.jobrelay.support.Raw;
import io.jobrelay.support.RelayFixture;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/** Promise: HEAD is answered wherever the admin port answers GET, with the same status, type and key, and never with a body. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class HeadTest {

    private static final String KEY = "a-key-of-16-bytes-or-more";
    private static final String READ_KEY = "another-key-that-only-reads";
    private final OpenApi api = new OpenApi();
    private RelayFixture relay;
    private String ended;

    @BeforeAll
    void start() {
        relay = new RelayFixture().with("relay.admin.api-key", KEY).with("relay.admin.read-key", READ_KEY).start();
        ended = relay.openJob("of-the-head");
        byte[] large = ("{\"status\":\"Success\",\"response\":\"" + "w".repeat(1_000_000) + "\"}").getBytes(StandardCharsets.UTF_8);
        assertThat(Http.send("POST", relay.callbackUrl(ended), large).status()).isEqualTo(200);
        relay.untilDelivered(ended);
    }

    @AfterAll
    void stop() {
        relay.close();
    }

    @Test
    void status_and_type_are_those_of_get_with_every_key_and_none() {
        for (String path : paths()) {
            for (String key : List.of("", KEY, READ_KEY, path.equals("/jobs") ? "a-wrong-one-of-16-bytes" : "")) {
                String get = ask("GET", path, key);
                String head = ask("HEAD", path, key);
                assertThat(line(head)).as(path + " " + key).isEqualTo(line(get));
                for (String name : List.of("content-type", "www-authenticate", "cache-control", "x-content-type-options")) {
                    assertThat(header(head).get(name)).as(path + " " + name).isEqualTo(header(get).get(name));
                }
                String length = header(head).get("content-length");
                assertThat(length == null || length.equals(header(get).get("content-length")) || path.startsWith("/observe/metrics"))
                        .as(path + " " + length).isTrue();
                assertThat(head).as(path).endsWith("\r\n\r\n").doesNotContainIgnoringCase("transfer-encoding");
            }
        }
    }

    @Test
    void a_connection_goes_on_behind_it() {
        String request = "HEAD /jobs/" + ended + "/result HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer " + KEY + "\r\n\r\n"
                + "HEAD / HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer " + KEY + "\r\n\r\n"
                + "GET /observe/health/live HTTP/1.1\r\nHost: localhost\r\nrelay-head: x\r\nConnection: close\r\n\r\n";
        String replies = Raw.send(relay.adminPort(), request.getBytes(StandardCharsets.US_ASCII));
        assertThat(replies.split("HTTP/1.1 200 OK")).hasSize(4);
        assertThat(replies).endsWith("{\"status\":\"UP\"}").containsIgnoringCase("content-length: 1000");
        assertThat(replies.length()).isLessThan(5_000);
    }

    @Test
    void allow_names_what_the_description_has() {
        Map<String, Set<String>> told = new LinkedHashMap<>();
        api.operations().values().forEach(o -> told.computeIfAbsent(o.path(), path -> new TreeSet<>()).add(o.method()));
        told.remove("/observe/health"); // of Camel's own, and open to all: 405 there, too
        told.forEach((path, methods) -> {
            String reply = ask("DELETE", path.replace("{id}", ended).replace("{file}", "dashboard.js"), KEY);
            assertThat(line(reply)).as(path).contains(" 405 ");
            assertThat(header(reply).get("allow")).as(path).isEqualTo(String.join(", ", methods));
        });
        assertThat(line(ask("HEAD", "/pause", KEY))).contains(" 405 ");
        assertThat(line(ask("HEAD", "/nowhere", KEY))).contains(" 404 ");
        assertThat(line(ask("HEAD", "/doctor", READ_KEY))).contains(" 403 ");
    }

    @Test
    void the_webhook_knows_no_head() {
        Http.Answer answer = Http.send("HEAD", relay.callbackUrl(ended), null);
        assertThat(answer.status()).isEqualTo(405);
        assertThat(answer.header("Allow")).isEqualTo("POST");
    }

    private Set<String> paths() {
        Set<String> paths = new TreeSet<>(Set.of("/observe/health/live", "/observe/health/ready", "/jobs?limit=nonsense", "/jobs?limit=1", "/jobs/none", "/nowhere"));
        api.operations().values().stream().filter(o -> o.method().equals("GET") && !o.path().equals("/doctor"))
                .forEach(o -> paths.add(o.path().replace("{id}", ended).replace("{file}", "dashboard.css")));
        return paths;
    }

    private String ask(String method, String path, String key) {
        String request = method + " " + path + " HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n"
                + (key.isEmpty() ? "" : "Authorization: Bearer " + key + "\r\n") + "\r\n";
        return Raw.send(relay.adminPort(), request.getBytes(StandardCharsets.US_ASCII));
    }

    private static String line(String reply) {
        return reply.substring(0, reply.indexOf('\r'));
    }

    private static Map<String, String> header(String reply) {
        Map<String, String> fields = new LinkedHashMap<>();
        reply.substring(0, reply.indexOf("\r\n\r\n")).lines().skip(1)
                .forEach(line -> fields.put(line.split(":", 2)[0].toLowerCase(java.util.Locale.ROOT), line.split(":", 2)[1].strip()));
        return fields;
    }
}
