package io.jobrelay.inbox;

import io.jobrelay.folder.FileRights;
import io.jobrelay.folder.NotOwnFolder;
import io.jobrelay.folder.OpenFolder;
import io.jobrelay.folder.OwnFolder;
import io.jobrelay.folder.RawName;
import io.jobrelay.protocol.RelayId;
import java.io.IOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.DirectoryStream;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** What was taken from the inbox: {@code .open/} with a folder for each file, which is named by its intake and counts only while it is the relay's. */
final class TakenFiles {

    private static final Path ACCEPTED = Path.of(".accepted");
    private static final int MOST_KNOWN = 20_000;
    private static final int MOST_STRANGE = 100;

    private final OwnFolder open;
    private final OwnFolder.Owner owner;
    private final Map<String, Object> known = Collections.synchronizedMap(new LinkedHashMap<>() { // intakes whose folders were seen, and their keys
        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Object> eldest) {
            return size() > MOST_KNOWN;
        }
    });
    private final Set<String> strange = ConcurrentHashMap.newKeySet();
    private DirectoryStream<Path> pass;
    private Iterator<Path> rest;

    /**
     * @param open {@code .open/}
     * @param owner asked about the folders in it
     */
    TakenFiles(OwnFolder open, OwnFolder.Owner owner) {
        this.open = open;
        this.owner = owner;
    }

    /** @return which folder in {@code .open/} is not the one that the relay made, in one sentence; empty when none is known of */
    Optional<String> trouble() {
        return strange.stream().findFirst().map(TakenFiles::strangeFolder);
    }

    /**
     * @param intake of a file
     * @return where its folder is, or was
     */
    Path path(String intake) {
        return open.path().resolve(intake);
    }

    /**
     * @param intake a new id
     * @return its folder, which is made
     * @throws IOException when it cannot be made
     */
    OpenFolder make(String intake) throws IOException {
        FileRights.make(path(intake), "rwxr-x---", true);
        return folder(intake);
    }

    /** Opens the folder of an intake, which whoever can write to .open could exchange, too. */
    private OpenFolder folder(String intake) throws IOException {
        if (!RelayId.is(intake)) {
            throw new NoSuchFileException(intake);
        }
        OpenFolder folder = null;
        try {
            folder = open.get().folder(Path.of(intake));
            Object key = folder.attributes().fileKey();
            if (owner.isOurs(folder) && (key == null || key.equals(known.computeIfAbsent(intake, id -> key)))) {
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
        return "What is called .open/" + intake + " in the inbox (relay.inbox.directory) is not the folder that the relay made. It is left alone:"
                + " move the right folder back to its place, or restart the relay if this is the right one.";
    }

    /**
     * @param intake of a file that was taken
     * @return the file, to be closed; empty when it has been moved on
     * @throws NotOwnFolder when a folder is not the relay's
     * @throws IOException when the folder cannot be read
     */
    Optional<InboxFolder.Taken> taken(String intake) throws IOException {
        OpenFolder folder;
        try {
            folder = folder(intake);
        } catch (NoSuchFileException e) {
            return Optional.empty(); // moved on, by this instance or by another one
        }
        try (DirectoryStream<Path> files = folder.list()) {
            for (Path file : files) {
                if (isShown(file)) {
                    return Optional.of(new InboxFolder.Taken(folder, file.getFileName()));
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
     * Notes beside a file that its jobs are in the database: should they ever be missing there, they have ended and were purged.
     *
     * @param intake of a file that was taken
     * @throws NotOwnFolder when a folder is not the relay's
     * @throws IOException when it could not be noted
     */
    void noteAccepted(String intake) throws IOException {
        try (OpenFolder folder = folder(intake)) {
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
        try (OpenFolder folder = folder(intake)) {
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
                if (RelayId.is(name)) {
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

    /** Lets go of what {@link #next} goes through. */
    synchronized void endPass() throws IOException {
        if (pass != null) {
            pass.close();
            pass = null;
        }
    }

    /**
     * Removes the folder of an intake whose file has been moved on. A folder that somebody put more into stays.
     *
     * @param intake of the file
     * @return whether the file has been moved on; if not, nothing is removed
     * @throws NotOwnFolder when a folder is not the relay's
     * @throws IOException when it could not be removed
     */
    boolean forget(String intake) throws IOException {
        Optional<InboxFolder.Taken> taken = taken(intake);
        if (taken.isPresent()) {
            taken.get().close();
            return false;
        }
        try (OpenFolder folder = folder(intake)) {
            if (folder.has(ACCEPTED)) {
                folder.delete(ACCEPTED);
            }
            open.get().deleteFolder(Path.of(intake));
            known.remove(intake);
        } catch (NoSuchFileException | DirectoryNotEmptyException e) {
            // gone already, or not ours to delete
        }
        return true;
    }

    /** @param intake whose file could not be taken after all: its folder goes, unless it is in there */
    void forgetEmpty(String intake) {
        try {
            open.get().deleteFolder(Path.of(intake));
            known.remove(intake);
        } catch (IOException e) {
            // the file is in it, or it never was there
        }
    }

    /**
     * @param file of one of the inbox's folders
     * @return whether it is not hidden, as the relay's own notes are
     */
    static boolean isShown(Path file) {
        return !RawName.of(file).text().startsWith(".");
    }
}
