package io.jobrelay.promises.start;

import static org.assertj.core.api.Assertions.assertThat;

import io.jobrelay.config.StartFailure;
import io.jobrelay.support.RelayCommand;
import java.io.IOException;
import java.io.Reader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code bin/relay check} tells everything that is wrong at once, touches nothing, and exits 1. */
class CheckCommandTest {

    @TempDir
    private Path folder;

    @Test
    void all_mistakes_are_told_each_in_a_line_that_names_its_place_and_what_follows_from_one_is_not() throws IOException {
        Files.writeString(folder.resolve("application.properties"),
                "relay.poll.intervall=5s\nrelay.poll.initial-delay=soon\nrelay.sink.file.directory=/dev/null/results\n");
        Files.createDirectories(folder.resolve("routes/sink"));
        Files.createDirectories(folder.resolve("routes/poll"));
        Files.writeString(folder.resolve("routes/sink/sink-file.camel.yaml"),
                Files.readString(Path.of("routes/sink/sink-file.camel.yaml")).replace("uri: direct:", "uri: dirct:"));
        Files.writeString(folder.resolve("routes/sink-x.camel.yaml"), """
                - route:
                    id: sink-x
                    from:
                      uri: direct
                      parameters:
                        name: sink-x
                      steps:
                        - to: "direct:nobody"
                """);
        Files.writeString(folder.resolve("routes/broken.camel.yaml"), "- route:\n  bad\n   x: [");
        Files.writeString(folder.resolve("routes/poll/job-due-poll.sql"), "SELEC 1\n");
        try (RelayCommand check = RelayCommand.start(folder, Map.of(), "check")) {
            assertThat(check.exitStatus()).isEqualTo(1);
            assertThat(check.out()).isEmpty();
            assertThat(check.err().lines()).hasSize(7)
                    .anySatisfy(line -> assertThat(line).contains("relay.poll.intervall", "Did you mean relay.poll.interval?"))
                    .anySatisfy(line -> assertThat(line).contains("relay.poll.initial-delay", "a duration"))
                    .anySatisfy(line -> assertThat(line).contains("/dev/null/results", "relay.sink.file.directory"))
                    .anySatisfy(line -> assertThat(line).startsWith("routes/broken.camel.yaml, line 3: "))
                    .anySatisfy(line -> assertThat(line).isEqualTo("routes/sink-x.camel.yaml, line 8: no route serves direct:nobody."))
                    .anySatisfy(line -> assertThat(line).startsWith("routes/sink/sink-file.camel.yaml, line ").contains("dirct"))
                    .anySatisfy(line -> assertThat(line).startsWith("routes/poll/job-due-poll.sql"));
        }
    }

    @Test
    void where_all_is_well_it_says_so_and_leaves_nothing_behind() throws IOException {
        try (RelayCommand check = RelayCommand.start(folder, Map.of("RELAY_POLL_INTERVAL", "2s"), "check", "-Drelay.sinks=file",
                "-Djava.io.tmpdir=/proc/nowhere")) {
            assertThat(check.exitStatus()).as(check.err()).isZero();
            assertThat(check.out()).contains("can be used");
            assertThat(check.err()).isEmpty();
        }
        assertThat(folder).isEmptyDirectory();
    }

    @Test
    void it_opens_nothing_wherever_the_keys_stand() throws IOException {
        Map<String, String> environment = Map.of("RELAY_DB_URL", "jdbc:h2:file:" + folder.resolve("store/relay"),
                "RELAY_INBOX_DIRECTORY", folder.resolve("in").toString());
        try (RelayCommand check = RelayCommand.start(folder, environment, "check", "-Drelay.sink.file.directory=" + folder.resolve("out"))) {
            assertThat(check.exitStatus()).as(check.err()).isZero();
        }
        assertThat(folder).isEmptyDirectory();
    }

