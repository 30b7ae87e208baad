package io.jobrelay.promises.nothingprivate;

import static org.assertj.core.api.Assertions.assertThat;

import io.jobrelay.support.RawServer;
import io.jobrelay.support.RelayFixture;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Promise: where a proxy is set, the API and the HTTP sink are called by it, and its password is told to nobody else. */
class ProxyTest {

    private static final List<String> PROPERTIES = List.of("https.proxyHost", "https.proxyPort", "https.proxyUser", "https.proxyPassword",
            "http.proxyHost", "http.proxyPort", "http.proxyUser", "http.proxyPassword");

    @AfterEach
    void forget() {
        PROPERTIES.forEach(System::clearProperty);
    }

    @Test
    void api_and_sink_are_called_by_the_proxy_and_a_proxy_that_refuses_is_no_answer_of_the_api() {
        try (RawServer proxy = new RawServer((request, out) -> {
            out.write(RawServer.reply(request.line().startsWith("CONNECT ") ? "404 Not here" : "200 OK", ""));
            return false;
        }); RelayFixture relay = new RelayFixture()) {
            for (String scheme : List.of("http", "https")) {
                System.setProperty(scheme + ".proxyHost", "127.0.0.1");
                System.setProperty(scheme + ".proxyPort", String.valueOf(proxy.port()));
                System.setProperty(scheme + ".proxyUser", "me");
                System.setProperty(scheme + ".proxyPassword", "hush");
            }
            relay.withApi("https://api.example.org").with("relay.public-url", "https://relay.example.org").with("relay.sinks", "http")
                    .with("relay.sink.http.url", "http://sink.example.org/~a?b=~").start();
            String waits = relay.insertJob(Map.of("status", "Queued", "next_submit_at", relay.clock().millis()));
            RelayFixture.patiently().until(() -> relay.job(waits).get("last_error") != null);
            assertThat(relay.job(waits)).containsEntry("status", "Queued").containsEntry("in_doubt", false);
            assertThat((String) relay.job(waits).get("last_error")).contains("the proxy 127.0.0.1:" + proxy.port() + " answered 404").doesNotContain("hush");
            assertThat(proxy.lines()).contains("CONNECT api.example.org:443 HTTP/1.1");

            String id = relay.openJob("proxied");
            assertThat(relay.post(relay.callbackUrl(id), "{\"jobId\":\"proxied\",\"status\":\"Success\"}").status()).isEqualTo(200);
            relay.untilDelivered(id);
            assertThat(proxy.lines()).contains("POST http://sink.example.org/~a?b=~ HTTP/1.1");
            assertThat(proxy.requests()).allMatch(request -> request.head().contains("Proxy-Authorization: Basic bWU6aHVzaA=="));
        }
    }
}
