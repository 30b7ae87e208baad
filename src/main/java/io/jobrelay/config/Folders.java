package io.jobrelay.config;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The folders the relay writes to: made at the start where they are missing, and looked at by the health check from then on. */
public final class Folders {

    private static final Pattern H2_FILE = Pattern.compile("jdbc:h2:(?:file:)?(?![a-zA-Z]+:)([^;]+).*");
    /** The keys that have a part in it. */
    public static final Set<String> KEYS = Set.of("relay.inbox.directory", "relay.sinks", "relay.sink.file.directory", "relay.db.url");

    private final Map<Path, String> keyOf = new LinkedHashMap<>();

    /**
     * @param keys that name the folders
     * @param ownDatabase whether the database is the one that {@code relay.db.url} names
     */
    public Folders(Keys keys, boolean ownDatabase) {
        keys.text("relay.inbox.directory").ifPresent(folder -> keyOf.put(absolute(folder), "relay.inbox.directory"));
        if (keys.list("relay.sinks").contains("file")) {
            keyOf.put(absolute(keys.required("relay.sink.file.directory")), "relay.sink.file.directory");
        }
        keys.text("relay.db.url").filter(url -> ownDatabase).flatMap(Folders::ofDatabase).ifPresent(folder -> keyOf.put(folder, "relay.db.url"));
    }

    /**
     * Makes the folders that are missing and writes a file into each.
     *
     * @throws StartFailure naming the first that cannot be made or written
     */
    public void make() {
        keyOf.forEach((folder, key) -> {
            try {
                Files.createDirectories(folder);
                Files.delete(Files.createTempFile(folder, ".relay-", ".probe"));
            } catch (IOException e) {
                throw new StartFailure("The folder " + folder + " (" + key + ") cannot be "
                        + (Files.isDirectory(folder) ? "written" : "made") + ": " + why(e) + ". Make it writable for the relay's user, or name another.", e);
            }
        });
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

    private static Optional<Path> ofDatabase(String url) {
        Matcher file = H2_FILE.matcher(url);
        if (!file.matches()) {
            return Optional.empty();
        }
        String path = file.group(1).startsWith("~") ? System.getProperty("user.home") + file.group(1).substring(1) : file.group(1);
        return Optional.ofNullable(absolute(path).getParent());
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
