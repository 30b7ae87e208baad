package io.jobrelay.forward;

import java.util.Collections;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import org.apache.camel.CamelContext;
import org.apache.camel.Exchange;
import org.apache.camel.Message;
import org.apache.camel.Processor;
import org.apache.camel.ProducerTemplate;

/**
 * Hands an outcome to {@code direct:sink-<name>} on an exchange of its own. A sink may be anybody's route: its error handler must not hide
 * a failure from the relay's, its {@code stop} must not stop the relay's steps, and what it does to body, headers and variables is its affair.
 * It gets the document as a String; the relay's own two get it as a stream and make no copy of 50 MB.
 */
public final class SinkCall implements Processor {

    private static final Set<String> OWN = Set.of("file", "http");
    private static final Map<String, Object> TAKEN = taken();
    private final CamelContext context;
    private final OutcomeMemory room;
    private ProducerTemplate template;

    /**
     * @param context that holds the sinks' routes
     * @param room that the outcome was given
     */
    public SinkCall(CamelContext context, OutcomeMemory room) {
        this.context = context;
        this.room = room;
    }

    /**
     * @param exchange with the document and its headers, and the variable {@code delivery}. Its body becomes what the row of the delivery says from
     *     now on, as {@link DeliveryRetry} has it for one that failed; what fails once the variable {@code delivered} is set is no failed attempt
     * @throws Exception what came out of the sink
     */
    @Override
    public void process(Exchange exchange) throws Exception {
        Message outcome = exchange.getMessage();
        Map<?, ?> delivery = exchange.getVariable("delivery", Map.class);
        String sink = (String) delivery.get("sink");
        if (OWN.contains(sink)) {
            room.onlySending(exchange, ((Outcome) outcome.getBody()).length());
        }
        Exchange own = template().send("direct:sink-" + sink, e -> {
            e.getMessage().setBody(OWN.contains(sink) ? outcome.getBody() : ((Outcome) outcome.getBody()).text());
            e.getMessage().setHeaders(new HashMap<>(outcome.getHeaders()));
        });
        if (own.getException() != null) {
            throw own.getException();
        }
        exchange.setVariable("delivered", true);
        outcome.setBody(TAKEN);
    }

    private static Map<String, Object> taken() {
        Map<String, Object> row = new HashMap<>();
        row.put("status", "Delivered");
        row.put("next_attempt_at", null);
        row.put("next_attempt_wait", null);
        row.put("last_error", null);
        return Collections.unmodifiableMap(row);
    }

    private synchronized ProducerTemplate template() throws Exception {
        if (template == null) {
            template = context.createProducerTemplate();
            context.addService(template);
        }
        return template;
    }
}
