package io.jobrelay.inbox;

import io.jobrelay.config.Keys;
import io.jobrelay.config.StartFailure;
import io.jobrelay.folder.FileMove;
import io.jobrelay.folder.FileRights;
import io.jobrelay.folder.FileStillness;
import io.jobrelay.folder.FolderOverlap;
import io.jobrelay.folder.NotOwnFolder;
import io.jobrelay.folder.OpenFolder;
import io.jobrelay.folder.OwnFolder;
import io.jobrelay.folder.RawName;
import io.jobrelay.folder.UnlistableNames;
import io.jobrelay.media.MediaServer;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.UUID;

/**
 * The inbox on the disk: what is dropped, and beside it {@code .open/<intake>/} for what was taken, {@code .done/} for what has ended,
 * {@code .rejected/} for what could not be submitted. Every move is a rename within one file system that overwrites nothing and follows no
 * link, so that at any instant a file is in exactly one of the four. Others may be allowed to write to the inbox: the three folders count
 * only while they are the relay's own, and what is done in them cannot be led elsewhere.
 */
final class InboxFolder {

    private static final String KEY = "relay.inbox.directory";

    private final Path inbox;
    private final OwnFolder open;
    private final OwnFolder done;
    private final OwnFolder rejected;
    private final TakenFiles intakes;
    private final UnlistableNames names;
    private Object relaysUser;

    private InboxFolder(Path inbox) {
        this.inbox = inbox;
        this.open = new OwnFolder(inbox.resolve(".open"), this::isOurs);
        this.done = new OwnFolder(inbox.resolve(".done"), this::isOurs);
        this.rejected = new OwnFolder(inbox.resolve(".rejected"), this::isOurs);
        this.intakes = new TakenFiles(open, this::isOurs);
        this.names = new UnlistableNames(inbox);
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
        InboxFolder folder;
        try {
            folder = new InboxFolder(Path.of(directory).toAbsolutePath());
        } catch (InvalidPathException e) {
            throw Keys.unreadable(KEY, "the path of a folder");
        }
        try {
            FileRights.make(folder.inbox, "rwxr-x---", true);
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
                        FileRights.narrow(folder.path(), FileRights.ALL_OTHERS);
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
        if (!FileRights.has(inbox, FileRights.OTHERS_WRITE) || relaysUser == null) {
            return true;
        }
        Optional<Object> user = folder.owner();
        return user.isPresent() && (user.get().equals(relaysUser) || user.get().equals(0));
    }

    /** Whether somebody else than the relay's user can write to the inbox, its owner included. */
    boolean isShared() throws IOException {
        return FileRights.has(inbox, FileRights.OTHERS_WRITE) || relaysUser != null && !relaysUser.equals(FileRights.owner(inbox).orElse(null));
    }

    /** @return the folder that files are dropped into */
    Path path() {
        return inbox;
    }

    /** @return what keeps files from being taken or moved on at this moment, in one sentence; empty when nothing does */
    Optional<String> trouble() {
        if (!Files.isDirectory(inbox) || !Files.isReadable(inbox) || !Files.isWritable(inbox)) {
            return Optional.of("The inbox (" + KEY + ") is missing or cannot be read or written.");
        }
        for (OwnFolder folder : List.of(open, done, rejected)) {
            Optional<String> trouble = folder.trouble();
            if (trouble.isPresent()) {
                return trouble;
            }
        }
        return intakes.trouble();
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

    /**
     * @param listed a name as {@link java.io.File} lists it, with replacement characters where the locale cannot show it
     * @return the file of that name; empty when it is gone, or is that of a store
     * @throws IOException when the inbox cannot be read
     */
    Optional<Path> find(String listed) throws IOException {
        return names.find(listed).filter(path -> !FolderOverlap.isStores(path));
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
                FileMove.flush(from, name);
            }
            OpenFolder all = open.get();
            try (OpenFolder to = intakes.make(intake)) {
                from.move(name, to, name);
                if (shared) {
                    FileMove.flush(to, name);
                }
                to.flush();
            } catch (IOException e) {
                intakes.forgetEmpty(intake);
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

    /** @return what was taken, and has not been moved on */
    TakenFiles intakes() {
        return intakes;
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

    /** Lets go of all folders. */
    void close() throws IOException {
        intakes.endPass();
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
        boolean free = !to.has(name.plain()) || FileMove.same(taken.folder, taken.name, to, name.plain())
                || FileMove.isHeld(to, name.plain(), intake);
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
        if (!FileMove.move(taken.folder, taken.name, done.get(), name.plain(), intake, isShared())) {
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
        Path draft = Path.of("." + intake); // whoever looks for the sentence finds it whole, and a file is not moved where there is no room for it
        if (to.has(draft)) {
            to.delete(draft);
        }
        FileMove.write(to.create(draft), sentence + "\n");
        try {
            RawName own = RawName.of(taken.name);
            for (RawName name : List.of(own, own.marked(intake))) {
                Path error = name.plus(".error.txt").plain();
                if (!to.has(error) && FileMove.move(taken.folder, taken.name, to, name.plain(), intake, isShared())) {
                    FileMove.move(to, draft, to, error, intake, isShared()); // unless somebody has a sentence of his own there
                    return name.in(to.path());
                }
            }
            throw new FileAlreadyExistsException(own.marked(intake).text());
        } finally {
            if (to.has(draft)) {
                to.delete(draft);
            }
        }
    }

    /** What is asked about a media file. */
    @FunctionalInterface
    private interface Question<T> {
        T of(OpenFolder folder, Path name) throws IOException;
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
    Optional<MediaServer.File> media(String intake, String media) throws IOException {
        return ask(intake, media, (folder, name) -> {
            Instant modified = folder.attributes(name).lastModifiedTime().toInstant();
            return new MediaServer.File(folder.read(name), modified);
        });
    }

    /**
     * @param intake of a media file
     * @param media its name, as {@code relay_job.media} has it
     * @return what it looks like; empty when it is gone, or is a link
     * @throws NotOwnFolder when a folder is not the relay's
     * @throws IOException when the folder cannot be read
     */
    Optional<FileStillness.Look> look(String intake, String media) throws IOException {
        return ask(intake, media, (folder, name) -> FileStillness.Look.of(folder.attributes(name)));
    }

    private <T> Optional<T> ask(String intake, String media, Question<T> question) throws IOException {
        Optional<Taken> taken = intakes.taken(intake);
        if (taken.isPresent()) {
            try (Taken found = taken.get()) {
                if (RawName.of(found.name).text().equals(media)) {
                    return ask(found.folder, found.name, question);
                }
            }
        }
        RawName name = new RawName(media.getBytes(StandardCharsets.UTF_8));
        boolean plain = !media.startsWith(".") && media.indexOf('/') < 0 && media.indexOf('\0') < 0;
        return plain ? ask(done.get(), name.plain(), question) : Optional.empty();
    }

    private static <T> Optional<T> ask(OpenFolder folder, Path name, Question<T> question) throws IOException {
        try {
            return folder.attributes(name).isRegularFile() ? Optional.of(question.of(folder, name)) : Optional.empty();
        } catch (NoSuchFileException e) {
            return Optional.empty();
        }
    }

    /** @return where jobs' files lie that have ended */
    OwnFolder done() {
        return done;
    }

    /** @return where files lie that could not be submitted */
    OwnFolder rejected() {
        return rejected;
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
}
