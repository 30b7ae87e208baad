package io.jobrelay.support;

import static io.jobrelay.support.RelayFixture.PATIENCE;
import static org.awaitility.Awaitility.await;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import com.fasterxml.uuid.Generators;
import io.jobrelay.folder.RawName;
import io.jobrelay.inbox.Inbox;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.slf4j.LoggerFactory;

/** A relay with a stand-in for the API, seen from its inbox; a file is taken at the first look unless the test says otherwise. */
public final class InboxRelay implements AutoCloseable {

    /** What the relay submits to. */
    public final StandInApi api = new StandInApi();
    /** The relay, of which {@link #start()} makes a running one. */
    public final RelayFixture relay = new RelayFixture().with("relay.inbox.still-for", "0ms").with("relay.inbox.reject-after", "0ms")
            .with("relay.poll.interval", "50ms");
    private final ListAppender<ILoggingEvent> log = new ListAppender<>();
    private final Logger logger = (Logger) LoggerFactory.getLogger(Inbox.class.getPackageName());

    /** Not started yet. */
    public InboxRelay() {
        relay.withApi(api.url()).with("relay.ringcentral.requests-per-minute", "10000");
        log.start();
        logger.addAppender(log);
        logger.setLevel(Level.INFO);
    }

    /**
     * @param keys that it has besides
     * @return this
     */
    public InboxRelay with(UnaryOperator<RelayFixture> keys) {
        keys.apply(relay);
        return this;
    }

    /** @return this, running */
    public InboxRelay start() {
        relay.start();
        return this;
    }

    @Override
    public void close() {
        relay.close();
        api.close();
        logger.detachAppender(log);
        logger.setLevel(null);
    }

    // ---- the folders

    /** @return where files are dropped */
    public Path inbox() {
        return relay.inbox();
    }

    /** @return where files lie whose jobs have not ended */
    public Path open() {
        return inbox().resolve(".open");
    }

    /** @return where files lie whose jobs have ended */
    public Path done() {
        return inbox().resolve(".done");
    }

    /** @return where files lie that cannot become jobs */
    public Path rejected() {
        return inbox().resolve(".rejected");
    }

    /**
     * Puts a whole file into the inbox at once, as a careful sender does.
     *
     * @param name of the file
     * @param content of it
     * @return the file
     */
    public Path drop(String name, String content) {
        return drop(name.getBytes(StandardCharsets.UTF_8), content.getBytes(StandardCharsets.UTF_8));
    }

    /**
     * The same of any bytes.
     *
     * @param name of the file, as the file system has it
     * @param content of it
     * @return the file
     */
    public Path drop(byte[] name, byte[] content) {
        try {
            Files.createDirectories(inbox());
            Path hidden = Files.write(inbox().resolve(".drop-" + UUID.randomUUID()), content);
            return Files.move(hidden, new RawName(name).in(inbox()), StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /**
     * What a crash between the rename and the insert leaves behind.
     *
     * @param name of the file
     * @param content of it
     * @return the folder it lies in
     */
    public String leaveInOpen(String name, String content) {
        try {
            String intake = Generators.timeBasedEpochGenerator().generate().toString();
            Files.createDirectories(open().resolve(intake));
            Files.writeString(open().resolve(intake).resolve(name), content);
            return intake;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /**
     * @param folder that is there
     * @return the names in it, sorted
     */
    public static List<String> names(Path folder) {
        try (Stream<Path> files = Files.list(folder)) {
            return files.map(f -> RawName.of(f).text()).sorted().toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /**
     * @param file in UTF-8
     * @return what stands in it
     */
    public static String text(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    // ---- what happens

    /** @param file to wait for */
    public void untilThere(Path file) {
        await().atMost(PATIENCE).until(() -> Files.exists(file, LinkOption.NOFOLLOW_LINKS));
    }

    /**
     * Waits for more than the name: an empty file holds it until the finished one moves over it.
     *
     * @param file in .done that is to be there
     */
    public void untilDone(Path file) {
        await().atMost(PATIENCE).until(() -> Files.isSymbolicLink(file) || Files.isRegularFile(file) && Files.size(file) > 0);
    }

    /** @param file that is to go */
    public void untilGone(Path file) {
        await().atMost(PATIENCE).until(() -> Files.notExists(file, LinkOption.NOFOLLOW_LINKS));
    }

    /** A file moves first, its folder goes a moment later. */
    public void untilNothingOpen() {
        await().atMost(PATIENCE).until(() -> names(open()).isEmpty());
    }

    /**
     * @param count of jobs to wait for
     * @return all jobs
     */
    public List<Map<String, Object>> untilJobs(int count) {
        await().atMost(PATIENCE).until(() -> jobs().size() == count);
        return jobs();
    }

    /** @return all jobs, in the order of their files and of the elements in them */
    public List<Map<String, Object>> jobs() {
        return relay.sql("SELECT * FROM relay_job ORDER BY id");
    }

    /**
     * @param reference to wait for
     * @return the job that has it
     */
    public Map<String, Object> jobOf(String reference) {
        await().atMost(PATIENCE).until(() -> relay.count("SELECT COUNT(*) FROM relay_job WHERE reference = ?", reference) == 1);
        return relay.sql("SELECT * FROM relay_job WHERE reference = ?", reference).get(0);
    }

    /**
     * Ends a job as a callback would.
     *
     * @param job its row
     */
    public void end(Map<String, Object> job) {
        String id = (String) job.get("id");
        relay.post(relay.callbackUrl(id), "{\"status\":\"Success\",\"response\":{}}");
        relay.untilStatus(id, "Success");
    }

    /** Lets two sweeps go by: what they could have done is done. */
    public void sweepTwice() {
        relay.run("inbox-sweep");
        relay.run("inbox-sweep");
    }

    /** @return what was warned of */
    public List<String> warnings() {
        return told(Level.WARN);
    }

    /** @return what is said of files that nothing is wrong with so far, and of what went well */
    public List<String> notes() {
        return told(Level.INFO);
    }

    private List<String> told(Level level) {
        return List.copyOf(log.list).stream().filter(e -> e.getLevel() == level).map(ILoggingEvent::getFormattedMessage).toList();
    }
}
