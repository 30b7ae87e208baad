package io.jobrelay.folder;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.jobrelay.config.Keys;
import io.jobrelay.config.RouteLocations;
import io.jobrelay.config.StartFailure;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Properties;
import org.apache.camel.impl.DefaultCamelContext;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The relay's folders lie side by side: whatever lies in the inbox is taken, and so nothing of the relay's own may lie there. */
class FoldersTest {

    private static final String INBOX = "relay.inbox.directory";
    private static final String RESULTS = "relay.sink.file.directory";
    private static final String STORE = "relay.db.url";

    @TempDir
    private Path temporary;
    private Path work;
    private Path home;
    private final Properties keys = new Properties();
    private final String userHome = System.getProperty("user.home");

    @BeforeEach
    void lay() throws IOException {
        Path root = temporary.toRealPath();
        work = Files.createDirectories(root.resolve("work"));
        home = Files.createDirectories(root.resolve("home"));
        Files.createDirectories(home.resolve("bin"));
        Files.writeString(home.resolve("bin/relay"), "");
        Files.createDirectories(work.resolve("real/deep"));
        Files.createSymbolicLink(work.resolve("link"), work.resolve("real/deep"));
        Files.createSymbolicLink(work.resolve("link-to-link"), Path.of("link"));
        keys.setProperty("relay.sinks", "file");
        set(INBOX, work.resolve("inbox")).set(RESULTS, work.resolve("results")).set(STORE, "jdbc:h2:file:" + work.resolve("data/relay"));
    }

    @AfterEach
    void restore() {
        System.setProperty("user.home", userHome);
    }

    private FoldersTest set(String key, Object value) {
        keys.setProperty(key, value.toString());
        return this;
    }

    private Folders folders() {
        DefaultCamelContext context = new DefaultCamelContext();
        context.disableJMX();
        context.getPropertiesComponent().setOverrideProperties(keys);
        context.build();
        return new Folders(new Keys(context), true, new RouteLocations(List.of(work, home)));
    }

    private void refused(String... words) {
        assertThat(folders().problems()).anySatisfy(sentence -> assertThat(sentence).contains(words));
        assertThatThrownBy(() -> folders().make()).isInstanceOf(StartFailure.class)
                .satisfies(failure -> assertThat(StartFailure.exitStatus(failure, 0)).isEqualTo(StartFailure.REFUSED));
    }

    private void taken() {
        assertThat(folders().problems()).isEmpty();
        folders().make();
        assertThat(folders().problems()).isEmpty();
    }

    @Test
    void as_they_come_they_lie_side_by_side() {
        taken();
        set(INBOX, work.resolve("link/in")).set(RESULTS, work.resolve("link/out")).set(STORE, "jdbc:h2:file:" + work.resolve("link/store/relay"));
        taken();
        set(INBOX, work.resolve("data-in")).set(RESULTS, work.resolve("database"));
        taken();
    }

    @ParameterizedTest
    @CsvSource({"data,relay.db.url", "data/,relay.db.url", "data/in,relay.db.url", "./x/../data,relay.db.url", "results,relay.sink.file.directory",
        "results/in/deeper,relay.sink.file.directory", "routes,routes/", "routes/sql,routes/", "../home/routes,routes/", "../home/lib,lib/",
        "../home/bin,bin/", ".,runs in or is installed in", "..,runs in or is installed in", "../home,runs in or is installed in"})
    void an_inbox_where_something_of_the_relays_lies_is_refused(String inbox, String other) {
        set(INBOX, work.resolve(inbox));
        refused(INBOX, other);
    }

    @ParameterizedTest
    @CsvSource({"link/../store,real/store", "link-to-link/../store,real/store", "link/new/../../store,real/store"})
    void links_and_what_follows_them_lead_where_the_system_says(String written, String real) throws IOException {
        set(STORE, "jdbc:h2:file:" + work.resolve(real).resolve("relay")).set(INBOX, work.resolve(written));
        refused(INBOX, STORE, work.resolve(written).toString(), work.resolve(real).toString());
        Files.createDirectories(work.resolve(real)); // there already, or not yet, it is the same
        refused(INBOX, STORE);
        set(INBOX, work.resolve("store"));
        taken();
    }

