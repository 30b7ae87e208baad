package io.jobrelay.config;

import java.io.IOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The folder that an H2 store lies in. Whoever can read the store has the webhook's secret and the API's token; so the folder is its user's
 * alone, or, where it is not the relay's, the files in it are.
 */
final class StoreFolder {

    private static final Pattern H2_FILE = Pattern.compile("jdbc:h2:(?:file:)?(?![a-zA-Z]+:)([^;]+).*");
    /** What else the relay keeps beside its store. */
    private static final Set<String> RELAYS_OWN = Set.of("media", "routes-that-ran", "in-hand", "out-of-memory");
    private final Path folder;
    private final String store;
    private final boolean mayBeMade;

    private StoreFolder(Path file, boolean mayBeMade) {
        this.folder = file.getParent();
        this.store = file.getFileName() + ".";
        this.mayBeMade = mayBeMade;
    }

    /**
     * @param url {@code relay.db.url}
     * @return the folder; empty where that is no H2 in a file
     */
    static Optional<StoreFolder> of(String url) {
        return file(url).map(file -> new StoreFolder(file, !url.toUpperCase(Locale.ROOT).contains(";IFEXISTS=TRUE")));
    }

    /**
     * @param url of a database
     * @return the file it names, without an ending, where it is an H2 in a file
     */
    static Optional<Path> file(String url) {
        Matcher file = H2_FILE.matcher(url);
        if (!file.matches()) {
            return Optional.empty();
        }
        String path = file.group(1).startsWith("~") ? System.getProperty("user.home") + file.group(1).substring(1) : file.group(1);
        return Optional.of(Path.of(path).toAbsolutePath().normalize()).filter(found -> found.getParent() != null && found.getFileName() != null);
    }

    /** @return where it is */
    Path path() {
        return folder;
    }

    /**
     * Closes it to all but the relay's user where it is the relay's own: {@code data/}, or one that holds nothing else. In any other folder
     * the files of the store are closed, and the first is there before H2 writes a word into it.
     *
     * @throws IOException when the folder is not there, or that file cannot be made
     */
    void close() throws IOException {
        boolean closed = isOwn() && Rights.narrow(folder.toRealPath(), Rights.NOT_THE_OWNERS);
        if (!closed && mayBeMade && Rights.mode(folder).isPresent()) {
            try {
                Files.createFile(folder.resolve(store + "mv.db"), PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
            } catch (FileAlreadyExistsException e) {
                // of an earlier start
            }
        }
        for (Path file : content()) {
            if (file.getFileName().toString().startsWith(store) && Files.isRegularFile(file)) {
                Rights.narrow(file.toRealPath(), Rights.NOT_THE_OWNERS);
            }
        }
    }

    /**
     * @return a sentence where others can read the folder or the store in it; nothing is changed
     */
    Optional<String> warning() {
        if (!Rights.has(folder, Rights.NOT_THE_OWNERS)) {
            return Optional.empty();
        }
        String which = "The folder " + folder + " (relay.db.url) is open to other users of this machine";
        try {
            for (Path file : content()) {
                if (file.getFileName().toString().startsWith(store) && Rights.has(file, Rights.NOT_THE_OWNERS)) {
                    return Optional.of(which + ", and " + file.getFileName() + " in it, which holds secrets, too: let the relay's user own both,"
                            + " and close them to others (chmod go= " + folder + ").");
                }
            }
        } catch (IOException e) {
            return Optional.of(which + ".");
        }
        return Optional.of(which + "; only the store's own files are closed to them. Give the store a folder of its own.");
    }

    private boolean isOwn() throws IOException {
        return folder.equals(Path.of("data").toAbsolutePath()) || content().stream().map(file -> file.getFileName().toString())
                .allMatch(name -> name.startsWith(store) || name.startsWith(".relay") || RELAYS_OWN.contains(name));
    }

    private List<Path> content() throws IOException {
        try (DirectoryStream<Path> files = Files.newDirectoryStream(folder)) {
            List<Path> content = new ArrayList<>();
            files.forEach(content::add);
            return content;
        } catch (DirectoryIteratorException e) {
            throw e.getCause();
        } catch (NoSuchFileException e) {
            return List.of();
        }
    }
}
