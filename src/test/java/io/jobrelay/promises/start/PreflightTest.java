package io.jobrelay.promises.start;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.jobrelay.config.Keys;
import io.jobrelay.config.Preflight;
import io.jobrelay.config.StartFailure;
import io.jobrelay.support.RelayFixture;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.assertj.core.api.AbstractThrowableAssert;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is looked at before the relay opens anything. */
class PreflightTest {

    private final RelayFixture relay = new RelayFixture();
    @TempDir
    private Path folder;

    @AfterEach
    void stop() {
        relay.close();
    }

    @Test
    void an_http_sink_without_a_url_stops_the_start() {
        refusal("relay.sinks", "file,http").hasMessageContaining("relay.sink.http.url is not set");
    }

    @Test
    void an_admin_port_open_to_others_needs_a_key() {
        refusal("relay.admin.host", "0.0.0.0").hasMessageContaining("relay.admin.host").hasMessageContaining("relay.admin.api-key");
        relay.with("relay.admin.api-key", "a-key-of-16-byte").start();
        assertThat(relay.context().isStarted()).isTrue();
    }

    @Test
    void both_ports_must_differ() {
        refusal("relay.admin.port", String.valueOf(relay.publicPort())).hasMessageContaining("camel.server.port and relay.admin.port");
    }

    @Test
    void a_port_is_in_use_whichever_it_is() {
        try (ServerSocket taken = new ServerSocket(relay.publicPort(), 1, InetAddress.getLoopbackAddress())) {
            refusal("camel.server.host", "0.0.0.0").hasMessageContaining("Port " + taken.getLocalPort() + " (camel.server.port)");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Test
    void a_host_must_be_of_this_machine() {
        refusal("relay.admin.api-key", "a-key-of-16-byte", "relay.admin.host", "192.0.2.1").hasMessageContaining("relay.admin.host")
                .hasMessageContaining("not an address of this machine");
        refusal("relay.admin.host", "no-such-host.invalid").hasMessageContaining("relay.admin.host").hasMessageContaining("cannot be found");
    }

    @Test
    void an_admin_host_where_the_sandbox_could_not_be_reached_is_refused() {
        refusal("relay.admin.host", "127.0.0.2").hasMessageContaining("relay.admin.host").hasMessageContaining("sandbox");
    }

    @Test
    void some_keys_of_the_api_without_its_server_url_stop_the_start() {
        refusal("relay.ringcentral.client-id", "x").hasMessageContaining("relay.ringcentral.server-url").hasMessageContaining("RC_SERVER_URL");
    }

    @Test
    void a_key_that_reads_stands_beside_one_that_does_everything_and_is_another() {
        refusal("relay.admin.read-key", "reads-of-16-byte").hasMessageContaining("relay.admin.read-key").hasMessageContaining("relay.admin.api-key");
        refusal("relay.admin.api-key", "reads-of-16-byte").hasMessageContaining("relay.admin.read-key").hasMessageNotContaining("reads-of");
    }

    @Test
    void a_short_secret_is_refused_by_name_with_the_least_length_and_not_repeated() {
        for (String key : List.of("relay.webhook.secret", "relay.admin.api-key", "relay.sink.http.secret")) {
            refusal(key, "hunter2").hasMessageContaining(key).hasMessageContaining("16 bytes").hasMessageNotContaining("hunter2");
            relay.with(key, "");
        }
    }

    @Test
    void an_older_secret_that_is_short_still_counts_and_is_warned_of() {
        relay.with("relay.webhook.secret", "long-enough-of-16,hunter2").with("relay.sinks", "http").with("relay.sink.http.url", "http://192.0.2.1/x").start();
        List<String> warnings = Preflight.warnings(relay.bean("relay-keys", Keys.class));
        assertThat(warnings).hasSize(2).noneMatch(sentence -> sentence.contains("hunter2") || sentence.contains("192.0.2.1"));
        assertThat(warnings.get(0)).contains("relay.webhook.secret", "16 bytes").isEqualTo(io.jobrelay.protocol.Redaction.of(warnings.get(0)));
        assertThat(warnings.get(1)).contains("relay.sink.http.url", "https");
        assertThat(relay.adminGet("/doctor").text()).contains(warnings.get(0), warnings.get(1));
    }

    @Test
    void credentials_never_go_readable_through_the_world() {
        relay.withApi("");
        for (String remote : List.of("http://platform.ringcentral.com", "HTTP://203.0.113.7:8080/x", "http://[2001:db8::1]", "http://172.32.0.1", "http://3405803783")) {
            refusal("relay.ringcentral.server-url", remote).hasMessageContaining("relay.ringcentral.server-url").hasMessageContaining("https");
        }
        for (String near : List.of("http://127.0.0.1:9", "http://localhost", "http://10.1.2.3", "http://api:9000", "http://[fd00::1]", "http://api.internal",
                "https://platform.ringcentral.com")) {
            relay.with("relay.ringcentral.server-url", near);
            assertThat(io.jobrelay.protocol.UrlHost.isPlainToTheWorld(near)).as(near).isFalse();
        }
    }

    @Test
    void a_database_in_memory_is_refused_unless_that_is_wanted() {
        relay.withMemoryDatabase();
        refusal("relay.db.volatile", "false").hasMessageContaining("relay.db.volatile=true");
        refusal("relay.db.url", "jdbc:h2:nioMemFS:x").hasMessageContaining("relay.db.volatile=true");
    }

    @Test
    void a_folder_that_cannot_be_made_is_named() throws IOException {
        Path file = Files.writeString(folder.resolve("file"), "");
        refusal("relay.sink.file.directory", file.resolve("results").toString())
                .hasMessageContaining(file.resolve("results").toString()).hasMessageContaining("relay.sink.file.directory");
        relay.with("relay.sink.file.directory", folder.resolve("results").toString());
        refusal("relay.db.url", "jdbc:h2:file:" + file + "/relay").hasMessageContaining(file.toString()).hasMessageContaining("relay.db.url");
    }

    private AbstractThrowableAssert<?, ? extends Throwable> refusal(String... settings) {
        for (int i = 0; i < settings.length; i += 2) {
            relay.with(settings[i], settings[i + 1]);
        }
        return assertThatThrownBy(relay::start).isInstanceOf(StartFailure.class);
    }
}
