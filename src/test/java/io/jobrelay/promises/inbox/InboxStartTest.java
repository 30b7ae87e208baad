package io.jobrelay.promises.inbox;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.jobrelay.config.StartFailure;
import io.jobrelay.inbox.Inbox;
import io.jobrelay.support.InboxRelay;
import io.jobrelay.support.RelayFixture;
import java.nio.file.Files;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The inbox is there when the relay has started, or the start says why not. */
class InboxStartTest {

    private final RelayFixture relay = new RelayFixture();

    @AfterEach
    void close() {
        relay.close();
    }

    private void assertRefused(String... words) {
        assertThatThrownBy(relay::start).satisfies(e -> assertThat(StartFailure.sentence(e)).contains(words));
    }

    @Test
    void its_folders_are_made() {
        relay.with("relay.inbox.directory", relay.folder().resolve("a/b/inbox").toString()).start();
        assertThat(InboxRelay.names(relay.folder().resolve("a/b/inbox"))).containsExactly(".done", ".open", ".rejected");
        assertThat(InboxRelay.names(relay.folder().resolve("a/b/inbox/.open"))).isEmpty();
    }

    @Test
    void a_folder_that_cannot_be_made_stops_the_start() throws Exception {
        Files.writeString(relay.folder().resolve("file"), "x");
        relay.with("relay.inbox.directory", relay.folder().resolve("file").resolve("inbox").toString());
        assertRefused("relay.inbox.directory", relay.folder().resolve("file").resolve("inbox").toString(), "cannot be made");
    }

    @Test
    void a_file_in_its_place_stops_the_start() throws Exception {
        Files.writeString(relay.folder().resolve("file"), "x");
        relay.with("relay.inbox.directory", relay.folder().resolve("file").toString());
        assertRefused("relay.inbox.directory", "cannot be made");
    }

    @Test
    void a_folder_that_camel_would_take_for_another_stops_the_start() {
        for (String name : List.of("a?b", "a%20b", "${body}")) {
            relay.with("relay.inbox.directory", relay.folder().resolve(name).toString());
            assertRefused("relay.inbox.directory", "the path of a folder");
        }
    }

    @Test
    void a_request_that_is_no_object_or_holds_what_the_relay_adds_stops_the_start() {
        for (String request : List.of("[]", "x", "{\"a\":1} {}", "{\"a\":", "{\"encoding\":\"Wav\"}", "{\"contentUri\":\"http://x\"}")) {
            relay.with("relay.inbox.request", request);
            assertRefused("relay.inbox.request", "a JSON object");
        }
    }

    @Test
    void without_a_folder_there_is_no_inbox_and_no_media() {
        relay.with("relay.inbox.directory", "").start();
        assertThat(relay.context().getRoutes()).extracting(r -> r.getRouteId())
                .doesNotContain("inbox-take", "tick-inbox", "tick-inbox-retention", "inbox-retention",
                        "inbox-media");
        assertThat(relay.get("/media/a.b/c").status()).isEqualTo(404);
        assertThat(relay.bean("relay-inbox", Inbox.class).trouble()).isEmpty();
    }
}
