package host;

import io.jobrelay.JobRelay;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.camel.CamelContext;
import org.apache.camel.builder.RouteBuilder;
import org.apache.camel.impl.DefaultCamelContext;

/** A Camel context with routes of its own; its configuration is {@code application.properties} on the class path. */
public final class Application {

    final Queue<String> outcomes = new ConcurrentLinkedQueue<>();
    private final AtomicInteger attempts = new AtomicInteger();

    public static void main(String[] args) throws Exception {
        try (CamelContext camel = new Application().start()) {
            Thread.currentThread().join();
        }
    }

    CamelContext start() throws Exception {
        CamelContext camel = new DefaultCamelContext();
        camel.getPropertiesComponent().setLocation("classpath:application.properties");
        camel.addRoutes(routes());
        JobRelay.addTo(camel);
        camel.start();
        return camel;
    }

    private RouteBuilder routes() {
        return new RouteBuilder() {
            @Override
            public void configure() {
                onException(IllegalStateException.class).handled(true).maximumRedeliveries(2).redeliveryDelay(0)
                        .setBody(exchange -> "after " + attempts.getAndSet(0) + " attempts");
                from("direct:hello").routeId("my-failing").process(exchange -> {
                    attempts.incrementAndGet();
                    throw new IllegalStateException("mine");
                });
                from("direct:sink-host").routeId("my-sink")
                        .process(exchange -> outcomes.add(exchange.getMessage().getHeader("relay-reference") + " "
                                + exchange.getMessage().getBody(String.class)));
            }
        };
    }
}
