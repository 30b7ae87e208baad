package io.jobrelay.promises.start;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.jobrelay.support.Http;
import io.jobrelay.support.OnBothDatabases;
import io.jobrelay.support.RelayCommand;
import io.jobrelay.support.RelayFixture;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Locale;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The language of the machine changes nothing. In Turkish and Azerbaijani an I is the capital of another letter than i; in Arabic digits are others. */
@OnBothDatabases
class LanguageTest {

    @TempDir
    private Path folder;

    /** As in a host, whose language is not the relay's to choose. */
    @Test
    void a_job_goes_through_all_stages_in_turkish_and_in_arabic() throws IOException {
        Locale before = Locale.getDefault();
        for (String language : new String[] {"tr-TR", "ar-EG"}) {
            Locale.setDefault(Locale.forLanguageTag(language));
            try (RelayFixture relay = new RelayFixture().start()) {
                Http.Answer posted = relay.adminPost("/jobs", "{\"api\": \"summarize\", \"request\": {\"summaryType\": \"All\", \"utterances\": "
                        + "[{\"speakerId\": \"I\", \"text\": \"Hi\", \"start\": 0, \"end\": 1}]}, \"metadata\": {\"I\": 1}}");
                assertThat(posted.status()).as(language + posted.text()).isEqualTo(202);
                String id = json(posted).path("id").asText();
                assertThat(id).as(language).isNotEmpty();
                relay.untilStatus(id, "InProgress");
                relay.clock().advance(Duration.ofSeconds(10)); // the sandbox's result is there then
                relay.untilStatus(id, "Success");
                await().until(() -> relay.adminGet("/jobs/" + id).text().contains("\"Delivered\""));
                assertThat(json(relay.adminGet("/jobs?status=Success")).path("jobs").path(0).path("id").asText()).isEqualTo(id);
                assertThat(json(relay.adminGet("/jobs/" + id + "/timeline")).path("events")).hasSizeGreaterThan(3);
                assertThat(json(relay.adminGet("/audit")).path("ok").asBoolean()).as(relay.adminGet("/audit").text()).isTrue();
                assertThat(relay.adminGet("/observe/metrics").text()).contains("relay_jobs{status=\"Success\"} 1.0");
            } finally {
                Locale.setDefault(before);
            }
        }
    }

    private static JsonNode json(Http.Answer answer) throws IOException {
        return new ObjectMapper().readTree(answer.text());
    }

    @Test
    void keys_in_the_environment_are_found_in_turkish() throws Exception {
        int[] ports = RelayFixture.freePorts();
        Files.createDirectory(folder.resolve("routes"));
        try (RelayCommand relay = RelayCommand.start(folder, Map.of("JAVA_TOOL_OPTIONS", "-Duser.language=tr -Duser.country=TR",
                "RELAY_RINGCENTRAL_SERVER_URL", "http://127.0.0.1:9", "RELAY_RINGCENTRAL_CLIENT_ID", "i", "RELAY_RINGCENTRAL_CLIENT_SECRET", "i",
                "RELAY_RINGCENTRAL_JWT", "i", "RELAY_ADMIN_PORT", String.valueOf(ports[1]), "RELAY_SINK_FILE_DIRECTORY", "in/ISPARTA"),
                "-Dcamel.server.port=" + ports[0]).untilRunning()) {
            assertThat(relay.out()).contains("http://127.0.0.1:9", "in/ISPARTA", "http://127.0.0.1:" + ports[1]).doesNotContain("SANDBOX");
        }
    }
}
