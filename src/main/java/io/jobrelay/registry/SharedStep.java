package io.jobrelay.registry;

import java.util.concurrent.CompletableFuture;
import org.apache.camel.AsyncCallback;
import org.apache.camel.AsyncProcessor;
import org.apache.camel.CamelContext;
import org.apache.camel.Exchange;
import org.apache.camel.Processor;
import org.apache.camel.Service;

/**
 * Binds a step that many routes share and that has threads of its own. Routes get it as a processor that is no service: Camel stops the
 * services a route holds when the route is stopped or exchanged, and this one belongs to all of them.
 */
public final class SharedStep {

    private SharedStep() {
    }

    /**
     * @param context whose life the step shares
     * @param name that routes use in {@code process: ref:}
     * @param step to bind
     * @throws Exception when it cannot be started
     */
    public static <T extends Processor & Service> void bind(CamelContext context, String name, T step) throws Exception {
        new OwnBeans(context).bind(name, step instanceof AsyncProcessor asynchronous ? noService(asynchronous) : (Processor) step::process);
        context.addService(step);
    }

    private static Processor noService(AsyncProcessor step) {
        return new AsyncProcessor() {
            @Override
            public void process(Exchange exchange) throws Exception {
                step.process(exchange);
            }

            @Override
            public boolean process(Exchange exchange, AsyncCallback callback) {
                return step.process(exchange, callback);
            }

            @Override
            public CompletableFuture<Exchange> processAsync(Exchange exchange) {
                return step.processAsync(exchange);
            }
        };
    }
}
