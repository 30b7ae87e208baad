package io.jobrelay.folder;

import java.io.Closeable;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One of the relay's folders in the inbox. Whoever may write to the inbox can put something else in its place; so it counts only while it is
 * a folder, no link, and the very one that was there at the start or that a relay has made since that one was deleted. It is held open, so
 * that whatever is done in it happens there, and so that its number is given to no other folder.
 */
public final class OwnFolder implements Closeable {

    private static final Logger LOG = LoggerFactory.getLogger(OwnFolder.class);
    private static final String STANDS_STILL = " The inbox stands still, so that nothing is moved or deleted through it: ";
    private static final String GIVE_IT_BACK = "let the relay's user own the folder, or remove it to get a new one.";
    private static final int MOST_MADE = 16;

    private final Path path;
    private final Owner owner;
    private final Map<Object, OpenFolder> own = new LinkedHashMap<>();

    /** Tells whose folder may be the relay's. */
    @FunctionalInterface
    public interface Owner {
        /**
         * @param folder that is held open
         * @return whether it may be the relay's
         * @throws IOException when that cannot be told
         */
        boolean isOurs(OpenFolder folder) throws IOException;
    }

    /**
     * @param path in the inbox
     * @param owner asked about a folder that was not made here
     */
    public OwnFolder(Path path, Owner owner) {
        this.path = path;
        this.owner = owner;
    }

    /** @return where it is, or should be */
    public Path path() {
        return path;
    }

    /**
     * @return the folder, made anew where nothing has its name
     * @throws NotOwnFolder when something else has its name
     * @throws IOException when it cannot be made or read
     */
    public synchronized OpenFolder get() throws IOException {
        try {
            return there();
        } catch (NoSuchFileException e) {
            make();
            return there();
        }
    }

    private OpenFolder there() throws IOException {
        BasicFileAttributes there = Files.readAttributes(path, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
        if (!there.isDirectory()) {
            throw notOwn(" is " + (there.isSymbolicLink() ? "a link" : "a file") + " and not the relay's folder.",
                    "move that folder back to its place, or remove what stands there to get a new one.");
        }
        OpenFolder folder = own.get(key(there));
        if (folder == null && !own.isEmpty() && !areDeleted()) {
            throw notOwn(" is not the folder that the relay knows.",
                    "move that one back to its place, or restart the relay if this is the right one.");
        }
        return folder == null ? adopt() : folder;
    }

    private OpenFolder adopt() throws IOException {
        OpenFolder found;
        try (OpenFolder inbox = OpenFolder.at(path.getParent())) {
            found = inbox.folder(path.getFileName());
        } catch (NotDirectoryException e) {
            throw notOwn(" was exchanged while it was looked at.", "keep others from writing to the inbox.");
        } catch (AccessDeniedException e) {
            throw notOwn(" cannot be opened by the relay's user.", GIVE_IT_BACK);
        }
        if (!owner.isOurs(found)) {
            found.close();
            throw notOwn(" belongs to another user, and others can write to the inbox.", GIVE_IT_BACK);
        }
        own.put(key(found.attributes()), found);
        return found;
    }

    private void make() throws IOException {
        boolean again = !own.isEmpty();
        if (!areDeleted() && own.size() >= MOST_MADE) {
            throw notOwn(" was taken away again and again.", "keep others from writing to the inbox, and restart the relay.");
        }
        if (FileRights.make(path, "rwxr-x---", true)) {
            if (again) {
                LOG.warn("{} was gone and is made again. Jobs whose files lay in it go on, but their media cannot be served"
                        + " until that folder is put back in its place.", name());
            }
            adopt();
        }
    }

    /** Forgets those that were deleted: another instance with the same inbox may have made the folder again. */
    private boolean areDeleted() {
        for (Map.Entry<Object, OpenFolder> folder : List.copyOf(own.entrySet())) {
            try {
                if (folder.getValue().isDeleted()) {
                    own.remove(folder.getKey());
                    folder.getValue().close();
                }
            } catch (IOException e) {
                LOG.debug("It cannot be told whether {} is there still", folder.getValue().path(), e);
            }
        }
        return own.isEmpty();
    }

    /** @return why it cannot be used at this moment; empty when it can. Nothing is made. */
    public synchronized Optional<String> trouble() {
        try {
            there();
            return Files.isWritable(path) ? Optional.empty() : Optional.of(name() + " cannot be written.");
        } catch (NotOwnFolder e) {
            return Optional.of(e.getMessage());
        } catch (IOException e) {
            return Optional.of(name() + " is missing or cannot be read.");
        }
    }

    private static Object key(BasicFileAttributes attributes) {
        return Objects.requireNonNullElse(attributes.fileKey(), "a system that numbers no folders");
    }

    private String name() {
        return "The folder " + path.getFileName() + " of the inbox (relay.inbox.directory)";
    }

    private NotOwnFolder notOwn(String is, String what) {
        return new NotOwnFolder(name() + is + STANDS_STILL + what);
    }

    @Override
    public synchronized void close() throws IOException {
        for (OpenFolder folder : own.values()) {
            folder.close();
        }
        own.clear();
    }
}
