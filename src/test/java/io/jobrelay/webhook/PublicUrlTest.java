package io.jobrelay.webhook;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import com.sun.net.httpserver.HttpServer;
import io.jobrelay.config.Keys;
import io.jobrelay.config.Upstream;
import io.jobrelay.support.SettableClock;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.camel.CamelContext;
import org.apache.camel.impl.DefaultCamelContext;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.slf4j.LoggerFactory;

/** The URL given to the API: the configured one, else that of a running ngrok agent, else this machine; never one the API cannot reach. */
class PublicUrlTest {

    private static final String REMOTE = "https://platform.ringcentral.com";
    private final CamelContext context = new DefaultCamelContext();
    private final SettableClock clock = new SettableClock();
    private final AtomicInteger asked = new AtomicInteger();
    private HttpServer agent;
    private volatile int status = 200;
    private volatile String tunnels = "{\"tunnels\":[]}";

    @BeforeEach
    void start() throws Exception {
        context.getPropertiesComponent().addOverrideProperty("camel.server.port", "8080");
        agent = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        agent.createContext("/api/tunnels", exchange -> {
            asked.incrementAndGet();
            byte[] body = ("application/json".equals(exchange.getRequestHeaders().getFirst("Accept")) ? tunnels : "<xml/>")
                    .getBytes(StandardCharsets.UTF_8);
            exchange.sendResponseHeaders(status, body.length);
            exchange.getResponseBody().write(body);
            exchange.close();
        });
        agent.start();
    }

    @AfterEach
    void stop() throws Exception {
        agent.stop(0);
        context.close();
    }

    @Test
    void the_configured_url_counts_and_loses_its_slashes() {
        configured("https://relay.example.org/base//");
        assertThat(to(REMOTE).require()).isEqualTo("https://relay.example.org/base");
        assertThat(asked).hasValue(0);
    }

    @Test
    void the_tunnel_that_leads_to_the_public_port_is_found_https_first() {
        tunnels = tunnels(tunnel("https://other.ngrok-free.app", "http://localhost:3000"), tunnel("http://mine.ngrok-free.app", "http://localhost:8080"),
                tunnel("tcp://0.tcp.ngrok.io:12345", "localhost:8080"), tunnel("https://mine.ngrok-free.app", "http://localhost:8080"));
        assertThat(to(REMOTE).require()).isEqualTo("https://mine.ngrok-free.app");
    }

    @Test
    void a_tunnel_without_https_is_better_than_none() {
        tunnels = tunnels(tunnel("http://mine.ngrok.io", "localhost:8080"));
        assertThat(to(REMOTE).require()).isEqualTo("http://mine.ngrok.io");
    }

    @ParameterizedTest
    @ValueSource(strings = {"http://localhost:8080", "localhost:8080", "8080", "http://127.0.0.1:8080", "127.0.0.1:8080", "http://[::1]:8080/"})
    void the_agent_writes_the_port_in_several_ways(String address) {
        tunnels = tunnels(tunnel("https://mine.ngrok-free.app", address));
        assertThat(to(REMOTE).require()).isEqualTo("https://mine.ngrok-free.app");
    }

    @ParameterizedTest
    @ValueSource(strings = {"http://localhost:18080", "http://localhost:80", "80", "http://other-host:8080", "https://localhost:8080", "file:///8080", ""})
    void a_tunnel_to_something_else_is_not_taken(String address) {
        tunnels = tunnels(tunnel("https://other.ngrok-free.app", address));
        assertThatThrownBy(() -> to(REMOTE).require()).isInstanceOf(PublicUrl.Unusable.class);
    }

    @Test
    void the_agent_is_asked_again_after_ten_seconds() {
        tunnels = tunnels(tunnel("https://first.ngrok-free.app", "http://localhost:8080"));
        PublicUrl url = to(REMOTE);
        assertThat(url.require()).isEqualTo("https://first.ngrok-free.app");
        tunnels = tunnels(tunnel("https://second.ngrok-free.app", "http://localhost:8080"));
        clock.advance(Duration.ofMillis(9_999));
        assertThat(url.require()).isEqualTo("https://first.ngrok-free.app");
        assertThat(asked).hasValue(1);
        clock.advance(Duration.ofMillis(1));
        assertThat(url.require()).isEqualTo("https://second.ngrok-free.app");
    }

    @Test
    void the_sandbox_never_asks_and_is_on_this_machine() {
        tunnels = tunnels(tunnel("https://mine.ngrok-free.app", "http://localhost:8080"));
        Upstream sandbox = new Upstream("sandbox", "http://127.0.0.1:8081/sandbox", "x", "x", "x", 600, true);
        assertThat(url(sandbox).require()).isEqualTo("http://localhost:8080");
        assertThat(asked).hasValue(0);
    }

    @Test
    void something_else_on_the_agents_port_is_no_agent() {
        for (String answer : new String[] {"", "<html>", "[]", "null", "{\"tunnels\":{}}", "{\"tunnels\":[null,1,{}]}"}) {
            tunnels = answer;
            assertThat(to("http://localhost:9000").require()).isEqualTo("http://localhost:8080");
        }
        status = 500;
        assertThat(to("http://localhost:9000").require()).isEqualTo("http://localhost:8080");
    }

