package io.jobrelay.promises.start;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.jobrelay.support.Http;
import io.jobrelay.support.RelayCommand;
import io.jobrelay.support.RelayFixture;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A relay that runs by itself, in a folder of its own: what it says, what it makes, how it stops. */
class StartTest {

    /** An admin key that somebody could read something into. */
    private static final String EXACT = "hunter2-\\{{x}}-${HOME}-\\u0041-'%41\"-#=!:{{-\\-";

    @TempDir
    private Path folder;
    private final int[] ports = RelayFixture.freePorts();

    @Test
    void it_says_what_runs_makes_its_folders_and_stops_at_a_signal() throws IOException {
        Files.writeString(folder.resolve("application.properties"), "relay.webhook.path = /hook\nrelay.db.url = jdbc:h2:file:./data/relay\n");
        Files.createDirectory(folder.resolve("routes"));
        Files.writeString(folder.resolve("routes/greeting.yaml"), "- nothing");
        Files.writeString(folder.resolve("routes/greeting.camel.yaml"), "- from:\n    uri: \"direct:x\"\n    steps:\n      - to: \"direct:nobody\"\n");
        try (RelayCommand relay = start(Map.of("RELAY_NO_SUCH_KEY", "1", "RELAY_ADMIN_PORT", "tcp://10.0.0.1:8081", "RELAY_ADMIN_SERVICE_HOST", "10.0.0.1",
                "RELAY_PORT_8080_TCP", "tcp://10.0.0.1:8080", "CAMEL_SERVER_PORT", "tcp://10.0.0.1:8080", "CAMEL_MANAGEMENT_PORT", "tcp://10.0.0.1:81",
                "LC_ALL", "C"))) {
            assertThat(relay.out()).contains("SANDBOX: results are made up here, no API is called", "http://localhost:" + ports[0] + "/hook",
                    "http://127.0.0.1:" + ports[1] + "/", "jdbc:h2:file:./data/relay", folder.resolve("inbox").toString(),
                    "file (" + folder.resolve("results") + ")", "WARN", "RELAY_NO_SUCH_KEY", "Passed over: CAMEL_SERVER_PORT, RELAY_ADMIN_PORT, ", "routes/greeting.yaml is not read: ", "no route serves direct:nobody.");
            assertThat(relay.out().lines()).hasSize(11);
            assertThat(folder.resolve("data")).isNotEmptyDirectory();
            assertThat(folder.resolve("inbox")).isDirectory();
            assertThat(folder.resolve("results")).isDirectory();
            assertThat(Http.get("http://127.0.0.1:" + ports[1] + "/observe/health").status()).isEqualTo(200);
            Http.post("http://127.0.0.1:" + ports[1] + "/jobs", "{\"api\":\"summarize\",\"request\":{},\"reference\":\"Gr\u00fc\u00dfe\"}");
            await().atMost(RelayFixture.PATIENCE).until(() -> relay.out().contains("reference=Gr\u00fc\u00dfe"));
            relay.terminate();
            assertThat(relay.exitStatus()).isEqualTo(128 + 15);
            assertThat(relay.out()).contains("stops").doesNotContain("ERROR");
            assertThat(relay.out().lines().filter(line -> line.contains(" WARN "))).as("none of them while it stopped").hasSize(4);
            assertThat(relay.err()).isEmpty();
        }
    }

    @Test
    void every_line_is_json_where_that_is_asked_for_and_no_secret_is_in_it() throws IOException {
        try (RelayCommand relay = start(Map.of("RELAY_LOG_FORMAT", "json", "RELAY_SINKS", "http",
                "RELAY_SINK_HTTP_URL", "https://example.org/s3cret-path?key=hunter2", "RELAY_WEBHOOK_SECRET", "hunter2-of-sixteen",
                "RC_SERVER_URL", "https://platform.ringcentral.com", "RC_APP_CLIENT_ID", "hunter2", "RC_APP_CLIENT_SECRET", "hunter2",
                "RC_USER_JWT", "hunter2", "RELAY_ADMIN_API_KEY", EXACT))) {
            await().atMost(RelayFixture.PATIENCE).until(() -> relay.out().contains("relay.sink.http.secret"));
            assertThat(relay.out()).doesNotContain("hunter2", "s3cret");
            String messages = "";
            for (String line : relay.out().lines().toList()) {
                JsonNode event = new ObjectMapper().readTree(line);
                assertThat(event.path("time").asText()).isNotEmpty();
                messages += event.path("level").asText() + " " + event.path("message").asText() + "\n";
            }
            assertThat(messages).contains("INFO API       https://platform.ringcentral.com", "WARN webhook   port " + ports[0],
                    "http (https://example.org)", "WARN relay.sink.http.secret is not set");
            assertThat(Http.send("GET", "http://127.0.0.1:" + ports[1] + "/jobs", null, "Authorization", "Bearer " + EXACT).status()).isEqualTo(200);
        }
    }

    private RelayCommand start(Map<String, String> environment) {
        return RelayCommand.start(folder, environment, "-Dcamel.server.port=" + ports[0], "-Drelay.admin.port=" + ports[1],
                "-Djava.io.tmpdir=/proc/nowhere").untilRunning();
    }
}
