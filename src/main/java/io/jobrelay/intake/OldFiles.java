package io.jobrelay.intake;

import io.jobrelay.config.Keys;
import io.jobrelay.config.OpenFolder;
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
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Removes files that have lain in a folder for long enough. How long that is only the clock can tell, and one that is wrong for a moment must not
 * cost a file: it counts after it has kept step with running time for a while.
 */
final class OldFiles {

    private static final Logger LOG = LoggerFactory.getLogger(OldFiles.class);
    private static final String KEY = "relay.inbox.done-retention";
    private static final Duration IN_STEP = Duration.ofMinutes(10);
    private static final long OUT_OF_STEP_MILLIS = 60_000;

    private final Duration retention;
    private final Clock clock;
    private final LongSupplier nanos;
    private long ahead;
    private long since;

    /**
     * @param keys {@code relay.inbox.done-retention}
     * @param clock the relay's
     * @param nanos running time, from any beginning: {@link System#nanoTime}
     */
    OldFiles(Keys keys, Clock clock, LongSupplier nanos) {
        this.retention = keys.durationOrKeep(KEY).orElse(null);
        this.clock = clock;
        this.nanos = nanos;
        this.ahead = ahead();
        this.since = nanos.getAsLong();
    }

    /** How far the clock is ahead of running time: always the same, unless it is set. */
    private long ahead() {
        return clock.millis() - nanos.getAsLong() / 1_000_000;
    }

    /**
     * Removes what came there before the retention, and nothing while the clock cannot be believed or all is to be kept.
     *
     * @param from a folder of the inbox
     * @param needed names that stay all the same
     * @throws NotOwnFolder when the folder is not the relay's
     * @throws IOException when the folder cannot be read or a file cannot be removed
     */
    synchronized void remove(OwnFolder from, Set<Object> needed) throws IOException {
        if (retention == null || !inStep()) {
            return;
        }
        int removed = 0;
        OpenFolder folder = from.get();
        long before = clock.millis() - retention.toMillis();
        try (DirectoryStream<Path> files = folder.list()) {
            for (Path file : files) {
                Path name = file.getFileName();
                if (Intakes.isShown(file) && isOld(folder, name, before) && !needed.contains(RawName.of(name).text())) {
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

    private boolean inStep() {
        if (Math.abs(ahead() - ahead) > OUT_OF_STEP_MILLIS) {
            ahead = ahead();
            since = nanos.getAsLong();
        }
        Duration inStep = Duration.ofNanos(nanos.getAsLong() - since);
        return inStep.compareTo(IN_STEP) >= 0 || inStep.compareTo(retention) >= 0;
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
