package io.jobrelay.promises.inbox;

import static io.jobrelay.support.RelayFixture.PATIENCE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.jobrelay.support.InboxRelay;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What a client is still writing is left to it, however its tool does that, and becomes a job when it is whole. */
class InboxUploadTest {

    private final InboxRelay inbox = new InboxRelay();

    @AfterEach
    void close() {
        inbox.close();
    }

    private void start() {
        inbox.with(r -> r.with("relay.inbox.still-for", "1s").with("relay.inbox.reject-after", "2m")).start();
    }

    /** Lets seconds go by, each of them looked at, until a job has that reference. */
    private Map<String, Object> untilJobOf(String reference) {
        await().atMost(PATIENCE).until(() -> {
            inbox.relay.clock().advance(Duration.ofSeconds(1));
            return inbox.relay.count("SELECT COUNT(*) FROM relay_job WHERE reference = ?", reference) == 1;
        });
        return inbox.jobOf(reference);
    }

    private void untilNoted(String name) {
        await().atMost(PATIENCE).until(() -> {
            inbox.relay.clock().advance(Duration.ofSeconds(1));
            return inbox.notes().stream().anyMatch(note -> note.startsWith(name + " is not taken yet: "));
        });
    }

    private void untilSubmitted(int count) {
        await().atMost(PATIENCE).until(() -> {
            inbox.relay.clock().advance(Duration.ofSeconds(1));
            return inbox.api.submits().size() == count;
        });
    }

    private static FileChannel append(Path file) throws IOException {
        return FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE, StandardOpenOption.APPEND);
    }

    private static void write(FileChannel channel, String text) throws IOException {
        channel.write(ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8)));
    }

    @Test
    void a_client_that_goes_on_or_renames_makes_its_job() throws Exception {
        start();
        Path folder = inbox.inbox();
        Files.writeString(folder.resolve("winscp.wav.filepart"), "sound");
        Files.writeString(folder.resolve("browser.wav.crdownload"), "");
        Files.writeString(folder.resolve(".rsync.wav.Xq8d2Z"), "so");
        Files.createDirectory(folder.resolve("safari.download"));
        Files.writeString(folder.resolve("begun.json"), "{\"api\":\"punctuate\",\"reference\":\"of begun\",");
        try (FileChannel empty = append(folder.resolve("empty.mp3"))) {
            Files.writeString(folder.resolve("tool.mp3.opdownload"), "sound");
            untilNoted("begun.json");
            untilNoted("empty.mp3");
            untilNoted("tool.mp3.opdownload");
            write(empty, "sound");
        }
        Files.writeString(folder.resolve("begun.json"), "\"request\":{}}", StandardOpenOption.APPEND); // opened anew, so that it must be there still
        Files.move(folder.resolve("tool.mp3.opdownload"), folder.resolve("tool.mp3"));
        Files.move(folder.resolve("winscp.wav.filepart"), folder.resolve("winscp.wav"));
        Files.writeString(folder.resolve("browser.wav.crdownload"), "sound");
        Files.move(folder.resolve("browser.wav.crdownload"), folder.resolve("browser.wav"));
        Path copied = Files.writeString(folder.resolve(".rsync.wav.Xq8d2Z"), "sound");
        Files.setLastModifiedTime(copied, FileTime.fromMillis(0)); // with -t
        Files.move(copied, folder.resolve("rsync.wav"));
        List.of("of begun", "empty.mp3", "tool.mp3", "winscp.wav", "browser.wav", "rsync.wav").forEach(this::untilJobOf);
        assertThat(inbox.jobs()).hasSize(6);
        assertThat(inbox.warnings()).isEmpty();
        assertThat(InboxRelay.names(folder)).containsExactly(".done", ".open", ".rejected", "safari.download");
        assertThat(InboxRelay.names(inbox.rejected())).isEmpty();
        assertThat(inbox.notes()).hasSize(3);
    }

    @Test
    void media_that_goes_on_growing_after_it_was_taken_is_submitted_when_it_is_still() throws Exception {
        start();
        inbox.relay.adminPost("/pause", "");
        try (FileChannel stalled = append(inbox.inbox().resolve("a.mp3"))) {
            write(stalled, "0");
            Map<String, Object> job = untilJobOf("a.mp3");
            untilSubmitIsPutBack(job);
            for (int i = 1; i < 4; i++) {
                write(stalled, String.valueOf(i));
                untilGrowing(job);
                assertThat(inbox.api.submits()).isEmpty();
            }
        }
        untilSubmitted(1);
        assertThat(inbox.api.fetchMedia(inbox.api.jobs().get(0).jobId()).text()).isEqualTo("0123");
    }

    @Test
    void media_that_grows_is_found_out_after_a_restart_too_and_the_clock_does_not_count() throws Exception {
        inbox.with(r -> r.withLastingDatabase());
        start();
        inbox.relay.adminPost("/pause", "");
        try (FileChannel stalled = append(inbox.inbox().resolve("a.mp3"))) {
            write(stalled, "0");
            Map<String, Object> job = untilJobOf("a.mp3");
            inbox.relay.restart();
            untilSubmitIsPutBack(job);
            inbox.relay.clock().jump(Duration.ofDays(8));
            write(stalled, "1");
            untilGrowing(job);
            assertThat(inbox.api.submits()).isEmpty();
        }
        untilSubmitted(1);
        assertThat(inbox.warnings()).isEmpty();
    }

    /** The first look at the media says nothing yet. */
    private void untilSubmitIsPutBack(Map<String, Object> job) {
        Object due = job.get("next_submit_at");
        inbox.relay.adminPost("/resume", "");
        await().atMost(PATIENCE).until(() -> {
            inbox.relay.run("submit-due");
            return !due.equals(row(job).get("next_submit_at")) && row(job).get("claim") == null;
        });
        assertThat(row(job).get("last_error")).isNull();
        assertThat(((Number) row(job).get("next_submit_wait")).longValue()).as("no longer than it takes to see whether it grows").isEqualTo(1_000);
    }

    private Map<String, Object> row(Map<String, Object> job) {
        return inbox.relay.job((String) job.get("id"));
    }

    private void untilGrowing(Map<String, Object> job) {
        long due = ((Number) row(job).get("next_submit_at")).longValue();
        await().atMost(PATIENCE).until(() -> {
            inbox.relay.clock().advance(Duration.ofMillis(Math.max(0, due - inbox.relay.clock().millis())));
            Map<String, Object> row = row(job);
            return "the media file is still growing".equals(row.get("last_error")) && !row.get("next_submit_at").equals(due) && row.get("claim") == null;
        });
    }

    @Test
    void what_was_taken_unfinished_waits_as_long_and_can_still_be_finished() throws Exception {
        String finished = inbox.leaveInOpen("a.json", "{\"api\":\"punctuate\",");
        String empty = inbox.leaveInOpen("b.mp3", "");
        start();
        for (String intake : List.of(finished, empty)) {
            await().atMost(PATIENCE).until(() -> inbox.notes().stream().anyMatch(note -> note.startsWith("A file of the inbox waits in .open/" + intake)));
        }
        inbox.relay.clock().advance(Duration.ofSeconds(119));
        Files.writeString(inbox.open().resolve(finished).resolve("a.json"), "\"request\":{},\"reference\":\"a\"}", StandardOpenOption.APPEND);
        inbox.jobOf("a");
        assertThat(InboxRelay.names(inbox.rejected())).isEmpty();
        inbox.relay.clock().advance(Duration.ofSeconds(10));
        inbox.untilThere(inbox.rejected().resolve("b.mp3.error.txt"));
        assertThat(inbox.notes()).hasSize(2);
    }
}
