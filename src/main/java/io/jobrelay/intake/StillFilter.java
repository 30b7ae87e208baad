package io.jobrelay.intake;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Clock;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.apache.camel.component.file.GenericFile;
import org.apache.camel.component.file.GenericFileFilter;

/**
 * Lets a file be taken once it has kept its size, its time and itself for a while, without waiting for any. Camel's own {@code readLock:
 * changed} sleeps in front of each file, so that one that grows holds up all the others.
 */
public final class StillFilter implements GenericFileFilter<File> {

    private static final int MOST = 50_000;
    private static final Duration FORGOTTEN = Duration.ofMinutes(1);

    private final InboxFolder folder;
    private final long stillFor;
    private final Clock clock;
    private final Map<Path, Seen> seen = new HashMap<>();
    private long tidied;

    /** What a file looked like, since when, and when somebody looked last; milliseconds since the epoch. */
    private record Seen(long size, long modified, Object key, long since, long looked) {

        boolean same(BasicFileAttributes now) {
            return size == now.size() && modified == now.lastModifiedTime().toMillis() && (key == null || key.equals(now.fileKey()));
        }
    }

    /**
     * @param folder that is looked at
     * @param stillFor {@code relay.inbox.still-for}
     * @param clock the relay's
     */
    StillFilter(InboxFolder folder, Duration stillFor, Clock clock) {
        this.folder = folder;
        this.stillFor = stillFor.toMillis();
        this.clock = clock;
    }

    /**
     * @param file as Camel's file consumer found it
     * @return whether it can be taken: what is neither file nor folder, such as a link, at once, so that it is rejected
     */
    @Override
    public synchronized boolean accept(GenericFile<File> file) {
        try {
            Optional<Path> path = folder.find(file.getFileNameOnly());
            return path.isPresent() && still(path.get());
        } catch (IOException e) {
            return false; // gone meanwhile, or not to be looked at now
        }
    }

    private boolean still(Path path) throws IOException {
        BasicFileAttributes attributes = Files.readAttributes(path, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
        if (!attributes.isRegularFile() || stillFor == 0) {
            return !attributes.isDirectory();
        }
        long now = clock.millis();
        Seen before = seen.get(path);
        boolean same = before != null && before.same(attributes) && before.since() <= now;
        if (same && now - before.since() >= stillFor) {
            seen.remove(path); // where it cannot be taken, it waits that long again
            return true;
        }
        if (before != null || seen.size() < MOST || tidy(now)) {
            seen.put(path, new Seen(attributes.size(), attributes.lastModifiedTime().toMillis(), attributes.fileKey(),
                    same ? before.since() : now, now));
        }
        return false;
    }

    /** Forgets files nobody has listed for a while; while there are more than can be remembered, the rest waits until some are taken. */
    private boolean tidy(long now) {
        if (Math.abs(now - tidied) >= FORGOTTEN.toMillis()) {
            tidied = now;
            seen.values().removeIf(s -> Math.abs(now - s.looked()) > Math.max(FORGOTTEN.toMillis(), 2 * stillFor));
        }
        return seen.size() < MOST;
    }
}
