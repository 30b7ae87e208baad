package io.jobrelay.reload;

import java.time.Duration;
import java.util.Map;
import org.apache.camel.AsyncCallback;
import org.apache.camel.Endpoint;
import org.apache.camel.Exchange;
import org.apache.camel.Producer;
import org.apache.camel.component.direct.DirectComponent;
import org.apache.camel.component.direct.DirectConsumer;
import org.apache.camel.component.direct.DirectConsumerNotAvailableException;
import org.apache.camel.component.direct.DirectEndpoint;
import org.apache.camel.spi.annotations.Component;
import org.apache.camel.support.DefaultAsyncProducer;

/**
 * Camel's {@code direct}, with a door in front of each route. Camel's own producer remembers its consumer, and while one caller waits for the
 * next consumer another may still be sent to the one that has been stopped; here each call looks the consumer up behind the door.
 */
@Component("direct")
public final class SwappableDirect extends DirectComponent {

    private static final Duration PATIENCE = Duration.ofMinutes(2); // an exchange of routes takes less, and always ends
    private final RouteOccupancy occupancy = new RouteOccupancy();

    RouteOccupancy occupancy() {
        return occupancy;
    }

    @Override
    protected Endpoint createEndpoint(String uri, String remaining, Map<String, Object> parameters) throws Exception {
        DirectEndpoint endpoint = new Entrance(uri, this);
        endpoint.setBlock(isBlock());
        endpoint.setTimeout(getTimeout());
        setProperties(endpoint, parameters);
        return endpoint;
    }

    private DirectConsumer consumer(String key, long waitMillis) throws InterruptedException {
        return getConsumer(key, waitMillis > 0, waitMillis);
    }

    /** @return the key of a route that consumes from this endpoint URI */
    static String key(String uri) {
        int question = uri.indexOf('?');
        return question < 0 ? uri : uri.substring(0, question);
    }

    private static final class Entrance extends DirectEndpoint {

        Entrance(String uri, SwappableDirect component) {
            super(uri, component);
        }

        @Override
        public Producer createProducer() {
            return new Caller(this, (SwappableDirect) getComponent(), key(getEndpointUri()));
        }
    }

    private static final class Caller extends DefaultAsyncProducer {

        private final Entrance endpoint;
        private final SwappableDirect component;
        private final String key;

        Caller(Entrance endpoint, SwappableDirect component, String key) {
            super(endpoint);
            this.endpoint = endpoint;
            this.component = component;
            this.key = key;
        }

        @Override
        public boolean process(Exchange exchange, AsyncCallback callback) {
            try {
                long waitMillis = endpoint.isBlock() ? endpoint.getTimeout() : 0;
                while (true) {
                    RouteOccupancy.Stay stay = component.occupancy.enter(key, exchange, PATIENCE);
                    DirectConsumer consumer = stay == null ? null : component.consumer(key, 0);
                    if (consumer != null) {
                        return call(consumer, exchange, callback, stay);
                    }
                    if (stay != null) {
                        stay.over();
                    }
                    if (waitMillis <= 0 || stay == null || component.consumer(key, waitMillis) == null) {
                        break;
                    }
                }
                if (endpoint.isFailIfNoConsumers()) {
                    throw new DirectConsumerNotAvailableException("No consumers available on endpoint: " + endpoint, exchange);
                }
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                exchange.setException(e);
            } catch (Exception e) {
                exchange.setException(e);
            }
            callback.done(true);
            return true;
        }

        private static boolean call(DirectConsumer consumer, Exchange exchange, AsyncCallback callback, RouteOccupancy.Stay stay) {
            if (consumer.getEndpoint().isSynchronous()) {
                try {
                    consumer.getProcessor().process(exchange);
                } catch (Exception e) {
                    exchange.setException(e);
                }
                stay.over();
                callback.done(true);
                return true;
            }
            return consumer.getAsyncProcessor().process(exchange, sync -> {
                stay.over();
                callback.done(sync);
            });
        }
    }
}
