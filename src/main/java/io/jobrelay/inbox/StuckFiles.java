package io.jobrelay.inbox;

import io.jobrelay.protocol.Redaction;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Files of the inbox that could not be moved, because of their own or their folder's rights or whatever else. Each is tried again about once a
 * minute, so that it does not stand in the way of others, and told once; then all together are told once an hour.
 */
final class StuckFiles {

    private static final Logger LOG = LoggerFactory.getLogger(StuckFiles.class);
    /** Less than a minute, since somebody has to come by then. */
    private static final long AGAIN = Duration.ofSeconds(50).toNanos();
    private static final long REMINDED = Duration.ofHours(1).toNanos();
    private static final long TIDIED = Duration.ofMinutes(1).toNanos();
    private static final String CURE = " If it is for its rights, let the relay's user own the inbox or the file; or take it away.";
    private static final int MOST = 50_000;
    /** So many more make each wait a minute longer: trying them must not take all the time. */
    private static final int MANY = 1_000;

    private final LongSupplier nanos;
    private final Map<Path, Case> cases = new LinkedHashMap<>();
    private long reminded;
    private long tidied;

    /** What happened to a file, and from when on it is tried again. */
    private record Case(String name, String why, long again) {
    }

    /** @param nanos running time, from any beginning: {@link System#nanoTime} */
    StuckFiles(LongSupplier nanos) {
        this.nanos = nanos;
        this.tidied = nanos.getAsLong();
    }

    /**
     * @param file whose turn it would be
     * @return whether it could not be moved a moment ago and is passed over
     */
    synchronized boolean passedOver(Path file) {
        Case stuck = cases.get(file);
        return stuck != null && stuck.again - nanos.getAsLong() > 0;
    }

    /**
     * @param file that could not be moved
     * @param name of it, to be shown
     * @param failure why
     */
    synchronized void failed(Path file, String name, IOException failure) {
        if (cases.isEmpty()) {
            reminded = nanos.getAsLong();
        }
        String why = Redaction.of(InboxFolder.reason(failure));
        if (!cases.containsKey(file) && cases.size() < MANY) {
            LOG.warn("{} cannot be moved on in the inbox (relay.inbox.directory): {}. It is tried again each minute."
                    + CURE, Redaction.of(name), why);
        }
        if (cases.containsKey(file) || cases.size() < MOST) {
            cases.put(file, new Case(name, why, nanos.getAsLong() + AGAIN * (1 + cases.size() / MANY)));
        }
    }

    /** @param file that was moved, or is gone */
    synchronized void over(Path file) {
        cases.remove(file);
    }

    /** Forgets files that are gone, and reminds of the others when an hour has passed. */
    synchronized void look() {
        long now = nanos.getAsLong();
        if (!cases.isEmpty() && now - tidied >= TIDIED) {
            tidied = now;
            tidy();
            if (!cases.isEmpty() && now - reminded >= REMINDED) {
                reminded = now;
                LOG.warn("{}", sentence());
            }
        }
    }

    /** @return what somebody should see to, in one sentence; none when all files can be moved */
    synchronized List<String> sentences() {
        tidy();
        return cases.isEmpty() ? List.of() : List.of(sentence());
    }

    private void tidy() {
        cases.keySet().removeIf(file -> !Files.exists(file, LinkOption.NOFOLLOW_LINKS));
    }

    private String sentence() {
        Case first = cases.values().iterator().next();
        return (cases.size() == 1 ? "One file of the inbox (relay.inbox.directory) cannot be moved on, "
                : cases.size() + " files of the inbox (relay.inbox.directory) cannot be moved on, the first is ")
                + Redaction.of(first.name) + ": " + first.why + "." + CURE;
    }
}
