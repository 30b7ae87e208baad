package io.jobrelay.flow;

import io.jobrelay.pool.PromptThread;
import io.jobrelay.protocol.FatalErrors;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.function.IntConsumer;
import java.util.function.IntSupplier;
import java.util.function.LongConsumer;
import java.util.function.ToLongFunction;
import org.apache.camel.AsyncCallback;
import org.apache.camel.CamelContext;
import org.apache.camel.Exchange;
import org.apache.camel.ProducerTemplate;
import org.apache.camel.support.AsyncProcessorSupport;
import org.springframework.dao.DataAccessException;
import org.springframework.dao.NonTransientDataAccessException;
import org.springframework.dao.NonTransientDataAccessResourceException;
import org.springframework.jdbc.UncategorizedSQLException;

/**
 * Writes many rows with one commit and one flush. While a group is being written the next rows queue up, and the whole queue is the next
 * group. A worker that comes while nothing is being written does it at once and by itself: it waits neither for company nor for another thread
 * to wake up. Each caller goes on when its own row is on disk, or learns that it is not.
 *
 * <p>One group at a time makes them large. But one that takes long, because the database is far away or its connection dead, does not hold up
 * the next: that begins then beside it, and so on up to a few.
 *
 * <p>A row that the database refuses fails none but itself: the rows of its group are then written each alone.
 *
 * <p>In: an exchange whose body is a row (a Map). Out: the same row, as the route left it that is given a list of rows. Throws what the route
 * threw, and {@link TimeoutException} when it did not answer in time: the row may or may not be on disk then, and whoever sent it comes again.
 */
public final class GroupCommit extends AsyncProcessorSupport {

    private static final int LARGEST_GROUP = 256;
    /** As many as there are connections kept for them, see {@link io.jobrelay.pool.NetworkDataSource}. */
    private static final int MOST_GROUPS = 4;
    private static final long LONG_MILLIS = 300;
    private static final long LOOK_MILLIS = 50;
    private final CamelContext context;
    private final String route;
    private final ToLongFunction<Exchange> patienceMillis;
    private final Consumer<IntSupplier> company;
    private final IntConsumer taken;
    private final LongConsumer stored;
    private final StoreWorkers workers;
    private final BlockingQueue<Waiting> queue;
    private final Semaphore turn = new Semaphore(1);
    private final AtomicInteger underWay = new AtomicInteger();
    private final long longMillis;
    private ProducerTemplate template;
    private volatile Thread writer;
    private volatile Turn current;
    private Thread watch;

    private record Waiting(Object row, CompletableFuture<Void> stored) {
    }

    /**
     * @param context that holds the route
     * @param route its name; it is called at {@code direct:<route>} and gets a list of rows
     * @param capacity how many rows may wait; one more is refused at once
     * @param patienceMillis how long a caller waits for its row to be written
     * @param company returns when the next group may begin, whose first row is there: at once for one that comes alone; is given how many rows there are
     * @param taken is told the number of rows of each group
     * @param stored is told how many nanoseconds it took to store one, or to fail to
     * @param workers on which callers go on when they know: nobody else's thread is held while a row waits
     */
    public GroupCommit(CamelContext context, String route, int capacity, ToLongFunction<Exchange> patienceMillis,
            Consumer<IntSupplier> company, IntConsumer taken, LongConsumer stored, StoreWorkers workers) {
        this(context, route, capacity, patienceMillis, company, taken, stored, workers, LONG_MILLIS);
    }

    /** As the other, and {@code longMillis} after which a group does not hold up the next. */
    GroupCommit(CamelContext context, String route, int capacity, ToLongFunction<Exchange> patienceMillis,
            Consumer<IntSupplier> company, IntConsumer taken, LongConsumer stored, StoreWorkers workers, long longMillis) {
        this.context = context;
        this.route = route;
        this.patienceMillis = patienceMillis;
        this.company = company;
        this.taken = taken;
        this.stored = stored;
        this.workers = workers;
        this.longMillis = longMillis;
        this.queue = new ArrayBlockingQueue<>(capacity);
    }

    @Override
    public boolean process(Exchange exchange, AsyncCallback callback) {
        Waiting waiting = new Waiting(exchange.getMessage().getBody(), new CompletableFuture<>());
        boolean first = isStarted() && workers.here() && queue.isEmpty() && !turn.hasQueuedThreads() && turn.tryAcquire();
        String refused = first ? null : !isStarted() ? "The relay is stopping"
                : queue.offer(waiting) ? null : "More is waiting for " + route + " than can be held";
        if (refused != null) {
            exchange.setException(new IllegalStateException(refused));
            callback.done(true);
            return true;
        }
        Own own = new Own();
        waiting.stored.orTimeout(patienceMillis.applyAsLong(exchange), TimeUnit.MILLISECONDS).whenCompleteAsync((stored, failure) -> {
            if (failure instanceof TimeoutException) {
                queue.remove(waiting);
                exchange.setException(new TimeoutException("The database did not finish " + route + " in time"));
            } else if (failure != null) {
                exchange.setException(failure);
            }
            callback.done(false);
        }, first ? own : workers).exceptionally(unseen -> {
            FatalErrors.see(unseen); // nobody looks at what becomes of the callback
            return null;
        });
        if (first) {
            write(waiting);
            own.run();
        }
        return false;
    }

