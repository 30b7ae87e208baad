package io.jobrelay.inbox;

import static io.jobrelay.support.RelayFixture.PATIENCE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.jobrelay.folder.RawName;
import io.jobrelay.support.InboxRelay;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Whoever may write to the inbox can lead the relay nowhere: its folders count only while they are its own, and nothing is moved through another. */
class SharedInboxTest {

    private static final String TRAP = "01890000-0000-7000-8000-000000000001";
    private final InboxRelay inbox = new InboxRelay();
    private Path data;

    /** What a relay led astray would move away, take, or delete. */
    @BeforeEach
    void layTraps() throws IOException {
        data = Files.createDirectories(inbox.relay.folder().resolve("precious"));
        Files.writeString(data.resolve("relay.mv.db"), "the store");
        Files.writeString(Files.createDirectories(data.resolve(TRAP)).resolve("trap.mp3"), "not to be taken");
        Files.createDirectories(data.resolve("01890000-0000-7000-8000-000000000002"));
    }

    @AfterEach
    void close() {
        inbox.close();
    }

    private void assertUntouched() {
        assertThat(InboxRelay.names(data)).containsExactly(TRAP, "01890000-0000-7000-8000-000000000002", "relay.mv.db");
        assertThat(data.resolve("relay.mv.db")).hasContent("the store");
        assertThat(InboxRelay.names(data.resolve(TRAP))).containsExactly("trap.mp3");
    }

    private Optional<String> trouble() {
        return inbox.relay.bean("relay-inbox", Inbox.class).trouble();
    }

    private long toldOf(String words) {
        return inbox.warnings().stream().filter(w -> w.contains(words)).count();
    }

    private String health() {
        return inbox.relay.adminGet("/observe/health").text();
    }

    private interface Swap {
        void put(Path instead) throws IOException;
    }

    @Test
    void whatever_stands_in_the_place_of_a_folder_is_left_alone_until_the_right_one_is_back() throws Exception {
        inbox.start();
        Map<String, Swap> swaps = Map.of("is a link", instead -> Files.createSymbolicLink(instead, data),
                "is not the folder", instead -> {
                    Files.createDirectories(instead.resolve(TRAP));
                    Files.writeString(instead.resolve(TRAP).resolve("trap.mp3"), "sound");
                }, "is a file", instead -> Files.writeString(instead, "a file"));
        for (String name : List.of(".open", ".done", ".rejected")) {
            for (Map.Entry<String, Swap> swap : swaps.entrySet()) {
                Path folder = inbox.inbox().resolve(name);
                Path away = inbox.inbox().resolve(".away");
                Files.move(folder, away);
                Path instead = inbox.relay.folder().resolve("instead");
                swap.getValue().put(instead);
                untilSwapped(instead, folder);
                String file = name.substring(1) + swap.getKey().replace(' ', '-') + ".mp3";
                inbox.drop(file, "sound");
                await().atMost(PATIENCE).until(() -> toldOf(name + " of the inbox (relay.inbox.directory) " + swap.getKey()) == 1);
                inbox.sweepTwice();
                assertThat(inbox.inbox().resolve(file)).hasContent("sound");
                assertThat(trouble().orElseThrow()).contains(name, swap.getKey());
                assertThat(health()).contains("\"UP\"", "The folder " + name + " of the inbox (relay.inbox.directory) " + swap.getKey());
                assertUntouched();
                Path waiting = Files.move(inbox.inbox().resolve(file), inbox.inbox().resolve(".waiting")); // or a new folder would get it
                Files.move(folder, inbox.inbox().resolve("." + file));
                untilSwapped(away, folder);
                Files.move(waiting, inbox.inbox().resolve(file));
                inbox.untilGone(inbox.inbox().resolve(file));
                assertThat(inbox.jobOf(file)).containsEntry("media", file);
                await().atMost(PATIENCE).until(() -> trouble().isEmpty());
            }
        }
        List<String> told = inbox.warnings().stream().filter(w -> w.contains("relay.inbox.directory")).toList();
        assertThat(told).hasSizeGreaterThanOrEqualTo(9).hasSizeLessThan(15); // once a swap; between two of a swap's own steps it may be seen, too
        assertUntouched();
    }

    /** The relay may have made the folder again in between: what it made is empty, and goes. */
    private static void untilSwapped(Path instead, Path folder) {
        await().atMost(PATIENCE).ignoreExceptions().until(() -> {
            if (Files.isDirectory(folder, LinkOption.NOFOLLOW_LINKS)) {
                Files.delete(folder);
            }
            Files.move(instead, folder);
            return true;
        });
    }

