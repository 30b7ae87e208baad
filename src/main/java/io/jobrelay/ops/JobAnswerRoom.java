package io.jobrelay.ops;

import io.jobrelay.config.Heap;
import io.jobrelay.http.AnswerSender;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.camel.Exchange;
import org.apache.camel.NamedNode;
import org.apache.camel.Processor;
import org.apache.camel.Route;
import org.apache.camel.spi.Policy;

/**
 * Lets as many answers be made at once as fit in memory, each counted by the variable {@code weight}, its bytes; those that find no room wait
 * a moment. The answer to what has just made a job is made without: its metadata came with the request, and has been counted there.
 */
public final class JobAnswerRoom implements Policy {

    /** The rows as they were read, the JSON made of them, and the whole of it. */
    private static final int COPIES = 4;
    private static final int KIB = 1024;
    private static final int SMALL_KIB = 256;
    private static final int PART_OF_THE_HEAP = 8;
    private static final int MOST_WAITING = 64;
    private static final long PATIENCE_SECONDS = 10;

    private final int all;
    private final Semaphore free;
    private final AtomicInteger waiting = new AtomicInteger();

    /** An eighth of the heap. */
    public JobAnswerRoom() {
        this.all = (int) Math.min(Integer.MAX_VALUE, Heap.part(PART_OF_THE_HEAP) / KIB);
        this.free = new Semaphore(all, true);
    }

    @Override
    public void beforeWrap(Route route, NamedNode definition) {
        // the definition stays as it is
    }

    @Override
    public Processor wrap(Route route, Processor steps) {
        return exchange -> {
            if (Boolean.TRUE.equals(exchange.getVariable("created"))) {
                steps.process(exchange);
                return;
            }
            int needed = needed(exchange);
            enter(needed);
            long ofHeap = needed <= SMALL_KIB ? 0 : Heap.take((long) needed * KIB, TimeUnit.SECONDS.toMillis(PATIENCE_SECONDS));
            try {
                if (ofHeap == 0 && needed > SMALL_KIB) {
                    throw AnswerSender.busy();
                }
                steps.process(exchange);
            } finally {
                Heap.give(ofHeap);
                free.release(needed);
            }
        };
    }

    private void enter(int needed) throws InterruptedException {
        if (waiting.incrementAndGet() > MOST_WAITING) { // each holds a thread
            waiting.decrementAndGet();
            throw AnswerSender.busy();
        }
        try {
            if (!free.tryAcquire(needed, PATIENCE_SECONDS, TimeUnit.SECONDS)) {
                throw AnswerSender.busy();
            }
        } finally {
            waiting.decrementAndGet();
        }
    }

    private int needed(Exchange exchange) {
        return (int) Math.min(all, 1 + exchange.getVariable("weight", Long.class) * COPIES / KIB);
    }
}
