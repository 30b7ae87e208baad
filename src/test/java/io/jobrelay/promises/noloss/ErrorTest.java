package io.jobrelay.promises.noloss;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.jobrelay.support.Http;
import io.jobrelay.support.RelayFixture;
import io.jobrelay.support.RelayProcess;
import io.jobrelay.support.Trouble;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * An Error ends a relay that runs by itself, with 3, wherever it comes up; its supervisor starts it again, and what was in hand at two such ends
 * is set aside and named, so that everything else goes on.
 */
class ErrorTest {

    private static final String POST = "{\"api\":\"punctuate\",\"request\":{\"texts\":[\"x\"]},\"reference\":\"%s\"}";
    private static final String SINK = """
            - route:
                id: sink-x
                from:
                  uri: direct
                  parameters:
                    name: sink-x
                  steps:
                    - bean:
                        beanType: io.jobrelay.support.Trouble
                        method: maybe
            """;

    @TempDir
    private Path folder;
    private RelayProcess relay;

    @AfterEach
    void stop() {
        relay.close();
    }

    @Test
    void it_ends_wherever_the_error_comes_up() throws IOException {
        relay = new RelayProcess(folder).withTestClasses();
        route("own-tick", SINK.replace("sink-x", "own-tick").replace("uri: direct", "uri: timer").replace("name: own-tick", "timerName: own\n        period: \"100\"")
                .replace("steps:", "steps:\n        - setBody:\n            constant:\n              expression: tick"));
        for (String kind : new String[] {"wrapped", "vertx", "schedule", "log"}) {
            relay.start();
            Trouble.make(folder, kind, "tick");
            assertThat(relay.exitStatus()).as(kind).isEqualTo(3);
            Files.delete(folder.resolve("trouble"));
        }
        assertThat(relay.output().lines().filter(line -> line.startsWith("The relay ends with exit status 3"))).hasSize(4)
                .allMatch(line -> line.contains("OutOfMemoryError: Cannot reserve 1048576 bytes"));
    }

    @Test
    void what_was_in_hand_at_two_ends_is_set_aside_and_all_else_goes_on() throws IOException {
        relay = new RelayProcess(folder).withTestClasses().with("relay.sinks", "file,x");
        route("sink-x", SINK);
        String accept = Files.readString(Path.of("routes/inbox/inbox-accept.camel.yaml"));
        route("inbox/inbox-accept", accept.replace("  - filter:\n                  id: some-jobs", "  - bean:\n                  beanType: io.jobrelay.support.Trouble\n                  method: maybe\n"
                + "              - filter:\n                  id: some-jobs"));

        relay.start();
        Trouble.make(folder, "step", "poison");
        post("before");
        delivered("before"); // else it may be in hand when the relay ends, and then once more
        Path inbox = Files.createDirectories(folder.resolve("inbox"));
        Files.writeString(inbox.resolve("good.json"), POST.formatted("good"));
        Files.writeString(inbox.resolve("poison.json"), POST.formatted("poison"));
        assertThat(relay.exitStatus()).isEqualTo(3);
        relay.startThatMayEnd();
        assertThat(relay.exitStatus()).isEqualTo(3);
        relay.start();
        RelayFixture.patiently().until(() -> Files.exists(inbox.resolve(".rejected/poison.json.error.txt")));
        assertThat(inbox.resolve(".rejected/poison.json")).hasContent(POST.formatted("poison"));
        assertThat(inbox.resolve(".rejected/poison.json.error.txt")).content().contains("poison.json was not submitted: The relay ended while it read");

        String bad = post("poison");
        assertThat(relay.exitStatus()).isEqualTo(3);
        relay.startThatMayEnd();
        assertThat(relay.exitStatus()).isEqualTo(3);
        relay.start();
        String after = post("after");
        RelayFixture.patiently().until(() -> "Dead".equals(sink(bad, "x").path("status").asText()));
        assertThat(sink(bad, "x").path("lastError").asText()).startsWith("the relay ended while it delivered this").contains("/redeliver");
        assertThat(relay.output()).contains("Dead at x: the relay ended");
        delivered("good");
        delivered("after");
        assertThat(sink(bad, "file").path("status").asText()).isEqualTo("Delivered");
        assertThat(sink(after, "x").path("attempts").asInt()).isEqualTo(1);

        Files.delete(folder.resolve("trouble"));
        assertThat(Http.post(relay.adminUrl() + "/jobs/" + bad + "/redeliver", "").status()).isEqualTo(202);
        RelayFixture.patiently().until(() -> "Delivered".equals(sink(bad, "x").path("status").asText()));
        relay.stop();
        assertThat(folder.resolve("data/in-hand")).doesNotExist();
    }

    private void route(String name, String yaml) throws IOException {
        Path file = folder.resolve("routes").resolve(name + ".camel.yaml");
        Files.createDirectories(file.getParent());
        Files.writeString(file, yaml);
    }

    private void delivered(String reference) {
        RelayFixture.patiently().untilAsserted(() -> assertThat(sink(job(reference).path("id").asText(), "x").path("status").asText())
                .as("%s: %s", reference, job(reference)).isEqualTo("Delivered"));
    }

    private String post(String reference) throws IOException {
        Http.Answer answer = Http.post(relay.adminUrl() + "/jobs", POST.formatted(reference), "Content-Type", "application/json");
        assertThat(answer.status()).as(answer.text()).isEqualTo(202);
        return new ObjectMapper().readTree(answer.bytes()).path("id").asText();
    }

    private JsonNode job(String reference) throws IOException {
        return new ObjectMapper().readTree(Http.get(relay.adminUrl() + "/jobs?reference=" + reference).bytes()).path("jobs").path(0);
    }

    private JsonNode sink(String id, String sink) throws IOException {
        for (JsonNode delivery : new ObjectMapper().readTree(Http.get(relay.adminUrl() + "/jobs/" + id).bytes()).path("deliveries")) {
            if (delivery.path("sink").asText().equals(sink)) {
                return delivery;
            }
        }
        return new ObjectMapper().createObjectNode();
    }
}
