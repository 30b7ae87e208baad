package io.jobrelay.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.camel.CamelContext;
import org.apache.camel.impl.DefaultCamelContext;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The keys of the contract, the file that explains them, and what is read from them are the same. */
class KeyCatalogueTest {

    /** The contract: a line a key, with its default. */
    private static final String CONTRACT = """
            camel.server.port = 8080
            relay.admin.host = 127.0.0.1
            relay.admin.port = 8081
            relay.admin.api-key =
            relay.admin.read-key =
            relay.public-url = {{env:NGROK_URL:}}
            relay.webhook.path = /webhook
            relay.webhook.secret =
            relay.webhook.max-body = 64MiB
            relay.ringcentral.server-url = {{env:RC_SERVER_URL:}}
            relay.ringcentral.client-id = {{env:RC_APP_CLIENT_ID:}}
            relay.ringcentral.client-secret = {{env:RC_APP_CLIENT_SECRET:}}
            relay.ringcentral.jwt = {{env:RC_USER_JWT:}}
            relay.ringcentral.requests-per-minute =
            relay.poll.initial-delay = 10m
            relay.poll.max-delay = 1h
            relay.poll.max-body = 256MiB
            relay.poll.interval = 1s
            relay.poll.batch-size = 100
            relay.submit.retry-delay = 5s
            relay.submit.max-delay = 5m
            relay.submit.in-doubt-wait = 15m
            relay.claim.lease = 1m
            relay.sinks = file
            relay.sink.file.directory = results
            relay.sink.http.url =
            relay.sink.http.secret =
            relay.sink.http.timeout = 15s
            relay.delivery.max-attempts = 12
            relay.delivery.initial-delay = 5s
            relay.delivery.max-delay = 1h
            relay.inbox.directory = inbox
            relay.inbox.still-for = 1s
            relay.inbox.reject-after = 2m
            relay.inbox.request = {"languageCode":"en-US"}
            relay.routes.reload = true
            relay.log.format = text
            relay.log.decisions = false
            relay.db.url = jdbc:h2:file:./data/relay;DB_CLOSE_ON_EXIT=FALSE
            relay.db.username = sa
            relay.db.password =
            relay.db.volatile = false
            relay.inbox.done-retention = keep
            relay.sink.file.retention = keep
            relay.retention = 30d
            relay.retention.interval = 1h
            """;
    private static final Pattern KEY = Pattern.compile("(?m)^(#?)((?:relay\\.|camel\\.server\\.port)[a-z0-9.-]*) *=[ \\t]*(.*)$");

    @Test
    void the_file_holds_the_keys_of_the_contract_with_their_defaults() throws IOException {
        assertThat(keysOf(reference(), "")).isEqualTo(keysOf(CONTRACT, ""));
    }

    @Test
    void the_relay_knows_the_keys_of_the_file_and_no_others() throws IOException {
        Map<String, String> all = keysOf(reference(), "");
        all.putAll(keysOf(reference(), "#")); // those for a host
        assertThat(KeyCatalogue.names()).containsExactlyInAnyOrderElementsOf(all.keySet());
    }

    @Test
    void every_key_stands_under_a_comment_that_says_its_consequence() throws IOException {
        boolean commented = false;
        for (String line : reference().lines().toList()) {
            if (KEY.matcher(line).matches()) {
                assertThat(commented).as(line).isTrue();
            } else {
                commented = line.startsWith("# ");
            }
        }
    }

