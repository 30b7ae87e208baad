package io.jobrelay.folder;

import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.function.LongSupplier;

/**
 * Knows for how long files have kept their size, their times and themselves. Only the relay's own looks and its running time count: a file that
 * was copied with an old time is no older for it, a clock that jumps makes none older, and after a start every wait begins anew.
 */
public final class FileStillness {

    private static final int MOST = 50_000;
    private static final long FORGOTTEN = Duration.ofMinutes(10).toNanos();

    private final LongSupplier nanos;
    private final Map<Object, Seen> seen = new HashMap<>();
    private long tidied;

    /**
     * What a file looked like.
     *
     * @param size in bytes
     * @param modified when it was written, as whoever writes it wants to have it
     * @param key tells it from another of its name; null where the system has none
     */
    public record Look(long size, FileTime modified, Object key) {

        /**
         * @param file attributes that were just read
         * @return what counts of them
         */
        public static Look of(BasicFileAttributes file) {
            return new Look(file.size(), file.lastModifiedTime(), file.fileKey());
        }
    }

    /** A file that was looked at, and what somebody found out about it as it looks now. */
    public static final class Seen {
        private Look look;
        private long since;
        private long looked;
        private boolean grew;
        private boolean told;
        private boolean judged;
        private String doubt;

        /** @return whether it has another size than at the look before this one */
        public boolean grew() {
            return grew;
        }

        /** @return whether {@link #judge} was called for what it looks like now */
        public boolean judged() {
            return judged;
        }

        /** @return why it may not be finished; null when nothing speaks for that */
        public String doubt() {
            return doubt;
        }

        /** @param why what it looks like now may not be finished; null when nothing speaks for that */
        public void judge(String why) {
            judged = true;
            doubt = why;
        }

        /** @return whether this is asked for the first time since there is this file */
        public boolean tell() {
            boolean first = !told;
            told = true;
            return first;
        }
    }

    /** @param nanos running time, from any beginning: {@link System#nanoTime} */
    public FileStillness(LongSupplier nanos) {
        this.nanos = nanos;
        this.tidied = nanos.getAsLong();
    }

    /**
     * Looks at a file once more.
     *
     * @param key of the file: each has one of its own
     * @param now what it looks like
     * @return what is known of it; null where there are more files than can be remembered: it has to wait until some are gone
     */
    public synchronized Seen look(Object key, Look now) {
        long time = nanos.getAsLong();
        Seen known = seen.get(key);
        if (known == null) {
            if (seen.size() >= MOST && !tidy(time)) {
                return null;
            }
            known = new Seen();
            seen.put(key, known);
        }
        known.grew = known.look != null && known.look.size() != now.size();
        if (!now.equals(known.look)) {
            known.told &= known.look != null && Objects.equals(known.look.key(), now.key());
            known.judged = false;
            known.doubt = null;
            known.since = time;
            known.look = now;
        }
        known.looked = time;
        return known;
    }

    /**
     * @param file from {@link #look}
     * @return for how many nanoseconds it has not changed
     */
    public long nanos(Seen file) {
        return file.looked - file.since;
    }

    /**
     * @param key of a file that is known by another from now on
     * @return what was known of it, for {@link #take}; null when that was nothing
     */
    public synchronized Seen leave(Object key) {
        return seen.remove(key);
    }

    /**
     * What was known of a file is known of it under its new name, if it looks the same.
     *
     * @param key of the file from now on
     * @param file from {@link #leave}, or null
     */
    public synchronized void take(Object key, Seen file) {
        if (file != null) {
            seen.put(key, file);
        }
    }

    /** @param key of a file that nobody needs to look at any more */
    public synchronized void forget(Object key) {
        seen.remove(key);
    }

    /** Forgets files nobody has looked at for a while. */
    private boolean tidy(long now) {
        if (now - tidied >= FORGOTTEN) {
            tidied = now;
            seen.values().removeIf(file -> now - file.looked >= FORGOTTEN);
        }
        return seen.size() < MOST;
    }
}
