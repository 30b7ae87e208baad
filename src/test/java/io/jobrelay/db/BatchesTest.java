package io.jobrelay.db;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/**
 * A transaction holds what it promises only while no statement in it commits by itself, as each batch of camel-sql does unless told
 * otherwise.
 */
class BatchesTest {

    @Test
    void no_batch_commits_by_itself() throws IOException {
        try (Stream<Path> files = Files.list(Path.of("routes"))) {
            for (Path file : files.filter(f -> f.toString().endsWith(".yaml")).toList()) {
                List<String> lines = Files.readAllLines(file).stream().map(String::trim).toList();
                assertThat(lines.stream().filter("batchAutoCommitDisabled: false"::equals).count()).as(file.toString())
                        .isEqualTo(lines.stream().filter("batch: true"::equals).count());
            }
        }
    }
}
