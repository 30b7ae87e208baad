package io.jobrelay.promises.noloss;

import static org.assertj.core.api.Assertions.assertThat;

import io.jobrelay.forward.ResultFiles;
import io.jobrelay.support.RelayFixture;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.apache.camel.Exchange;
import org.apache.camel.support.DefaultExchange;
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
        lay("old.json", Duration.ofDays(7).plusSeconds(1), outcome("old"));
        lay("young.json", Duration.ofDays(7).minusSeconds(60), outcome("young"));
        relay.run("upkeep-result-retention");
        assertThat(left()).containsExactly("young.json");
    }

    @Test
    void what_the_relay_itself_has_written_leaves_under_whatever_name_it_got() throws IOException {
        relay.with("relay.sink.file.retention", "7d").start();
        for (String jobId : List.of("plain-1", "odd/../name ü", "x".repeat(300))) {
            String id = relay.openJob(jobId);
            relay.post(relay.callbackUrl(id), "{\"jobId\":\"" + jobId + "\",\"status\":\"Success\",\"response\":{\"relay\":{\"id\":\"x\"}}}");
            relay.untilDelivered(id);
        }
        String without = relay.openJob("2022");
        relay.post(relay.callbackUrl(without), "{\"status\":\"Success\",\"response\":[]}");
        relay.untilDelivered(without);
        assertThat(left()).hasSize(4);
        for (String name : left()) {
            Files.setLastModifiedTime(relay.results().resolve(name), FileTime.fromMillis(relay.clock().millis() - Duration.ofDays(8).toMillis()));
        }
        relay.run("upkeep-result-retention");
        assertThat(left()).isEmpty();
    }

    @Test
    void what_others_keep_in_the_folder_stays_whatever_it_is_called() throws IOException {
        relay.with("relay.sink.file.retention", "1d").start();
        Map<String, String> others = Map.of("notes.txt", "notes", ".hidden.json", outcome(".hidden"), "empty.json", "", "package.json", "{\"name\":\"x\"}",
                "copy-of-old.json", outcome("old"), "status.json", "{\"jobId\":\"status\",\"status\":\"Success\"}", "list.json", "[" + outcome("list") + "]",
                "torn.json", outcome("torn").substring(0, 60), "two.json", outcome("two") + outcome("two"), "relay.json", "{\"relay\":{\"jobId\":\"relay\"}}");
        for (Map.Entry<String, String> other : others.entrySet()) {
            lay(other.getKey(), Duration.ofDays(70), other.getValue());
        }
        lay("deep.json", Duration.ofDays(70), "[".repeat(100_000));
        Files.createDirectory(relay.results().resolve("folder.json"));
        Files.setLastModifiedTime(relay.results().resolve("folder.json"), FileTime.fromMillis(0));
        List<String> before = left();
        relay.run("upkeep-result-retention");
        assertThat(left()).isEqualTo(before).hasSize(12);
    }

    @Test
    void without_the_key_results_stay_and_what_a_killed_relay_left_half_written_goes_after_a_day() throws IOException {
        relay.start();
        lay("old.json", Duration.ofDays(4000), outcome("old"));
        lay(HALF_WRITTEN, Duration.ofDays(1).plusSeconds(1), "{");
        lay(HALF_WRITTEN + "2", Duration.ofHours(23), "{");
        relay.run("upkeep-result-retention");
        assertThat(left()).containsExactly(HALF_WRITTEN + "2", "old.json");
    }

    @Test
    void what_is_written_to_first_is_what_goes_when_it_stays_half_written() throws IOException {
        relay.start();
        DefaultExchange exchange = new DefaultExchange(relay.context());
        relay.bean("relay-result-files", ResultFiles.class).write(new ByteArrayInputStream(new byte[] {'{'}), relay.openJob("j-1"), exchange);
        String written = exchange.getMessage().getHeader(Exchange.FILE_NAME_PRODUCED, String.class);
        assertThat(left()).containsExactly(written);
        lay(written, Duration.ofDays(2), "{");
        relay.run("upkeep-result-retention");
        assertThat(left()).isEmpty();
    }

    @Test
    void where_the_file_sink_is_not_used_no_folder_is_looked_at() {
        relay.with("relay.sinks", "").start();
        assertThat(relay.context().getRoute("upkeep-result-retention")).isNull();
        assertThat(relay.context().getRoute("tick-result-retention")).isNull();
    }

    private static String outcome(String jobId) {
        return "{\"jobId\":\"" + jobId + "\",\"status\":\"Success\",\"response\":{},\"relay\":{\"id\":\"0190a1b2-0000-7000-8000-0123456789ab\",\"jobId\":\""
                + jobId + "\",\"receivedVia\":\"webhook\"}}";
    }

    private void lay(String name, Duration age, String content) throws IOException {
        Path file = Files.writeString(Files.createDirectories(relay.results()).resolve(name), content);
        Files.setLastModifiedTime(file, FileTime.fromMillis(relay.clock().millis() - age.toMillis()));
    }

    private List<String> left() throws IOException {
        try (var files = Files.list(relay.results())) {
            return files.map(file -> file.getFileName().toString()).sorted().toList();
        }
    }
}
