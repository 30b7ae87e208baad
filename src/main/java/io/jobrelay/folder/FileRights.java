package io.jobrelay.folder;

import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Who may read and write what the relay makes. Where a system has no such rights, or does not let them be set, all stays as that system has it. */
public final class FileRights {

    /** The write bits of the group and of all others. */
    public static final int OTHERS_WRITE = 022;
    /** Only the owner of a file may rename or delete it. */
    public static final int STICKY = 01000;
    /** All bits of those who are neither owner nor in the group. */
    public static final int ALL_OTHERS = 07;
    /** All bits of the group and of all others. */
    static final int NOT_THE_OWNERS = 077;
    /** Read by the owner and the group. */
    static final FileAttribute<Set<PosixFilePermission>> FILE = PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-r-----"));
    private static final Logger LOG = LoggerFactory.getLogger(FileRights.class);
    private static final int BITS = 07777;

    private FileRights() {
    }

    /**
     * @param path of a file or folder; a link is followed
     * @return its mode; empty where there is none
     */
    public static OptionalInt mode(Path path) {
        try {
            return OptionalInt.of((Integer) Files.getAttribute(path, "unix:mode") & BITS);
        } catch (IOException | UnsupportedOperationException | IllegalArgumentException e) {
            return OptionalInt.empty();
        }
    }

    /**
     * @param path of a file or folder; a link is followed
     * @return the number of the user who owns it; empty where there is none
     */
    public static Optional<Object> owner(Path path) {
        try {
            return Optional.of(Files.getAttribute(path, "unix:uid"));
        } catch (IOException | UnsupportedOperationException | IllegalArgumentException e) {
            return Optional.empty();
        }
    }

    /**
     * @param path of what the relay's user cannot read or write
     * @return why, in words: whose it is, and who asks
     */
    public static String whose(Path path) {
        try {
            if (Files.getFileStore(path).isReadOnly()) {
                return "it lies on a disk that can only be read";
            }
            String owner = Files.getOwner(path).getName();
            String user = user();
            return owner.equals(user) ? "access to " + path + " is denied to " + user
                    : path + " belongs to " + owner + ", and the relay runs as " + user;
        } catch (IOException | UnsupportedOperationException e) {
            return "access to " + path + " is denied";
        }
    }

    /**
     * @param path of a file or folder; a link is followed
     * @param bits of a mode
     * @return whether it has one of them
     */
    public static boolean has(Path path, int bits) {
        return (mode(path).orElse(0) & bits) != 0;
    }

    /**
     * Makes a folder where there is none, and the folders above it.
     *
     * @param folder to be made
     * @param permissions such as {@code rwxr-x---}, less what the umask forbids
     * @param sticky whether it gets that bit
     * @return whether it was made
     * @throws IOException when it could not be made
     */
    public static boolean make(Path folder, String permissions, boolean sticky) throws IOException {
        if (Files.isDirectory(folder)) { // a link to a folder is as good as one
            return false;
        }
        Path above = folder.toAbsolutePath().getParent();
        if (above != null && !Files.isDirectory(above)) { // Java takes a link to a folder for a file there
            Files.createDirectories(above);
        }
        try {
            Files.createDirectory(folder, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString(permissions)));
        } catch (UnsupportedOperationException e) {
            Files.createDirectory(folder);
        } catch (FileAlreadyExistsException e) {
            if (Files.isDirectory(folder)) {
                return false;
            }
            throw e;
        }
        if (sticky) {
            change(folder, 0, STICKY);
        }
        return true;
    }

    /**
     * @param path of a file or folder, no link
     * @param without bits that it loses
     * @return whether it has none of them now
     */
    public static boolean narrow(Path path, int without) {
        if (has(path, without)) {
            change(path, without, 0);
        }
        return !has(path, without);
    }

    /** @return the user that the relay runs as: a name, or a number where it has none */
    static String user() {
        String name = System.getProperty("user.name", "?");
        return !name.equals("?") ? name : owner(Path.of("/proc/self")).map(Object::toString).orElse(name);
    }

    private static void change(Path path, int without, int with) {
        try {
            int mode = (Integer) Files.getAttribute(path, "unix:mode", LinkOption.NOFOLLOW_LINKS) & BITS;
            Files.setAttribute(path, "unix:mode", mode & ~without | with, LinkOption.NOFOLLOW_LINKS);
        } catch (IOException | UnsupportedOperationException | IllegalArgumentException e) {
            LOG.debug("The rights of {} stay as they are", path, e);
        }
    }
}
