package io.jobrelay.promises.nothingprivate;

import static org.assertj.core.api.Assertions.assertThat;

import io.jobrelay.folder.FileRights;
import io.jobrelay.support.RelayCommand;
import io.jobrelay.support.RelayFixture;
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
            assertThat(FileRights.has(folder, FileRights.STICKY)).isTrue();
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
    void a_store_that_another_user_has_put_there_is_named_with_its_owner_and_the_cure_and_no_class_and_no_statement() throws IOException {
        Path folder = relay.folder().toRealPath();
        Path store = Files.writeString(Files.createDirectory(folder.resolve("data")).resolve("relay.mv.db"), "");
        String user = System.getProperty("user.name");
        boolean root = "root".equals(user);
        if (root) {
            Files.setAttribute(store, "unix:uid", 65_534);
        }
        String whose = root ? store + " belongs to " + Files.getOwner(store).getName() + ", and the relay runs as root" : "access to " + store + " is denied to " + user;
        Files.setPosixFilePermissions(store, PosixFilePermissions.fromString("---------"));
        for (String command : List.of("check", "run", "audit")) {
            assertThat(told(folder, command)).contains("The store " + store + " (relay.db.url) cannot be read: " + whose, "chown -R " + user + " " + folder.resolve("data"));
        }
        Files.setPosixFilePermissions(store, PosixFilePermissions.fromString("r--r--r--"));
        for (String command : List.of("check", "run")) {
            assertThat(told(folder, command)).contains("The store " + store + " (relay.db.url) cannot be written: " + whose, "chown -R " + user);
        }
        Files.delete(store);
        Path kept = Files.createDirectories(store.resolveSibling("routes-that-ran"));
        if (root) {
            Files.setAttribute(store.getParent(), "unix:uid", 65_534);
        }
        Files.setPosixFilePermissions(store.getParent(), PosixFilePermissions.fromString("r-xr-xr-x"));
        assertThat(told(folder, "run")).contains("The folder " + store.getParent() + " (relay.db.url) cannot be written", "chown -R " + user);
        if (root) {
            Files.setAttribute(store.getParent(), "unix:uid", 0);
            Files.setAttribute(kept, "unix:uid", 65_534);
        }
        Files.setPosixFilePermissions(store.getParent(), PosixFilePermissions.fromString("rwx------"));
        Files.setPosixFilePermissions(kept, PosixFilePermissions.fromString("---------"));
        try (RelayCommand check = RelayCommand.startAsAnybody(folder, "check")) {
            assertThat(check.exitStatus()).as("the relay can be without it").isZero();
            assertThat(check.out()).contains("WARN", root ? kept + " belongs to " : "access to " + kept, "chown -R " + user);
        }
        Files.setPosixFilePermissions(kept, PosixFilePermissions.fromString("rwx------"));
    }

    private String told(Path folder, String command) {
        int[] ports = RelayFixture.freePorts();
        try (RelayCommand relay = RelayCommand.startAsAnybody(folder, command, "-Dcamel.server.port=" + ports[0], "-Drelay.admin.port=" + ports[1])) {
            assertThat(relay.exitStatus()).isPositive();
            assertThat(relay.err().lines()).hasSize(1);
            return assertThat(relay.err()).doesNotContain("Exception", "SQL").actual();
        }
    }

    @Test
    void an_inbox_that_a_link_leads_to_the_store_later_stands_still_and_says_so() throws IOException {
        Path store = store("data");
        relay.with("relay.inbox.still-for", "0s").start();
        Path aside = Files.move(relay.inbox(), relay.folder().resolve("aside"));
        Files.createSymbolicLink(relay.inbox(), store);
        Files.writeString(store.resolve("other.mp3"), "x");
        RelayFixture.patiently().until(() -> relay.adminGet("/observe/health").text().contains("same folder"));
        relay.run("inbox-sweep");
        assertThat(store.resolve("relay.mv.db")).exists();
        assertThat(store.resolve("other.mp3")).exists();
        assertThat(store.resolve(".open")).doesNotExist();
        Files.delete(relay.inbox());
        Files.move(aside, relay.inbox());
        Files.writeString(relay.inbox().resolve("relay.mv.db"), "the store of another relay");
        Files.writeString(relay.inbox().resolve("call.json"), "{\"jobId\":\"t-1\"}");
        RelayFixture.patiently().until(() -> !Files.exists(relay.inbox().resolve("call.json")));
        relay.run("inbox-sweep");
        assertThat(relay.inbox().resolve("relay.mv.db")).exists();
        assertThat(relay.adminGet("/observe/health").text()).doesNotContain("same folder");
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
