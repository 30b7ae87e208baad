package io.jobrelay.intake;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.camel.CamelContext;
import org.apache.camel.Exchange;
import org.apache.camel.Processor;
import org.apache.camel.ProducerTemplate;
import org.apache.camel.support.service.ServiceSupport;

/**
 * Stores many callbacks with one commit and one flush. While a group is being stored the next ones queue up, and the whole queue is the next
 * group: nobody waits for company when alone. Each caller goes on when its own row is on disk, or learns that it is not.
 *
 * <p>In: an exchange whose body is a row (a Map). Out: the same row, as {@code direct:intake-store} left it. Throws what the store threw,
 * and {@link TimeoutException} when the store did not answer in time: the row may or may not be on disk then, and the sender comes again.
 */
public final class GroupCommit extends ServiceSupport implements Processor {

    private static final int LARGEST_GROUP = 256;
    private static final long LEAST_PATIENCE_MILLIS = 200;
    private final CamelContext context;
    private final long patienceMillis;
    private final BlockingQueue<Waiting> queue;
    private ProducerTemplate template;
    private Thread writer;

    private record Waiting(Object row, CompletableFuture<Void> stored) {
    }

    /**
     * @param context that holds {@code direct:intake-store}
     * @param capacity how many rows may wait; one more is refused at once
     * @param patienceMillis how long a caller waits for its row to be stored, counted from the arrival of its request
     */
    public GroupCommit(CamelContext context, int capacity, long patienceMillis) {
        this.context = context;
        this.patienceMillis = patienceMillis;
        this.queue = new ArrayBlockingQueue<>(capacity);
    }

    @Override
    public void process(Exchange exchange) throws Exception {
        long left = Math.max(LEAST_PATIENCE_MILLIS, patienceMillis - exchange.getClock().elapsed()); // it may have waited for its thread, too
        Waiting waiting = new Waiting(exchange.getMessage().getBody(), new CompletableFuture<>());
        if (!isStarted() || !queue.offer(waiting)) {
            throw new IllegalStateException("More callbacks are waiting to be stored than can be held");
        }
        try {
            waiting.stored.get(left, TimeUnit.MILLISECONDS);
        } catch (ExecutionException e) {
            throw e.getCause() instanceof Exception cause ? cause : e;
        } catch (TimeoutException e) {
            queue.remove(waiting);
            throw new TimeoutException("The database did not store the callback in time");
        }
    }

    private void write() {
        List<Waiting> group = new ArrayList<>(LARGEST_GROUP);
        while (!Thread.currentThread().isInterrupted()) {
            try {
                group.add(queue.take());
            } catch (InterruptedException e) {
                return;
            }
            queue.drainTo(group, LARGEST_GROUP - 1);
            store(group);
            group.clear();
        }
    }

    private void store(List<Waiting> group) {
        try {
            Exchange done = template.send("direct:intake-store",
                    e -> e.getMessage().setBody(new ArrayList<>(group.stream().map(Waiting::row).toList())));
            Exception failure = done.getException();
            for (Waiting waiting : group) {
                if (failure == null) {
                    waiting.stored.complete(null);
                } else {
                    waiting.stored.completeExceptionally(failure);
                }
            }
        } catch (Throwable t) {
            group.forEach(waiting -> waiting.stored.completeExceptionally(t));
        }
    }

    @Override
    protected void doStart() {
        template = context.createProducerTemplate();
        writer = new Thread(this::write, "relay-group-commit");
        writer.setDaemon(true);
        writer.start();
    }

    @Override
    protected void doStop() {
        writer.interrupt();
        template.stop();
    }
}
