package io.jobrelay.folder;

import io.jobrelay.config.Keys;
import io.jobrelay.config.RouteLocations;
import io.jobrelay.config.StartFailure;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The folders the relay writes to: made at the start where they are missing, and looked at by the health check from then on. */
public final class Folders {

    /** What those of the group may do in a folder of results, all others nothing: {@link FileRights#make}. */
    public static final String OF_RESULTS = "rwxr-x---";
    private static final Logger LOG = LoggerFactory.getLogger(Folders.class);
    static final String INBOX = "relay.inbox.directory";
    static final String STORE = "relay.db.url";
    private static final String RESULTS = "relay.sink.file.directory";
    /** The keys that have a part in it. */
    public static final Set<String> KEYS = Set.of(INBOX, "relay.sinks", RESULTS, STORE);

    /** What a relay that runs by itself keeps beside its store, and would do without. */
    private static final List<String> KEPT = List.of("in-hand", "routes-that-ran");

    private final Map<String, Path> folders = new LinkedHashMap<>();
    private final StoreFolder store;
    private final Path kept;
    private final FolderOverlap placement;

    /**
     * @param keys that name the folders
     * @param ownDatabase whether the database is the one that {@code relay.db.url} names
     * @param locations where route files lie
     * @throws StartFailure when {@code relay.db.url} names a folder that nobody can mean
     */
    public Folders(Keys keys, boolean ownDatabase, RouteLocations locations) {
        keys.text(INBOX).ifPresent(folder -> folders.put(INBOX, absolute(folder)));
        if (keys.list("relay.sinks").contains("file")) {
            folders.put(RESULTS, absolute(keys.required(RESULTS)));
        }
        this.store = keys.text(STORE).filter(url -> ownDatabase).flatMap(StoreFolder::of).orElse(null);
        if (store != null) {
            folders.put(STORE, store.path());
        }
        this.kept = store != null ? store.path() : locations.embedded() ? null : locations.current().resolve("data");
        this.placement = new FolderOverlap(folders, locations);
    }

    /** @return how they lie to each other */
    public FolderOverlap placement() {
        return placement;
    }

    /**
     * Makes the folders that are missing and writes a file into each. Nobody but the relay's user, and its group where results and files are
     * handed on, can read those it makes; where that of the store is the relay's own, it is made so. What stays open is logged.
     *
     * @throws StartFailure naming the first that cannot be made or written, or that lies where another one does
     */
    public void make() {
        apart();
        folders.forEach((key, folder) -> {
            try {
                FileRights.make(folder, key.equals(STORE) ? "rwx------" : OF_RESULTS, key.equals(INBOX));
            } catch (IOException e) {
                throw failure(key, folder, "made", e);
            }
        });
        apart(); // some systems tell only of what is there that two names are one
        folders.forEach((key, folder) -> {
            try {
                Files.delete(Files.createTempFile(folder, ".relay-", ".probe"));
                if (key.equals(STORE)) {
                    store.close();
                }
            } catch (IOException e) {
                throw failure(key, folder, "written", e);
            }
        });
        if (store != null) {
            store.problem().ifPresent(sentence -> {
                throw StartFailure.passing(sentence, null);
            });
        }
        warnings().forEach(LOG::warn);
    }

    private void apart() {
        placement.conflicts().stream().findFirst().ifPresent(sentence -> {
            throw new StartFailure(sentence);
        });
    }

    /** A file stays one; a disk that is full, or not mounted yet, does not. */
    private static StartFailure failure(String key, Path folder, String what, IOException e) {
        String sentence = "The folder " + folder + " (" + key + ") cannot be " + what + ": " + why(folder, e) + cure(folder);
        return e instanceof FileAlreadyExistsException && RealPath.dangling(folder).isEmpty() ? new StartFailure(sentence, e)
                : StartFailure.passing(sentence, e);
    }

    /** @return a sentence for each folder that others can read or write and should not, and what to do; nothing is changed */
    public List<String> warnings() {
        List<String> warnings = new ArrayList<>();
        folders.forEach((key, folder) -> {
            if (key.equals(INBOX) && FileRights.has(folder, FileRights.OTHERS_WRITE) && !FileRights.has(folder, FileRights.STICKY)) {
                warnings.add("Others can write to the inbox " + folder + " (" + INBOX + ") and rename in it what is not theirs, the relay's folders"
                        + " too. Let the relay's user own it and set its sticky bit (chmod +t), or let nobody else write to it.");
            }
        });
        if (store != null) {
            store.warning().ifPresent(warnings::add);
        }
        unusable().ifPresent(path -> warnings.add("What the relay keeps in " + kept + " cannot be used: " + FileRights.whose(path)
                + ". Let the relay's user own what lies in that folder (chown -R " + FileRights.user() + " " + kept + ")."));
        return warnings;
    }

