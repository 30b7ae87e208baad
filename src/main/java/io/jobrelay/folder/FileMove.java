package io.jobrelay.folder;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.AtomicMoveNotSupportedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;

/** How files are moved in the inbox: nothing is overwritten, no link is followed, and a crash leaves the file in one place or the other. */
public final class FileMove {

    private FileMove() {
    }

    /**
     * Nothing is overwritten. Where nobody else can write to the inbox, a second name is made and the first one taken away: unlike a rename,
     * that fails where the new name is in use. It goes by paths; so where others could lead those elsewhere, or where there are no second
     * names, a small file holds the new name until the rename: whoever makes it first has the name, and knows it again after a crash.
     *
     * @param from where the file is
     * @param name of it
     * @param to where it comes
     * @param as its new name
     * @param intake it belongs to
     * @param shared whether others can write to the inbox
     * @return whether it was moved; false when the name is in use
     */
    public static boolean move(OpenFolder from, Path name, OpenFolder to, Path as, String intake, boolean shared) throws IOException {
        BasicFileAttributes file = from.attributes(name);
        if (file.isRegularFile() && !shared) {
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

    /**
     * @param folder that may hold it
     * @param name of a file in it
     * @param intake an id
     * @return whether that file begins with the id; a file that cannot be read does not
     * @throws IOException when the folder cannot be read
     */
    public static boolean isHeld(OpenFolder folder, Path name, String intake) throws IOException {
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

    /**
     * @param channel of a new file, which is closed
     * @param text in ASCII, that is on the disk when this returns
     * @throws IOException when it cannot be written
     */
    public static void write(FileChannel channel, String text) throws IOException {
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

    /**
     * @param folder of the one file
     * @param name of the one file
     * @param other folder of the other
     * @param as name of the other
     * @return whether both are the same file, under two names
     * @throws IOException when one of them cannot be looked at
     */
    public static boolean same(OpenFolder folder, Path name, OpenFolder other, Path as) throws IOException {
        try {
            Object key = folder.attributes(name).fileKey();
            return key != null && key.equals(other.attributes(as).fileKey());
        } catch (NoSuchFileException e) {
            return false;
        }
    }

    /**
     * Returns when what was written to a file is on the disk.
     *
     * @param folder it is in
     * @param name of it
     * @throws IOException when it is not
     */
    public static void flush(OpenFolder folder, Path name) throws IOException {
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