    @Test
    void folders_that_lie_in_each_other_are_told_of_each_once_and_a_start_is_refused_for_the_same() throws IOException {
        Files.writeString(folder.resolve("application.properties"), "relay.inbox.directory = data\nrelay.sink.file.directory = routes/out\n");
        try (RelayCommand check = RelayCommand.start(folder, Map.of(), "check")) {
            assertThat(check.exitStatus()).isEqualTo(1);
            assertThat(check.err().lines()).hasSize(2)
                    .anySatisfy(line -> assertThat(line).contains("relay.inbox.directory (" + folder.toRealPath().resolve("data"), "relay.db.url (", "same folder"))
                    .anySatisfy(line -> assertThat(line).contains("relay.sink.file.directory (", "routes/ (", "inside of"));
        }
        try (RelayCommand start = RelayCommand.start(folder, Map.of())) {
            assertThat(start.exitStatus()).isEqualTo(StartFailure.REFUSED);
            assertThat(start.err().lines()).singleElement().asString().contains("relay.inbox.directory", "relay.db.url", "same folder");
        }
        assertThat(folder.resolve("data")).doesNotExist();
    }

    @Test
    void a_folder_may_be_called_anything_and_its_own_files_are_read() throws IOException {
        Path odd = Files.createDirectories(folder.resolve("a +,%20#{{x}}q?&=ü"));
        Files.createDirectories(odd.resolve("routes/sink"));
        Files.createDirectories(odd.resolve("routes/poll"));
        Files.copy(Path.of("routes/sink/sink-file.camel.yaml"), odd.resolve("routes/sink/sink-file.camel.yaml"));
        Files.writeString(odd.resolve("routes/poll/job-due-poll.sql"), Files.readString(Path.of("routes/poll/job-due-poll.sql")) + "-- mine\n");
        try (RelayCommand check = RelayCommand.start(odd, Map.of(), "check")) {
            assertThat(check.exitStatus()).as(check.err()).isZero();
        }
        Files.writeString(odd.resolve("routes/poll/job-due-poll.sql"), "SELEC 1\n");
        try (RelayCommand check = RelayCommand.start(odd, Map.of(), "check")) {
            assertThat(check.exitStatus()).isEqualTo(1);
            assertThat(check.err()).startsWith("routes/poll/job-due-poll.sql");
        }
    }

    @Test
    void files_that_nothing_comes_of_are_told_and_what_is_not_read_is_no_mistake() throws IOException {
        Files.createDirectories(folder.resolve("routes/billing/deep"));
        Files.createDirectories(folder.resolve("routes/.git"));
        Files.createDirectories(folder.resolve("routes/sql/old"));
        for (String file : List.of("a.yaml", "b.camel.yml", "c.xml", "d.json", "e.sql", "f.CAMEL.YAML", "billing/deep/g.camel.yaml",
                "sql/old/i.sql", ".git/j.yaml", "README.md", "k.camel.yaml~", "._l.camel.yaml")) {
            Files.writeString(folder.resolve("routes").resolve(file), "- nothing");
        }
        try (RelayCommand check = RelayCommand.start(folder, Map.of(), "check")) {
            assertThat(check.exitStatus()).as(check.err()).isZero();
            assertThat(check.out().lines().filter(line -> line.contains(" is not read: ")).map(line -> line.replaceFirst(" .*", "").substring(7)))
                    .containsExactly("a.yaml", "b.camel.yml", "billing/deep/g.camel.yaml", "c.xml", "d.json", "e.sql", "f.CAMEL.YAML", "sql/old/i.sql");
        }
        Files.createDirectories(folder.resolve("routes/sink"));
        Files.writeString(folder.resolve("routes/sink/sink-file.camel.yaml"), "# nothing\n");
        Files.writeString(folder.resolve("routes/mine.camel.yaml"), "apiVersion: v1\nkind: ConfigMap\n");
        try (RelayCommand check = RelayCommand.start(folder, Map.of(), "check")) {
            assertThat(check.exitStatus()).isEqualTo(1);
            assertThat(check.err().lines()).hasSize(2).anySatisfy(line -> assertThat(line).startsWith("routes/sink/sink-file.camel.yaml, line 1: it is empty"))
                    .anySatisfy(line -> assertThat(line).startsWith("routes/mine.camel.yaml, line 1: it is a resource of Kubernetes (ConfigMap)"));
        }
    }

