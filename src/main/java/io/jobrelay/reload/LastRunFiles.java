package io.jobrelay.reload;

import io.jobrelay.config.RouteLocations;
import io.jobrelay.protocol.Redaction;
import io.jobrelay.routes.RouteFile;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFileAttributeView;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The route files that ran last, beside the store, for a start that finds one of them broken. Only what differs from the relay's jar is kept:
 * each form under its digest, and a list of them that takes the place of the one before as a whole. Another relay's list counts for nothing.
 */
final class LastRunFiles {

    private static final Logger LOG = LoggerFactory.getLogger(LastRunFiles.class);
    private static final String FOLDER = "routes-that-ran";
    private static final String LIST = "files";
    private static final String GONE = "-";
    private static final Set<PosixFilePermission> OWNER_ONLY = PosixFilePermissions.fromString("rwx------");

    private final Path folder;
    private final Map<String, RouteFile> packaged;
    private final String head;
    private String list = "";
    private Map<String, RouteFile> kept = Map.of();
    private volatile String trouble = "";

    /**
     * @param store the folder that holds the store, or one beside the relay where the store is a server
     * @param instance what tells this relay from others that keep theirs in the same folder
     * @param version of the relay
     * @param packaged the files of its jar, by name
     */
    LastRunFiles(Path store, String instance, String version, Map<String, RouteFile> packaged) {
        this.folder = store.resolve(FOLDER).resolve(instance);
        this.packaged = packaged;
        MessageDigest all = sha256();
        packaged.forEach((name, file) -> {
            all.update(name.getBytes(StandardCharsets.UTF_8));
            all.update(file.bytes());
        });
        this.head = "AI Job Relay " + version + " " + HexFormat.of().formatHex(all.digest());
    }

    /** @return the files that ran last, by name: those of the jar where nothing else is known */
    Map<String, RouteFile> read() {
        Map<String, RouteFile> files = new TreeMap<>(packaged);
        Map<String, RouteFile> found = new TreeMap<>();
        if (!Files.exists(folder.resolve(LIST), LinkOption.NOFOLLOW_LINKS)) {
            return files;
        }
        try {
            own(folder.getParent());
            own(folder);
            String text = Files.readString(folder.resolve(LIST));
            if (!text.startsWith(head + "\n")) {
                LOG.info("What another version of the relay ran last is not used, and forgotten: {}", folder);
                return files;
            }
            for (String line : text.substring(head.length() + 1).split("\n")) {
                String[] entry = line.split(" ", 2);
                if (entry.length == 2 && entry[0].equals(GONE)) {
                    files.remove(entry[1]);
                } else if (entry.length == 2) {
                    copy(entry[1], entry[0]).ifPresent(file -> found.put(file.name(), file));
                }
            }
            files.putAll(found);
            list = text;
        } catch (IOException e) {
            told("What ran last cannot be read", e);
        }
        kept = found;
        return files;
    }

    private Optional<RouteFile> copy(String name, String digest) throws IOException {
        Path file = folder.resolve(place(name, digest));
        byte[] bytes = Files.isRegularFile(file) ? Files.readAllBytes(file) : new byte[0];
        if (!digest(bytes).equals(digest)) {
            LOG.warn("The form of routes/{} that ran last is damaged, and is not used: {}", name, file);
            return Optional.empty();
        }
        return Optional.of(new RouteFile(name, RouteLocations.location(file), bytes));
    }

    /**
     * Keeps what runs now; takes a moment, since it is flushed.
     *
     * @param files by name
     */
    void keep(Map<String, RouteFile> files) {
        Map<String, RouteFile> copies = new TreeMap<>();
        StringBuilder text = new StringBuilder(head).append('\n');
        files.forEach((name, file) -> {
            if (!file.equals(packaged.get(name)) && name.chars().noneMatch(Character::isISOControl)) {
                String digest = digest(file.bytes());
                copies.put(name, new RouteFile(name, RouteLocations.location(folder.resolve(place(name, digest))), file.bytes()));
                text.append(digest).append(' ').append(name).append('\n');
            }
        });
        packaged.keySet().stream().filter(name -> !files.containsKey(name)).forEach(name -> text.append(GONE).append(' ').append(name).append('\n'));
        boolean asPackaged = text.length() == head.length() + 1;
        if (text.toString().equals(list) || asPackaged && !Files.exists(folder.resolve(LIST), LinkOption.NOFOLLOW_LINKS)) {
            return;
        }
        try {
            make(folder.getParent());
            make(folder);
            for (RouteFile copy : copies.values()) {
                Path file = RouteLocations.file(copy.location());
                if (!Files.isRegularFile(file) || Files.size(file) != copy.bytes().length) {
                    write(file, copy.bytes());
                }
            }
            write(folder.resolve(LIST), text.toString().getBytes(StandardCharsets.UTF_8));
            list = text.toString();
            kept = copies;
            trouble = "";
            removeOthers();
        } catch (IOException e) {
            told("What runs now cannot be kept for the next start", e);
        }
    }

