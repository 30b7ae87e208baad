package io.jobrelay.intake;

import io.jobrelay.config.Keys;
import io.jobrelay.config.StartFailure;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.DirectoryStream;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;

/**
 * The inbox on the disk: what is dropped, and beside it {@code .open/<intake>/} for what was taken, {@code .done/} for what has ended,
 * {@code .rejected/} for what could not be submitted. Every move is a rename within one file system that overwrites nothing and follows no
 * link, so that at any instant a file is in exactly one of the four.
 */
final class InboxFolder {

    private static final String KEY = "relay.inbox.directory";
    private static final Pattern NOT_FOR_CAMEL = Pattern.compile("\\?|%[0-9A-Fa-f]{2}|\\$(simple)?\\{|RAW[({]");
    private static final String ACCEPTED = ".accepted";
    private static final Pattern INTAKE = Pattern.compile("[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}");
    private static final long REMEMBER_NAMES_NANOS = TimeUnit.SECONDS.toNanos(1);

    private final Path inbox;
    private final Path open;
    private final Path done;
    private final Path rejected;
    private Map<String, Path> oddNames = Map.of();
    private long oddNamesRead = System.nanoTime() - REMEMBER_NAMES_NANOS;
    private DirectoryStream<Path> pass;
    private Iterator<Path> rest;

    private InboxFolder(Path inbox) {
        this.inbox = inbox;
        this.open = inbox.resolve(".open");
        this.done = inbox.resolve(".done");
        this.rejected = inbox.resolve(".rejected");
    }

    /**
     * Makes the inbox and its three folders where they are missing, and tries whether files can be taken.
     *
     * @param directory {@code relay.inbox.directory}
     * @return the inbox
     * @throws StartFailure when it cannot be made or written
     */
    static InboxFolder open(String directory) {
        if (NOT_FOR_CAMEL.matcher(directory).find()) { // the file component reads its folder as part of a URI: it would poll another one
            throw Keys.unreadable(KEY, "the path of a folder without ?, ${ and %XX");
        }
        InboxFolder folder;
        try {
            folder = new InboxFolder(Path.of(directory).toAbsolutePath());
        } catch (InvalidPathException e) {
            throw Keys.unreadable(KEY, "the path of a folder");
        }
        Path from = folder.inbox.resolve(".probe-" + UUID.randomUUID());
        Path to = folder.open.resolve(from.getFileName());
        try {
            folder.make();
            Files.createFile(from);
            Files.move(from, to, StandardCopyOption.ATOMIC_MOVE);
            Files.delete(to);
            for (Path target : List.of(folder.done, folder.rejected)) {
                Files.delete(Files.createTempFile(target, ".probe-", ""));
            }
            return folder;
        } catch (IOException | UnsupportedOperationException e) {
            throw new StartFailure("The inbox " + folder.inbox + " (" + KEY + ") cannot be made or written: " + reason(e)
                    + ". Let the relay's user own that folder, or name another one.", e);
        }
    }

    private void make() throws IOException {
        for (Path folder : List.of(inbox, open, done, rejected)) {
            if (!Files.isDirectory(folder)) { // a link to a folder is as good as one
                Files.createDirectories(folder);
            }
        }
    }

    /** @return the folder that files are dropped into */
    Path path() {
        return inbox;
    }

    /** @return what keeps files from being taken or moved on at this moment, in one sentence; empty when nothing does */
    Optional<String> trouble() {
        for (Path folder : List.of(inbox, open, done, rejected)) {
            if (!Files.isDirectory(folder) || !Files.isWritable(folder)) {
                return Optional.of("The folder " + folder + " is missing or cannot be written.");
            }
        }
        return Optional.empty();
    }

    /**
     * @param listed a name as {@link java.io.File} lists it, with replacement characters where the locale cannot show it
     * @return the file of that name; empty when it is gone
     * @throws IOException when the inbox cannot be read
     */
    synchronized Optional<Path> find(String listed) throws IOException {
        try {
            Path plain = inbox.resolve(listed);
            if (Files.exists(plain, LinkOption.NOFOLLOW_LINKS)) {
                return Optional.of(plain);
            }
        } catch (InvalidPathException e) {
            // not a name in this locale: found among the odd ones
        }
        Path odd = oddNames.get(shown(listed));
        if (odd == null || !Files.exists(odd, LinkOption.NOFOLLOW_LINKS)) {
            if (System.nanoTime() - oddNamesRead >= REMEMBER_NAMES_NANOS) {
                oddNames = readOddNames();
                oddNamesRead = System.nanoTime();
            }
            odd = oddNames.get(shown(listed));
        }
        return Optional.ofNullable(odd).filter(path -> Files.exists(path, LinkOption.NOFOLLOW_LINKS));
    }

    private Map<String, Path> readOddNames() throws IOException {
        Map<String, Path> names = new HashMap<>();
        try (DirectoryStream<Path> files = Files.newDirectoryStream(inbox)) {
            for (Path file : files) {
                String name = file.getFileName().toString();
                if (name.indexOf('\ufffd') >= 0 || name.indexOf('?') >= 0) {
                    names.putIfAbsent(shown(name), file);
                }
            }
        }
        return names;
    }