    private Optional<Path> unusable() {
        if (kept == null || !Files.isReadable(kept)) {
            return Optional.empty(); // told as a folder that cannot be used, or not there yet
        }
        try (Stream<Path> all = Files.list(kept)) {
            return all.filter(path -> KEPT.stream().anyMatch(path.getFileName().toString()::startsWith)).toList().stream()
                    .flatMap(path -> unusable(path).stream()).findFirst();
        } catch (IOException | UncheckedIOException e) {
            return Optional.of(kept);
        }
    }

    private static Optional<Path> unusable(Path path) {
        if (Files.exists(path) && !(Files.isReadable(path) && Files.isWritable(path))) {
            return Optional.of(path);
        }
        try (Stream<Path> inside = Files.isDirectory(path) ? Files.list(path) : Stream.empty()) {
            return inside.toList().stream().flatMap(child -> unusable(child).stream()).findFirst();
        } catch (IOException | UncheckedIOException e) {
            return Optional.of(path);
        }
    }

    /**
     * @return a sentence for each folder that is not there and could not be made, cannot be written, or lies where another one does, and for
     *     what is in the way in the store's; nothing is made
     */
    public List<String> problems() {
        List<String> problems = new ArrayList<>(placement.conflicts());
        folders.forEach((key, folder) -> {
            Path there = RealPath.nearest(folder);
            Optional<Path> dangling = RealPath.dangling(folder);
            if (dangling.isPresent() || !Files.isDirectory(there) || !Files.isWritable(there)) {
                problems.add("The folder " + folder + " (" + key + ") could not be " + (Files.exists(folder) ? "written" : "made") + ": "
                        + dangling.map(Folders::leadsNowhere).orElseGet(() -> Files.isDirectory(there) ? FileRights.whose(there) : there + " is a file")
                        + cure(folder));
            }
        });
        if (store != null) {
            store.problem().ifPresent(problems::add);
        }
        return problems;
    }

    /** @return a sentence for each folder that is gone or cannot be written now */
    public List<String> unwritable() {
        return folders.entrySet().stream().filter(e -> !Files.isDirectory(e.getValue()) || !Files.isWritable(e.getValue()))
                .map(e -> "The folder that " + e.getKey() + " names " + (Files.exists(e.getValue()) ? "cannot be written." : "is gone."))
                .toList();
    }

    /**
     * @param url of a database
     * @return the file it names, without an ending, where it is an H2 in a file
     * @throws StartFailure when it names one that nobody can mean
     */
    public static Optional<Path> h2File(String url) {
        return StoreFolder.file(url);
    }

    /**
     * @param url of a database that could not be opened
     * @return a sentence where it is an H2 in a file that the relay's user cannot read
     */
    public static Optional<String> unreadable(String url) {
        return StoreFolder.of(url).filter(StoreFolder::isUnreadable).flatMap(StoreFolder::problem);
    }

    /**
     * @param folder that a key names
     * @return it from the root on; with {@code ..} as it stands, since behind a link that leads elsewhere than the names above it tell
     */
    public static Path absolute(String folder) {
        Path path = Path.of(folder).toAbsolutePath();
        return path.toString().contains("..") ? path : path.normalize();
    }

    private static String cure(Path folder) {
        return RealPath.dangling(folder).isPresent() ? ". Make what it leads to, or name another folder."
                : ". Make it writable for the relay's user" + (Files.exists(folder) ? " (chown -R " + FileRights.user() + " " + folder + ")" : "")
                        + ", or name another.";
    }

    private static String leadsNowhere(Path link) {
        try {
            return link + " is a link to " + Files.readSymbolicLink(link) + ", which is not there";
        } catch (IOException e) {
            return link + " is a link that leads nowhere";
        }
    }

    private static String why(Path folder, IOException e) {
        if (RealPath.dangling(folder).isPresent()) {
            return leadsNowhere(RealPath.dangling(folder).get());
        }
        if (e instanceof AccessDeniedException) {
            return FileRights.whose(RealPath.nearest(folder));
        }
        if (e instanceof FileAlreadyExistsException exists) {
            return exists.getFile() + " is a file";
        }
        if (e instanceof NoSuchFileException) {
            return "there is no " + RealPath.nearest(folder).relativize(folder) + " in " + RealPath.nearest(folder);
        }
        String reason = e instanceof FileSystemException system ? system.getReason() : e.getMessage();
        return reason == null ? "the system does not say why" : reason;
    }
}