    @Test
    void each_url_an_agent_names_is_told_once() {
        ListAppender<ILoggingEvent> log = new ListAppender<>();
        log.start();
        Logger logger = (Logger) LoggerFactory.getLogger(NgrokAgent.class);
        logger.addAppender(log);
        try {
            PublicUrl url = to(REMOTE);
            tunnels = tunnels(tunnel("https://first.ngrok-free.app", "http://localhost:8080"));
            ask(url, 3);
            status = 500; // away for a moment
            clock.advance(Duration.ofSeconds(10));
            assertThat(url.fromAgent()).isFalse();
            status = 200;
            clock.advance(Duration.ofSeconds(10));
            ask(url, 3);
            tunnels = tunnels(tunnel("https://second.ngrok-free.app", "http://localhost:8080"));
            ask(url, 3);
            assertThat(url.fromAgent()).isTrue();
            assertThat(log.list).extracting(ILoggingEvent::getLevel).containsExactly(Level.WARN, Level.WARN);
            assertThat(log.list.get(0).getFormattedMessage()).contains("https://first.ngrok-free.app", "relay.public-url");
            assertThat(log.list.get(1).getFormattedMessage()).contains("https://first.ngrok-free.app", "https://second.ngrok-free.app", "relay.public-url");
        } finally {
            logger.detachAppender(log);
        }
        configured("https://relay.example.org");
        assertThat(to(REMOTE).fromAgent()).isFalse();
    }

    private void ask(PublicUrl url, int times) {
        for (int i = 0; i < times; i++) {
            assertThat(url.require()).contains("ngrok-free.app");
            clock.advance(Duration.ofSeconds(10));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"https://u:p@x.ngrok.app", "https://x.ngrok.app/?a=b", "https://x.ngrok.app/a b", "https://", "file:///etc/passwd",
        "https://x.ngrok.app\\nERROR forged"})
    void what_is_no_url_of_a_tunnel_is_not_taken(String url) {
        tunnels = tunnels(tunnel(url, "http://localhost:8080"));
        assertThatThrownBy(() -> to(REMOTE).require()).isInstanceOf(PublicUrl.Unusable.class);
    }

    @Test
    void an_answer_larger_than_an_agents_is_none() {
        tunnels = tunnels(tunnel("https://mine.ngrok-free.app", "http://localhost:8080")) + " ".repeat(2 << 20);
        assertThatThrownBy(() -> to(REMOTE).require()).isInstanceOf(PublicUrl.Unusable.class);
    }

    @Test
    void without_an_agent_the_sentence_says_what_to_do() {
        agent.stop(0);
        assertThatThrownBy(() -> to(REMOTE).require()).isInstanceOf(PublicUrl.Unusable.class)
                .hasMessageContaining("http://localhost:8080").hasMessageContaining("relay.public-url").hasMessageContaining("ngrok http 8080");
    }

    @ParameterizedTest
    @CsvSource({
        "http://localhost:8080, https://platform.ringcentral.com, false",
        "http://127.1.2.3:8080, https://platform.ringcentral.com, false",
        "http://[::1]:8080, https://platform.ringcentral.com, false",
        "http://0.0.0.0:8080, https://platform.ringcentral.com, false",
        "http://LOCALHOST.:8080, https://platform.ringcentral.com, false",
        "http://10.1.2.3, https://platform.ringcentral.com, false",
        "http://192.168.1.5:8080, https://platform.ringcentral.com, false",
        "http://172.16.0.1, https://platform.ringcentral.com, false",
        "http://169.254.1.1, https://platform.ringcentral.com, false",
        "http://100.64.0.1, https://platform.ringcentral.com, false",
        "http://[fd00::1]:8080, https://platform.ringcentral.com, false",
        "http://relay:8080, https://platform.ringcentral.com, false",
        "http://my_relay:8080, https://platform.ringcentral.com, false",
        "http://relay.lan, https://platform.ringcentral.com, false",
        "https://relay.example.org, https://platform.ringcentral.com, true",
        "https://203.0.113.7, https://platform.ringcentral.com, true",
        "http://172.32.0.1, https://platform.ringcentral.com, true",
        "http://relay:8080, http://api:9000, true",
        "http://my_relay:8080, http://my_api:9000, true",
        "http://192.168.1.5:8080, http://192.168.1.6:9000, true",
        "http://localhost:8080, http://api:9000, false",
        "http://localhost:8080, http://127.0.0.1:9000, true",
        "http://localhost:8080, http://[::1]:9000, true",
        "http://192.168.1.5:8080, http://localhost:9000, true",
    })
    void a_url_is_used_where_the_api_can_reach_it(String own, String api, boolean usable) {
        configured(own);
        if (usable) {
            assertThat(to(api).require()).isEqualTo(own);
        } else {
            assertThatThrownBy(() -> to(api).require()).isInstanceOf(PublicUrl.Unusable.class).hasMessageContaining(own).hasMessageContaining(api);
        }
    }

    private void configured(String url) {
        context.getPropertiesComponent().addOverrideProperty("relay.public-url", url);
    }

    private PublicUrl to(String api) {
        return url(new Upstream(api, api, "id", "secret", "jwt", 10, false));
    }

    private PublicUrl url(Upstream upstream) {
        URI list = URI.create("http://127.0.0.1:" + agent.getAddress().getPort() + "/api/tunnels");
        return new PublicUrl(new Keys(context), upstream, new NgrokAgent(list, clock));
    }

    private static String tunnel(String url, String address) {
        return "{\"ID\":\"x\",\"name\":\"command_line\",\"public_url\":\"" + url + "\",\"proto\":\"" + url.replaceFirst(":.*", "")
                + "\",\"config\":{\"addr\":\"" + address + "\",\"inspect\":true},\"metrics\":{}}";
    }

    private static String tunnels(String... list) {
        return "{\"tunnels\":[" + String.join(",", list) + "],\"uri\":\"/api/tunnels\"}";
    }
}
