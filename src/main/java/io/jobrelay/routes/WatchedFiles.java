package io.jobrelay.routes;

import io.jobrelay.config.RouteLocations;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.HashMap;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;

/** The files of {@code routes/} on disk, read again only when they look different. */
public final class WatchedFiles {

    private static final long LARGEST_BYTES = 4 * 1024 * 1024; // YAML of more than 3 MB is refused by its reader
    private static final byte[] NOTHING = {};
    private final Supplier<Map<String, Path>> lie;
    private final BooleanSupplier complete;
    private final Map<String, RouteFile> packaged;
    private Map<String, Seen> seen = Map.of();

    /** A file that was read, and what it looked like then. */
    private record Seen(String look, RouteFile file) {
    }

    /**
     * @param locations where the files lie
     * @param packaged those of the jar, which are below all others where the distribution's folder is not there
     */
    public WatchedFiles(RouteLocations locations, Map<String, RouteFile> packaged) {
        this(locations::files, locations::complete, packaged);
    }

    /**
     * @param lie where the files lie now, by name
     * @param complete whether the lowest of their folders is there
     * @param packaged those of the jar, which are below all others where it is not
     */
    WatchedFiles(Supplier<Map<String, Path>> lie, BooleanSupplier complete, Map<String, RouteFile> packaged) {
        this.lie = lie;
        this.complete = complete;
        this.packaged = packaged;
    }

    /**
     * @return the uppermost file of each name, by name, as it is now; one that cannot be read has a {@link RouteFile#trouble}
     * @throws NoSuchFileException when a file went meanwhile
     * @throws io.jobrelay.config.StartFailure when a folder cannot be read
     */
    public Map<String, RouteFile> read() throws NoSuchFileException {
        Map<String, Seen> now = new HashMap<>();
        Map<String, RouteFile> files = new TreeMap<>();
        for (Map.Entry<String, Path> entry : lie.get().entrySet()) {
            RouteFile file = read(entry.getKey(), entry.getValue(), now);
            files.put(entry.getKey(), file);
        }
        seen = now;
        if (!complete.getAsBoolean()) {
            packaged.forEach(files::putIfAbsent);
        }
        return files;
    }

    private RouteFile read(String name, Path path, Map<String, Seen> now) throws NoSuchFileException {
        try {
            BasicFileAttributes attributes = Files.readAttributes(path, BasicFileAttributes.class);
            if (!attributes.isRegularFile()) {
                return unreadable(name, path, "it is a " + (attributes.isDirectory() ? "folder" : "device") + ", not a file");
            }
            if (attributes.size() > LARGEST_BYTES) {
                return unreadable(name, path, "it is larger than 4 MiB");
            }
            String look = path + "|" + attributes.size() + "|" + attributes.lastModifiedTime().toInstant() + "|" + attributes.fileKey();
            Seen before = seen.get(name);
            RouteFile file = before != null && before.look.equals(look) ? before.file : new RouteFile(name, RouteLocations.location(path), Files.readAllBytes(path));
            now.put(name, new Seen(look, file));
            return file;
        } catch (NoSuchFileException e) {
            if (Files.isSymbolicLink(path)) {
                return unreadable(name, path, "it is a link that leads nowhere");
            }
            throw e;
        } catch (AccessDeniedException e) {
            return unreadable(name, path, "it cannot be read: access is denied");
        } catch (IOException e) {
            return unreadable(name, path, "it cannot be read: " + (e.getMessage() == null ? e.getClass().getSimpleName()
                    : e.getMessage().replace(path + ": ", "")));
        }
    }

    private static RouteFile unreadable(String name, Path path, String trouble) {
        return new RouteFile(name, RouteLocations.location(path), NOTHING, trouble);
    }
}