    @Test
    void callbacks_are_answered_and_no_media_served_while_the_folder_is_swapped() throws Exception {
        inbox.start();
        inbox.drop("a.mp3", "sound");
        Map<String, Object> job = inbox.jobOf("a.mp3");
        await().atMost(PATIENCE).until(() -> !inbox.api.jobs().isEmpty());
        String jobId = inbox.api.jobs().get(0).jobId();
        Path away = inbox.relay.folder().resolve("away");
        Files.move(inbox.open(), away);
        Files.writeString(Files.createDirectories(data.resolve((String) job.get("intake"))).resolve("a.mp3"), "not to be sent");
        untilSwapped(Files.createSymbolicLink(inbox.relay.folder().resolve("link"), data), inbox.open());
        assertThat(inbox.api.fetchMedia(jobId).status()).isEqualTo(503);
        inbox.end(job);
        inbox.sweepTwice();
        assertThat(data.resolve((String) job.get("intake")).resolve("a.mp3")).hasContent("not to be sent");
        Files.delete(inbox.open());
        untilSwapped(away, inbox.open());
        inbox.untilDone(inbox.done().resolve("a.mp3"));
        assertThat(inbox.done().resolve("a.mp3")).hasContent("sound");
    }

    @Test
    void the_folder_of_one_file_is_left_alone_too_while_it_is_another() throws Exception {
        inbox.start();
        for (String way : List.of("link", "folder")) {
            String name = way + ".mp3";
            inbox.drop(name, "sound");
            Map<String, Object> job = inbox.jobOf(name);
            Path folder = inbox.open().resolve((String) job.get("intake"));
            inbox.untilThere(folder.resolve(".accepted"));
            Path away = inbox.relay.folder().resolve("away-" + way);
            Files.move(folder, away);
            Path other = Files.createDirectories(inbox.relay.folder().resolve("other-" + way));
            Files.writeString(other.resolve(name), "not to be sent");
            if (way.equals("link")) {
                Files.createSymbolicLink(folder, other);
            } else {
                Files.move(other, folder);
            }
            inbox.end(job);
            await().atMost(PATIENCE).until(() -> toldOf(".open/" + job.get("intake")) == 1);
            inbox.sweepTwice();
            assertThat(trouble().orElseThrow()).contains((String) job.get("intake"));
            assertThat(folder.resolve(name)).hasContent("not to be sent");
            assertThat(inbox.done().resolve(name)).doesNotExist();
            if (way.equals("link")) {
                Files.delete(folder);
            } else {
                Files.move(folder, other);
            }
            Files.move(away, folder);
            await().atMost(PATIENCE).until(() -> {
                inbox.relay.clock().advance(Duration.ofMinutes(1));
                return Files.exists(inbox.done().resolve(name));
            });
            assertThat(inbox.done().resolve(name)).hasContent("sound");
            await().atMost(PATIENCE).until(() -> trouble().isEmpty());
        }
    }

    @Test
    void a_link_in_the_place_of_media_is_not_served() throws Exception {
        inbox.start();
        inbox.drop("a.mp3", "sound");
        Map<String, Object> job = inbox.jobOf("a.mp3");
        await().atMost(PATIENCE).until(() -> !inbox.api.jobs().isEmpty());
        String jobId = inbox.api.jobs().get(0).jobId();
        Path media = inbox.open().resolve((String) job.get("intake")).resolve("a.mp3");
        Files.delete(media);
        Files.createSymbolicLink(media, data.resolve("relay.mv.db"));
        assertThat(inbox.api.fetchMedia(jobId).status()).isEqualTo(404);
        inbox.end(job);
        inbox.untilDone(inbox.done().resolve("a.mp3"));
        assertThat(inbox.done().resolve("a.mp3")).isSymbolicLink();
        assertUntouched();
    }

    @Test
    void a_link_that_was_there_before_the_start_stops_the_inbox_and_not_the_relay() throws Exception {
        Files.createDirectories(inbox.inbox());
        Files.createSymbolicLink(inbox.open(), data);
        inbox.start();
        String id = inbox.relay.openJob("j-1");
        inbox.relay.post(inbox.relay.callbackUrl(id), "{\"status\":\"Success\",\"response\":{}}");
        inbox.relay.untilStatus(id, "Success");
        inbox.drop("a.mp3", "sound");
        await().atMost(PATIENCE).until(() -> toldOf(".open of the inbox (relay.inbox.directory) is a link") == 1);
        inbox.sweepTwice();
        assertThat(inbox.inbox().resolve("a.mp3")).exists();
        assertUntouched();
        Files.delete(inbox.open());
        inbox.jobOf("a.mp3");
        await().atMost(PATIENCE).until(() -> trouble().isEmpty());
        assertUntouched();
    }

