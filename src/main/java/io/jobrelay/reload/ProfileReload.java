package io.jobrelay.reload;

import io.jobrelay.check.ProfileFile;
import io.jobrelay.provider.LiveProfiles;
import io.jobrelay.routes.WatchedProfiles;
import java.nio.file.NoSuchFileException;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.apache.camel.CamelContext;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Lets edited profiles of {@code routes/providers/} take effect while the relay runs, at the looks that {@link SafeReload} takes at its files. */
final class ProfileReload {

    private static final Logger LOG = LoggerFactory.getLogger(ProfileReload.class);
    private final LiveProfiles live;
    private final WatchedProfiles watched;
    private Map<String, String> told = Map.of();

    private ProfileReload(LiveProfiles live, WatchedProfiles watched) {
        this.live = live;
        this.watched = watched;
    }

    /** @return one for a relay that has not been put together yet */
    static ProfileReload none() {
        return new ProfileReload(new LiveProfiles(Map.of(), Map.of()), null);
    }

    /**
     * @param context with the relay's beans
     * @return one for its profiles
     */
    static ProfileReload in(CamelContext context) {
        return new ProfileReload(context.getRegistry().lookupByNameAndType("relay-profiles", LiveProfiles.class),
                context.getRegistry().lookupByNameAndType("relay-profile-files", WatchedProfiles.class));
    }

    /** @return a sentence for each file that does not count as it lies there, by name */
    Map<String, String> refused() {
        return live.refused();
    }

    /** Says what does not count as it lay there at the start. */
    void tell() {
        told = live.refused();
        told.forEach((name, sentence) -> LOG.warn("{}: routes/{}", live.isPackaged(name) ? "Not taken, the packaged one runs instead"
                : "Left out, since no form of it can be used", sentence));
    }

    /**
     * @return whether the files look otherwise than at the last look
     * @throws NoSuchFileException when a file went meanwhile
     */
    boolean differ() throws NoSuchFileException {
        Map<String, ProfileFile> before = watched.last();
        return !watched.read().equals(before);
    }

    /**
     * Takes what was seen at the last look.
     *
     * @param succeeded told when something counts that did not before
     * @param failed gets a sentence for each file that cannot be used, when that is new
     */
    void take(Runnable succeeded, Consumer<String> failed) {
        LiveProfiles.Edits edits = live.take(watched.last());
        Map<String, String> before = told;
        told = edits.refused();
        told.forEach((name, sentence) -> {
            if (!sentence.equals(before.get(name))) {
                failed.accept(sentence);
            }
        });
        if (!edits.taken().isEmpty()) {
            LOG.info("In effect: {}", edits.taken().stream().map(name -> "routes/" + name + (watched.last().containsKey(name) ? "" : " (gone)"))
                    .collect(Collectors.joining(", ")));
            succeeded.run();
        }
        Set<String> again = new TreeSet<>(edits.repaired());
        if (!again.isEmpty()) {
            LOG.info("As what runs again: routes/{}", String.join(", routes/", again));
        }
    }
}