    /** File and Path stand different characters in for what they cannot show. */
    private static String shown(String name) {
        return name.replace('\ufffd', '?');
    }

    /**
     * Takes a file: what was written to it is flushed, then it is renamed, and both names are flushed. Nobody can take it a second time.
     *
     * @param file in the inbox
     * @param intake a new id
     * @return whether it was taken; false when it, or the new folder, was gone already
     * @throws IOException when it could not be taken; it is in the inbox still
     */
    boolean take(Path file, String intake) throws IOException {
        Path folder = open.resolve(intake);
        if (isPlain(file)) {
            flush(file);
        }
        Files.createDirectories(folder);
        try {
            Files.move(file, folder.resolve(file.getFileName()), StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException e) {
            Files.deleteIfExists(folder);
            if (e instanceof NoSuchFileException) {
                return false;
            }
            throw e;
        }
        flush(folder);
        flush(open);
        flush(inbox);
        return true;
    }

    /**
     * @param intake of a file that was taken
     * @return the file; empty when it has been moved on
     * @throws IOException when the folder cannot be read
     */
    Optional<Path> taken(String intake) throws IOException {
        try (DirectoryStream<Path> files = Files.newDirectoryStream(open.resolve(intake), InboxFolder::isShown)) {
            for (Path file : files) {
                return Optional.of(file);
            }
        } catch (NoSuchFileException e) {
            // moved on, by this instance or by another one
        }
        return Optional.empty();
    }

    /**
     * Notes beside a file that its jobs are in the database: should they ever be missing there, they have ended and were purged.
     *
     * @param intake of a file that was taken
     * @throws IOException when it could not be noted
     */
    void noteAccepted(String intake) throws IOException {
        try {
            Files.write(open.resolve(intake).resolve(ACCEPTED), new byte[0]);
        } catch (NoSuchFileException e) {
            // its jobs have ended, and the folder is gone already
        }
    }

    /**
     * @param intake of a file that was taken
     * @return whether {@link #noteAccepted} was called for it
     */
    boolean wasAccepted(String intake) {
        return Files.exists(open.resolve(intake).resolve(ACCEPTED), LinkOption.NOFOLLOW_LINKS);
    }

    /**
     * Goes through {@code .open/} without ever listing all of it, and begins anew after the end.
     *
     * @param most how many
     * @return the next intakes; fewer than {@code most}, or none, at the end of the folder
     * @throws IOException when the folder cannot be read
     */
    synchronized List<String> next(int most) throws IOException {
        if (pass == null) {
            Files.createDirectories(open);
            pass = Files.newDirectoryStream(open);
            rest = pass.iterator();
        }
        List<String> intakes = new ArrayList<>();
        boolean more = false;
        try {
            while (intakes.size() < most && rest.hasNext()) {
                String name = rest.next().getFileName().toString();
                if (INTAKE.matcher(name).matches()) {
                    intakes.add(name);
                }
            }
            more = rest.hasNext();
        } catch (DirectoryIteratorException e) {
            throw e.getCause();
        } finally {
            if (!more) {
                close();
            }
        }
        return intakes;
    }

    /** Ends the way through {@code .open/}. */
    synchronized void close() throws IOException {
        if (pass != null) {
            pass.close();
            pass = null;
        }
    }

    /**
     * @param file that was taken
     * @param intake of it
     * @return the name it can have in {@code .done/}: its own, or one with the intake's id when that is used already
     */
    RawName nameWhenDone(Path file, String intake) {
        RawName name = RawName.of(file);
        Path there = name.in(done);
        return Files.exists(there, LinkOption.NOFOLLOW_LINKS) && !same(file, there) ? name.marked(intake) : name;
    }

    /**
     * @param file that was taken
     * @param name it gets in {@code .done/}
     * @throws FileAlreadyExistsException when somebody else took the name meanwhile
     * @throws IOException when it could not be moved
     */
    void moveToDone(Path file, RawName name) throws IOException {
        Files.createDirectories(done);
        move(file, name.in(done));
    }

    /**
     * @param file that was taken
     * @param intake of it
     * @param sentence why it was rejected
     * @return where it is now; beside it a file {@code .error.txt} with the sentence
     * @throws IOException when it could not be moved
     */
    Path moveToRejected(Path file, String intake, String sentence) throws IOException {
        Files.createDirectories(rejected);
        RawName own = RawName.of(file);
        for (RawName name : List.of(own, own.marked(intake))) {
            Path target = name.in(rejected);
            Path error = name.plus(".error.txt").in(rejected);
            if (Files.exists(error, LinkOption.NOFOLLOW_LINKS)) {
                continue;
            }
            try {
                move(file, target);
            } catch (FileAlreadyExistsException e) {
                continue;
            }
            Path draft = rejected.resolve("." + intake); // whoever looks for the sentence finds it whole
            Files.writeString(draft, sentence + "\n");
            Files.move(draft, error);
            return target;
        }
        throw new FileAlreadyExistsException(own.marked(intake).in(rejected).toString());
    }

    /**
     * Removes the folder of an intake whose file has been moved on. A folder that somebody put more into stays.
     *
     * @param intake of the file
     * @throws IOException when it could not be removed
     */
    void forget(String intake) throws IOException {
        Path folder = open.resolve(intake);
        if (taken(intake).isEmpty()) {
            try {
                Files.deleteIfExists(folder.resolve(ACCEPTED));
                Files.deleteIfExists(folder);
            } catch (DirectoryNotEmptyException e) {
                // not ours to delete
            }
        }
    }

    /**
     * Where the media file of an open job lies: beside its intake, or in {@code .done/} where a job like an ended one was submitted again.
     *
     * @param intake of the file
     * @param media its name, as {@code relay_job.media} has it
     * @return the file; empty when it is gone, or is a link
     * @throws IOException when the folder cannot be read
     */
    Optional<Path> media(String intake, String media) throws IOException {
        Path file = INTAKE.matcher(intake).matches() ? taken(intake).filter(f -> RawName.of(f).text().equals(media)).orElse(null) : null;
        if (file == null) {
            RawName name = new RawName(media.getBytes(StandardCharsets.UTF_8));
            boolean plain = !media.startsWith(".") && media.indexOf('/') < 0 && media.indexOf('\0') < 0;
            file = plain ? name.in(done) : null;
        }
        return Optional.ofNullable(file).filter(InboxFolder::isPlain);
    }

    /**
     * @param before milliseconds since the epoch
     * @param needed names that stay all the same
     * @return how many files of {@code .done/} were removed because they came there before that
     * @throws IOException when the folder cannot be read or a file cannot be removed
     */
    int removeDoneBefore(long before, Set<Object> needed) throws IOException {
        int removed = 0;
        try (DirectoryStream<Path> files = Files.newDirectoryStream(done, InboxFolder::isShown)) {
            for (Path file : files) {
                if (isPlain(file) && since(file) < before && !needed.contains(RawName.of(file).text())) {
                    Files.deleteIfExists(file);
                    removed++;
                }
            }
        } catch (NoSuchFileException e) {
            // nothing has ended so far
        }
        return removed;
    }

    /** A rename leaves the time of writing as it is; the time of the last change of the name is what counts, where the system has one. */
    private static long since(Path file) throws IOException {
        try {
            return ((FileTime) Files.getAttribute(file, "unix:ctime", LinkOption.NOFOLLOW_LINKS)).toMillis();
        } catch (UnsupportedOperationException | IllegalArgumentException e) {
            return Files.getLastModifiedTime(file, LinkOption.NOFOLLOW_LINKS).toMillis();
        } catch (NoSuchFileException e) {
            return Long.MAX_VALUE;
        }
    }

    private static boolean isShown(Path file) {
        return !RawName.of(file).text().startsWith(".");
    }

    /** A second name is made and the first one taken away: unlike a rename, that fails where the new name is in use. */
    private static void move(Path file, Path target) throws IOException {
        if (isPlain(file)) {
            try {
                Files.createLink(target, file);
                Files.delete(file);
                return;
            } catch (FileAlreadyExistsException e) {
                if (same(file, target)) {
                    Files.delete(file); // a crash came between the two
                    return;
                }
                throw e;
            } catch (NoSuchFileException e) {
                throw e;
            } catch (UnsupportedOperationException | FileSystemException e) {
                // a file system without second names
            }
        }
        Files.move(file, target); // fails too where the name is in use
    }

    private static boolean same(Path file, Path other) {
        try {
            Object key = Files.readAttributes(file, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS).fileKey();
            return key != null && key.equals(Files.readAttributes(other, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS).fileKey());
        } catch (IOException e) {
            return false;
        }
    }

    /**
     * @param file to look at
     * @return whether it is a file and no link, folder, pipe or device
     */
    static boolean isPlain(Path file) {
        return Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS);
    }

    /**
     * @param failure of a file system
     * @return what went wrong, in a few words
     */
    static String reason(Exception failure) {
        String reason = failure instanceof FileSystemException f ? f.getReason() : failure.getMessage();
        String kind = failure.getClass().getSimpleName().replaceAll("Exception$", "").replaceAll("(?<=[a-z])(?=[A-Z])", " ").toLowerCase(Locale.ROOT);
        return reason == null || reason.isBlank() ? kind : reason;
    }

    private static void flush(Path path) throws IOException {
        FileChannel channel;
        try {
            channel = FileChannel.open(path, StandardOpenOption.READ);
        } catch (AccessDeniedException | NoSuchFileException e) {
            return; // not to be read by us, a folder on a system that cannot open one, or gone: what follows will tell
        }
        try (channel) {
            channel.force(true);
        }
    }
}
