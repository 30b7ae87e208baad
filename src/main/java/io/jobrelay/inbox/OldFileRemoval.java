package io.jobrelay.inbox;

import io.jobrelay.config.Keys;
import io.jobrelay.folder.OpenFolder;
import io.jobrelay.folder.OwnFolder;
import io.jobrelay.folder.RawName;
import java.io.IOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.time.Clock;
import java.time.Duration;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Removes files that have lain in a folder for long enough. Whether the clock can be believed, the route asks before. */
final class OldFileRemoval {

    private static final Logger LOG = LoggerFactory.getLogger(OldFileRemoval.class);
    private static final String KEY = "relay.inbox.done-retention";

    private final Duration retention;
    private final Clock clock;

    /**
     * @param keys {@code relay.inbox.done-retention}
     * @param clock the relay's, in which whoever calls trusts
     */
    OldFileRemoval(Keys keys, Clock clock) {
        this.retention = keys.durationOrKeep(KEY).orElse(null);
        this.clock = clock;
    }

    /**
     * Removes what came there before the retention, and nothing where all is to be kept.
     *
     * @param from a folder of the inbox
     * @param needed names that stay all the same
     * @throws io.jobrelay.folder.NotOwnFolder when the folder is not the relay's
     * @throws IOException when the folder cannot be read or a file cannot be removed
     */
    synchronized void remove(OwnFolder from, Set<Object> needed) throws IOException {
        if (retention == null) {
            return;
        }
        int removed = 0;
        OpenFolder folder = from.get();
        long before = clock.millis() - retention.toMillis();
        try (DirectoryStream<Path> files = folder.list()) {
            for (Path file : files) {
                Path name = file.getFileName();
                if (TakenFiles.isShown(file) && isOld(folder, name, before) && !needed.contains(RawName.of(name).text())) {
                    folder.delete(name);
                    removed++;
                }
            }
        } catch (DirectoryIteratorException e) {
            throw e.getCause();
        }
        if (removed > 0) {
            LOG.info("{} files were removed from {} ({})", removed, from.path().getFileName(), KEY);
        }
    }

    /** A rename leaves the time of writing as it is; the time of the last change of the name is what counts, where the system has one. */
    private static boolean isOld(OpenFolder folder, Path name, long before) throws IOException {
        try {
            BasicFileAttributes file = folder.attributes(name);
            FileTime since = (FileTime) folder.unix(name, "ctime").orElse(file.lastModifiedTime());
            return !file.isDirectory() && since.toMillis() < before;
        } catch (NoSuchFileException e) {
            return false;
        }
    }
}
