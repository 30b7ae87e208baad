package io.jobrelay.forward;

import static org.assertj.core.api.Assertions.assertThat;

import io.jobrelay.RelayFixture;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Promise: results leave after {@code relay.sink.file.retention} and not before, and nothing else in their folder is touched. */
class ResultFilesTest {

    private static final String HALF_WRITTEN = ".0190a1b2-0000-7000-8000-0123456789ab.5C2B-1";
    private final RelayFixture relay = new RelayFixture();

    @AfterEach
    void stop() {
        relay.close();
    }

    @Test
    void a_result_leaves_when_its_time_is_over() throws IOException {
        relay.with("relay.sink.file.retention", "7d").start();
        lay("old.json", Duration.ofDays(7).plusSeconds(1));
        lay("young.json", Duration.ofDays(7).minusSeconds(60));
        lay("notes.txt", Duration.ofDays(70));
        lay(".hidden.json", Duration.ofDays(70));
        Files.createDirectory(relay.results().resolve("folder.json"));
        Files.setLastModifiedTime(relay.results().resolve("folder.json"), FileTime.fromMillis(0));
        relay.run("ops-result-retention");
        assertThat(left()).containsExactly(".hidden.json", "folder.json", "notes.txt", "young.json");
    }

    @Test
    void without_the_key_results_stay_and_what_a_killed_relay_left_half_written_goes_after_a_day() throws IOException {
        relay.start();
        lay("old.json", Duration.ofDays(4000));
        lay(HALF_WRITTEN, Duration.ofDays(1).plusSeconds(1));
        lay(HALF_WRITTEN + "2", Duration.ofHours(23));
        relay.run("ops-result-retention");
        assertThat(left()).containsExactly(HALF_WRITTEN + "2", "old.json");
    }

    @Test
    void what_is_written_to_first_is_what_goes_when_it_stays_half_written() throws IOException {
        relay.start();
        Path route = Path.of("routes/sink-file.camel.yaml");
        assertThat(Files.readString(route)).contains("expression: \".${header.relay-id}.${exchangeId}\"");
        lay("." + relay.openJob("j-1") + ".4D9A27AF1B1D5A2-0000000000000003", Duration.ofDays(2));
        relay.run("ops-result-retention");
        assertThat(left()).isEmpty();
    }

    @Test
    void where_the_file_sink_is_not_used_no_folder_is_looked_at() {
        relay.with("relay.sinks", "").start();
        assertThat(relay.context().getRoute("ops-result-retention")).isNull();
        assertThat(relay.context().getRoute("ops-result-retention-tick")).isNull();
    }

    private void lay(String name, Duration age) throws IOException {
        Path file = Files.writeString(Files.createDirectories(relay.results()).resolve(name), "{}");
        Files.setLastModifiedTime(file, FileTime.fromMillis(relay.clock().millis() - age.toMillis()));
    }

    private List<String> left() throws IOException {
        try (var files = Files.list(relay.results())) {
            return files.map(file -> file.getFileName().toString()).sorted().toList();
        }
    }
}
