package io.jobrelay.promises.safeedit;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.jobrelay.support.Http;
import io.jobrelay.support.Postgres;
import io.jobrelay.support.RelayFixture;
import io.jobrelay.support.RelayProcess;
import io.jobrelay.support.StandInApi;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Edits that were refused while the relay ran are not what a restart begins with, however the relay ended: every callback is answered 200. */
class RestartTest {

    private static final String SINK = """
            - route:
                id: sink-mine
                routeConfigurationId: relay-propagate
                from:
                  uri: direct
                  parameters:
                    name: sink-mine
                  steps:
                    - setHeader:
                        name: CamelFileName
                        expression:
                          simple:
                            expression: "${header.relay-job-id}.mine"
                    - to:
                        uri: file
                        parameters:
                          directoryName: mine
            """;

    @TempDir
    private Path folder;
    private final StandInApi api = new StandInApi();
    private final List<RelayProcess> relays = new ArrayList<>();

    @AfterEach
    void stop() {
        relays.forEach(RelayProcess::close);
        api.close();
    }

    @Test
    void a_relay_of_its_own_that_is_edited_in_its_installation() throws IOException {
        Path home = installation();
        RelayProcess relay = relay("here", home);
        Files.createDirectories(folder.resolve("here/routes"));
        Files.writeString(folder.resolve("here/routes/sink-mine.camel.yaml"), SINK);
        relay.start();
        edit(home.resolve("routes/settle/settle-callbacks.camel.yaml"), "id: settle-callbacks", "id: settle-callbacks\n      nonsense: true");
        edit(home.resolve("routes/settle/callback-insert.sql"), "INSERT", "INSRT");
        edit(folder.resolve("here/routes/sink-mine.camel.yaml"), "uri: file", "uri: fil");
        Files.writeString(folder.resolve("here/routes/new.camel.yaml"), "- rout:\n");
        refused(relay, "settle-callbacks.camel.yaml, line ", "callback-insert.sql, line 1", "sink-mine.camel.yaml, line ", "new.camel.yaml, line 1");
        answers(relay, "before");
        relay.kill();
        relay.start();
        refused(relay, "settle-callbacks.camel.yaml, line ", "callback-insert.sql, line 1", "sink-mine.camel.yaml, line ", "new.camel.yaml, line 1");
        answers(relay, "after");
        assertThat(relay.output()).contains("the packaged one runs instead: routes/settle/settle-callbacks.camel.yaml, line ",
                "what ran last runs instead: routes/sink-mine.camel.yaml, line ", "Left out, since no form of it can be used: routes/new.camel.yaml, line 1: ");
        assertThat(folder.resolve("here/data/routes-that-ran/relay")).isDirectory();
        Files.delete(folder.resolve("here/routes/new.camel.yaml"));
        Files.writeString(folder.resolve("here/routes/sink-mine.camel.yaml"), SINK.replace(".mine\"", ".repaired\""));
        for (String file : List.of("routes/settle/settle-callbacks.camel.yaml", "routes/settle/callback-insert.sql")) {
            Files.copy(Path.of(file), home.resolve(file), StandardCopyOption.REPLACE_EXISTING);
        }
        refused(relay);
        assertThat(answers(relay, "repaired")).endsWith(".repaired");
    }

