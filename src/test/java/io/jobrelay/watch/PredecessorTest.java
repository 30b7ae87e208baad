package io.jobrelay.watch;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A predecessor is followed where it is certain that it is dead, and in no other case. */
class PredecessorTest {

    @TempDir
    private Path folder;
    private Path boot;
    private Path file;

    @BeforeEach
    void boot() throws IOException {
        boot = Files.writeString(folder.resolve("boot_id"), "this start of the machine\n");
        file = folder.resolve("data/instance-8080");
    }

    private Predecessor start(Path where, String name) {
        Predecessor predecessor = new Predecessor(where, boot, name);
        predecessor.start();
        return predecessor;
    }

    @Test
    void all_that_ran_here_before_are_known_until_their_claims_have_been_released() {
        Predecessor first = start(file, "aaaaaaaa");
        assertThat(first.names()).isEmpty();
        first.stop();
        start(file, "bbbbbbbb").stop(); // it died before it could release anything
        Predecessor third = start(file, "cccccccc");
        assertThat(third.names()).containsExactly("aaaaaaaa", "bbbbbbbb");
        third.seenTo();
        assertThat(third.names()).isEmpty();
        third.stop();
        Predecessor fourth = start(file, "dddddddd");
        assertThat(fourth.names()).containsExactly("cccccccc");
        fourth.stop();
    }

    @Test
    void one_that_lives_is_not_followed_and_keeps_its_lock() {
        Predecessor alive = start(file, "aaaaaaaa");
        Predecessor another = start(file, "bbbbbbbb");
        assertThat(another.names()).isEmpty();
        another.stop();
        assertThat(start(file, "cccccccc").names()).isEmpty();
        alive.stop();
        Predecessor next = start(file, "dddddddd");
        assertThat(next.names()).containsExactly("aaaaaaaa");
        next.stop();
    }

    @Test
    void a_copy_of_the_folder_and_another_start_of_the_machine_know_of_no_predecessor() throws IOException {
        start(file, "aaaaaaaa").stop();
        Path copy = Files.copy(file, folder.resolve("instance-of-a-copy"));
        Predecessor copied = start(copy, "bbbbbbbb");
        assertThat(copied.names()).isEmpty();
        copied.stop();
        Files.writeString(boot, "the next start of the machine\n");
        Predecessor rebooted = start(file, "cccccccc");
        assertThat(rebooted.names()).isEmpty();
        rebooted.stop();
        Files.writeString(file, "nothing of the relay's");
        Predecessor odd = start(file, "dddddddd");
        assertThat(odd.names()).isEmpty();
        odd.stop();
    }

    @Test
    void a_system_that_does_not_tell_its_start_or_a_folder_that_cannot_be_written_is_no_trouble() throws IOException {
        Predecessor untold = new Predecessor(file, folder.resolve("none"), "aaaaaaaa");
        untold.start();
        assertThat(untold.names()).isEmpty();
        untold.stop();
        Files.writeString(folder.resolve("data"), "a file where the folder should be");
        Predecessor unwritable = start(file, "bbbbbbbb");
        assertThat(unwritable.names()).isEmpty();
        unwritable.stop();
        Predecessor none = new Predecessor(null, "cccccccc");
        none.start();
        assertThat(none.names()).isEmpty();
        none.stop();
    }
}
