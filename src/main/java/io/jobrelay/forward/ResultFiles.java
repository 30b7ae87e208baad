package io.jobrelay.forward;

import io.jobrelay.config.Keys;
import io.jobrelay.folder.DurableFile;
import io.jobrelay.folder.FileRights;
import io.jobrelay.folder.Folders;
import io.jobrelay.folder.OpenFolder;
import io.jobrelay.protocol.RelayId;
import java.io.IOException;
import java.io.InputStream;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.channels.SeekableByteChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Clock;
import java.time.Duration;
import java.util.regex.Pattern;
import org.apache.camel.Body;
import org.apache.camel.Exchange;
import org.apache.camel.Header;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The folder of the file sink: what has been written there outlives a power cut, and leaves after its time. */
public final class ResultFiles {

    private static final Logger LOG = LoggerFactory.getLogger(ResultFiles.class);

    /** What is written to before it gets its name; a killed relay leaves such files behind. */
    private static final Pattern UNFINISHED = Pattern.compile("\\." + RelayId.LIKE + "\\..+");
    private static final Duration SURELY_UNFINISHED = Duration.ofDays(1);
    private static final int LONGEST_END = 4 << 20;

    private final Path folder;
    private final boolean on;
    private final Duration retention;
    private final Clock clock;
    private final DurableFile disk;
    private final SharedFlush names;

    /**
     * @param keys {@code relay.sinks}, {@code relay.sink.file.*}
     * @param clock the relay's
     */
    public ResultFiles(Keys keys, Clock clock) {
        this(keys, clock, DurableFile.REAL);
    }

    ResultFiles(Keys keys, Clock clock, DurableFile disk) {
        this.folder = Path.of(keys.required("relay.sink.file.directory"));
        this.on = keys.list("relay.sinks").contains("file");
        this.retention = keys.durationOrKeep("relay.sink.file.retention").orElse(null);
        this.clock = clock;
        this.disk = disk;
        this.names = new SharedFlush(this::flushNames);
    }

    /** @return whether the file sink is one of {@code relay.sinks}; if not, nothing in the folder is touched */
    public boolean on() {
        return on;
    }

    /**
     * Writes a new file and flushes it. Others may be allowed to write to the folder: Camel's own producer would write through a link that
     * somebody laid under that name, lets everybody read what it writes, and flushes nothing, with {@code forceWrites} either.
     *
     * @param document to be written
     * @param id of the outcome
     * @param exchange gets the hidden name it has written to, which nobody else has, as Camel's own producer tells it
     * @throws IOException when it cannot be written, or the name is in use
     */
    public void write(@Body InputStream document, @Header("relay-id") String id, Exchange exchange) throws IOException {
        String hidden = "." + id + "." + exchange.getExchangeId();
        writeTo(hidden, document);
        exchange.getMessage().setHeader(Exchange.FILE_NAME_PRODUCED, hidden);
    }

    void writeTo(String name, InputStream document) throws IOException {
        FileRights.make(folder, Folders.OF_RESULTS, false);
        Path file = Path.of(name);
        try (OpenFolder to = OpenFolder.at(folder); FileChannel channel = to.create(file)) {
            try {
                document.transferTo(Channels.newOutputStream(channel));
                disk.flush(channel, folder.resolve(file));
            } catch (IOException e) {
                giveBack(to, file);
                throw e;
            }
        }
    }

    /** Nobody will ever ask for it, and a full disk needs the room. */
    private static void giveBack(OpenFolder folder, Path file) {
        try {
            folder.delete(file);
        } catch (IOException e) {
            LOG.debug("A half written file stays for a day", e);
        }
    }

    /**
     * Gives a written file its name, in place of one that may have it already, and returns when the name is on the disk. At no moment is
     * there no file of that name where there was one: Camel's own renaming would remove the old one first.
     *
     * @param written what it is called so far
     * @param name what it is called after from now on, see {@link FileName}
     * @throws IOException when the disk or the folder is gone; nothing has been delivered then
     */
    public void publish(@Header(Exchange.FILE_NAME_PRODUCED) String written, @Header("relay-name") String name) throws IOException {
        try (OpenFolder results = OpenFolder.at(folder)) {
            results.move(Path.of(written), results, Path.of(FileName.of(name)));
        }
        names.flush();
    }

    private void flushNames() throws IOException {
        try (OpenFolder results = OpenFolder.at(folder)) {
            disk.flush(results);
        }
    }

    /**
     * Removes a first outcome whose place a second one has taken under another name: the API gave the job another jobId, or one at last.
     *
     * @param name what the file was called after
     * @param id of the second outcome; a file of another job stays
     * @throws IOException when it cannot be read or removed; the second outcome is written by then
     */
    public void remove(@Header("relay-replaces") String name, @Header("relay-id") String id) throws IOException {
        Path file = folder.resolve(FileName.of(name));
        if (Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS)) {
            if (end(file).contains(OutcomeDocument.relayOf(id.substring(0, id.length() - OutcomeDocument.SECOND_ID.length()), false))) {
                Files.delete(file);
                names.flush();
            }
        }
    }

    /**
     * @param name the file is to be called after
     * @param id of the outcome
     * @param status of the outcome; only what the relay gave up has a second one
     * @return whether there is no second outcome of the same job under that name: an attempt that stood still until its claim had lapsed
     *     must not replace it
     * @throws IOException when the file cannot be read
     */
    public boolean isCurrent(@Header("relay-name") String name, @Header("relay-id") String id, @Header("relay-status") String status) throws IOException {
        Path file = folder.resolve(FileName.of(name));
        return !"Expired".equals(status) || !Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS)
                || !end(file).contains(OutcomeDocument.relayOf(id, true));
    }

    /** The end of a file, where what the relay adds to a document stands; the rest may be large. */
    private static String end(Path file) throws IOException {
        try (SeekableByteChannel channel = Files.newByteChannel(file, StandardOpenOption.READ, LinkOption.NOFOLLOW_LINKS); InputStream in = Channels.newInputStream(channel)) {
            channel.position(Math.max(0, channel.size() - LONGEST_END));
            return new String(in.readAllBytes(), StandardCharsets.ISO_8859_1);
        }
    }

    /**
     * Removes results that have lain there for longer than {@code relay.sink.file.retention} (with {@code keep} all stay), and what a killed
     * relay left half written a day ago. What others keep in the folder, whatever it is called, stays.
     *
     * @throws IOException when the folder cannot be read or a file cannot be removed
     */
    public void removeOld() throws IOException {
        int removed = 0;
        try (DirectoryStream<Path> files = Files.newDirectoryStream(folder)) {
            for (Path file : files) {
                String name = file.getFileName().toString();
                boolean old = UNFINISHED.matcher(name).matches() ? isOlder(file, SURELY_UNFINISHED)
                        // looked at again when it has been read: a second outcome may have taken its place
                        : retention != null && name.endsWith(".json") && isOlder(file, retention) && WrittenResult.is(file) && isOlder(file, retention);
                if (old && Files.deleteIfExists(file)) {
                    removed++;
                }
            }
        } catch (NoSuchFileException e) {
            // the folder, or a file that somebody else was faster with: the next time tells
        } catch (DirectoryIteratorException e) {
            throw e.getCause();
        }
        if (removed > 0) {
            LOG.info("{} old files were removed from the folder of the file sink (relay.sink.file.retention)", removed);
        }
    }

    private boolean isOlder(Path file, Duration kept) throws IOException {
        return Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS)
                && Files.getLastModifiedTime(file, LinkOption.NOFOLLOW_LINKS).toMillis() < clock.millis() - kept.toMillis();
    }
}
