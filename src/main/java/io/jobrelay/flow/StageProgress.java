package io.jobrelay.flow;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.LongSupplier;
import org.apache.camel.Consumer;
import org.apache.camel.Endpoint;
import org.apache.camel.Exchange;
import org.apache.camel.Processor;
import org.apache.camel.spi.PollingConsumerPollStrategy;
import org.apache.camel.support.DefaultPollingConsumerPollStrategy;

/**
 * Remembers when each stage last got on: when a round of it ended, or began with the next job or delivery of a long one. A round that failed
 * counts: whoever failed is not stuck, and comes again.
 */
public final class StageProgress implements Processor {

    private final LongSupplier runningMillis;
    private final long began;
    private final Map<String, Long> last = new ConcurrentHashMap<>();

    /** @param runningMillis how long this process has run */
    public StageProgress(LongSupplier runningMillis) {
        this.runningMillis = runningMillis;
        this.began = runningMillis.getAsLong();
    }

    /** A step of a route: the stage whose route the exchange began in gets on. */
    @Override
    public void process(Exchange exchange) {
        made(exchange.getFromRouteId());
    }

    /** @param route the worker of a stage, such as {@code poll-due}, which gets on */
    public void made(String route) {
        if (route != null) {
            last.put(route, runningMillis.getAsLong());
        }
    }

    /**
     * @param route the worker of a stage
     * @return for how many milliseconds of running time it has not got on
     */
    public long since(String route) {
        return runningMillis.getAsLong() - last.getOrDefault(route, began);
    }

    /**
     * @param route whose consumer looks for work by itself
     * @return what that consumer tells of each look
     */
    public PollingConsumerPollStrategy polls(String route) {
        return new DefaultPollingConsumerPollStrategy() {
            @Override
            public void commit(Consumer consumer, Endpoint endpoint, int polledMessages) {
                made(route);
            }

            @Override
            public boolean rollback(Consumer consumer, Endpoint endpoint, int retryCounter, Exception cause) throws Exception {
                made(route);
                return super.rollback(consumer, endpoint, retryCounter, cause);
            }
        };
    }
}
