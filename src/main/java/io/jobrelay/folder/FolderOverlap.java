package io.jobrelay.folder;

import io.jobrelay.config.RouteLocations;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * How the relay's folders lie to each other. The inbox takes whatever lies in it, readers of results take whatever lies there, and the store
 * is nobody's but the relay's: so none of them may be, or hold, another one.
 */
public final class FolderOverlap {

    private static final Pattern STORE_FILE = Pattern.compile("(?i).+\\.(mv|trace|lock)\\.db|out-of-memory");
    private static final String ROUTES = "routes/";
    private static final String PROGRAM = "bin/relay";
    private static final String GIVE = " Give each a folder of its own, none inside of another.";

    private final List<Place> places = new ArrayList<>();
    private final List<Place> fixed = new ArrayList<>();
    private final List<Path> homes = new ArrayList<>();
    private final Place inbox;
    /** What the inbox was when it was last seen to lie well. */
    private Object found;

    /** A folder, by the key or the name it has in a sentence, and as somebody wrote it. */
    private record Place(String key, Path written) {

        /** Looked up anew each time: links and mounts change. */
        Path real() {
            return RealPath.of(written);
        }

        @Override
        public String toString() {
            Path real = real();
            return key + " (" + written + (real.equals(written) ? "" : ", which is " + real) + ")";
        }
    }

    /**
     * @param keys their folders by the key that names them
     * @param locations where route files lie, and with them the folder the relay runs in and the one it is installed in
     */
    FolderOverlap(Map<String, Path> keys, RouteLocations locations) {
        keys.forEach((key, path) -> places.add(new Place(key, path)));
        this.inbox = places.stream().filter(place -> place.key.equals(Folders.INBOX)).findFirst().orElse(null);
        if (locations.embedded() && inbox == null) {
            places.clear(); // nothing is taken anywhere, and where all else lies is the application's affair
            return;
        }
        if (!locations.embedded() && !keys.containsKey(Folders.STORE)) { // what ran last, and what is in hand, is kept there
            places.add(new Place("data/", locations.current().resolve("data")));
        }
        for (Path routes : locations.routes()) {
            homes.add(routes.getParent());
            fixed.add(new Place(ROUTES, routes));
            if (Files.exists(routes.resolveSibling(PROGRAM))) {
                fixed.add(new Place("bin/", routes.resolveSibling("bin")));
                fixed.add(new Place("lib/", routes.resolveSibling("lib")));
            }
        }
    }

    /** @return a sentence for each two folders that do not lie side by side; nothing is made */
    List<String> conflicts() {
        List<String> conflicts = new ArrayList<>();
        for (Path home : homes) {
            if (inbox != null && conflicts.isEmpty() && isOrHolds(inbox.real(), RealPath.of(home))) {
                conflicts.add(inbox + " is or holds the folder that the relay runs in or is installed in (" + home
                        + "): whatever lies there would be taken. Give it a folder of its own, such as inbox.");
            }
        }
        boolean all = !conflicts.isEmpty();
        for (int i = 0; i < places.size(); i++) {
            Place one = places.get(i);
            if (one != inbox || !all) { // each of the others lies in that one, too
                places.subList(i + 1, places.size()).stream().filter(other -> other != inbox || !all).forEach(other -> look(one, other, conflicts));
                fixed.forEach(other -> look(one, other, conflicts));
            }
        }
        return conflicts;
    }

    private static boolean isOrHolds(Path folder, Path other) {
        return RealPath.same(folder, other) || RealPath.holds(folder, other);
    }

    private static void look(Place one, Place other, List<String> conflicts) {
        Path path = one.real();
        Path with = other.real();
        if (RealPath.same(path, with)) {
            conflicts.add(one + " and " + other + " are the same folder." + GIVE);
        } else if (RealPath.holds(path, with)) {
            conflicts.add(other + " lies inside of " + one + "." + GIVE);
        } else if (RealPath.holds(with, path)) {
            conflicts.add(one + " lies inside of " + other + "." + GIVE);
        }
    }

    /**
     * Asked before anything is taken: since the start a link may have been laid, or a folder mounted.
     *
     * @return a sentence when the inbox has come to lie among the relay's other folders
     */
    public synchronized Optional<String> strayed() {
        Object now = inbox == null ? "none" : identity(inbox.real());
        if (now != null && now.equals(found)) {
            return Optional.empty();
        }
        Optional<String> conflict = conflicts().stream().filter(sentence -> sentence.contains(Folders.INBOX)).findFirst();
        found = conflict.isEmpty() ? now : null;
        return conflict;
    }

    private static Object identity(Path folder) {
        try {
            return Arrays.asList(folder, Files.readAttributes(folder, BasicFileAttributes.class).fileKey());
        } catch (IOException e) {
            return null;
        }
    }

    /**
     * @param file in an inbox
     * @return whether its name is that of a store, or of what is kept beside it: such a file is never taken
     */
    public static boolean isStores(Path file) {
        return STORE_FILE.matcher(file.getFileName().toString()).matches();
    }
}
