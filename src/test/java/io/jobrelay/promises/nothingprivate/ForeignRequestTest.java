package io.jobrelay.promises.nothingprivate;

import static org.assertj.core.api.Assertions.assertThat;

import io.jobrelay.support.Raw;
import io.jobrelay.support.RelayFixture;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Promise: without a key the admin port does nothing and shows nothing for a web page of somebody else's, and the sandbox nothing through a proxy. */
class ForeignRequestTest {

    private static final List<String> PATHS = List.of("/jobs", "/doctor", "/audit", "/overview", "/observe/metrics", "/openapi.json", "/", "/dashboard/dashboard.js",
            "/nope");
    private static RelayFixture relay;

    @BeforeAll
    static void start() {
        relay = new RelayFixture().start();
    }

    @AfterAll
    static void stop() {
        relay.close();
    }

    private static String ask(String method, String path, String... headers) {
        return Raw.send(relay.adminPort(), (method + " " + path + " HTTP/1.1\r\nConnection: close\r\n" + String.join("\r\n", headers)
                + (method.equals("POST") ? "\r\nContent-Length: 0" : "") + "\r\n\r\n").getBytes(StandardCharsets.ISO_8859_1));
    }

    @Test
    void what_a_page_of_another_site_sends_is_refused_for_reading_and_for_doing() {
        String host = "Host: localhost:" + relay.adminPort();
        for (String foreign : List.of("Sec-Fetch-Site: cross-site", "Sec-Fetch-Site: same-site", "Sec-Fetch-Site: ", "Sec-Fetch-Site: none\r\nSec-Fetch-Site: cross-site",
                "sec-fetch-site: Same-Origin", "Origin: http://evil.example", "Origin: null")) {
            for (String path : PATHS) {
                assertThat(ask("GET", path, host, foreign)).as(path + " " + foreign).startsWith("HTTP/1.1 403").contains("problem:foreign");
            }
            assertThat(ask("POST", "/pause", host, foreign)).as(foreign).startsWith("HTTP/1.1 403");
        }
        assertThat(ask("GET", "/jobs", "Host: evil.example")).startsWith("HTTP/1.1 403");
        assertThat(relay.count("SELECT COUNT(*) FROM relay_setting WHERE name = 'paused'")).isZero();
    }

    @Test
    void what_its_own_page_and_a_person_send_is_answered() {
        String host = "Host: localhost:" + relay.adminPort();
        for (String own : List.of("Sec-Fetch-Site: none", "Sec-Fetch-Site: same-origin", "Origin: http://localhost:" + relay.adminPort())) {
            for (String path : PATHS) {
                assertThat(ask("GET", path, host, own)).as(path + " " + own).startsWith(path.equals("/nope") ? "HTTP/1.1 404" : "HTTP/1.1 200");
            }
        }
        assertThat(ask("GET", "/observe/health", "Host: 10.1.2.3", "Sec-Fetch-Site: cross-site")).as("a load balancer's affair").startsWith("HTTP/1.1 200");
    }

    @Test
    void this_machine_may_be_called_by_any_of_its_names_and_by_no_other() {
        for (String ours : List.of("localhost", "LOCALHOST:1", "127.0.0.1", "127.1.2.3:80", "[::1]", "[0:0:0:0:0:0:0:1]:8081", "[0:0::1]:8081", "[::ffff:127.0.0.1]")) {
            assertThat(ask("GET", "/jobs", "Host: " + ours)).as(ours).startsWith("HTTP/1.1 200");
        }
        for (String other : List.of("0.0.0.0", "[::]", "[::ffff:0.0.0.0]", "[::2]", "[fe80::1]", "127.0.0.1.evil.example", "[::1].evil.example", "10.0.0.1", "[:::1]")) {
            assertThat(ask("GET", "/jobs", "Host: " + other)).as(other).startsWith("HTTP/1.1 4");
        }
    }

    @Test
    void the_sandbox_is_not_opened_to_the_world_by_a_proxy_on_this_machine() {
        String token = "/sandbox/restapi/oauth/token";
        String status = "/sandbox/ai/status/v1/jobs/x";
        String host = "Host: 127.0.0.1:" + relay.adminPort();
        for (String header : List.of("Forwarded: for=192.0.2.1", "X-Forwarded-For: 192.0.2.1", "x-forwarded-proto: https", "X-Forwarded-Host: relay.example.org",
                "X-Forwarded: yes", "X-FORWARDED-ANYTHING: ", "X-Real-IP: 192.0.2.1", "Via: 1.1 proxy", "X-Original-Forwarded-For: 192.0.2.1",
                "CF-Connecting-IP: 192.0.2.1")) {
            for (String path : List.of(token, "/sandbox/restapi/oauth/revoke", "/sandbox/ai/audio/v1/async/speech-to-text")) {
                assertThat(ask("POST", path, host, header)).as(path + " " + header).startsWith("HTTP/1.1 403").contains("CMN-401", "proxy");
            }
            assertThat(ask("GET", status, host, header)).as(header).startsWith("HTTP/1.1 403").contains("CMN-401");
            assertThat(ask("GET", "/jobs", host, header)).as("the rest has a key for that").startsWith("HTTP/1.1 200");
        }
        assertThat(ask("GET", status, host)).startsWith("HTTP/1.1 401");
        assertThat(ask("POST", token, host)).startsWith("HTTP/1.1 4").doesNotStartWith("HTTP/1.1 403");
    }
}
