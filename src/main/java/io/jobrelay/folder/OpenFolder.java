package io.jobrelay.folder;

import java.io.Closeable;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.DirectoryStream;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.SecureDirectoryStream;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributeView;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileAttribute;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;

/**
 * A folder that is held open. What is done in it happens in this very folder, even if somebody has put a link in the place of its name
 * meanwhile, and no link in it is followed. Where the system knows no such thing, all goes by paths.
 */
public final class OpenFolder implements Closeable {

    private static final Path ITSELF = Path.of(".");
    private final Path path;
    private final SecureDirectoryStream<Path> held;

    private OpenFolder(Path path, DirectoryStream<Path> stream) throws IOException {
        this.path = path;
        if (stream instanceof SecureDirectoryStream<Path> secure) {
            this.held = secure;
        } else {
            this.held = null;
            stream.close();
        }
    }

    /**
     * @param path of a folder, or of a link to one
     * @return the folder
     * @throws IOException when there is none, or it cannot be read
     */
    public static OpenFolder at(Path path) throws IOException {
        return new OpenFolder(path, Files.newDirectoryStream(path));
    }

    /**
     * @param name of a folder in this one
     * @return that folder
     * @throws NotDirectoryException when it is a link, or anything else
     * @throws IOException when it is not there, or cannot be read
     */
    public OpenFolder folder(Path name) throws IOException {
        Path there = path.resolve(name);
        if (!attributes(name).isDirectory()) { // to open a pipe would take until somebody writes to it
            throw new NotDirectoryException(there.toString());
        }
        return new OpenFolder(there, held == null ? Files.newDirectoryStream(there) : held.newDirectoryStream(name, LinkOption.NOFOLLOW_LINKS));
    }

    /** @return what it was called when it was opened */
    public Path path() {
        return path;
    }

    /**
     * @return what this folder is
     * @throws IOException when that cannot be told
     */
    public BasicFileAttributes attributes() throws IOException {
        return held == null ? Files.readAttributes(path, BasicFileAttributes.class)
                : held.getFileAttributeView(BasicFileAttributeView.class).readAttributes();
    }

    /** @return the number of the user who owns this folder; empty where the system has none, or another folder has its name by now */
    public Optional<Object> owner() {
        try {
            Map<String, Object> found = Files.readAttributes(path, "unix:fileKey,uid", LinkOption.NOFOLLOW_LINKS);
            return Optional.of(found).filter(f -> Objects.equals(f.get("fileKey"), key())).map(f -> f.get("uid"));
        } catch (IOException | UnsupportedOperationException | IllegalArgumentException e) {
            return Optional.empty();
        }
    }

    private Object key() {
        try {
            return attributes().fileKey();
        } catch (IOException e) {
            return null;
        }
    }

    /**
     * @param name in this folder
     * @return what it is; a link is a link
     * @throws IOException when it is not there, or that cannot be told
     */
    public BasicFileAttributes attributes(Path name) throws IOException {
        return held == null ? Files.readAttributes(path.resolve(name), BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS)
                : held.getFileAttributeView(name, BasicFileAttributeView.class, LinkOption.NOFOLLOW_LINKS).readAttributes();
    }

    /**
     * Asks for what only some systems know, and only by a path.
     *
     * @param name in this folder
     * @param attribute such as {@code nlink}
     * @return its value; empty where the system has none, or the path leads to something else by now
     * @throws IOException when it is not there
     */
    public Optional<Object> unix(Path name, String attribute) throws IOException {
        try {
            Map<String, Object> found = Files.readAttributes(path.resolve(name), "unix:fileKey," + attribute, LinkOption.NOFOLLOW_LINKS);
            return Optional.of(found).filter(f -> f.get("fileKey") != null).filter(f -> same(f.get("fileKey"), name)).map(f -> f.get(attribute));
        } catch (UnsupportedOperationException | IllegalArgumentException e) {
            return Optional.empty();
        }
    }

    private boolean same(Object key, Path name) {
        try {
            return key.equals(attributes(name).fileKey());
        } catch (IOException e) {
            return false;
        }
    }

