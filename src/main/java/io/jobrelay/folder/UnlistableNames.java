package io.jobrelay.folder;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/** Finds files by what {@link java.io.File}, through which Camel lists them, shows in the place of names that the locale cannot show. */
public final class UnlistableNames {

    private static final long REMEMBER_NANOS = TimeUnit.SECONDS.toNanos(1);

    private final Path folder;
    private Map<String, Path> names = Map.of();
    private long read = System.nanoTime() - REMEMBER_NANOS;

    /** @param folder in which files are found */
    public UnlistableNames(Path folder) {
        this.folder = folder;
    }

    /**
     * @param listed a name as {@link java.io.File} lists it, with replacement characters where the locale cannot show it
     * @return the file of that name; empty when it is gone
     * @throws IOException when the folder cannot be read
     */
    public synchronized Optional<Path> find(String listed) throws IOException {
        try {
            Path plain = folder.resolve(listed);
            if (Files.exists(plain, LinkOption.NOFOLLOW_LINKS)) {
                return Optional.of(plain);
            }
        } catch (InvalidPathException e) {
            // not a name in this locale: found among the odd ones
        }
        Path odd = names.get(shown(listed));
        if (odd == null || !Files.exists(odd, LinkOption.NOFOLLOW_LINKS)) {
            if (System.nanoTime() - read >= REMEMBER_NANOS) {
                names = read();
                read = System.nanoTime();
            }
            odd = names.get(shown(listed));
        }
        return Optional.ofNullable(odd).filter(path -> Files.exists(path, LinkOption.NOFOLLOW_LINKS));
    }

    private Map<String, Path> read() throws IOException {
        Map<String, Path> found = new HashMap<>();
        try (DirectoryStream<Path> files = Files.newDirectoryStream(folder)) {
            for (Path file : files) {
                String name = file.getFileName().toString();
                if (name.indexOf('\ufffd') >= 0 || name.indexOf('?') >= 0) {
                    found.putIfAbsent(shown(name), file);
                }
            }
        }
        return found;
    }

    /** File and Path stand different characters in for what they cannot show. */
    private static String shown(String name) {
        return name.replace('\ufffd', '?');
    }
}
