package io.jobrelay.folder;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import java.io.IOException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.LoggerFactory;

/** A file system that knows no flushing of folders is no disk that fails; it is named once. */
class FlushSupportTest {

    /** Linux refuses to flush this folder (EINVAL), as some network and user space file systems refuse it for theirs. */
    private static final Path REFUSES = Path.of("/proc");

    @Test
    void a_folder_that_cannot_be_flushed_counts_as_flushed_and_that_is_said_once() throws IOException {
        assumeTrue(Files.isDirectory(REFUSES), "needs a Linux");
        Logger logger = (Logger) LoggerFactory.getLogger(FlushSupport.class);
        ListAppender<ILoggingEvent> said = new ListAppender<>();
        said.start();
        logger.addAppender(said);
        try (OpenFolder folder = OpenFolder.at(REFUSES)) {
            folder.flush();
            folder.flush();
        } finally {
            logger.detachAppender(said);
        }
        assertThat(said.list).singleElement().satisfies(event -> assertThat(event.getFormattedMessage())
                .contains("/proc", "cannot flush a folder", "after a power cut"));
    }

    @Test
    void the_words_of_several_systems_for_it_are_known_and_all_others_are_a_failure(@TempDir Path folder) {
        for (String words : new String[] {"Invalid argument", "Operation not supported", "Not supported", "Function not implemented"}) {
            assertThatCode(() -> FlushSupport.accept(folder, new IOException(words))).doesNotThrowAnyException();
            assertThatCode(() -> FlushSupport.accept(folder, new FileSystemException(folder.toString(), null, words))).doesNotThrowAnyException();
        }
        for (String words : new String[] {"Input/output error", "No space left on device", "Stale file handle", "Disk quota exceeded", null}) {
            IOException failure = new IOException(words);
            assertThatThrownBy(() -> FlushSupport.accept(folder, failure)).isSameAs(failure);
        }
    }
}
