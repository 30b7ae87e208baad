package io.jobrelay.watch;

import io.jobrelay.protocol.Redaction;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.camel.support.service.ServiceSupport;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The process that ran here before this one, and is certainly dead: it held a lock on a file, which the system takes from a process only when
 * that ends, and this one holds it now. The file says what its claims begin with. It counts only as the same file since the same start of the
 * machine: a copy of the folder, or the same folder seen from another machine, knows of no predecessor, and its claims wait for their leases.
 */
public final class Predecessor extends ServiceSupport {

    private static final Logger LOG = LoggerFactory.getLogger(Predecessor.class);
    private static final Path BOOT = Path.of("/proc/sys/kernel/random/boot_id");
    private static final int LONGEST = 4_096;
    /** A second channel to a file would cost this process its lock when it is closed. */
    private static final Set<Path> HELD = ConcurrentHashMap.newKeySet();
    private final Path file;
    private final Path boot;
    private final String name;
    private FileChannel channel;
    private boolean held;
    private String head;
    private List<String> dead = List.of();

    /**
     * @param file that no other relay on this machine uses at the same time; null where nobody can be followed
     * @param name what this process' claims begin with
     */
    public Predecessor(Path file, String name) {
        this(file, BOOT, name);
    }

    Predecessor(Path file, Path boot, String name) {
        this.file = file == null ? null : file.toAbsolutePath().normalize();
        this.boot = boot;
        this.name = name;
    }

    /** @return what the claims of dead processes begin with; none where there was no predecessor, or it is not certain that it is dead */
    public synchronized List<String> names() {
        return dead;
    }

    /** What they had claimed has been released: nobody needs to know them any more. */
    public synchronized void seenTo() {
        if (channel != null && !dead.isEmpty()) {
            try {
                dead = List.of();
                write();
            } catch (IOException e) {
                LOG.debug("The next start looks for them once more", e);
            }
        }
    }

    @Override
    protected synchronized void doStart() {
        if (file == null || !Files.isReadable(boot) || !HELD.add(file)) {
            return;
        }
        held = true;
        try {
            Files.createDirectories(file.getParent());
            // one channel for all of it: the system takes the lock away when any other one to the file is closed
            channel = FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE, LinkOption.NOFOLLOW_LINKS);
            FileLock lock = channel.tryLock();
            if (lock == null) {
                letGo();
                return;
            }
            head = Files.readString(boot).strip() + " "
                    + Files.readAttributes(file, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS).fileKey();
            dead = read();
            write();
        } catch (IOException e) {
            LOG.info("What a relay that is killed has claimed will wait for its lease to end: {}", Redaction.of(e));
            dead = List.of();
            letGo();
        }
    }

    private List<String> read() throws IOException {
        ByteBuffer bytes = ByteBuffer.allocate(LONGEST);
        while (bytes.hasRemaining() && channel.read(bytes, bytes.position()) > 0) {
            // until its end
        }
        List<String> lines = new String(bytes.array(), 0, bytes.position(), StandardCharsets.UTF_8).lines().toList();
        return lines.isEmpty() || !lines.get(0).equals(head) ? List.of()
                : lines.stream().skip(1).filter(line -> line.matches("[0-9a-f]{8}") && !line.equals(name)).distinct().toList();
    }

    /** Its own name before it claims anything, those of the dead until they have been seen to. */
    private void write() throws IOException {
        List<String> lines = new ArrayList<>(List.of(head));
        lines.addAll(dead);
        lines.add(name);
        ByteBuffer text = ByteBuffer.wrap((String.join("\n", lines) + "\n").getBytes(StandardCharsets.UTF_8));
        int length = text.remaining();
        for (long at = 0; text.hasRemaining();) {
            at += channel.write(text, at);
        }
        channel.truncate(length);
    }

    private void letGo() {
        try {
            if (channel != null) {
                channel.close();
            }
        } catch (IOException e) {
            LOG.debug("It is given up all the same", e);
        }
        channel = null;
        if (held) {
            HELD.remove(file);
            held = false;
        }
    }

    @Override
    protected synchronized void doStop() {
        letGo();
    }
}
