package io.jobrelay.forward;

import io.jobrelay.ops.Redaction;
import java.util.concurrent.TimeUnit;
import org.apache.camel.CamelContext;
import org.apache.camel.Exchange;
import org.apache.camel.Processor;
import org.apache.camel.support.LifecycleStrategySupport;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Sees to it that what has been delivered is noted before an ordinary stop takes the routes away that note it: else all of it would be delivered
 * again. Nobody waits for that otherwise, and nobody waits for long.
 */
public final class LastMarks extends LifecycleStrategySupport implements Processor {

    private static final Logger LOG = LoggerFactory.getLogger(LastMarks.class);
    private static final long PATIENCE_MILLIS = TimeUnit.SECONDS.toMillis(2);
    private final Processor rest;
    private volatile boolean stopping;

    /**
     * @param context whose stop is waited for
     * @param rest returns when all that was delivered so far is noted
     */
    public LastMarks(CamelContext context, Processor rest) {
        this.rest = rest;
        context.addLifecycleStrategy(this);
    }

    /** A delivery that ends while the relay stops waits until it is noted, and its route waits for it. */
    @Override
    public void process(Exchange exchange) throws Exception {
        if (stopping) {
            rest.process(exchange);
        }
    }

    @Override
    public void onContextStopping(CamelContext context) {
        stopping = true;
        Thread waiting = context.getExecutorServiceManager().newThread("relay-last-marks", () -> {
            try {
                rest.process(null);
            } catch (Exception e) {
                LOG.debug("What was delivered last is left to its claim: {}", Redaction.of(e));
            }
        });
        waiting.start();
        try {
            waiting.join(PATIENCE_MILLIS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