    @Test
    void every_profile_of_a_provider_is_looked_at_used_or_not_and_each_mistake_has_its_line() throws IOException {
        Files.createDirectories(folder.resolve("routes/providers"));
        Files.writeString(folder.resolve("routes/providers/assemblyai.yaml"), Files.readString(Path.of("routes/providers/assemblyai.yaml"))
                .replace("encoding: json", "encodng: json").replace("maxDelay: 30m", "maxDelay: soon"));
        Files.writeString(folder.resolve("routes/providers/mine.yaml"), "profile: [");
        Files.writeString(folder.resolve("routes/providers/other.yml"), "profile: 1\n");
        Files.copy(Path.of("src/test/resources/providers/gladia.yaml"), folder.resolve("routes/providers/gladia.yaml"));
        try (RelayCommand check = RelayCommand.start(folder, Map.of(), "check")) {
            assertThat(check.exitStatus()).isEqualTo(1);
            assertThat(check.err().lines()).containsExactly(
                    "routes/providers/assemblyai.yaml, line 12: submit lacks encoding, which is `json`: the request is the body; `form`, `multipart`: each member is"
                            + " a field, objects and arrays as JSON text.",
                    "routes/providers/assemblyai.yaml, line 15: submit.encodng is not known; did you mean encoding?",
                    "routes/providers/assemblyai.yaml, line 41: poll.maxDelay cannot be \"soon\"; it is a duration: `250ms`, `2s`, `10m`, `1h`, `7d`.",
                    "routes/providers/mine.yaml, line 1: it is not YAML: expected the node content, but found '<stream end>'.");
            assertThat(check.out()).contains("routes/providers/other.yml is not read: the names of profiles end in .yaml.");
        }
        Files.delete(folder.resolve("routes/providers/assemblyai.yaml"));
        Files.delete(folder.resolve("routes/providers/mine.yaml"));
        try (RelayCommand check = RelayCommand.start(folder, Map.of(), "check")) {
            assertThat(check.exitStatus()).as(check.err()).isZero();
            assertThat(check.out()).contains("Configuration, routes and profiles can be used (");
        }
    }

    @Test
    void a_file_that_lies_where_version_0_1_had_its_own_is_named_with_the_place_of_today() throws IOException {
        Files.createDirectories(folder.resolve("routes/sql"));
        Files.copy(Path.of("routes/sink/sink-file.camel.yaml"), folder.resolve("routes/sink-file.camel.yaml"));
        Files.writeString(folder.resolve("routes/ops-jobs.camel.yaml"), "- rout:\n");
        Files.writeString(folder.resolve("routes/sql/job-end.sql"), "SELEC 1\n");
        try (RelayCommand check = RelayCommand.start(folder, Map.of(), "check")) {
            assertThat(check.exitStatus()).as(check.err()).isZero();
            assertThat(check.out()).contains("routes/sink-file.camel.yaml is not read: what it did is in routes/sink/sink-file.camel.yaml now.",
                    "routes/ops-jobs.camel.yaml is not read: what it did is in routes/admin/admin-jobs.camel.yaml now.",
                    "routes/sql/job-end.sql is not read: what it did is in routes/settle/job-end.sql now.");
        }
    }

    @Test
    void each_place_of_today_is_there() throws IOException {
        Properties moved = new Properties();
        try (Reader table = Files.newBufferedReader(Path.of("src/main/resources/io/jobrelay/moved.properties"))) {
            moved.load(table);
        }
        assertThat(moved).hasSize(236).allSatisfy((old, place) -> {
            assertThat(Path.of("routes", place.toString())).isRegularFile();
            assertThat(Path.of("routes", old.toString())).doesNotExist();
        });
    }

    @Test
    void what_keys_say_together_is_looked_at_too() {
        try (RelayCommand check = RelayCommand.start(folder, Map.of("RELAY_SINKS", "http"), "check")) {
            assertThat(check.exitStatus()).isEqualTo(1);
            assertThat(check.err()).contains("relay.sink.http.url");
        }
    }
}
