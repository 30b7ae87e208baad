package io.jobrelay.db;

import io.jobrelay.ops.Fatal;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.apache.camel.CamelContext;
import org.apache.camel.Exchange;
import org.apache.camel.Processor;
import org.apache.camel.ProducerTemplate;
import org.apache.camel.support.service.ServiceSupport;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Writes what nobody waits for: the rows of a moment go to a route as one list. For what may be done again only: rows that are lost with the
 * process, or that the route fails to write, are left to their claims. Whoever has to know that his are written waits at {@link #rest}.
 *
 * <p>In: an exchange whose body is a row; it is left as it is. Where many rows wait, the caller waits for room.
 */
public final class Gathering extends ServiceSupport implements Processor {

    private static final Logger LOG = LoggerFactory.getLogger(Gathering.class);
    private static final int MOST_WAITING = 1_024;
    private static final int LARGEST_GROUP = 256;
    private static final long MOMENT_MILLIS = 50;
    private final CamelContext context;
    private final String route;
    private final BlockingQueue<Object> queue = new ArrayBlockingQueue<>(MOST_WAITING);
    private ProducerTemplate template;
    private Thread writer;

    /**
     * @param context that holds the route
     * @param route its name; it is called at {@code direct:<route>} and gets a list of rows
     */
    public Gathering(CamelContext context, String route) {
        this.context = context;
        this.route = route;
    }

    @Override
    public void process(Exchange exchange) throws InterruptedException {
        add(exchange.getMessage().getBody());
    }

    /**
     * Returns when each row that was added before has been written, or has failed.
     *
     * @param exchange left as it is
     * @throws InterruptedException when the waiting thread is to stop
     */
    public void rest(Exchange exchange) throws InterruptedException {
        CountDownLatch passed = new CountDownLatch(1);
        add(passed);
        while (!passed.await(1, TimeUnit.SECONDS)) {
            checkStarted();
        }
    }

    private void add(Object rowOrLatch) throws InterruptedException {
        do {
            checkStarted();
        } while (!queue.offer(rowOrLatch, 1, TimeUnit.SECONDS));
    }

    private void checkStarted() {
        if (!isStarted()) {
            throw new IllegalStateException("The relay is stopping");
        }
    }

    private void write() {
        List<Object> group = new ArrayList<>(LARGEST_GROUP);
        try {
            while (true) {
                group.add(queue.take());
                TimeUnit.MILLISECONDS.sleep(MOMENT_MILLIS);
                queue.drainTo(group, LARGEST_GROUP - 1);
                store(group);
                group.clear();
            }
        } catch (InterruptedException e) {
            LOG.debug("{} is stopped", route);
        }
    }

    /** Whatever happens, those who rest go on, and so does the writer: without it deliveries would stand still for ever. */
    private void store(List<Object> group) {
        try {
            List<Object> rows = group.stream().filter(row -> !(row instanceof CountDownLatch)).toList();
            if (!rows.isEmpty()) {
                Exception failure = template.send("direct:" + route, e -> e.getMessage().setBody(new ArrayList<>(rows))).getException();
                if (failure != null) {
                    left(group, failure);
                }
            }
        } catch (Throwable t) {
            Fatal.see(t);
            left(group, t);
        } finally {
            for (Object one : group) {
                if (one instanceof CountDownLatch latch) {
                    latch.countDown();
                }
            }
        }
    }

    private void left(List<Object> group, Throwable failure) {
        LOG.warn("{} failed, and up to {} rows are left to their claims: {}", route, group.size(), DatabaseTrouble.told(failure));
    }

    @Override
    protected void doStart() {
        template = context.createProducerTemplate();
        writer = new Thread(this::write, "relay-" + route);
        writer.setDaemon(true);
        writer.start();
    }

    @Override
    protected void doStop() {
        writer.interrupt();
        template.stop();
    }
}
