package io.jobrelay.config;

import static org.assertj.core.api.Assertions.assertThat;

import io.jobrelay.RelayFixture;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What the relay keeps is its user's alone, and what it hands on is for its group at most. */
class OwnFilesTest {

    private final RelayFixture relay = new RelayFixture();

    @AfterEach
    void stop() {
        relay.close();
    }

    private static String rights(Path path) throws IOException {
        return PosixFilePermissions.toString(Files.getPosixFilePermissions(path));
    }

    private Path store(String folder) {
        Path path = relay.folder().resolve(folder);
        relay.with("relay.db.url", "jdbc:h2:file:" + path.resolve("relay") + ";DB_CLOSE_ON_EXIT=FALSE").with("relay.db.volatile", "false");
        return path;
    }

    private String doctor() {
        return relay.adminGet("/doctor").text();
    }

    @Test
    void what_it_makes_itself_is_closed_to_others() throws IOException {
        Path store = store("made/data");
        relay.start();
        String id = relay.openJob("j-1");
        relay.post(relay.callbackUrl(id), "{\"jobId\":\"j-1\",\"status\":\"Success\",\"response\":{}}");
        Path result = relay.results().resolve("j-1.json");
        RelayFixture.patiently().until(() -> Files.exists(result));
        assertThat(rights(store)).isEqualTo("rwx------");
        assertThat(rights(result)).isEqualTo("rw-r-----");
        assertThat(rights(relay.results())).isEqualTo("rwxr-x---");
        for (String name : List.of("", ".open", ".done", ".rejected")) {
            Path folder = relay.inbox().resolve(name);
            assertThat(rights(folder)).isEqualTo("rwxr-x---");
            assertThat(Rights.has(folder, Rights.STICKY)).isTrue();
        }
        assertThat(doctor()).doesNotContain("\"folders\"");
    }

    @Test
    void a_store_of_an_earlier_version_is_narrowed() throws IOException {
        Path store = Files.createDirectories(store("data"));
        Files.setPosixFilePermissions(store, PosixFilePermissions.fromString("rwxr-xr-x"));
        Files.writeString(store.resolve("relay.trace.db"), "");
        relay.start();
        assertThat(rights(store)).isEqualTo("rwx------");
        assertThat(doctor()).doesNotContain("\"folders\"");
    }

    @Test
    void in_a_folder_that_holds_other_things_the_files_of_the_store_are_narrowed_and_it_is_named() throws IOException {
        Path store = Files.createDirectories(store("everything"));
        Files.setPosixFilePermissions(store, PosixFilePermissions.fromString("rwxr-xr-x"));
        Files.writeString(store.resolve("other.txt"), "");
        Files.setPosixFilePermissions(Files.writeString(store.resolve("relay.old.db"), ""), PosixFilePermissions.fromString("rw-r--r--"));
        relay.start();
        assertThat(rights(store)).isEqualTo("rwxr-xr-x");
        assertThat(rights(store.resolve("relay.mv.db"))).isEqualTo("rw-------");
        assertThat(rights(store.resolve("relay.old.db"))).isEqualTo("rw-------");
        assertThat(rights(store.resolve("other.txt"))).isEqualTo("rw-r--r--");
        assertThat(doctor()).contains("\"folders\"", "\"warning\"", "everything (relay.db.url) is open to other users");
        relay.restart();
        assertThat(rights(store.resolve("relay.mv.db"))).isEqualTo("rw-------");
    }

    @Test
    void an_inbox_that_others_can_write_to_is_named_until_it_is_sticky() throws IOException {
        Files.createDirectories(relay.inbox());
        Files.setAttribute(relay.inbox(), "unix:mode", 0777);
        relay.start();
        assertThat(doctor()).contains("Others can write to the inbox", "chmod +t");
        Files.setAttribute(relay.inbox(), "unix:mode", 01777);
        assertThat(doctor()).doesNotContain("Others can write to the inbox");
    }
}