    /**
     * @param name in this folder
     * @return whether anything has that name
     * @throws IOException when that cannot be told
     */
    public boolean has(Path name) throws IOException {
        try {
            attributes(name);
            return true;
        } catch (NoSuchFileException e) {
            return false;
        }
    }

    /**
     * @return all that is in it; only the last name of each path counts
     * @throws IOException when it cannot be read
     */
    public DirectoryStream<Path> list() throws IOException {
        return held == null ? Files.newDirectoryStream(path) : held.newDirectoryStream(ITSELF, LinkOption.NOFOLLOW_LINKS);
    }

    /**
     * @param name of a plain file in this folder
     * @return its contents
     * @throws IOException when it is a link, or cannot be read
     */
    public FileChannel read(Path name) throws IOException {
        return channel(name, Set.of(StandardOpenOption.READ, LinkOption.NOFOLLOW_LINKS));
    }

    /**
     * @param name that nothing in this folder has
     * @return a new, empty file, to be read by the relay's user and group only
     * @throws java.nio.file.FileAlreadyExistsException when something has that name, be it a link
     * @throws IOException when it cannot be made
     */
    public FileChannel create(Path name) throws IOException {
        return channel(name, Set.of(StandardOpenOption.WRITE, StandardOpenOption.CREATE_NEW, LinkOption.NOFOLLOW_LINKS), FileRights.FILE);
    }

    /**
     * @param name of a plain file in this folder
     * @return the file, emptied
     * @throws IOException when it is a link, or cannot be written
     */
    public FileChannel empty(Path name) throws IOException {
        return channel(name, Set.of(StandardOpenOption.WRITE, StandardOpenOption.TRUNCATE_EXISTING, LinkOption.NOFOLLOW_LINKS));
    }

    private FileChannel channel(Path name, Set<OpenOption> options, FileAttribute<?>... attributes) throws IOException {
        return held == null ? FileChannel.open(path.resolve(name), options) : (FileChannel) held.newByteChannel(name, options, attributes);
    }

    /**
     * Renames at once; what has the new name already is replaced.
     *
     * @param name in this folder
     * @param to where it comes
     * @param as its new name
     * @throws IOException when it could not be renamed
     */
    public void move(Path name, OpenFolder to, Path as) throws IOException {
        if (held == null || to.held == null) {
            Files.move(path.resolve(name), to.path.resolve(as), StandardCopyOption.ATOMIC_MOVE);
        } else {
            held.move(name, to.held, as);
        }
    }

    /**
     * @param name of a file or link in this folder
     * @throws IOException when it could not be deleted
     */
    public void delete(Path name) throws IOException {
        if (held == null) {
            Files.delete(path.resolve(name));
        } else {
            held.deleteFile(name);
        }
    }

    /**
     * @param name of an empty folder in this one
     * @throws IOException when it could not be deleted
     */
    public void deleteFolder(Path name) throws IOException {
        if (held == null) {
            Files.delete(path.resolve(name));
        } else {
            held.deleteDirectory(name);
        }
    }

    /**
     * Returns when the names in this folder are on the disk, or the file system knows no such thing, which is said once.
     *
     * @throws IOException when they are not
     */
    public void flush() throws IOException {
        try (FileChannel channel = held == null ? FileChannel.open(path, StandardOpenOption.READ) : read(ITSELF)) {
            channel.force(true);
        } catch (IOException e) {
            FlushSupport.accept(path, e);
        }
    }

    /**
     * @return whether this folder is there no more, under any name: nothing can be made in one that was deleted
     * @throws IOException when that cannot be told
     */
    public boolean isDeleted() throws IOException {
        Path probe = Path.of(".probe-" + UUID.randomUUID());
        try {
            create(probe).close();
            delete(probe);
            return false;
        } catch (NoSuchFileException e) {
            return true;
        } catch (FileSystemException e) {
            if (String.valueOf(e.getReason()).contains("Stale")) { // deleted by another machine that shares it
                return true;
            }
            throw e;
        }
    }

    @Override
    public void close() throws IOException {
        if (held != null) {
            held.close();
        }
    }
}
