package io.jobrelay.intake;

import static org.assertj.core.api.Assertions.assertThat;

import io.jobrelay.SettableClock;
import java.io.File;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import org.apache.camel.component.file.FileConsumer;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A file that still changes is not taken, however slowly it changes. */
class StillFilterTest {

    @TempDir
    Path folder;
    private final SettableClock clock = new SettableClock();
    private StillFilter still;
    private Path file;

    @BeforeEach
    void open() throws Exception {
        still = new StillFilter(InboxFolder.open(folder.toString()), Duration.ofSeconds(10), clock);
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
    void a_clock_that_goes_back_lets_no_file_wait_longer() {
        assertThat(accepted(file)).isFalse();
        clock.advance(Duration.ofDays(-1));
        assertThat(accepted(file)).isFalse();
        pass(10);
        assertThat(accepted(file)).isTrue();
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