    /**
     * @param file as it runs
     * @return where it can be read for as long as it runs, whatever happens to the file it came from; empty where it could not be kept
     */
    Optional<String> location(RouteFile file) {
        return Stream.of(kept, packaged).map(files -> files.get(file.name())).filter(file::equals).map(RouteFile::location).findFirst();
    }

    /** @return a sentence when what runs cannot be kept; empty when all is well */
    Optional<String> trouble() {
        return Optional.of(trouble).filter(said -> !said.isEmpty());
    }

    private void told(String what, IOException e) {
        String why = e instanceof AccessDeniedException ? "access is denied" : Redaction.of(e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage());
        String now = what + ": " + why + " (" + folder + "). A route file that is broken then is replaced by the packaged one, or left out.";
        if (!now.equals(trouble)) {
            LOG.warn(now);
        }
        trouble = now;
    }

    private static String place(String name, String digest) {
        return digest.substring(0, 16) + "-" + name.replace('/', '-'); // a dot would begin the ending that tells Camel what it is
    }

    /** It holds code: whoever can write there would run what he likes. */
    private static void own(Path folder) throws IOException {
        if (!Files.isDirectory(folder, LinkOption.NOFOLLOW_LINKS)) {
            throw new IOException("it is not a folder of the relay's own");
        }
        PosixFileAttributeView view = Files.getFileAttributeView(folder, PosixFileAttributeView.class);
        if (view == null || view.readAttributes().permissions().equals(OWNER_ONLY)) {
            return;
        }
        try {
            view.setPermissions(OWNER_ONLY);
        } catch (IOException e) {
            Set<PosixFilePermission> now = view.readAttributes().permissions();
            if (now.contains(PosixFilePermission.GROUP_WRITE) || now.contains(PosixFilePermission.OTHERS_WRITE)) {
                throw new IOException("others can write there", e);
            }
        }
    }

    private static void make(Path folder) throws IOException {
        if (!Files.exists(folder, LinkOption.NOFOLLOW_LINKS)) {
            if (Files.getFileStore(nearest(folder)).supportsFileAttributeView(PosixFileAttributeView.class)) {
                Files.createDirectories(folder, PosixFilePermissions.asFileAttribute(OWNER_ONLY));
            } else {
                Files.createDirectories(folder);
            }
        }
        own(folder);
    }

    private static Path nearest(Path folder) {
        Path there = folder;
        while (!Files.exists(there) && there.getParent() != null) {
            there = there.getParent();
        }
        return there;
    }

    private void write(Path file, byte[] bytes) throws IOException {
        Path whole = Files.createTempFile(folder, ".", ".tmp");
        try {
            Files.write(whole, bytes);
            try (FileChannel channel = FileChannel.open(whole, StandardOpenOption.WRITE)) {
                channel.force(true);
            }
            Files.move(whole, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        } finally {
            Files.deleteIfExists(whole);
        }
    }

    private void removeOthers() throws IOException {
        List<Path> listed = new ArrayList<>(List.of(folder.resolve(LIST)));
        kept.values().forEach(copy -> listed.add(RouteLocations.file(copy.location())));
        try (Stream<Path> all = Files.list(folder)) {
            for (Path file : all.filter(file -> !listed.contains(file) && Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS)).toList()) {
                Files.deleteIfExists(file);
            }
        }
    }

    private static String digest(byte[] bytes) {
        return HexFormat.of().formatHex(sha256().digest(bytes));
    }

    private static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }
}
