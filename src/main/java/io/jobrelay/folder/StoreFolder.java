package io.jobrelay.folder;

import io.jobrelay.config.StartFailure;
import java.io.File;
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

    private static final Pattern H2_FILE =
            Pattern.compile("jdbc:h2:(?:(?:file|nio|nioMapped|async|retry|split(?::\\d+)?):)*(?![a-zA-Z]{2,}:)([^;]+).*");
    /** What else the relay keeps beside its store. */
    private static final Set<String> RELAYS_OWN = Set.of("media", "routes-that-ran", "in-hand", "out-of-memory");
    private final Path folder;
    private final String store;
    private final boolean mayBeMade;
    private final boolean readOnly;

    private StoreFolder(Path file, String settings) {
        this.folder = file.getParent();
        this.store = file.getFileName() + ".";
        this.mayBeMade = !settings.contains(";IFEXISTS=TRUE");
        this.readOnly = settings.contains(";ACCESS_MODE_DATA=R;");
    }

    /**
     * @param url {@code relay.db.url}
     * @return the folder; empty where that is no H2 in a file
     * @throws StartFailure when it names one that nobody can mean
     */
    static Optional<StoreFolder> of(String url) {
        return file(url).map(file -> new StoreFolder(file, url.toUpperCase(Locale.ROOT) + ";"));
    }

    /**
     * @param url of a database
     * @return the file it names, without an ending, where it is an H2 in a file; of {@code ..} H2 thinks as people do: the name before it goes
     * @throws StartFailure when it names one that nobody can mean
     */
    static Optional<Path> file(String url) {
        Matcher file = H2_FILE.matcher(url);
        if (!file.matches()) {
            return Optional.empty();
        }
        for (String setting : url.split(";", -1)) {
            if (!setting.isBlank() && !setting.contains("=") && !url.startsWith(setting)) {
                throw new StartFailure("In relay.db.url a ; ends the path of the store, and what follows it here is no setting such as"
                        + " DB_CLOSE_ON_EXIT=FALSE. H2 cannot use a folder with a ; in its name: name another one.");
            }
        }
        String path = file.group(1).startsWith("~/") ? home() + file.group(1).substring(1) : file.group(1);
        Path found = Path.of(path).toAbsolutePath().normalize();
        if (File.separatorChar == '/' && found.toString().indexOf('\\') >= 0) {
            throw new StartFailure("The path of the store, " + found + " (relay.db.url), holds a backslash, which H2 takes for the end of a folder's name."
                    + " Name a folder without one, from its root on (jdbc:h2:file:/srv/relay/data/relay).");
        }
        return Optional.of(found).filter(store -> store.getParent() != null && store.getFileName() != null);
    }

    private static String home() {
        String home = System.getProperty("user.home", "");
        if (!home.startsWith("/") && !Path.of(home).isAbsolute()) {
            throw new StartFailure("relay.db.url begins with ~, and the relay's user " + FileRights.user() + " has no home folder."
                    + " Name the store's folder from its root on (jdbc:h2:file:/srv/relay/data/relay).");
        }
        return home;
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
        boolean closed = isOwn() && FileRights.narrow(folder.toRealPath(), FileRights.NOT_THE_OWNERS);
        if (!closed && mayBeMade && FileRights.mode(folder).isPresent()) {
            try {
                Files.createFile(folder.resolve(store + "mv.db"), PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
            } catch (FileAlreadyExistsException e) {
                // of an earlier start
            }
        }
        for (Path file : content()) {
            if (file.getFileName().toString().startsWith(store) && Files.isRegularFile(file)) {
                FileRights.narrow(file.toRealPath(), FileRights.NOT_THE_OWNERS);
            }
        }
    }

    boolean isUnreadable() {
        Path file = folder.resolve(store + "mv.db");
        return Files.exists(file) && !Files.isReadable(file);
    }

    /**
     * A store that somebody else has put there, with a backup say, H2 would not open, or open and refuse every change.
     *
     * @return a sentence where the relay's user cannot read or write the store that is there; nothing is opened, since to close it again would
     *     take H2's lock from it
     */
    Optional<String> problem() {
        Path file = folder.resolve(store + "mv.db");
        if (!Files.exists(file) || Files.isReadable(file) && (readOnly || Files.isWritable(file))) {
            return Optional.empty();
        }
        return Optional.of("The store " + file + " (relay.db.url) cannot be " + (Files.isReadable(file) ? "written" : "read") + ": " + FileRights.whose(file)
                + ". Let the relay's user own what lies in that folder (chown -R " + FileRights.user() + " " + folder + ").");
    }

    /**
     * @return a sentence where others can read the folder or the store in it; nothing is changed
     */
    Optional<String> warning() {
        if (!FileRights.has(folder, FileRights.NOT_THE_OWNERS)) {
            return Optional.empty();
        }
        String which = "The folder " + folder + " (relay.db.url) is open to other users of this machine";
        try {
            for (Path file : content()) {
                if (file.getFileName().toString().startsWith(store) && FileRights.has(file, FileRights.NOT_THE_OWNERS)) {
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
