package io.jobrelay.intake;

import io.jobrelay.config.Keys;
import io.jobrelay.config.OpenFolder;
import io.jobrelay.config.Rights;
import io.jobrelay.config.StartFailure;
import io.jobrelay.http.Media;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.AtomicMoveNotSupportedException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.DirectoryStream;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;

/**
 * The inbox on the disk: what is dropped, and beside it {@code .open/<intake>/} for what was taken, {@code .done/} for what has ended,
 * {@code .rejected/} for what could not be submitted. Every move is a rename within one file system that overwrites nothing and follows no
 * link, so that at any instant a file is in exactly one of the four. Others may be allowed to write to the inbox: the three folders count
 * only while they are the relay's own, and what is done in them cannot be led elsewhere.
 */
final class InboxFolder {

    private static final String KEY = "relay.inbox.directory";
    private static final Pattern NOT_FOR_CAMEL = Pattern.compile("\\?|%[0-9A-Fa-f]{2}|\\$(simple)?\\{|RAW[({]");
    private static final Path ACCEPTED = Path.of(".accepted");
    private static final Pattern INTAKE = Pattern.compile("[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}");
    private static final long REMEMBER_NAMES_NANOS = TimeUnit.SECONDS.toNanos(1);

    private static final int MOST_KNOWN = 20_000;
    private static final int MOST_STRANGE = 100;