    @ParameterizedTest
    @ValueSource(strings = {"jdbc:h2:file:%s/inbox/relay", "jdbc:h2:%s/inbox/x/relay;DB_CLOSE_ON_EXIT=FALSE", "jdbc:h2:file:%s/results/relay",
        "jdbc:h2:nio:%s/inbox/relay", "jdbc:h2:split:20:%s/inbox/relay", "jdbc:h2:file:%s/routes/relay", "jdbc:h2:file:%s/relay",
        "jdbc:h2:file:%s/link/../inbox/relay"}) // of .. H2 thinks as people do, whatever is a link
    void a_store_among_the_others_is_refused(String url) {
        set(STORE, String.format(url, work));
        refused(STORE);
    }

    @Test
    void a_store_below_the_users_home_is_found() {
        System.setProperty("user.home", work.toString());
        set(STORE, "jdbc:h2:~/inbox/relay");
        refused(INBOX, STORE);
        System.setProperty("user.home", "?");
        assertThatThrownBy(this::folders).isInstanceOf(StartFailure.class).hasMessageContaining("relay.db.url begins with ~")
                .hasMessageContaining("no home folder");
    }

    @Test
    void what_is_kept_beside_another_database_counts_as_a_store_does() {
        set(STORE, "jdbc:postgresql://127.0.0.1/relay").set(INBOX, work.resolve("data"));
        refused(INBOX, "data/ (" + work.resolve("data") + ")");
        set(INBOX, work.resolve("data/in"));
        refused(INBOX, "data/ (");
        set(INBOX, work.resolve("inbox"));
        taken();
    }

    @Test
    void a_folder_of_results_that_holds_others_is_refused() {
        set(RESULTS, work);
        refused(RESULTS, INBOX);
        keys.setProperty("relay.sinks", "");
        taken();
    }

    @Test
    void a_path_that_h2_would_read_otherwise_is_refused() {
        set(STORE, "jdbc:h2:file:" + work + "/a\\b/relay");
        assertThatThrownBy(this::folders).isInstanceOf(StartFailure.class).hasMessageContaining("backslash");
        set(STORE, "jdbc:h2:file:" + work + "/a;b/relay");
        assertThatThrownBy(this::folders).isInstanceOf(StartFailure.class).hasMessageContaining("relay.db.url").hasMessageContaining(";");
    }

    @Test
    void a_link_that_leads_nowhere_is_called_that_and_what_it_leads_to_is_not_made() throws IOException {
        Path link = Files.createSymbolicLink(work.resolve("mounted"), Path.of("not-yet"));
        for (Path folder : List.of(link, link.resolve("in"))) {
            set(INBOX, folder);
            assertThat(folders().problems()).singleElement().asString().contains(folder.toString(), INBOX, "is a link to not-yet, which is not there");
            assertThatThrownBy(() -> folders().make()).hasMessageContaining("is a link to not-yet, which is not there")
                    .satisfies(failure -> assertThat(StartFailure.exitStatus(failure, 0)).as("it may be mounted later").isEqualTo(1));
        }
        assertThat(work.resolve("not-yet")).doesNotExist();
    }

    @Test
    void a_folder_is_made_below_a_link_to_a_folder() {
        set(RESULTS, work.resolve("link/new"));
        taken();
        assertThat(work.resolve("real/deep/new")).isDirectory();
    }

    @Test
    void an_inbox_that_a_link_leads_elsewhere_later_is_found_out() throws IOException {
        Folders folders = folders();
        folders.make();
        assertThat(folders.placement().strayed()).isEmpty();
        Files.move(work.resolve("inbox"), work.resolve("was-inbox"));
        Files.createSymbolicLink(work.resolve("inbox"), work.resolve("data"));
        assertThat(folders.placement().strayed()).hasValueSatisfying(sentence -> assertThat(sentence).contains(INBOX, STORE));
        Files.delete(work.resolve("inbox"));
        Files.move(work.resolve("was-inbox"), work.resolve("inbox"));
        assertThat(folders.placement().strayed()).isEmpty();
    }

    @Test
    void the_files_of_a_store_are_known_by_their_names() {
        for (String name : List.of("relay.mv.db", "other.MV.DB", "relay.trace.db", "relay.lock.db", "out-of-memory")) {
            assertThat(FolderOverlap.isStores(work.resolve(name))).as(name).isTrue();
        }
        for (String name : List.of("call.mp3", "relay.db", "mv.db.json", ".mv.db")) {
            assertThat(FolderOverlap.isStores(work.resolve(name))).as(name).isFalse();
        }
    }
}
