package io.jobrelay.routes;

import io.jobrelay.check.ProfileFile;
import io.jobrelay.config.PackagedRoutes;
import io.jobrelay.config.RouteLocations;
import io.jobrelay.config.StartFailure;
import io.jobrelay.protocol.Redaction;
import io.jobrelay.provider.LiveProfiles;
import java.io.IOException;
import java.io.InputStream;
import java.net.URL;
import java.nio.file.NoSuchFileException;
import java.util.Collection;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The profiles of {@code routes/providers/} on disk, laid over each other as routes are, read again only when they look different. */
public final class WatchedProfiles {

    private static final Logger LOG = LoggerFactory.getLogger(WatchedProfiles.class);
    private static final int MOST_TRIES = 20;

    private final Map<String, ProfileFile> packaged;
    private final WatchedFiles files;
    private Map<String, ProfileFile> last = Map.of();

    /**
     * @param locations where they lie
     * @param providers whose profiles an application that the relay is embedded in may bring on its class path, besides those of the relay's jar
     */
    public WatchedProfiles(RouteLocations locations, Collection<String> providers) {
        Map<String, byte[]> own = PackagedRoutes.profiles();
        Map<String, RouteFile> below = new TreeMap<>();
        own.forEach((name, bytes) -> below.put(name, new RouteFile(name, PackagedRoutes.location(name), bytes)));
        Stream.concat(own.keySet().stream(), providers.stream().map(ProfileFile::nameOf)).forEach(name -> locations.ofHost(name)
                .ifPresent(place -> below.put(name, ofHost(name, place))));
        this.packaged = ProfileFile.of(own);
        this.files = new WatchedFiles(locations::profiles, locations::complete, below);
    }

    /**
     * @return those that count at the start: those of the jar where a folder cannot be read, as it is told
     * @throws StartFailure when the files change all the time
     */
    public LiveProfiles live() {
        for (int i = 0; i < MOST_TRIES; i++) {
            try {
                return new LiveProfiles(packaged, read());
            } catch (NoSuchFileException e) {
                LOG.debug("A profile went while it was looked at: {}", e.getMessage());
            } catch (StartFailure e) {
                LOG.warn("The profiles of the relay's jar count: {}", e.getMessage());
                return new LiveProfiles(packaged, packaged);
            }
        }
        throw new StartFailure("The files in routes/providers/ change all the time. Start the relay when they have been written.");
    }

    /**
     * @return the uppermost profile of each name, by name, as it is now
     * @throws NoSuchFileException when a file went meanwhile
     * @throws StartFailure when a folder cannot be read
     */
    public Map<String, ProfileFile> read() throws NoSuchFileException {
        Map<String, ProfileFile> profiles = new TreeMap<>();
        files.read().forEach((name, file) -> profiles.put(name, new ProfileFile(name, file.bytes(), file.trouble())));
        last = profiles;
        return profiles;
    }

    /** @return what was read last */
    public Map<String, ProfileFile> last() {
        return last;
    }

    private static RouteFile ofHost(String name, URL place) {
        try (InputStream in = place.openStream()) {
            return new RouteFile(name, place.toString(), in.readAllBytes());
        } catch (IOException e) {
            return new RouteFile(name, place.toString(), new byte[0], "it cannot be read: " + Redaction.of(e));
        }
    }
}