    private final Path inbox;
    private final OwnFolder open;
    private final OwnFolder done;
    private final OwnFolder rejected;
    private final Map<String, Object> known = Collections.synchronizedMap(new LinkedHashMap<>() { // intakes whose folders were seen, and their keys
        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Object> eldest) {
            return size() > MOST_KNOWN;
        }
    });
    private final Set<String> strange = ConcurrentHashMap.newKeySet();
    private Object relaysUser;
    private Map<String, Path> oddNames = Map.of();
    private long oddNamesRead = System.nanoTime() - REMEMBER_NAMES_NANOS;
    private DirectoryStream<Path> pass;
    private Iterator<Path> rest;

    private InboxFolder(Path inbox) {
        this.inbox = inbox;
        this.open = new OwnFolder(inbox.resolve(".open"), this::isOurs);
        this.done = new OwnFolder(inbox.resolve(".done"), this::isOurs);
        this.rejected = new OwnFolder(inbox.resolve(".rejected"), this::isOurs);
    }

    /** What was taken: a name in the folder of its intake, which is held open. */
    record Taken(OpenFolder folder, Path name) implements AutoCloseable {
        @Override
        public void close() throws IOException {
            folder.close();
        }
    }

    /**
     * Makes the inbox and its three folders where they are missing, and tries whether files can be taken. Where something else stands in the
     * place of one of the three, {@link #trouble} says so: that is no reason to answer no callbacks.
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
        try {
            Rights.make(folder.inbox, "rwxr-x---", true);
            folder.probe();
            return folder;
        } catch (IOException | UnsupportedOperationException e) {
            throw StartFailure.passing("The inbox " + folder.inbox + " (" + KEY + ") cannot be made or written: " + reason(e)
                    + ". Let the relay's user own that folder, or name another one.", e);
        }
    }

    private void probe() throws IOException {
        Path name = Path.of(".probe-" + UUID.randomUUID());
        try (OpenFolder from = OpenFolder.at(inbox)) {
            from.create(name).close();
            relaysUser = from.unix(name, "uid").orElse(null);
            try {
                for (OwnFolder folder : List.of(open, done, rejected)) {
                    try {
                        OpenFolder to = folder.get();
                        Rights.narrow(folder.path(), Rights.ALL_OTHERS);
                        if (folder == open) {
                            from.move(name, to, name);
                            to.move(name, from, name);
                        } else {
                            to.create(name).close();
                            to.delete(name);
                        }
                    } catch (NotOwnFolder e) {
                        // said by trouble()
                    }
                }
            } finally {
                from.delete(name);
            }
        }
    }

    /** Where nobody else can write to the inbox, whoever owns a folder was let in: a shared volume may show any owner. */
    private boolean isOurs(OpenFolder folder) throws IOException {
        if (!Rights.has(inbox, Rights.OTHERS_WRITE) || relaysUser == null) {
            return true;
        }
        Optional<Object> user = folder.owner();
        return user.isPresent() && (user.get().equals(relaysUser) || user.get().equals(0));
    }

    /** Whether somebody else than the relay's user can write to the inbox, its owner included. */
    private boolean isShared() throws IOException {
        return Rights.has(inbox, Rights.OTHERS_WRITE) || relaysUser != null && !relaysUser.equals(Rights.owner(inbox).orElse(null));
    }

    /** @return the folder that files are dropped into */
    Path path() {
        return inbox;
    }

    /** @return what keeps files from being taken or moved on at this moment, in one sentence; empty when nothing does */
    Optional<String> trouble() {
        if (!Files.isDirectory(inbox) || !Files.isWritable(inbox)) {
            return Optional.of("The inbox (" + KEY + ") is missing or cannot be written.");
        }
        for (OwnFolder folder : List.of(open, done, rejected)) {
            Optional<String> trouble = folder.trouble();
            if (trouble.isPresent()) {
                return trouble;
            }
        }
        return strange.stream().findFirst().map(InboxFolder::strangeFolder);
    }

    /**
     * Makes those of the three folders that are missing.
     *
     * @throws NotOwnFolder when one of them is not the relay's: nothing is to be taken or moved
     * @throws IOException when one cannot be made
     */
    void makeSure() throws IOException {
        open.get();
        done.get();
        rejected.get();
    }

    /** Opens the folder of an intake, which whoever can write to .open could exchange, too. */
    private OpenFolder intake(String intake) throws IOException {
        if (!INTAKE.matcher(intake).matches()) {
            throw new NoSuchFileException(intake);
        }
        OpenFolder folder = null;
        try {
            folder = open.get().folder(Path.of(intake));
            Object key = folder.attributes().fileKey();
            if (isOurs(folder) && (key == null || key.equals(known.computeIfAbsent(intake, id -> key)))) {
                strange.remove(intake);
                return folder;
            }
            folder.close();
        } catch (NoSuchFileException e) {
            known.remove(intake);
            strange.remove(intake);
            throw e;
        } catch (NotDirectoryException e) {
            // a link, or a file
        }
        if (strange.size() < MOST_STRANGE) {
            strange.add(intake);
        }
        throw new NotOwnFolder(strangeFolder(intake));
    }

    private static String strangeFolder(String intake) {
        return "What is called .open/" + intake + " in the inbox (" + KEY + ") is not the folder that the relay made. It is left alone:"
                + " move the right folder back to its place, or restart the relay if this is the right one.";
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
     * @throws NotOwnFolder when a folder is not the relay's; the file is in the inbox still
     * @throws IOException when it could not be taken; it is in the inbox still
     */
    boolean take(Path file, String intake) throws IOException {
        Path name = file.getFileName();
        boolean shared = isShared(); // a pipe may take the file's place while it is opened there, and hold us: it is flushed behind the door
        try (OpenFolder from = OpenFolder.at(inbox)) {
            if (!shared) {
                flush(from, name);
            }
            OpenFolder all = open.get();
            Rights.make(open.path().resolve(intake), "rwxr-x---", true);
            try (OpenFolder to = intake(intake)) {
                from.move(name, to, name);
                if (shared) {
                    flush(to, name);
                }
                to.flush();
            } catch (IOException e) {
                forgetEmpty(all, intake);
                if (e instanceof NoSuchFileException) {
                    return false;
                }
                throw e;
            }
            all.flush();
            from.flush();
            return true;
        }
    }

    private void forgetEmpty(OpenFolder all, String intake) {
        try {
            all.deleteFolder(Path.of(intake));
            known.remove(intake);
        } catch (IOException e) {
            // the file is in it, or it never was there
        }
    }

    /**
     * @param intake of a file that was taken
     * @return the file, to be closed; empty when it has been moved on
     * @throws NotOwnFolder when a folder is not the relay's
     * @throws IOException when the folder cannot be read
     */
    Optional<Taken> taken(String intake) throws IOException {
        OpenFolder folder;
        try {
            folder = intake(intake);
        } catch (NoSuchFileException e) {
            return Optional.empty(); // moved on, by this instance or by another one
        }
        try (DirectoryStream<Path> files = folder.list()) {
            for (Path file : files) {
                if (isShown(file)) {
                    return Optional.of(new Taken(folder, file.getFileName()));
                }
            }
        } catch (DirectoryIteratorException e) {
            folder.close();
            throw e.getCause();
        }
        folder.close();
        return Optional.empty();
    }

    /**
     * @param taken a plain file
     * @return whether it has a second name somewhere and others can write to the inbox: it may be a file of somebody else's then, which is
     *     nobody's to send away
     * @throws IOException when that cannot be told
     */
    boolean mayBeAnothers(Taken taken) throws IOException {
        return isShared() && taken.folder.unix(taken.name, "nlink").map(names -> (Integer) names > 1).orElse(false);
    }

    /**
     * Notes beside a file that its jobs are in the database: should they ever be missing there, they have ended and were purged.
     *
     * @param intake of a file that was taken
     * @throws NotOwnFolder when a folder is not the relay's
     * @throws IOException when it could not be noted
     */
    void noteAccepted(String intake) throws IOException {
        try (OpenFolder folder = intake(intake)) {
            folder.create(ACCEPTED).close();
        } catch (FileAlreadyExistsException e) {
            // noted before
        } catch (NoSuchFileException e) {
            // its jobs have ended, and the folder is gone already
        }
    }

    /**
     * @param intake of a file that was taken
     * @return whether {@link #noteAccepted} was called for it
     */
    boolean wasAccepted(String intake) {
        try (OpenFolder folder = intake(intake)) {
            return folder.has(ACCEPTED);
        } catch (IOException e) {
            return false; // whoever reads it now will find out
        }
    }

    /**
     * Goes through {@code .open/} without ever listing all of it, and begins anew after the end.
     *
     * @param most how many
     * @return the next intakes; fewer than {@code most}, or none, at the end of the folder
     * @throws NotOwnFolder when the folder is not the relay's
     * @throws IOException when the folder cannot be read
     */
    synchronized List<String> next(int most) throws IOException {
        OpenFolder all = open.get();
        if (pass == null) {
            pass = all.list();
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
                endPass();
            }
        }
        return intakes;
    }

    private void endPass() throws IOException {
        if (pass != null) {
            pass.close();
            pass = null;
        }
    }

    /** Lets go of all folders. */
    synchronized void close() throws IOException {
        endPass();
        open.close();
        done.close();
        rejected.close();
    }

    /**
     * @param taken a file
     * @param intake of it
     * @return the name it can have in {@code .done/}: its own, or one with the intake's id when that is used already
     * @throws NotOwnFolder when the folder is not the relay's
     * @throws IOException when it cannot be read
     */
    RawName nameWhenDone(Taken taken, String intake) throws IOException {
        RawName name = RawName.of(taken.name);
        OpenFolder to = done.get();
        boolean free = !to.has(name.plain()) || same(taken.folder, taken.name, to, name.plain()) || isHeld(to, name.plain(), intake);
        return free ? name : name.marked(intake);
    }

    /**
     * @param taken a file
     * @param name it gets in {@code .done/}
     * @param intake of it
     * @throws FileAlreadyExistsException when somebody else took the name meanwhile
     * @throws NotOwnFolder when the folder is not the relay's
     * @throws IOException when it could not be moved
     */
    void moveToDone(Taken taken, RawName name, String intake) throws IOException {
        if (!move(taken.folder, taken.name, done.get(), name.plain(), intake)) {
            throw new FileAlreadyExistsException(name.text());
        }
    }

    /**
     * @param taken a file
     * @param intake of it
     * @param sentence why it was rejected
     * @return where it is now; beside it a file {@code .error.txt} with the sentence
     * @throws NotOwnFolder when the folder is not the relay's
     * @throws IOException when it could not be moved
     */
    Path moveToRejected(Taken taken, String intake, String sentence) throws IOException {
        OpenFolder to = rejected.get();
        RawName own = RawName.of(taken.name);
        for (RawName name : List.of(own, own.marked(intake))) {
            Path error = name.plus(".error.txt").plain();
            if (to.has(error) || !move(taken.folder, taken.name, to, name.plain(), intake)) {
                continue;
            }
            Path draft = Path.of("." + intake); // whoever looks for the sentence finds it whole
            if (to.has(draft)) {
                to.delete(draft);
            }
            write(to.create(draft), sentence + "\n");
            if (!move(to, draft, to, error, intake)) {
                to.delete(draft); // somebody has a sentence of his own there
            }
            return name.in(to.path());
        }
        throw new FileAlreadyExistsException(own.marked(intake).text());
    }

    /**
     * Removes the folder of an intake whose file has been moved on. A folder that somebody put more into stays.
     *
     * @param intake of the file
     * @throws NotOwnFolder when a folder is not the relay's
     * @throws IOException when it could not be removed
     */
    void forget(String intake) throws IOException {
        Optional<Taken> taken = taken(intake);
        if (taken.isPresent()) {
            taken.get().close();
            return;
        }
        try (OpenFolder folder = intake(intake)) {
            if (folder.has(ACCEPTED)) {
                folder.delete(ACCEPTED);
            }
            open.get().deleteFolder(Path.of(intake));
            known.remove(intake);
        } catch (NoSuchFileException | DirectoryNotEmptyException e) {
            // gone already, or not ours to delete
        }
    }

    /**
     * The media file of an open job, which lies beside its intake, or in {@code .done/} where a job like an ended one was submitted again.
     *
     * @param intake of the file
     * @param media its name, as {@code relay_job.media} has it
     * @return the file, open; empty when it is gone, or is a link
     * @throws NotOwnFolder when a folder is not the relay's
     * @throws IOException when the folder cannot be read
     */
    Optional<Media.File> media(String intake, String media) throws IOException {
        Optional<Taken> taken = taken(intake);
        if (taken.isPresent()) {
            try (Taken found = taken.get()) {
                if (RawName.of(found.name).text().equals(media)) {
                    return media(found.folder, found.name);
                }
            }
        }
        RawName name = new RawName(media.getBytes(StandardCharsets.UTF_8));
        boolean plain = !media.startsWith(".") && media.indexOf('/') < 0 && media.indexOf('\0') < 0;
        return plain ? media(done.get(), name.plain()) : Optional.empty();
    }

    private static Optional<Media.File> media(OpenFolder folder, Path name) throws IOException {
        try {
            BasicFileAttributes file = folder.attributes(name);
            return file.isRegularFile() ? Optional.of(new Media.File(folder.read(name), file.lastModifiedTime().toInstant())) : Optional.empty();
        } catch (NoSuchFileException e) {
            return Optional.empty();
        }
    }

    /**
     * @param before milliseconds since the epoch
     * @param needed names that stay all the same
     * @return how many files of {@code .done/} were removed because they came there before that
     * @throws IOException when the folder cannot be read or a file cannot be removed
     */
    int removeDoneBefore(long before, Set<Object> needed) throws IOException {
        int removed = 0;
        OpenFolder from = done.get();
        try (DirectoryStream<Path> files = from.list()) {
            for (Path file : files) {
                Path name = file.getFileName();
                if (isShown(file) && isOld(from, name, before) && !needed.contains(RawName.of(name).text())) {
                    from.delete(name);
                    removed++;
                }
            }
        } catch (DirectoryIteratorException e) {
            throw e.getCause();
        }
        return removed;
    }

    /** A rename leaves the time of writing as it is; the time of the last change of the name is what counts, where the system has one. */
    private static boolean isOld(OpenFolder folder, Path name, long before) throws IOException {
        try {
            BasicFileAttributes file = folder.attributes(name);
            FileTime since = (FileTime) folder.unix(name, "ctime").orElse(file.lastModifiedTime());
            return file.isRegularFile() && since.toMillis() < before;
        } catch (NoSuchFileException e) {
            return false;
        }
    }

    private static boolean isShown(Path file) {
        return !RawName.of(file).text().startsWith(".");
    }

    /**
     * Nothing is overwritten. Where nobody else can write to the inbox, a second name is made and the first one taken away: unlike a rename,
     * that fails where the new name is in use. It goes by paths; so where others could lead those elsewhere, or where there are no second
     * names, a small file holds the new name until the rename: whoever makes it first has the name, and knows it again after a crash.
     *
     * @return whether it was moved; false when the name is in use
     */
    private boolean move(OpenFolder from, Path name, OpenFolder to, Path as, String intake) throws IOException {
        BasicFileAttributes file = from.attributes(name);
        if (file.isRegularFile() && !isShared()) {
            try {
                Files.createLink(to.path().resolve(as), from.path().resolve(name));
                from.delete(name);
                return true;
            } catch (FileAlreadyExistsException | UnsupportedOperationException e) {
                // looked at below
            } catch (NoSuchFileException e) {
                throw e;
            } catch (FileSystemException e) {
                // a file system without second names
            }
        }
        if (same(from, name, to, as)) {
            from.delete(name); // a crash came between the two names
            return true;
        }
        if (file.isDirectory() ? to.has(as) : !hold(to, as, intake)) {
            return false;
        }
        try {
            from.move(name, to, as);
        } catch (AtomicMoveNotSupportedException e) {
            copy(from, name, to, as);
            from.delete(name);
        }
        return true;
    }

    private static boolean hold(OpenFolder folder, Path name, String intake) throws IOException {
        try {
            write(folder.create(name), intake);
            return true;
        } catch (FileAlreadyExistsException e) {
            return isHeld(folder, name, intake);
        }
    }

    private static boolean isHeld(OpenFolder folder, Path name, String intake) throws IOException {
        BasicFileAttributes file = folder.attributes(name);
        if (!file.isRegularFile() || file.size() != intake.length()) {
            return false;
        }
        try (FileChannel channel = folder.read(name)) {
            return new String(Channels.newInputStream(channel).readNBytes(intake.length()), StandardCharsets.US_ASCII).equals(intake);
        } catch (AccessDeniedException e) {
            return false;
        }
    }

    private static void write(FileChannel channel, String text) throws IOException {
        try (channel) {
            for (ByteBuffer bytes = StandardCharsets.UTF_8.encode(text); bytes.hasRemaining();) {
                channel.write(bytes);
            }
        }
    }

    /** To another file system, where a folder of the inbox is a volume of its own. */
    private static void copy(OpenFolder from, Path name, OpenFolder to, Path as) throws IOException {
        try (FileChannel in = from.read(name); FileChannel out = to.empty(as)) {
            for (long at = 0; at < in.size();) {
                at += in.transferTo(at, in.size() - at, out);
            }
            out.force(true);
        }
    }

    private static boolean same(OpenFolder folder, Path name, OpenFolder other, Path as) throws IOException {
        try {
            Object key = folder.attributes(name).fileKey();
            return key != null && key.equals(other.attributes(as).fileKey());
        } catch (NoSuchFileException e) {
            return false;
        }
    }

    /**
     * @param failure of a file system
     * @return what went wrong, in a few words
     */
    static String reason(Exception failure) {
        String reason = failure instanceof FileSystemException f ? f.getReason() : failure.getMessage();
        String kind = failure.getClass().getSimpleName().replaceAll("Exception$", "").replaceAll("(?<=[a-z])(?=[A-Z])", " ")
                .toLowerCase(Locale.ROOT);
        return reason == null || reason.isBlank() ? kind : reason;
    }

    private static void flush(OpenFolder folder, Path name) throws IOException {
        try {
            if (folder.attributes(name).isRegularFile()) {
                try (FileChannel channel = folder.read(name)) {
                    channel.force(true);
                }
            }
        } catch (AccessDeniedException | NoSuchFileException e) {
            // not to be read by us, or gone: what follows will tell
        }
    }
}
