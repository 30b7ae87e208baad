package io.jobrelay.inbox;

import static io.jobrelay.support.RelayFixture.PATIENCE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.jobrelay.support.InboxRelay;
import io.jobrelay.support.SettableClock;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What stands in the inbox and cannot be moved, or is not to be, is told once and holds up nothing. */
class InboxStuckTest {

    private final InboxRelay inbox = new InboxRelay();
    private Path stuck;

    @AfterEach
    void close() throws Exception {
        if (stuck != null) {
            letGo();
        }
        inbox.close();
    }

    /** As in a sticky folder of somebody else's: the file can be read, and not even root can rename it. */
    private void hold(Path file) throws Exception {
        stuck = file;
        assumeTrue(chattr("+i"), "needs a file system with immutable files, and to be root");
    }

    private void letGo() throws Exception {
        chattr("-i");
    }

    private boolean chattr(String change) throws Exception {
        try {
            return new ProcessBuilder("chattr", change, stuck.toString()).redirectErrorStream(true).start().waitFor() == 0;
        } catch (IOException e) {
            return false;
        }
    }

    private long warned(String words) {
        return inbox.warnings().stream().filter(w -> w.contains(words)).count();
    }

    private String health() {
        return inbox.relay.adminGet("/observe/health").text();
    }

    /** Whatever lies in the inbox has been looked at when a file that came last is taken. */
    private void lookAround(String name) {
        inbox.drop(name, "sound");
        inbox.jobOf(name);
    }

    @Test
    void a_file_that_cannot_be_taken_is_told_once_then_hourly_and_taken_when_it_can_be() throws Exception {
        hold(Files.writeString(Files.createDirectories(inbox.inbox()).resolve("held.mp3"), "sound"));
        inbox.start();
        await().atMost(PATIENCE).until(() -> warned("held.mp3 cannot be moved on in the inbox (relay.inbox.directory)") == 1);
        for (int minute = 0; minute < 59; minute++) {
            inbox.relay.clock().advance(Duration.ofMinutes(1));
            if (minute % 20 == 0) {
                lookAround("after-" + minute + ".mp3");
            }
            inbox.sweepTwice();
        }
        assertThat(inbox.warnings()).hasSize(1);
        assertThat(health()).contains("\"UP\"", "One file of the inbox (relay.inbox.directory) cannot be moved on, held.mp3: Operation not permitted");
        inbox.relay.clock().advance(Duration.ofMinutes(1));
        inbox.sweepTwice();
        await().atMost(PATIENCE).until(() -> inbox.warnings().size() == 2);
        assertThat(InboxRelay.names(inbox.open())).hasSize(3); // no folders are left behind
        letGo();
        inbox.relay.clock().advance(Duration.ofMinutes(1));
        inbox.jobOf("held.mp3");
        assertThat(health()).doesNotContain("cannot be moved on");
    }

    @Test
    void a_file_that_cannot_be_moved_on_after_its_job_is_told_once_too() throws Exception {
        inbox.start();
        inbox.drop("a.mp3", "sound");
        Map<String, Object> job = inbox.jobOf("a.mp3");
        Path folder = inbox.open().resolve((String) job.get("intake"));
        inbox.untilThere(folder.resolve(".accepted"));
        hold(folder.resolve("a.mp3"));
        inbox.end(job);
        await().atMost(PATIENCE).until(() -> warned(".open/" + job.get("intake") + " cannot be moved on") == 1);
        for (int minute = 0; minute < 5; minute++) {
            inbox.relay.clock().advance(Duration.ofMinutes(1));
            inbox.sweepTwice();
        }
        assertThat(inbox.warnings()).hasSize(1);
        letGo();
        inbox.relay.clock().advance(Duration.ofMinutes(1));
        inbox.untilDone(inbox.done().resolve("a.mp3"));
        inbox.untilNothingOpen();
        assertThat(health()).doesNotContain("cannot be moved on");
    }

    @Test
    void files_that_cannot_be_moved_are_counted_and_each_is_tried_once_a_minute() throws Exception {
        SettableClock clock = new SettableClock();
        StuckFiles files = new StuckFiles(clock::nanos);
        Path first = Files.createFile(Files.createDirectories(inbox.inbox()).resolve("a.mp3"));
        Path second = Files.createFile(inbox.inbox().resolve("b.mp3"));
        assertThat(files.passedOver(first)).isFalse();
        files.failed(first, "a.mp3", new IOException("no"));
        files.failed(second, "b.mp3", new IOException("no"));
        assertThat(List.of(first, second)).allMatch(files::passedOver);
        assertThat(files.sentences()).singleElement().asString().contains("2 files", "a.mp3: no");
        clock.jump(Duration.ofDays(-8));
        clock.advance(Duration.ofSeconds(55));
        assertThat(List.of(first, second)).noneMatch(files::passedOver);
        Files.delete(first);
        assertThat(files.sentences()).singleElement().asString().contains("One file", "b.mp3: no");
        files.over(second);
        assertThat(files.sentences()).isEmpty();
    }

    @Test
    void folders_are_told_once_and_left_alone() throws Exception {
        Path folder = Files.createDirectories(inbox.inbox().resolve("2026-11"));
        Files.writeString(folder.resolve("a.mp3"), "sound");
        Files.createDirectories(inbox.inbox().resolve("lost+found"));
        Files.createDirectories(inbox.inbox().resolve("b.download"));
        inbox.start();
        await().atMost(PATIENCE).until(() -> warned("The folder 2026-11 in the inbox (relay.inbox.directory) is left alone") == 1);
        Files.createDirectories(inbox.inbox().resolve("other"));
        for (int minute = 0; minute < 3; minute++) {
            inbox.relay.clock().advance(Duration.ofMinutes(1));
            inbox.sweepTwice();
        }
        await().atMost(PATIENCE).until(() -> warned("The folder other in") == 1);
        assertThat(inbox.warnings()).hasSize(2);
        assertThat(health()).contains("\"UP\"", "2 folders in the inbox (relay.inbox.directory), the first is 2026-11, are each left alone");
        assertThat(folder.resolve("a.mp3")).hasContent("sound");
        assertThat(inbox.jobs()).isEmpty();
    }
}