    @Test
    void where_others_can_write_files_come_through_and_nothing_is_overwritten() throws Exception {
        inbox.start();
        letOthersWrite();
        inbox.drop("a.mp3", "first");
        inbox.end(inbox.jobOf("a.mp3"));
        inbox.untilDone(inbox.done().resolve("a.mp3"));
        inbox.untilNothingOpen();
        inbox.drop("a.mp3", "second");
        Map<String, Object> second = inbox.untilJobs(2).get(1);
        inbox.end(second);
        Path marked = inbox.done().resolve("a-" + second.get("intake") + ".mp3");
        inbox.untilThere(marked);
        inbox.untilNothingOpen();
        assertThat(marked).hasContent("second");
        assertThat(inbox.done().resolve("a.mp3")).hasContent("first");
        inbox.drop("b.txt", "rejected");
        inbox.untilThere(inbox.rejected().resolve("b.txt.error.txt"));
        assertThat(inbox.rejected().resolve("b.txt")).hasContent("rejected");

        inbox.drop("c.mp3", "after a crash");
        Map<String, Object> third = inbox.untilJobs(3).get(2);
        Files.writeString(inbox.done().resolve("c.mp3"), (String) third.get("intake")); // the name was held, the file not yet moved
        inbox.end(third);
        inbox.untilNothingOpen();
        assertThat(InboxRelay.names(inbox.done())).containsExactly(marked.getFileName().toString(), "a.mp3", "c.mp3");
        assertThat(inbox.done().resolve("c.mp3")).hasContent("after a crash");
    }

    @Test
    void where_others_can_write_a_file_with_a_second_name_is_rejected_and_otherwise_it_is_not() throws Exception {
        inbox.start();
        Path secret = Files.writeString(inbox.relay.folder().resolve("secret"), "{\"api\":\"punctuate\",\"request\":{},\"reference\":\"linked\"}");
        Files.createLink(inbox.inbox().resolve("mine.json"), secret);
        inbox.jobOf("linked");
        letOthersWrite();
        Files.createLink(inbox.inbox().resolve("theirs.json"), secret);
        Files.createLink(inbox.inbox().resolve("theirs.mp3"), secret);
        for (String name : List.of("theirs.json", "theirs.mp3")) {
            inbox.untilThere(inbox.rejected().resolve(name + ".error.txt"));
            assertThat(InboxRelay.text(inbox.rejected().resolve(name + ".error.txt"))).contains("a hard link", "Copy it");
        }
        assertThat(secret).exists();
        assertThat(inbox.jobs()).hasSize(1);
    }

    @Test
    void a_folder_that_another_user_made_counts_only_where_nobody_else_can_write() throws Exception {
        Files.createDirectories(inbox.open());
        try {
            Files.setAttribute(inbox.open(), "unix:uid", 65_534);
        } catch (IOException | UnsupportedOperationException e) {
            assumeTrue(false, "needs root");
        }
        inbox.start();
        inbox.drop("a.mp3", "sound");
        inbox.jobOf("a.mp3");
        inbox.relay.stop();
        letOthersWrite();
        inbox.relay.start();
        inbox.drop("b.mp3", "sound");
        await().atMost(PATIENCE).until(() -> toldOf("belongs to another user") == 1);
        inbox.sweepTwice();
        assertThat(inbox.inbox().resolve("b.mp3")).exists();
        Files.setAttribute(inbox.open(), "unix:uid", Files.getAttribute(inbox.inbox(), "unix:uid"));
        inbox.jobOf("b.mp3");
    }

    @Test
    void a_second_relay_with_the_same_folder_takes_what_the_first_has_taken_and_a_folder_it_has_made_again() throws Exception {
        Path folder = Files.createDirectories(inbox.inbox());
        InboxFolder first = InboxFolder.open(folder.toString());
        InboxFolder second = InboxFolder.open(folder.toString());
        Files.write(folder.resolve("a.mp3"), "sound".getBytes(StandardCharsets.UTF_8));
        assertThat(first.take(folder.resolve("a.mp3"), TRAP)).isTrue();
        try (InboxFolder.Taken taken = second.intakes().taken(TRAP).orElseThrow()) {
            second.moveToDone(taken, second.nameWhenDone(taken, TRAP), TRAP);
        }
        first.intakes().forget(TRAP);
        assertThat(InboxRelay.names(folder.resolve(".done"))).containsExactly("a.mp3");
        Files.delete(folder.resolve(".open"));
        first.makeSure();
        second.makeSure();
        assertThat(second.trouble()).isEmpty();
        first.close();
        second.close();
    }

    @Test
    void a_pipe_that_took_the_place_of_json_holds_nobody_up() throws Exception {
        Path pipe = Files.createDirectories(inbox.inbox()).resolve("pipe.json");
        int made = new ProcessBuilder("mkfifo", pipe.toString()).start().waitFor();
        assumeTrue(made == 0, "needs mkfifo");
        assertThat(UnfinishedFile.why(pipe, RawName.of(pipe), 17, true)).isEqualTo(UnfinishedFile.ENDS_TOO_SOON);
    }

    private void letOthersWrite() throws IOException {
        Files.setAttribute(inbox.inbox(), "unix:mode", 01777);
    }
}
