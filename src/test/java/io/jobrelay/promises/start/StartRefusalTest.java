package io.jobrelay.promises.start;

import static org.assertj.core.api.Assertions.assertThat;

import io.jobrelay.config.StartFailure;
import io.jobrelay.support.RelayCommand;
import io.jobrelay.support.RelayFixture;
import java.io.EOFException;
import java.io.IOException;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.camel.RuntimeCamelException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.dao.DataAccessResourceFailureException;

/**
 * What stops the start is told in one sentence on the standard error stream, and nothing else is said. The exit status tells a supervisor
 * whether to try again: 78 where somebody has to correct the configuration, 1 where the same may work in a moment.
 */
class StartRefusalTest {

    @TempDir
    private Path folder;
    private final int[] ports = RelayFixture.freePorts();

    @Test
    void an_unknown_key_is_named_with_the_file_it_stands_in_and_the_one_that_was_meant() throws IOException {
        Files.writeString(folder.resolve("application.properties"), "relay.poll.intervall = 2s\n");
        assertThat(refusal(Map.of())).contains("relay.poll.intervall", folder.resolve("application.properties").toString(),
                "Did you mean relay.poll.interval?");
    }

    @Test
    void a_value_that_cannot_be_read_is_not_repeated() {
        assertThat(refusal(Map.of("RELAY_SINK_HTTP_SECRET", "hunter2"))).contains("relay.sink.http.secret", "RELAY_SINK_HTTP_SECRET", "whsec_")
                .doesNotContain("hunter2");
    }

    @Test
    void a_port_in_use_is_named_with_its_key() throws IOException {
        try (ServerSocket taken = new ServerSocket(ports[1])) {
            assertThat(ended(1, Map.of())).contains("Port " + taken.getLocalPort(), "relay.admin.port", "in use");
        }
    }

    @Test
    void a_database_another_process_has_open_is_told_from_a_broken_one() throws SQLException {
        String url = "jdbc:h2:file:" + folder.resolve("data/relay");
        try (Connection here = DriverManager.getConnection(url, "sa", "")) {
            assertThat(here.isClosed()).isFalse();
            assertThat(ended(1, Map.of())).contains("relay.db.url", "another process");
        }
        assertThat(folder.resolve("data")).isDirectoryNotContaining("glob:**.trace.db");
    }

    @Test
    void a_database_that_does_not_answer_is_named_without_its_password() {
        assertThat(ended(1, Map.of(), "-Drelay.db.url=jdbc:postgresql://127.0.0.1:" + ports[1] + "/relay?password=hunter2"))
                .contains("relay.db.url", "refused").doesNotContain("hunter2");
    }

    @Test
    void a_database_that_goes_away_during_the_start_is_named_too() {
        SQLException gone = new SQLException("An I/O error occurred while sending to the backend.", "08006", new EOFException());
        assertThat(StartFailure.sentence(new RuntimeCamelException(new DataAccessResourceFailureException("SQL []", gone))))
                .isEqualTo("The relay could not start: the database (relay.db.url) failed meanwhile: An I/O error occurred while sending to the"
                        + " backend.");
    }

    @Test
    void a_folder_that_cannot_be_made_is_named_with_its_key() throws IOException {
        Files.writeString(folder.resolve("inbox"), "a file");
        assertThat(refusal(Map.of())).contains(folder.resolve("inbox").toString(), "relay.inbox.directory", "is a file");
    }

    @Test
    void an_argument_that_is_not_known_is_named() {
        assertThat(refusal(Map.of(), "relay.poll.interval=1s")).contains("relay.poll.interval", "-Dkey=value").doesNotContain("1s");
    }

    private String refusal(Map<String, String> environment, String... args) {
        return ended(StartFailure.REFUSED, environment, args);
    }

    private String ended(int status, Map<String, String> environment, String... args) {
        List<String> all = new ArrayList<>(List.of("-Dcamel.server.port=" + ports[0], "-Drelay.admin.port=" + ports[1]));
        all.addAll(List.of(args));
        try (RelayCommand relay = RelayCommand.start(folder, environment, all.toArray(String[]::new))) {
            assertThat(relay.exitStatus()).isEqualTo(status);
            assertThat(relay.out()).isEmpty();
            assertThat(relay.err().strip()).isNotEmpty().doesNotContain("\n", "Exception:", "\tat ").endsWith(relay.err().contains("?") ? "" : ".");
            return relay.err();
        }
    }
}
