package io.jobrelay.config;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The folders the relay writes to: made at the start where they are missing, and looked at by the health check from then on. */
public final class Folders {

    /** What those of the group may do in a folder of results, all others nothing: {@link Rights#make}. */
    public static final String OF_RESULTS = "rwxr-x---";
    private static final Logger LOG = LoggerFactory.getLogger(Folders.class);
    private static final String INBOX = "relay.inbox.directory";
    private static final String STORE = "relay.db.url";
    /** The keys that have a part in it. */
    public static final Set<String> KEYS = Set.of(INBOX, "relay.sinks", "relay.sink.file.directory", STORE);

    private final Map<Path, String> keyOf = new LinkedHashMap<>();
    private final StoreFolder store;

    /**
     * @param keys that name the folders
     * @param ownDatabase whether the database is the one that {@code relay.db.url} names
     */
    public Folders(Keys keys, boolean ownDatabase) {
        keys.text(INBOX).ifPresent(folder -> keyOf.put(absolute(folder), INBOX));
        if (keys.list("relay.sinks").contains("file")) {
            keyOf.put(absolute(keys.required("relay.sink.file.directory")), "relay.sink.file.directory");
        }
        this.store = keys.text(STORE).filter(url -> ownDatabase).flatMap(StoreFolder::of).orElse(null);
        if (store != null) {
            keyOf.put(store.path(), STORE);
        }
    }

    /**
     * Makes the folders that are missing and writes a file into each. Nobody but the relay's user, and its group where results and files are
     * handed on, can read those it makes; where that of the store is the relay's own, it is made so. What stays open is logged.
     *
     * @throws StartFailure naming the first that cannot be made or written
     */
    public void make() {
        keyOf.forEach((folder, key) -> {
            try {
                Rights.make(folder, key.equals(STORE) ? "rwx------" : OF_RESULTS, key.equals(INBOX));
                if (key.equals(STORE)) {
                    store.close();
                }
                Files.delete(Files.createTempFile(folder, ".relay-", ".probe"));
            } catch (IOException e) {
                String sentence = "The folder " + folder + " (" + key + ") cannot be " + (Files.isDirectory(folder) ? "written" : "made") + ": " + why(e)
                        + ". Make it writable for the relay's user, or name another.";
                // a file stays one; a disk that is full, or not mounted yet, does not
                throw e instanceof FileAlreadyExistsException ? new StartFailure(sentence, e) : StartFailure.passing(sentence, e);
            }
        });
        warnings().forEach(LOG::warn);
    }

    /** @return a sentence for each folder that others can read or write and should not, and what to do; nothing is changed */
    public List<String> warnings() {
        List<String> warnings = new ArrayList<>();
        keyOf.forEach((folder, key) -> {
            if (key.equals(INBOX) && Rights.has(folder, Rights.OTHERS_WRITE) && !Rights.has(folder, Rights.STICKY)) {
                warnings.add("Others can write to the inbox " + folder + " (" + INBOX + ") and rename in it what is not theirs, the relay's folders"
                        + " too. Let the relay's user own it and set its sticky bit (chmod +t), or let nobody else write to it.");
            }
        });
        if (store != null) {
            store.warning().ifPresent(warnings::add);
        }
        return warnings;
    }

    /** @return a sentence for each folder that is not there and could not be made, or cannot be written; nothing is made */
    public List<String> problems() {
        return keyOf.entrySet().stream().filter(e -> !Files.isWritable(nearest(e.getKey())) || !Files.isDirectory(nearest(e.getKey())))
                .map(e -> "The folder " + e.getKey() + " (" + e.getValue() + ") could not be " + (Files.exists(e.getKey()) ? "written" : "made")
                        + ". Make it writable for the relay's user, or name another.").toList();
    }

    private static Path nearest(Path folder) {
        Path there = folder;
        while (!Files.exists(there) && there.getParent() != null) {
            there = there.getParent();
        }
        return there;
    }

    /** @return a sentence for each folder that is gone or cannot be written now */
    public List<String> unwritable() {
        return keyOf.entrySet().stream().filter(e -> !Files.isDirectory(e.getKey()) || !Files.isWritable(e.getKey()))
                .map(e -> "The folder that " + e.getValue() + " names " + (Files.exists(e.getKey()) ? "cannot be written." : "is gone."))
                .toList();
    }

    /**
     * @param url of a database
     * @return the file it names, without an ending, where it is an H2 in a file
     */
    public static Optional<Path> h2File(String url) {
        return StoreFolder.file(url);
    }

    private static Path absolute(String folder) {
        return Path.of(folder).toAbsolutePath().normalize();
    }

    private static String why(IOException e) {
        if (e instanceof AccessDeniedException) {
            return "access is denied";
        }
        if (e instanceof FileAlreadyExistsException exists) {
            return exists.getFile() + " is a file";
        }
        String reason = e instanceof FileSystemException system ? system.getReason() : e.getMessage();
        return reason == null ? e.getClass().getSimpleName() : reason;
    }
}
