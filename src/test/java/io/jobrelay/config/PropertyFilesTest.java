package io.jobrelay.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.entry;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.apache.camel.CamelContext;
import org.apache.camel.impl.DefaultCamelContext;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The current folder's files lie over the distribution's, key by key and route file by route file. */
class PropertyFilesTest {

    @TempDir
    private Path folder;

    @Test
    void a_file_further_up_counts_key_by_key() throws IOException {
        Path here = file("here", "relay.sinks = http\n");
        Path home = file("home", "relay.sinks = mqtt\nrelay.poll.interval = 3s\n");
        PropertyFiles files = new PropertyFiles(List.of(here, home));
        assertThat(files.getProperty("relay.sinks")).isEqualTo("http");
        assertThat(files.getProperty("relay.poll.interval")).isEqualTo("3s");
        assertThat(files.getProperty("relay.poll.max-delay")).as("the jar's own").isEqualTo("1h");
    }

    @Test
    void the_command_line_counts_more_than_any_file_and_says_so() throws Exception {
        PropertyFiles files = new PropertyFiles(List.of(file("here", "relay.poll.interval = 3s\nrelay.sinks = http\n")));
        System.setProperty("relay.poll.interval", "4s");
        try (CamelContext context = new DefaultCamelContext()) {
            context.getPropertiesComponent().addPropertiesSource(files);
            Keys keys = new Keys(context);
            assertThat(keys.text("relay.poll.interval")).contains("4s");
            assertThat(keys.where("relay.poll.interval")).isEqualTo("-Drelay.poll.interval");
            assertThat(keys.where("relay.sinks")).isEqualTo(folder.resolve("here").toString());
        } finally {
            System.clearProperty("relay.poll.interval");
        }
    }

    @Test
    void a_file_is_utf8_with_or_without_a_byte_order_mark_and_blanks_at_the_end_do_not_count() throws IOException {
        PropertyFiles files = new PropertyFiles(List.of(file("here", "\uFEFFrelay.sinks = file \t\nrelay.inbox.request = {\"x\":\"Grüße\"}\n")));
        assertThat(files.getProperty("relay.sinks")).isEqualTo("file");
        assertThat(files.getProperty("relay.inbox.request")).isEqualTo("{\"x\":\"Grüße\"}");
    }

    @Test
    void a_file_that_cannot_be_read_is_named() throws IOException {
        Path latin = Files.write(folder.resolve("latin"), "relay.sinks = Grüße".getBytes(StandardCharsets.ISO_8859_1));
        assertThatThrownBy(() -> new PropertyFiles(List.of(latin))).isInstanceOf(StartFailure.class)
                .hasMessageContaining(latin.toString()).hasMessageContaining("UTF-8");
        Path escape = file("escape", "relay.sinks = \\u12x4");
        assertThatThrownBy(() -> new PropertyFiles(List.of(escape))).isInstanceOf(StartFailure.class)
                .hasMessageContaining(escape.toString()).hasMessageContaining("\\u");
        assertThatThrownBy(() -> new PropertyFiles(List.of(folder))).isInstanceOf(StartFailure.class)
                .hasMessageContaining(folder.toString()).hasMessageContaining("not a file");
        Path link = Files.createSymbolicLink(folder.resolve("link"), folder.resolve("gone"));
        assertThatThrownBy(() -> new PropertyFiles(List.of(link))).isInstanceOf(StartFailure.class)
                .hasMessageContaining(link.toString()).hasMessageContaining("leads nowhere");
    }

    @Test
    void a_file_of_a_mounted_volume_is_read_through_its_links() throws IOException {
        Files.createDirectory(folder.resolve("..2026"));
        file("..2026/application.properties", "relay.sinks = http\n");
        Files.createSymbolicLink(folder.resolve("..data"), Path.of("..2026"));
        Path link = Files.createSymbolicLink(folder.resolve("application.properties"), Path.of("..data/application.properties"));
        assertThat(new PropertyFiles(List.of(link)).getProperty("relay.sinks")).isEqualTo("http");
    }

    @Test
    void a_route_file_replaces_the_one_of_its_name_and_stands_beside_the_others() throws IOException {
        Path here = Files.createDirectories(folder.resolve("here/routes"));
        Path home = Files.createDirectories(folder.resolve("home/routes/sql"));
        for (String name : List.of("here/routes/b.camel.yaml", "home/routes/a.camel.yaml", "home/routes/b.camel.yaml", "home/routes/note.txt", "home/routes/.b.camel.yaml",
                "home/routes/sql/one.sql")) {
            file(name, "");
        }
        RouteLocations locations = new RouteLocations(List.of(folder.resolve("here"), folder.resolve("home"), folder.resolve("gone")));
        assertThat(locations.files()).containsExactly(entry("a.camel.yaml", home.resolveSibling("a.camel.yaml")), entry("b.camel.yaml", here.resolve("b.camel.yaml")),
                entry("sql/one.sql", home.resolve("one.sql")));
        assertThat(locations.locate("sql/one.sql")).isEqualTo("file:" + home.resolve("one.sql"));
        assertThat(locations.locate("sql/two.sql")).isEqualTo("classpath:io/jobrelay/routes/sql/two.sql");
    }

    @Test
    void a_file_of_a_host_that_lies_where_version_0_1_had_its_own_is_named_wherever_the_host_keeps_it() throws IOException {
        Files.createDirectories(folder.resolve("jar/routes/sql"));
        file("jar/routes/sink-file.camel.yaml", "");
        file("jar/routes/sql/job-end.sql", "");
        try (URLClassLoader host = new URLClassLoader(new URL[] {folder.resolve("jar").toUri().toURL()}, null)) {
            assertThat(RouteLocations.inHost(host).unread()).containsOnlyKeys("sink-file.camel.yaml", "sql/job-end.sql")
                    .containsEntry("sink-file.camel.yaml", "routes/sink-file.camel.yaml is not read: what it did is in"
                            + " routes/sink/sink-file.camel.yaml now. Compare both and move what you changed there.");
        }
    }

    private Path file(String name, String text) throws IOException {
        return Files.writeString(folder.resolve(name), text);
    }
}
