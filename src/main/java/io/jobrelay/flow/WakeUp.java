package io.jobrelay.flow;

import io.jobrelay.pool.DatabaseTrouble;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;
import org.apache.camel.CamelContext;
import org.apache.camel.Exchange;
import org.apache.camel.Processor;
import org.apache.camel.ProducerTemplate;
import org.apache.camel.support.service.ServiceSupport;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Wakes a worker route at once when there may be work in the database, instead of at the next tick. However often it is rung while the route
 * is about to start, the route runs once, and of many rings in a row one each {@value #GAP_MILLIS} ms counts: what is done for one row costs
 * nearly as much as for fifty. Nothing is handed over in memory: a ring that is lost costs a moment, never work.
 *
 * <p>A {@code seda:} queue of length one that drops what finds it full would do without this class, but each of some twenty steps would have to say
 * so by three options alike, a round would follow a round without a pause, and of a database that is away each failure would be a line.
 */
public final class WakeUp extends ServiceSupport implements Processor {

    private static final Logger LOG = LoggerFactory.getLogger(WakeUp.class);
    /** Of failures in a row, the first is logged and then one in a hundred: a database that is away for an hour is no news each second. */
    private static final int ONE_IN = 100;
    private static final long GAP_MILLIS = 20;
    private final CamelContext context;
    private final String route;
    private final int lanes;
    private final AtomicBoolean rung = new AtomicBoolean();
    private final AtomicInteger failing = new AtomicInteger();
    private volatile long began = System.nanoTime() - TimeUnit.MILLISECONDS.toNanos(GAP_MILLIS);
    private ExecutorService threads;
    private ProducerTemplate template;
    private StageProgress progress;
    private BooleanSupplier stuck = () -> false;

    /**
     * @param context that holds the route
     * @param route the worker's name; it is called at {@code direct:<route>}
     * @param lanes how many runs may be under way at once, so that one slow call does not hold up the next run
     */
    public WakeUp(CamelContext context, String route, int lanes) {
        this.context = context;
        this.route = route;
        this.lanes = lanes;
    }

    /** @param full says whether a round can do nothing, since all hands are full: then it does not count as progress that it has ended */
    void stuckWhile(BooleanSupplier full) {
        stuck = full;
    }

    /** Rings, whatever the exchange holds, which is left as it is. */
    @Override
    public void process(Exchange exchange) {
        ring();
    }

    /** Lets the worker run as soon as a lane is free; does nothing when a run is already waiting for one. */
    public void ring() {
        if (isStarted() && rung.compareAndSet(false, true)) {
            try {
                threads.execute(this::run);
            } catch (RejectedExecutionException e) {
                rung.set(false); // stopping: the next start looks for work first
            }
        }
    }

    private void run() {
        keepDistance();
        rung.set(false);
        if (context.getRouteController().getRouteStatus(route) == null || isStoppingOrStopped() || context.isStopping()) {
            return; // in a stop the route goes first, and whoever calls it then waits for one that does not come
        }
        Exchange done = template.send("direct:" + route, e -> { });
        if (progress != null && !stuck.getAsBoolean()) {
            progress.made(route);
        }
        if (done.getException() == null) {
            failing.set(0);
        } else if (!isStoppingOrStopped() && failing.getAndIncrement() % ONE_IN == 0) {
            LOG.warn("{} failed and will be tried again: {}", route, DatabaseTrouble.told(done.getException()));
        }
    }

    /** Only one lane is ever here, since nobody rings successfully before it has passed; after silence it passes at once. */
    private void keepDistance() {
        try {
            TimeUnit.NANOSECONDS.sleep(TimeUnit.MILLISECONDS.toNanos(GAP_MILLIS) - (System.nanoTime() - began));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        began = System.nanoTime();
    }

    @Override
    protected void doStart() {
        progress = context.getRegistry().lookupByNameAndType("relay-note-progress", StageProgress.class);
        template = context.createProducerTemplate();
        threads = context.getExecutorServiceManager().newFixedThreadPool(this, "relay-" + route, lanes);
    }

    @Override
    protected void doStop() {
        context.getExecutorServiceManager().shutdownGraceful(threads, 8_000);
        template.stop();
    }
}
