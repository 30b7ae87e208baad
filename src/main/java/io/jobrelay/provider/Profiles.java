package io.jobrelay.provider;

import io.jobrelay.check.ProfileFile;
import io.jobrelay.config.StartFailure;
import java.util.Map;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;

/** All profiles that are known at one moment. Never changes; each is read when it is asked for first. */
public final class Profiles {

    private final Map<String, ProfileFile> files = new TreeMap<>();
    private final Map<String, String> refused;
    private final Map<String, Profile> read = new ConcurrentHashMap<>();

    /**
     * @param files that count, by name; each has passed the check
     * @param refused why files that lie there do not count, by name
     */
    Profiles(Map<String, ProfileFile> files, Map<String, String> refused) {
        files.values().forEach(file -> this.files.put(file.provider(), file));
        this.refused = Map.copyOf(refused);
    }

    /** @return the providers there are profiles of */
    public SortedSet<String> names() {
        return new TreeSet<>(files.keySet());
    }

    /**
     * @param provider such as {@code assemblyai}
     * @return its profile, the last good one; nothing where there is none
     */
    public Optional<Profile> get(String provider) {
        ProfileFile file = files.get(provider);
        return file == null ? Optional.empty() : Optional.of(read.computeIfAbsent(provider, name -> Profile.of(file)));
    }

    /**
     * @param provider that an account names
     * @param key that names it, such as {@code relay.account.media.provider}
     * @return its profile
     * @throws StartFailure when there is none, or the one that lies there is refused: one sentence that names file or key, member and what it takes
     */
    public Profile required(String provider, String key) {
        String name = ProfileFile.nameOf(provider);
        if (refused.containsKey(name)) {
            throw new StartFailure("routes/" + refused.get(name));
        }
        return get(provider).orElseThrow(() -> new StartFailure(key + " is " + provider + ", of which there is no profile (routes/" + name
                + "). There are " + String.join(", ", files.keySet()) + "."));
    }
}