    @Test
    void two_instances_on_one_postgresql_with_a_read_only_installation() throws IOException {
        Path home = installation();
        try (Stream<Path> all = Files.walk(home)) {
            for (Path path : all.toList()) {
                Files.setPosixFilePermissions(path, PosixFilePermissions.fromString(Files.isDirectory(path) ? "r-xr-xr-x" : "r--r--r--"));
            }
        }
        String url = Postgres.newDatabase();
        for (String name : List.of("one", "two")) {
            RelayProcess relay = relay(name, home).with("relay.db.url", url).with("relay.db.username", "postgres").with("relay.db.password", "postgres");
            Path routes = Files.createDirectories(folder.resolve(name).resolve("routes/settle")).getParent();
            Files.writeString(routes.resolve("sink-mine.camel.yaml"), SINK);
            Files.writeString(routes.resolve("settle/settle-callbacks.camel.yaml"), Files.readString(Path.of("routes/settle/settle-callbacks.camel.yaml"))
                    .replaceFirst("description: ", "description: Mine is to "));
            relay.start();
            edit(routes.resolve("settle/settle-callbacks.camel.yaml"), "from:", "frm:");
            Files.writeString(routes.resolve("settle/callback-insert.sql"), "INSERT INTO nowhere VALUES (1)");
            edit(routes.resolve("sink-mine.camel.yaml"), "uri: file", "uri: fil");
            Files.writeString(routes.resolve("new.camel.yaml"), "- rout:\n");
        }
        String[] named = {"settle-callbacks.camel.yaml, line ", "callback-insert.sql, line 1", "sink-mine.camel.yaml, line ", "new.camel.yaml, line 1"};
        relays.forEach(relay -> refused(relay, named));
        relays.forEach(RelayProcess::kill);
        for (RelayProcess relay : relays) {
            relay.start();
            refused(relay, named);
            assertThat(relay.output()).contains("what ran last runs instead: routes/settle/settle-callbacks.camel.yaml, line ",
                    "the packaged one runs instead: routes/settle/callback-insert.sql, line 1: the database does not take it: ERROR: relation \"nowhere\"");
        }
        relays.forEach(relay -> answers(relay, "after"));
        try (Stream<Path> all = Files.walk(home)) {
            assertThat(all.filter(Files::isRegularFile).noneMatch(path -> path.toString().contains("routes-that-ran"))).isTrue();
        }
        for (String name : List.of("one", "two")) {
            assertThat(folder.resolve(name).resolve("data/routes-that-ran")).isDirectory();
        }
    }

    private RelayProcess relay(String name, Path home) throws IOException {
        RelayProcess relay = new RelayProcess(Files.createDirectories(folder.resolve(name))).withHome(home).with("relay.routes.reload", "true")
                .with("relay.sinks", "file,mine").with("relay.ringcentral.server-url", api.url())
                .with("relay.ringcentral.client-id", StandInApi.CLIENT_ID).with("relay.ringcentral.client-secret", StandInApi.CLIENT_SECRET)
                .with("relay.ringcentral.jwt", StandInApi.JWT);
        relays.add(relay);
        return relay;
    }

    private Path installation() throws IOException {
        Path home = folder.resolve("home");
        try (Stream<Path> all = Files.walk(Path.of("routes"))) {
            for (Path path : all.filter(Files::isRegularFile).toList()) {
                Files.createDirectories(home.resolve(path).getParent());
                Files.copy(path, home.resolve(path));
            }
        }
        return home;
    }

    private static void edit(Path file, String from, String to) throws IOException {
        String before = Files.readString(file);
        assertThat(before).contains(from);
        Files.writeString(file, before.replace(from, to));
    }

    /** Waits until health names these and the metric counts them. */
    private static void refused(RelayProcess relay, String... named) {
        RelayFixture.patiently().untilAsserted(() -> {
            assertThat(Http.get(relay.adminUrl() + "/observe/metrics").text()).contains("relay_routes_rejected " + named.length + ".0");
            Http.Answer health = Http.get(relay.adminUrl() + "/observe/health");
            assertThat(health.status()).isEqualTo(200);
            assertThat(List.of(named)).allSatisfy(name -> assertThat(health.text()).contains(name));
        });
    }

    /** @return the file that the user's own sink wrote for a job whose callback the instance was sent */
    private String answers(RelayProcess relay, String reference) {
        int before = api.jobs().size();
        Http.post(relay.adminUrl() + "/jobs", "{\"api\":\"speech-to-text\",\"reference\":\"" + reference
                + "\",\"request\":{\"contentUri\":\"https://media.example/a.mp3\"}}", "Content-Type", "application/json");
        RelayFixture.patiently().until(() -> api.jobs().size() > before);
        StandInApi.Job job = api.jobs().get(before);
        job.succeed("{}");
        String path = URI.create(job.webhook()).getRawPath();
        for (int i = 0; i < 10; i++) {
            assertThat(Http.post(relay.publicUrl() + path, new String(job.document(), StandardCharsets.UTF_8)).status()).isEqualTo(200);
        }
        RelayFixture.patiently().untilAsserted(() -> {
            String text = Http.get(relay.adminUrl() + "/jobs/" + job.jobId()).text();
            assertThat(new ObjectMapper().readTree(text).path("deliveries")).hasSize(2)
                    .allSatisfy(delivery -> assertThat(delivery.path("status").asText()).isEqualTo("Delivered"));
        });
        try (Stream<Path> all = Files.walk(folder)) {
            return all.map(file -> file.getFileName().toString()).filter(name -> name.matches("\\Q" + job.jobId() + "\\E\\.(mine|repaired)")).findFirst()
                    .orElseThrow();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
