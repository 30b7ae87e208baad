package io.jobrelay.promises.inbox;

import static io.jobrelay.support.RelayFixture.PATIENCE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.jobrelay.support.InboxRelay;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** A file that cannot become jobs is put aside with one sentence that says why, and nothing of it is submitted. */
class InboxRejectionTest {

    private final InboxRelay inbox = new InboxRelay();

    @AfterEach
    void close() {
        inbox.close();
    }

    private String errorOf(String name) {
        inbox.untilThere(inbox.rejected().resolve(name + ".error.txt"));
        assertThat(inbox.rejected().resolve(name)).exists();
        return InboxRelay.text(inbox.rejected().resolve(name + ".error.txt"));
    }

    @Test
    void each_mistake_has_its_sentence() {
        inbox.start();
        inbox.drop("notes.txt", "x");
        inbox.drop("mp3", "x");
        inbox.drop("empty.mp3", "");
        inbox.drop("empty.json", "");
        inbox.drop("broken.json", "{\"api\":\"punctuate\"");
        inbox.drop("number.json", "17");
        inbox.drop("none.json", "[]");
        inbox.drop("member.json", "{\"api\":\"punctuate\",\"request\":{},\"refrence\":\"a\"}");
        inbox.drop("array.json", "[{\"api\":\"punctuate\",\"request\":{}},{\"api\":\"punctuate\",\"request\":[]}]");
        inbox.drop("latin1.json".getBytes(StandardCharsets.UTF_8), "{\"reference\":\"\u00e9\"}".getBytes(StandardCharsets.ISO_8859_1));
        assertThat(errorOf("notes.txt")).isEqualTo(
                "notes.txt was not submitted: Its ending is none of json, aac, avi, mp3, mp4, ogg, wav, webm.\n");
        assertThat(errorOf("mp3")).contains("Its ending is none of");
        assertThat(errorOf("empty.mp3")).isEqualTo("empty.mp3 was not submitted: It is empty.\n");
        assertThat(errorOf("empty.json")).contains("It is empty.");
        assertThat(errorOf("broken.json")).contains("not JSON");
        assertThat(errorOf("number.json")).contains("not a JSON object");
        assertThat(errorOf("none.json")).contains("The array is empty");
        assertThat(errorOf("member.json")).contains("refrence");
        assertThat(errorOf("array.json")).contains("Element 2 of the array: request takes a JSON object");
        assertThat(errorOf("latin1.json")).contains("not UTF-8");
        assertThat(inbox.jobs()).isEmpty();
        inbox.untilNothingOpen();
        assertThat(inbox.warnings()).hasSize(10).filteredOn(w -> w.contains("array.json")).singleElement().asString().contains("Element 2");
    }

    @Test
    void what_may_not_be_finished_is_told_at_once_and_rejected_after_a_time_without_a_change() {
        inbox.with(r -> r.with("relay.inbox.reject-after", "2m")).start();
        inbox.drop("notes.txt", "x");
        inbox.drop("empty.mp3", "");
        inbox.drop("begun.json", "{\"api\":\"punctuate\"");
        inbox.drop("wrong.json", "{\"api\" \"punctuate\"");
        inbox.drop("deep.json", "{\"api\":\"punctuate\",\"request\":{\"a\":" + "[".repeat(20_001));
        assertThat(errorOf("wrong.json")).contains("not JSON");
        assertThat(errorOf("deep.json")).contains("nested deeper than 20000");
        await().atMost(PATIENCE).until(() -> inbox.notes().size() == 3);
        assertThat(inbox.notes()).allMatch(note -> note.endsWith("It is rejected when it has not changed for 2m (relay.inbox.reject-after)."))
                .anyMatch(note -> note.startsWith("notes.txt is not taken yet: Its ending is none of json, "))
                .anyMatch(note -> note.startsWith("empty.mp3 is not taken yet: It is empty."))
                .anyMatch(note -> note.startsWith("begun.json is not taken yet: It ends too soon, and is not JSON so far."));
        inbox.relay.clock().jump(Duration.ofDays(8));
        inbox.relay.clock().advance(Duration.ofSeconds(119));
        inbox.drop("last.json", "17");
        errorOf("last.json"); // all others were looked at, too
        assertThat(InboxRelay.names(inbox.inbox())).contains("notes.txt", "empty.mp3", "begun.json");
        inbox.relay.clock().advance(Duration.ofSeconds(1));
        assertThat(errorOf("notes.txt")).contains("Its ending is none of");
        assertThat(errorOf("empty.mp3")).isEqualTo("empty.mp3 was not submitted: It is empty.\n");
        assertThat(errorOf("begun.json")).contains("not JSON");
        assertThat(inbox.notes()).hasSize(3);
        assertThat(inbox.jobs()).isEmpty();
    }

