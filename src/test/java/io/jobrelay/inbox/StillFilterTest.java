package io.jobrelay.inbox;

import static org.assertj.core.api.Assertions.assertThat;

import io.jobrelay.folder.FileStillness;
import io.jobrelay.folder.RawName;
import io.jobrelay.support.SettableClock;
import java.io.File;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.apache.camel.component.file.FileConsumer;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A file that still changes is not taken, however slowly it changes. */
class StillFilterTest {

    private static final InboxPatience PATIENCE = new InboxPatience(Duration.ofSeconds(10).toNanos(), Duration.ofSeconds(120).toNanos(), "It is rejected then.");
    private static final String JSON = "{\"api\":\"punctuate\",\"request\":{}}";

    @TempDir
    Path folder;
    private final SettableClock clock = new SettableClock();
    private StillFilter still;
    private Path file;

    @BeforeEach
    void open() throws Exception {
        still = new StillFilter(InboxFolder.open(folder.toString()), PATIENCE, new FileStillness(clock::nanos), new StuckFiles(clock::nanos));
        file = Files.writeString(folder.resolve("a.mp3"), "1");
    }

    private boolean accepted(Path path) {
        return still.accept(FileConsumer.asGenericFile(folder.toString(), new File(path.toString()), null, false));
    }

    private void pass(int seconds) {
        clock.advance(Duration.ofSeconds(seconds));
    }

    @Test
    void a_file_is_looked_at_twice_however_old_it_is() throws Exception {
        Files.setLastModifiedTime(file, FileTime.fromMillis(0));
        assertThat(accepted(file)).isFalse();
        pass(9);
        assertThat(accepted(file)).isFalse();
        pass(1);
        assertThat(accepted(file)).isTrue();
    }

    @Test
    void a_file_that_grows_waits_from_its_last_growth() throws Exception {
        assertThat(accepted(file)).isFalse();
        for (int i = 0; i < 5; i++) {
            pass(9);
            Files.writeString(file, "more", StandardOpenOption.APPEND);
            Files.setLastModifiedTime(file, FileTime.fromMillis(0)); // as cp -p and rsync do
            assertThat(accepted(file)).isFalse();
        }
        pass(10);
        assertThat(accepted(file)).isTrue();
    }

    @Test
    void a_file_that_is_rewritten_or_replaced_in_its_size_waits_too() throws Exception {
        assertThat(accepted(file)).isFalse();
        pass(9);
        Files.setLastModifiedTime(file, FileTime.fromMillis(5_000));
        assertThat(accepted(file)).isFalse();
        pass(9);
        Path other = Files.writeString(folder.resolve("b.mp3"), "2");
        Files.setLastModifiedTime(other, FileTime.fromMillis(5_000));
        Files.move(other, file, StandardCopyOption.REPLACE_EXISTING);
        assertThat(accepted(file)).isFalse();
        pass(10);
        assertThat(accepted(file)).isTrue();
    }

    @Test
    void a_clock_that_jumps_lets_no_file_wait_longer_and_none_less() throws Exception {
        Path unknown = Files.writeString(folder.resolve("a.xyz"), "1");
        for (int days : new int[] {-8, 8}) {
            pass(600);
            Files.writeString(file, "more", StandardOpenOption.APPEND);
            Files.writeString(unknown, "more", StandardOpenOption.APPEND);
            assertThat(accepted(file)).isFalse();
            assertThat(accepted(unknown)).isFalse();
            clock.jump(Duration.ofDays(days));
            assertThat(accepted(file)).isFalse();
            pass(10);
            assertThat(accepted(file)).isTrue();
            pass(109);
            assertThat(accepted(unknown)).isFalse();
            pass(1);
            assertThat(accepted(unknown)).isTrue();
        }
    }

    @Test
    void what_a_client_still_names_so_is_never_taken() throws Exception {
        for (String name : List.of("a.wav.part", "b.wav.FILEPART", "c.partial", "d.mp3.tmp", "e.json.TEMP", "f.wav.crdownload", "g.download", "h.upload",
                "i.wav.Uploading", ".j.wav.Xq8d2Z", "k.wav~", "l.json~", ".m.mp3")) {
            Path upload = Files.writeString(folder.resolve(name), "1");
            assertThat(accepted(upload)).as(name).isFalse();
            pass(3_600);
            assertThat(accepted(upload)).as(name).isFalse();
        }
        Path done = Files.move(folder.resolve("a.wav.part"), folder.resolve("a.wav"));
        assertThat(accepted(done)).isFalse();
        pass(10);
        assertThat(accepted(done)).isTrue();
    }

