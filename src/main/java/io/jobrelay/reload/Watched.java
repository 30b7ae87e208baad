package io.jobrelay.reload;

import io.jobrelay.config.Layers;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.HashMap;
import java.util.Map;
import java.util.TreeMap;

/** The files of {@code routes/} on disk, read again only when they look different. */
final class Watched {

    private final Layers layers;
    private Map<String, Seen> seen = Map.of();

    /** A file that was read, and what it looked like then. */
    private record Seen(String look, RouteFile file) {
    }

    /** @param layers where the files lie */
    Watched(Layers layers) {
        this.layers = layers;
    }

    /**
     * @return the uppermost file of each name, by name, as it is now
     * @throws IOException when a folder or a file cannot be read
     */
    Map<String, RouteFile> read() throws IOException {
        Map<String, Seen> now = new HashMap<>();
        Map<String, RouteFile> files = new TreeMap<>();
        for (Map.Entry<String, Path> entry : layers.files().entrySet()) {
            Path path = entry.getValue();
            BasicFileAttributes attributes = Files.readAttributes(path, BasicFileAttributes.class);
            String look = path + "|" + attributes.size() + "|" + attributes.lastModifiedTime().toInstant() + "|" + attributes.fileKey();
            Seen before = seen.get(entry.getKey());
            RouteFile file = before != null && before.look.equals(look) ? before.file : new RouteFile(entry.getKey(), path, Files.readAllBytes(path));
            now.put(entry.getKey(), new Seen(look, file));
            files.put(entry.getKey(), file);
        }
        seen = now;
        return files;
    }
}