    @Test
    void what_was_rejected_stays_as_long_as_what_has_ended() {
        inbox.with(r -> r.with("relay.inbox.done-retention", "7d").with("relay.retention.interval", "100ms")).start();
        inbox.drop("a.txt", "x");
        errorOf("a.txt");
        inbox.relay.clock().jump(Duration.ofDays(8)); // for a moment
        inbox.relay.run("inbox-retention");
        inbox.relay.clock().jump(Duration.ofDays(-8));
        inbox.relay.clock().advance(Duration.ofDays(6));
        inbox.relay.run("inbox-retention");
        assertThat(InboxRelay.names(inbox.rejected())).containsExactly("a.txt", "a.txt.error.txt");
        inbox.relay.clock().advance(Duration.ofDays(2));
        inbox.untilGone(inbox.rejected().resolve("a.txt"));
        inbox.untilGone(inbox.rejected().resolve("a.txt.error.txt"));
    }

    @Test
    void a_tracked_job_known_with_another_reference_rejects_the_whole_file() {
        inbox.start();
        inbox.relay.insertJob(Map.of("status", "InProgress", "job_id", "known-1", "reference", "a"));
        inbox.drop("track.json", "[{\"api\":\"punctuate\",\"request\":{}},{\"jobId\":\"known-1\",\"reference\":\"b\"}]");
        assertThat(errorOf("track.json")).contains("reference");
        assertThat(inbox.jobs()).hasSize(1);
    }

    @Test
    void a_link_is_put_aside_and_not_followed() throws Exception {
        inbox.start();
        Path secret = Files.writeString(inbox.relay.folder().resolve("secret.mp3"), "secret");
        Files.createSymbolicLink(inbox.inbox().resolve("link.mp3"), secret);
        Files.createSymbolicLink(inbox.inbox().resolve("dangling.json"), inbox.relay.folder().resolve("nowhere"));
        assertThat(errorOf("link.mp3")).contains("It is a link");
        inbox.untilThere(inbox.rejected().resolve("dangling.json.error.txt"));
        assertThat(inbox.rejected().resolve("link.mp3")).isSymbolicLink();
        assertThat(inbox.rejected().resolve("dangling.json")).isSymbolicLink();
        assertThat(secret).hasContent("secret");
        assertThat(inbox.jobs()).isEmpty();
    }

    @Test
    void a_pipe_is_put_aside_and_not_read() throws Exception {
        inbox.start();
        int made = new ProcessBuilder("mkfifo", inbox.inbox().resolve("pipe.json").toString()).start().waitFor();
        assumeTrue(made == 0, "needs mkfifo");
        assertThat(errorOf("pipe.json")).contains("It is not a plain file.");
    }

    @Test
    void what_was_rejected_before_is_not_overwritten() throws Exception {
        inbox.start();
        inbox.drop("a.txt", "first");
        errorOf("a.txt");
        Files.writeString(inbox.rejected().resolve("b.txt.error.txt"), "mine");
        inbox.drop("a.txt", "second");
        inbox.drop("b.txt", "third");
        inbox.untilGone(inbox.inbox().resolve("a.txt"));
        await().atMost(PATIENCE).until(() -> InboxRelay.names(inbox.rejected()).size() == 7);
        List<String> names = InboxRelay.names(inbox.rejected());
        String second = names.stream().filter(n -> n.matches("a-[0-9a-f-]{36}\\.txt")).findFirst().orElseThrow();
        String third = names.stream().filter(n -> n.matches("b-[0-9a-f-]{36}\\.txt")).findFirst().orElseThrow();
        assertThat(inbox.rejected().resolve("a.txt")).hasContent("first");
        assertThat(inbox.rejected().resolve(second)).hasContent("second");
        assertThat(inbox.rejected().resolve(second + ".error.txt")).exists();
        assertThat(inbox.rejected().resolve(third)).hasContent("third");
        assertThat(inbox.rejected().resolve("b.txt.error.txt")).hasContent("mine");
    }

    @Test
    void the_explanation_of_a_name_as_long_as_can_be_is_shortened() {
        inbox.start();
        String name = "\u00e4".repeat(125) + "x.txt";
        assertThat(name.getBytes(StandardCharsets.UTF_8)).hasSize(255);
        inbox.drop(name, "first");
        inbox.untilThere(inbox.rejected().resolve("\u00e4".repeat(122) + ".error.txt"));
        assertThat(inbox.rejected().resolve(name)).hasContent("first");
        inbox.drop(name, "second");
        await().atMost(PATIENCE).until(() -> InboxRelay.names(inbox.rejected()).size() == 4);
        assertThat(inbox.rejected().resolve(name)).hasContent("first");
    }

    @Test
    void a_file_larger_than_a_body_may_be_is_not_read() throws Exception {
        inbox.start();
        try (var big = new java.io.RandomAccessFile(Files.createFile(inbox.inbox().resolve(".big")).toFile(), "rw")) {
            big.setLength(3_000_000_000L); // sparse
        }
        Files.move(inbox.inbox().resolve(".big"), inbox.inbox().resolve("big.json"));
        assertThat(errorOf("big.json")).contains("larger than 20000000 bytes");
    }
}