    @Test
    void what_may_not_be_finished_is_left_to_its_client_for_longer() throws Exception {
        Path empty = Files.createFile(folder.resolve("empty.mp3"));
        Path begun = Files.writeString(folder.resolve("begun.json"), JSON.substring(0, 20));
        Path room = Files.write(folder.resolve("room.json"), new byte[1_000]);
        Path unknown = Files.writeString(folder.resolve("a.wav.xyz"), "1");
        List<Path> all = List.of(empty, begun, room, unknown);
        assertThat(all).noneMatch(this::accepted);
        pass(119);
        assertThat(all).noneMatch(this::accepted);
        Files.writeString(empty, "sound");
        Files.writeString(begun, JSON.substring(20), StandardOpenOption.APPEND);
        Files.writeString(room, JSON);
        Path renamed = Files.move(unknown, folder.resolve("a.wav"));
        List<Path> finished = List.of(empty, begun, room, renamed);
        assertThat(finished).noneMatch(this::accepted);
        pass(10);
        assertThat(finished).allMatch(this::accepted);
    }

    @Test
    void what_is_not_finished_after_that_is_let_through_to_be_rejected() throws Exception {
        Path empty = Files.createFile(folder.resolve("empty.mp3"));
        Path begun = Files.writeString(folder.resolve("begun.json"), JSON.substring(0, 20));
        List<Path> all = List.of(empty, begun, Files.writeString(folder.resolve("a.xyz"), "1"), Files.createFile(folder.resolve("b.xyz")));
        assertThat(all).noneMatch(this::accepted);
        pass(60);
        assertThat(all).noneMatch(this::accepted);
        pass(60);
        assertThat(all).allMatch(this::accepted);
    }

    @Test
    void what_is_emptied_to_be_written_again_waits_from_then_on() throws Exception {
        assertThat(accepted(file)).isFalse();
        pass(9);
        try (FileChannel rewritten = FileChannel.open(file, StandardOpenOption.WRITE, StandardOpenOption.TRUNCATE_EXISTING)) {
            assertThat(accepted(file)).isFalse();
            pass(100);
            assertThat(accepted(file)).isFalse();
            rewritten.write(ByteBuffer.wrap(new byte[] {'2'}));
            assertThat(accepted(file)).isFalse();
        }
        pass(10);
        assertThat(accepted(file)).isTrue();
    }

    @Test
    void json_that_is_wrong_is_let_through_at_once_and_so_is_what_cannot_be_told() throws Exception {
        List<Path> wrong = new ArrayList<>();
        for (String json : List.of("17", "no", "{\"api\" \"x\"", "{\"a\":nope}", JSON + "}", "[,", "[".repeat(20_001))) {
            wrong.add(Files.writeString(folder.resolve("wrong-" + wrong.size() + ".json"), json));
        }
        assertThat(wrong).noneMatch(this::accepted);
        pass(10);
        assertThat(wrong).allMatch(this::accepted);
    }

    @Test
    void one_growing_file_holds_up_no_other() throws Exception {
        Path other = Files.writeString(folder.resolve("b.mp3"), "1");
        assertThat(accepted(file)).isFalse();
        assertThat(accepted(other)).isFalse();
        pass(10);
        Files.writeString(file, "more", StandardOpenOption.APPEND);
        assertThat(accepted(file)).isFalse();
        assertThat(accepted(other)).isTrue();
    }

    @Test
    void what_is_no_file_is_let_through_at_once_and_a_folder_never() throws Exception {
        Path link = Files.createSymbolicLink(folder.resolve("link.mp3"), folder);
        assertThat(accepted(link)).isTrue();
        assertThat(accepted(Files.createDirectory(folder.resolve("folder.mp3")))).isFalse();
        assertThat(accepted(folder.resolve("gone.mp3"))).isFalse();
    }

    @Test
    void a_name_that_java_cannot_show_is_found_all_the_same() throws Exception {
        Path odd = new RawName("caf\u00e9.mp3".getBytes(StandardCharsets.ISO_8859_1)).in(folder);
        Files.move(file, odd);
        File listed = folder.toFile().listFiles((dir, name) -> name.endsWith(".mp3"))[0];
        assertThat(accepted(listed.toPath())).isFalse();
        pass(10);
        assertThat(accepted(listed.toPath())).isTrue();
    }
}
