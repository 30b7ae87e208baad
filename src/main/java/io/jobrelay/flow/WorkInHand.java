package io.jobrelay.flow;

import io.jobrelay.db.Database;
import io.jobrelay.folder.FileRights;
import io.jobrelay.protocol.Problem;
import io.jobrelay.protocol.Redaction;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.apache.camel.CamelContext;
import org.apache.camel.Exchange;
import org.apache.camel.NamedNode;
import org.apache.camel.Processor;
import org.apache.camel.Route;
import org.apache.camel.spi.Policy;
import org.apache.camel.support.LifecycleStrategySupport;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.jdbc.core.JdbcTemplate;

/**
 * Remembers on the disk what the steps inside have in hand, a file of the inbox or an outcome: should it be what the relay ends by, the next
 * start would take it up again and end again, for ever. What was in hand at two ends in a row by an Error is set aside and named; what was in
 * hand at one is done when no other such is, so that the second end tells the one that is guilty from those that were only there.
 *
 * <p>One small file, a line of a fixed length for each thing, written before and blanked after; nothing is flushed, since it has to outlive the
 * process and not the machine. A line begins with an {@code x} for being in hand. The next start makes an {@code E} of it after an end by an
 * Error, and a {@code k} after any other, which says little about what was in hand: of those it takes {@value #KILLS} in a row.
 */
public final class WorkInHand implements Policy {

    private static final Logger LOG = LoggerFactory.getLogger(WorkInHand.class);
    private static final int ERRORS = 2;
    private static final int KILLS = 10;
    private static final long SECONDS_TO_BE_ALONE = 3;
    private static final int LINE = 256;
    private static final byte[] BLANK = line("");
    private static final String ERROR = "ended by an Error";
    private static final byte[] ENDED = line(ERROR);
    /** Made by {@code bin/relay} in the working folder where Java ends without running anything more of this program. */
    private static final Path OUT_OF_MEMORY = Path.of("data/out-of-memory");

    private final Path path;
    private final Map<String, Left> left = new ConcurrentHashMap<>();
    private final Semaphore alone = new Semaphore(1);
    private final Queue<Integer> free = new ArrayDeque<>();
    private int lines = 1;
    private RandomAccessFile file;

    /** What an earlier run had in hand when it ended: how often, and the line that says so. */
    private record Left(String ends, int line) {

        boolean guilty() {
            return errors() >= ERRORS || ends.length() >= KILLS;
        }

        long errors() {
            return ends.chars().filter(end -> end == 'E').count();
        }
    }

    /** An outcome that is not delivered any more, since the relay has ended by it. */
    public static final class SetAside extends Exception {

        private static final long serialVersionUID = 1L;

        SetAside(String sentence) {
            super(sentence);
        }
    }

    /**
     * @param database beside which the file lies, where that is a file of this process alone; else it is in {@code data} of the working folder
     * @param instance tells this relay from others that share a database and a working folder
     * @return what remembers; nothing, where the database does not outlive the process
     */
    public static WorkInHand beside(Database database, String instance) {
        if (!database.alone()) {
            return new WorkInHand(OUT_OF_MEMORY.resolveSibling("in-hand-" + instance));
        }
        String store = new JdbcTemplate(database.dataSource()).queryForObject("SELECT DATABASE_PATH()", String.class);
        Path folder = store == null ? null : Path.of(store).getParent(); // null: in memory
        return new WorkInHand(folder != null && Files.isDirectory(folder) ? folder.resolve("in-hand") : null);
    }

    /** @param path of the file, this instance's alone; null remembers nothing */
    public WorkInHand(Path path) {
        this.path = path;
        if (path != null) {
            try {
                begin();
            } catch (IOException e) {
                LOG.warn("What an earlier run had in hand cannot be read ({}): {}.", path, Files.exists(path) ? FileRights.whose(path) : Redaction.of(e.getMessage()));
            }
        }
    }

    /**
     * @param context when it has stopped the file goes, unless something is left in hand
     * @return this
     */
    public WorkInHand endingWith(CamelContext context) {
        context.addLifecycleStrategy(new LifecycleStrategySupport() {
            @Override
            public void onContextStopped(CamelContext stopped) {
                end();
            }
        });
        return this;
    }

