package io.jobrelay.admin;

import io.jobrelay.protocol.HeapShare;
import io.jobrelay.server.AnswerSender;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.ToLongFunction;
import org.apache.camel.Exchange;
import org.apache.camel.NamedNode;
import org.apache.camel.Processor;
import org.apache.camel.Route;
import org.apache.camel.spi.Policy;

/**
 * Lets as many answers be made and sent at once as fit in memory, each counted by its bytes; those that find no room wait a moment. The answer
 * to what has just made a job is made without: its metadata came with the request, and has been counted there.
 */
public final class JobAnswerMemory {

    /** The rows as they were read, the JSON made of them, and the whole of it. */
    private static final int COPIES = 4;
    private static final int KIB = 1024;
    private static final int SMALL_KIB = 256;
    private static final int PART_OF_THE_HEAP = 8;
    private static final int MOST_WAITING = 64;
    private static final long PATIENCE_SECONDS = 10;

    private final AnswerSender sender;
    private final int all;
    private final Semaphore free;
    private final AtomicInteger waiting = new AtomicInteger();

    /**
     * An eighth of the heap.
     *
     * @param sender of the answers
     */
    public JobAnswerMemory(AnswerSender sender) {
        this.sender = sender;
        this.all = (int) Math.min(Integer.MAX_VALUE, HeapShare.part(PART_OF_THE_HEAP) / KIB);
        this.free = new Semaphore(all, true);
    }

    /**
     * @param weight how many bytes an answer takes, by the body as it is before the answer is made
     * @return the policy around the steps that make the answer
     */
    public Policy by(ToLongFunction<Object> weight) {
        return new Policy() {
            @Override
            public void beforeWrap(Route route, NamedNode definition) {
                // the definition stays as it is
            }

            @Override
            public Processor wrap(Route route, Processor steps) {
                return exchange -> make(steps, weight, exchange);
            }
        };
    }

    private void make(Processor steps, ToLongFunction<Object> weight, Exchange exchange) throws Exception {
        if (created(exchange)) {
            steps.process(exchange);
            sender.send(exchange);
            return;
        }
        int needed = (int) Math.min(all, 1 + weight.applyAsLong(exchange.getMessage().getBody()) * COPIES / KIB);
        enter(needed);
        long ofHeap = needed <= SMALL_KIB ? 0 : HeapShare.take((long) needed * KIB, TimeUnit.SECONDS.toMillis(PATIENCE_SECONDS));
        try {
            if (ofHeap == 0 && needed > SMALL_KIB) {
                throw AnswerSender.busy();
            }
            steps.process(exchange);
            if (!created(exchange)) { // else it was sent inside
                sender.send(exchange);
            }
        } finally {
            HeapShare.give(ofHeap);
            free.release(needed);
        }
    }

    private static boolean created(Exchange exchange) {
        return Boolean.TRUE.equals(exchange.getVariable("created"));
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
}