    /** Goes on where the group was written, once the next one may begin; after a timeout, where the others do. */
    private final class Own implements Executor, Runnable {
        private final Thread thread = Thread.currentThread();
        private Runnable next = () -> { };

        @Override
        public void execute(Runnable task) {
            if (Thread.currentThread() == thread) {
                next = task;
            } else {
                workers.execute(task);
            }
        }

        @Override
        public void run() {
            next.run();
        }
    }

    /** @return how many rows wait for the next group */
    int waiting() {
        return queue.size();
    }

    private void writeWhatWaits() {
        while (Thread.currentThread() == writer && !Thread.currentThread().isInterrupted()) {
            try {
                Waiting first = queue.take();
                turn.acquire();
                write(first);
            } catch (InterruptedException e) {
                return;
            }
        }
    }

    /** From when a group is gathered until the next may be. */
    private final class Turn {
        private final Thread thread = Thread.currentThread();
        private final long began = System.nanoTime();
        private final AtomicBoolean over = new AtomicBoolean();

        private boolean takesLong() {
            return System.nanoTime() - began > TimeUnit.MILLISECONDS.toNanos(longMillis);
        }

        private void end() {
            if (over.compareAndSet(false, true)) {
                turn.release();
            }
        }
    }

    private void watch() {
        try {
            while (true) {
                TimeUnit.MILLISECONDS.sleep(LOOK_MILLIS);
                Turn now = current;
                if (now != null && !now.over.get() && now.takesLong() && (!queue.isEmpty() || turn.hasQueuedThreads())
                        && underWay.get() < MOST_GROUPS) {
                    if (now.thread == writer) {
                        startWriter(); // in its place
                    }
                    now.end();
                }
            }
        } catch (InterruptedException e) {
            // it is stopped
        } catch (Throwable t) {
            FatalErrors.see(t);
            throw t;
        }
    }

    /** Writes a row and what waits; to be called by whose turn it is, and ends the turn. */
    private void write(Waiting first) {
        Turn mine = new Turn();
        current = mine;
        underWay.incrementAndGet();
        try {
            company.accept(() -> queue.size() + 1);
            List<Waiting> group = new ArrayList<>(List.of(first));
            queue.drainTo(group, LARGEST_GROUP - 1);
            group.removeIf(waiting -> waiting.stored.isDone()); // whoever has given up comes again
            if (!group.isEmpty()) {
                taken.accept(group.size());
                long since = System.nanoTime();
                store(group);
                stored.accept(System.nanoTime() - since);
            }
        } finally {
            underWay.decrementAndGet();
            mine.end();
        }
    }

    private void store(List<Waiting> group) {
        Throwable failure = write(group);
        if (group.size() > 1 && isOfOneRow(failure)) {
            for (Waiting waiting : group) {
                if (!waiting.stored.isDone()) {
                    failure = write(List.of(waiting));
                    tell(waiting, failure);
                    if (failure != null && !isOfOneRow(failure)) {
                        break; // the database itself: the others would only wait for it one after another
                    }
                }
            }
        }
        for (Waiting waiting : group) {
            tell(waiting, failure); // whoever knows already stays with what he knows
        }
    }

    /** @return what the route threw; null when it did not */
    private Throwable write(List<Waiting> group) {
        try {
            return PromptThread.with(bytes(group), () -> template.send("direct:" + route,
                    e -> e.getMessage().setBody(new ArrayList<>(group.stream().map(Waiting::row).toList())))).getException();
        } catch (Throwable t) {
            return t;
        }
    }

    private static long bytes(List<Waiting> group) {
        long bytes = 0;
        for (Waiting waiting : group) {
            if (waiting.row instanceof Map<?, ?> row) {
                for (Object value : row.values()) {
                    bytes += value instanceof byte[] array ? array.length : 0;
                }
            }
        }
        return bytes;
    }

    private static void tell(Waiting waiting, Throwable failure) {
        if (failure == null) {
            waiting.stored.complete(null);
        } else {
            waiting.stored.completeExceptionally(failure);
        }
    }

    /** What the database says of a value; of its connection, its resources and its locks it says something else. */
    private static boolean isOfOneRow(Throwable failure) {
        for (Throwable t = failure; t != null; t = t.getCause()) {
            if (t instanceof DataAccessException) {
                return t instanceof NonTransientDataAccessException && !(t instanceof NonTransientDataAccessResourceException) && !isOfState(t);
            }
        }
        return false;
    }

    /** A database that is read only, above all. */
    private static boolean isOfState(Throwable failure) {
        return failure instanceof UncategorizedSQLException other && other.getSQLException().getSQLState() != null
                && other.getSQLException().getSQLState().startsWith("25");
    }

    @Override
    protected void doStart() {
        template = context.createProducerTemplate();
        startWriter();
        watch = new Thread(this::watch, "relay-" + route + "-watch");
        watch.setDaemon(true);
        watch.start();
    }

    private void startWriter() {
        Thread thread = new Thread(this::writeWhatWaits, "relay-" + route);
        thread.setDaemon(true);
        writer = thread;
        thread.start();
    }

    @Override
    protected void doStop() {
        watch.interrupt();
        writer.interrupt();
        template.stop();
    }
}
