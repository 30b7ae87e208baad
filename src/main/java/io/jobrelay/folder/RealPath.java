package io.jobrelay.folder;

import java.io.IOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.Optional;

/** Where a path leads, by the system's word: its links and {@code ..} are followed as the system follows them, also where it ends in what is not there yet. */
final class RealPath {

    private static final int MOST_LINKS = 40;

    private RealPath() {
    }

    /**
     * @param path of anything, there or not
     * @return where it leads; below what is there now, as if it were made
     */
    static Path of(Path path) {
        return of(path.toAbsolutePath(), MOST_LINKS);
    }

    private static Path of(Path path, int links) {
        try {
            return path.toRealPath();
        } catch (IOException e) {
            // not there yet, or not for us to look at
        }
        Path parent = path.getParent();
        if (parent == null) {
            return path;
        }
        try {
            if (links > 0 && Files.isSymbolicLink(path)) {
                return of(of(parent, links).resolve(Files.readSymbolicLink(path)), links - 1);
            }
        } catch (IOException e) {
            // gone meanwhile
        }
        Path above = of(parent, links);
        return switch (path.getFileName().toString()) {
            case "." -> above;
            case ".." -> above.getParent() == null ? above : above.getParent();
            default -> above.resolve(path.getFileName());
        };
    }

    /**
     * @param path of anything, there or not
     * @return the first link on the way that leads to nothing; empty where all lead somewhere
     */
    static Optional<Path> dangling(Path path) {
        Path whole = path.toAbsolutePath();
        for (int names = 1; names <= whole.getNameCount(); names++) {
            Path there = whole.getRoot().resolve(whole.subpath(0, names));
            if (!Files.exists(there)) {
                return Files.exists(there, LinkOption.NOFOLLOW_LINKS) && Files.isSymbolicLink(there) ? Optional.of(there) : Optional.empty();
            }
        }
        return Optional.empty();
    }

    /**
     * @param path of anything, there or not
     * @return itself, or the nearest above it that is there
     */
    static Path nearest(Path path) {
        Path there = path;
        while (!Files.exists(there) && there.getParent() != null) {
            there = there.getParent();
        }
        return there;
    }

    /**
     * @param one real path
     * @param other real path
     * @return whether both are the same, be it by a second mount or because the system takes no notice of capital letters
     */
    static boolean same(Path one, Path other) {
        if (one.equals(other)) {
            return true;
        }
        boolean there = Files.exists(one);
        if (there != Files.exists(other) || one.getParent() == null || other.getParent() == null) {
            return false;
        }
        try {
            return there ? Files.isSameFile(one, other) : one.getFileName().toString().equalsIgnoreCase(other.getFileName().toString())
                    && same(one.getParent(), other.getParent()) && ignoresCase(nearest(one));
        } catch (IOException e) {
            return false; // not for us to look at, and so nothing that we could write to
        }
    }

    /**
     * @param folder real path
     * @param path real path
     * @return whether the path leads to something inside of the folder
     */
    static boolean holds(Path folder, Path path) {
        for (Path above = path.getParent(); above != null; above = above.getParent()) {
            if (same(folder, above)) {
                return true;
            }
        }
        return false;
    }

    private static boolean ignoresCase(Path folder) throws IOException {
        try (DirectoryStream<Path> names = Files.newDirectoryStream(folder)) {
            for (Path name : names) {
                if (!turned(name).equals(name)) {
                    return Files.exists(turned(name), LinkOption.NOFOLLOW_LINKS);
                }
            }
        } catch (DirectoryIteratorException e) {
            throw e.getCause();
        }
        return folder.getParent() != null && !turned(folder).equals(folder) && Files.exists(turned(folder)) && Files.isSameFile(folder, turned(folder));
    }

    /** The same with capital letters for small ones, and small ones for capitals, in its last name. */
    private static Path turned(Path path) {
        StringBuilder name = new StringBuilder();
        path.getFileName().toString().chars().forEach(c -> name.append((char) (Character.isUpperCase(c) ? Character.toLowerCase(c) : Character.toUpperCase(c))));
        return path.resolveSibling(name.toString());
    }
}
