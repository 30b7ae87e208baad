package io.jobrelay.inbox;

import io.jobrelay.folder.RawName;
import io.jobrelay.protocol.Redaction;
import java.io.IOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Folders that somebody put into the inbox. Nothing in them is taken, which whoever put them there may not know: each is told once. */
final class StrayFolders {

    private static final Logger LOG = LoggerFactory.getLogger(StrayFolders.class);
    private static final long LOOK_AGAIN = Duration.ofSeconds(5).toNanos();
    private static final int MOST = 100;
    /** Stands at the top of a volume, and is nobody's mistake. */
    private static final String OF_THE_SYSTEM = "lost+found";
    private static final String LEFT_ALONE = " left alone, with all that is in it: only files that lie in the inbox itself are taken.";

    private final Path inbox;
    private final LongSupplier nanos;
    private Set<String> names = Set.of();
    private Long looked;

    /**
     * @param inbox whose folders are looked for
     * @param nanos running time, from any beginning: {@link System#nanoTime}
     */
    StrayFolders(Path inbox, LongSupplier nanos) {
        this.inbox = inbox;
        this.nanos = nanos;
    }

    /**
     * Looks for them, but not at every moment.
     *
     * @throws IOException when the inbox cannot be read
     */
    synchronized void look() throws IOException {
        if (looked != null && nanos.getAsLong() - looked < LOOK_AGAIN) {
            return;
        }
        looked = nanos.getAsLong();
        Set<String> found = new TreeSet<>();
        try (DirectoryStream<Path> files = Files.newDirectoryStream(inbox)) {
            for (Path file : files) {
                RawName name = RawName.of(file.getFileName());
                if (Files.isDirectory(file) && !UnfinishedFile.isUpload(name) && !name.text().equals(OF_THE_SYSTEM) && found.size() < MOST) {
                    found.add(name.text());
                }
            }
        } catch (DirectoryIteratorException e) {
            throw e.getCause();
        }
        found.stream().filter(name -> !names.contains(name)).forEach(name ->
                LOG.warn("The folder {} in the inbox (relay.inbox.directory) is{}", Redaction.of(name), LEFT_ALONE));
        names = found;
    }

    /** @return what somebody may have overlooked, in one sentence; none when there are no such folders */
    synchronized List<String> sentences() {
        if (names.isEmpty()) {
            return List.of();
        }
        String first = Redaction.of(names.iterator().next());
        return List.of((names.size() == 1 ? "The folder " + first + " in the inbox (relay.inbox.directory) is"
                : names.size() + " folders in the inbox (relay.inbox.directory), the first is " + first + ", are each") + LEFT_ALONE);
    }
}
