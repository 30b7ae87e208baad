package io.jobrelay.forward;

import java.util.Map;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.apache.camel.Exchange;
import org.apache.camel.NamedNode;
import org.apache.camel.Processor;
import org.apache.camel.Route;
import org.apache.camel.spi.Policy;

/**
 * Lets as many outcomes be in memory at once as it can hold: any number of small ones, large ones one after the other. The steps inside
 * begin when there is room; the claim is looked at only then, since it may have lapsed meanwhile.
 */
public final class OutcomeRoom implements Policy {

    /** The body as it was stored, the document, and what a sink makes of it. */
    private static final int COPIES = 4;
    private static final int KIB = 1024;
    private final int all = (int) Math.min(Integer.MAX_VALUE, Runtime.getRuntime().maxMemory() / 2 / KIB);
    private final Semaphore free = new Semaphore(all, true);

    @Override
    public void beforeWrap(Route route, NamedNode definition) {
        // the definition stays as it is
    }

    @Override
    public Processor wrap(Route route, Processor steps) {
        return exchange -> {
            int needed = needed(exchange);
            if (!free.tryAcquire(needed, 1, TimeUnit.HOURS)) {
                return; // the claim has lapsed long since
            }
            try {
                steps.process(exchange);
            } finally {
                free.release(needed);
            }
        };
    }

    private int needed(Exchange exchange) {
        Object size = exchange.getMessage().getBody(Map.class).get("body_size");
        return (int) Math.min(all, 1 + (size instanceof Number bytes ? bytes.longValue() : 0) * COPIES / KIB);
    }
}