    private synchronized void begin() throws IOException {
        boolean error = Files.exists(OUT_OF_MEMORY);
        if (Files.exists(path)) {
            open();
            byte[] all = Files.readAllBytes(path);
            error |= text(all, 0).equals(ERROR);
            for (int n = 1; n * LINE < all.length; n++) {
                String[] words = text(all, n).split(" ", 2);
                if (words.length == 2) {
                    Left met = new Left(words[0].replace('x', error ? 'E' : 'k'), n);
                    write(n, line(met.ends + " " + words[1]));
                    left.put(words[1], met);
                } else {
                    free.add(n);
                }
                lines = n + 1;
            }
            write(0, BLANK); // after all others: should this start end here, the next one counts nothing twice
        }
        Files.deleteIfExists(OUT_OF_MEMORY);
    }

    @Override
    public void beforeWrap(Route route, NamedNode definition) {
        // the definition stays as it is
    }

    @Override
    public Processor wrap(Route route, Processor steps) {
        return exchange -> {
            Map<?, ?> delivery = exchange.getVariable("delivery", Map.class);
            String key = delivery == null ? "file " + exchange.getVariable("intake") : "outcome " + delivery.get("job") + " " + delivery.get("sink");
            Left met = left.get(key);
            if (met != null && met.guilty()) {
                left.remove(key); // whoever asks for it again gets it
                putOut(met.line);
                throw delivery == null ? new Problem(Problem.Kind.UNREADABLE_BODY, "The relay ended while it read this file, at two starts in a row."
                        + " Split it, or give the relay more memory (-Xmx), and drop it again.")
                        : new SetAside("the relay ended while it delivered this, at two starts in a row; POST /jobs/{id}/redeliver tries it again");
            }
            boolean suspect = met != null && met.errors() > 0;
            if (suspect && !alone.tryAcquire(SECONDS_TO_BE_ALONE, TimeUnit.SECONDS)) {
                exchange.setRouteStop(true); // nothing that follows is true of it; its claim lapses, and then it is its turn
                return;
            }
            int line = take(met, key);
            try {
                steps.process(exchange);
            } finally {
                left.remove(key);
                putOut(line);
                if (suspect) {
                    alone.release();
                }
            }
        };
    }

    /** Called at the end of the process by an Error: with as little as is possible. */
    public void ended() {
        RandomAccessFile open = file;
        try {
            if (open != null) { // not waiting for a lock that nobody may ever give back
                open.seek(0);
                open.write(ENDED);
            }
        } catch (IOException e) {
            // the end does not wait for a disk
        }
    }

    /** A disk that is full must not hold up what would make room. */
    private synchronized int take(Left met, String key) {
        if (path == null) {
            return 0;
        }
        Integer reused = met != null ? Integer.valueOf(met.line) : free.poll();
        int n = reused != null ? reused : lines++;
        try {
            open();
            write(n, line((met == null ? "x " : met.ends + "x ") + key));
        } catch (IOException e) {
            LOG.debug("What is in hand could not be noted", e);
        }
        return n;
    }

    private synchronized void putOut(int n) {
        if (n > 0) {
            free.add(n);
            try {
                write(n, BLANK);
            } catch (IOException e) {
                LOG.debug("What is not in hand any more could not be noted", e);
            }
        }
    }

    private void open() throws IOException {
        if (file == null) {
            Path folder = path.toAbsolutePath().getParent();
            FileRights.make(folder, "rwx------", false);
            file = new RandomAccessFile(path.toFile(), "rw"); // unlike a channel it stays open when a thread that writes is interrupted
            if (file.length() == 0) {
                write(0, BLANK);
            }
        }
    }

    private void write(int n, byte[] line) throws IOException {
        if (file != null && line.length == LINE) {
            file.seek((long) n * LINE);
            file.write(line);
        }
    }

    private synchronized void end() {
        try {
            if (file != null) {
                file.close();
                file = null;
                if (left.isEmpty() && new String(Files.readAllBytes(path), StandardCharsets.UTF_8).isBlank()) {
                    Files.delete(path);
                }
            }
        } catch (IOException e) {
            LOG.debug("What is in hand stays noted", e);
        }
    }

    /** What is too long is not noted. */
    private static byte[] line(String text) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        byte[] line = Arrays.copyOf(bytes, Math.max(bytes.length, LINE - 1) + 1);
        Arrays.fill(line, bytes.length, line.length, (byte) ' ');
        line[line.length - 1] = '\n';
        return line;
    }

    private static String text(byte[] all, int n) {
        return new String(all, n * LINE, Math.min(LINE, all.length - n * LINE), StandardCharsets.UTF_8).strip();
    }
}