    @Test
    void the_defaults_can_be_read() {
        assertThatCode(() -> check(Map.of())).doesNotThrowAnyException();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "relay.poll.intervall | relay.poll.interval",
        "relay.poll.initialDelay | relay.poll.initial-delay",
        "relay.poll.initial_delay | relay.poll.initial-delay",
        "relay.sinc.http.url | relay.sink.http.url",
        "relay.publicurl | relay.public-url",
    })
    void an_unknown_key_is_told_with_the_one_that_was_meant(String key, String meant) {
        assertThatThrownBy(() -> check(Map.of(key, "x"))).isInstanceOf(StartFailure.class)
                .hasMessageContaining(key + " (").hasMessageEndingWith("Did you mean " + meant + "?");
    }

    @Test
    void a_key_like_no_other_is_told_without_a_guess() {
        assertThatThrownBy(() -> check(Map.of("relay.frobnicate", "x"))).isInstanceOf(StartFailure.class)
                .hasMessageContaining("relay.frobnicate").hasMessageNotContaining("mean");
    }

    @Test
    void the_keys_of_a_sink_are_free_when_it_is_named() {
        assertThatCode(() -> check(Map.of("relay.sinks", "file, mqtt", "relay.sink.mqtt.topic", "x"))).doesNotThrowAnyException();
        assertThatThrownBy(() -> check(Map.of("relay.sink.mqtt.topic", "x"))).isInstanceOf(StartFailure.class)
                .hasMessageContaining("relay.sink.mqtt.topic").hasMessageContaining("Add mqtt to relay.sinks");
    }

    @ParameterizedTest
    @ValueSource(strings = {
        "camel.server.port=0", "camel.server.port=65536", "relay.admin.port=8081x", "relay.admin.host=http://x", "relay.public-url=relay.example",
        "relay.public-url=ftp://relay.example", "relay.public-url=https://u:p@relay.example", "relay.public-url=https://relay.example/?x=y",
        "relay.webhook.path=webhook", "relay.webhook.path=/", "relay.webhook.path=/media", "relay.webhook.path=/media/x",
        "relay.webhook.path=/a/../b", "relay.webhook.path=/we hook", "relay.webhook.max-body=64 MiB", "relay.webhook.max-body=0",
        "relay.webhook.max-body=-1", "relay.webhook.max-body=99999999999999999999", "relay.webhook.secret=,", "relay.webhook.secret=fifteen-bytes-1",
        "relay.webhook.secret= short , this-one-is-long-enough", "relay.admin.api-key=x", "relay.admin.api-key=fifteen-bytes-1",
        "relay.admin.read-key=x", "relay.sink.http.secret=whsec_YQ==", "relay.sink.http.secret=whsec_YWFhYWFhYWFhYWFhYWFh",
        "relay.poll.interval=1", "relay.poll.interval=1sec", "relay.poll.interval=0s", "relay.poll.interval=-1s", "relay.poll.interval=",
        "relay.poll.initial-delay=1.5h", "relay.poll.max-delay=999999999999999d", "relay.poll.batch-size=0", "relay.poll.batch-size=ten",
        "relay.claim.lease=10ms", "relay.sinks=file;http", "relay.sinks=../x", "relay.sink.http.url=example.org", "relay.sink.http.secret=abc",
        "relay.sink.http.secret=whsec_!", "relay.sink.http.timeout=x", "relay.delivery.max-attempts=-1", "relay.inbox.request=[]",
        "relay.inbox.request={", "relay.inbox.request={} {}", "relay.inbox.done-retention=forever", "relay.inbox.reject-after=never",
        "relay.sink.file.directory=out%20put", "relay.inbox.directory=in{{x", "relay.sink.file.directory=a?b", "relay.sink.file.directory=${x}",
        "relay.db.url=jdbc:mysql://x/y", "relay.db.url=x", "relay.db.volatile=yes", "relay.routes.reload=TRUE", "relay.log.format=xml",
        "relay.ringcentral.server-url=platform", "relay.ringcentral.requests-per-minute=0",
    })
    void a_value_that_cannot_be_read_is_told_with_what_the_key_takes(String setting) {
        String key = setting.substring(0, setting.indexOf('='));
        String value = setting.substring(key.length() + 1);
        assertThatThrownBy(() -> check(Map.of(key, value))).isInstanceOf(StartFailure.class)
                .hasMessageContaining(key + " (").hasMessageContaining("it takes");
    }

    @ParameterizedTest
    @ValueSource(strings = {
        "relay.public-url=https://relay.example.org/base/", "relay.public-url=http://my_relay:8080", "relay.public-url=http://[::1]:8080",
        "relay.webhook.path=/a/b-c_d.e", "relay.webhook.max-body=65536", "relay.webhook.max-body=20MB", "relay.webhook.secret=the new one of sixteen, old",
        "relay.webhook.secret=,sixteen-bytes-16",
        "relay.admin.api-key=\u00fc\u00fc\u00fc\u00fc\u00fc\u00fc\u00fc\u00fc", "relay.admin.read-key=sixteen-bytes-16",
        "relay.sink.http.secret=whsec_YWFhYWFhYWFhYWFhYWFhYQ==",
        "relay.poll.interval=250ms", "relay.inbox.still-for=0s", "relay.inbox.reject-after=0s", "relay.inbox.done-retention=7d", "relay.inbox.done-retention=",
        "relay.sinks=", "relay.inbox.directory=", "relay.sinks=file,http,my-sink_2", "relay.sink.http.url=https://example.org/hook?key=x",
        "relay.sink.http.secret=whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", "relay.log.format=json", "relay.admin.host=::1",
        "relay.admin.host=localhost", "relay.inbox.request={\"a\":{\"b\":{\"c\":[1,{}]}}}", "relay.db.url=jdbc:postgresql://host:5432/relay?x=y",
        "relay.db.password=a}}b{{c",
    })
    void a_value_of_the_contract_is_read(String setting) {
        String key = setting.substring(0, setting.indexOf('='));
        assertThatCode(() -> check(Map.of(key, setting.substring(key.length() + 1)))).doesNotThrowAnyException();
    }

    @Test
    void an_unknown_variable_of_the_environment_is_no_more_than_a_warning() {
        List<String> strangers = KeyCatalogue.strangers(Map.of("RELAY_PORT", "8080", "RELAY_POLL_INITIAL_DELAY", "1s", "RELAY_POL_INTERVAL", "1s", "PATH",
                "/bin", "RELAY_SINK_MQTT_TOPIC", "x", "RELAY_SINK_AMQP_TOPIC", "x"), List.of("file", "mqtt"));
        assertThat(strangers).hasSize(3);
        assertThat(strangers.get(0)).contains("RELAY_POL_INTERVAL").endsWith("Did you mean RELAY_POLL_INTERVAL?");
        assertThat(strangers.get(1)).contains("RELAY_PORT");
        assertThat(strangers.get(2)).contains("RELAY_SINK_AMQP_TOPIC");
    }

    @Test
    void what_kubernetes_sets_for_a_service_is_told_in_one_sentence_and_is_no_port() {
        Map<String, String> pod = Map.of("RELAY_ADMIN_PORT", "tcp://10.0.0.1:8081", "RELAY_ADMIN_SERVICE_HOST", "10.0.0.1",
                "RELAY_ADMIN_SERVICE_PORT_HTTP", "8081", "RELAY_ADMIN_PORT_8081_TCP_ADDR", "10.0.0.1", "RELAY_PORT", "udp://[fd00::1]:53",
                "CAMEL_SERVER_PORT", "tcp://10.0.0.2:80", "RELAY_WEBHOOK_PATH", "tcp://x", "RELAY_SERVICE_ACCOUNT", "x");
        assertThat(KeyCatalogue.strangers(pod, List.of())).hasSize(2)
                .anySatisfy(one -> assertThat(one).contains("CAMEL_SERVER_PORT, RELAY_ADMIN_PORT, RELAY_ADMIN_PORT_8081_TCP_ADDR, RELAY_ADMIN_SERVICE_HOST,"
                        + " RELAY_ADMIN_SERVICE_PORT_HTTP, RELAY_PORT. ", "enableServiceLinks: false"))
                .anySatisfy(one -> assertThat(one).contains("RELAY_SERVICE_ACCOUNT is passed over"));
        assertThat(ServiceLinks.isOne("relay.admin.port", "tcp://10.0.0.1:8081")).isTrue();
        assertThat(ServiceLinks.isOne("relay.admin.port", "8081")).isFalse();
        assertThat(ServiceLinks.isOne("relay.webhook.path", "tcp://10.0.0.1:8081")).as("told as what cannot be read").isFalse();
    }

    private static void check(Map<String, String> settings) throws Exception {
        try (CamelContext context = new DefaultCamelContext()) {
            context.getPropertiesComponent().addPropertiesSource(new PropertyFiles(List.of()));
            settings.forEach((key, value) -> context.getPropertiesComponent().addOverrideProperty(key, value));
            KeyCatalogue.check(context);
        }
    }

    private static String reference() throws IOException {
        return Files.readString(Path.of("application.properties"));
    }

    private static Map<String, String> keysOf(String text, String mark) {
        Map<String, String> keys = new LinkedHashMap<>();
        Matcher m = KEY.matcher(text);
        while (m.find()) {
            if (m.group(1).equals(mark)) {
                assertThat(keys.put(m.group(2), m.group(3).strip())).as(m.group(2) + " stands twice").isNull();
            }
        }
        return keys;
    }
}
