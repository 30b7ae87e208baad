package io.jobrelay.forward;

import io.jobrelay.client.Proxies;
import io.jobrelay.config.Keys;
import io.jobrelay.flow.FlowBeans;
import io.jobrelay.flow.HandOver;
import io.jobrelay.flow.Lease;
import io.jobrelay.registry.OwnBeans;
import io.jobrelay.registry.Wiring;
import org.apache.camel.CamelContext;

/** Binds what delivers outcomes to the sinks. */
public final class ForwardBeans {

    private static final int DELIVERIES = 16;

    private ForwardBeans() {
    }

    /**
     * @param wiring of the relay
     * @param sinks that are delivered to
     * @param lease claims deliveries
     * @throws Exception when a service cannot be added to the context
     */
    public static void bind(Wiring wiring, Sinks sinks, Lease lease) throws Exception {
        CamelContext context = wiring.context();
        OwnBeans registry = wiring.registry();
        Keys keys = wiring.keys();
        registry.bind("relay-sinks", sinks);
        registry.bind("relay-outcome", new OutcomeDocument());
        OutcomeMemory room = new OutcomeMemory();
        registry.bind("relay-outcome-room", room);
        registry.bind("relay-to-sink", new SinkCall(context, room));
        registry.bind("relay-attempt", new DeliveryRetry(keys.number("relay.delivery.max-attempts"),
                keys.duration("relay.delivery.initial-delay"), keys.duration("relay.delivery.max-delay"), wiring.clock()));
        registry.bind("relay-result-files", new ResultFiles(keys, wiring.clock()));
        registry.bind("relay-http-sink", new HttpSink(context, keys.text("relay.sink.http.url").orElse(null),
                keys.text("relay.sink.http.secret").orElse(null), keys.duration("relay.sink.http.timeout"), Proxies.ofThisProcess(), wiring.clock()));
        int batch = keys.number("relay.poll.batch-size");
        int ahead = OutcomeMemory.smallOnes(FlowBeans.LANES * batch, sinks.names().size());
        FlowBeans.hands(context, "relay-ring-forward-due", "forward-due", "relay-hand-forward-delivery", "relay-hands-forward",
                wakeUp -> rounds(registry, lease, batch, new HandOver(context, "forward-delivery",
                        new HandOver.Kind("deliveries to the sink %s", "delivery", "sink", sinks::served, DELIVERIES, ahead), wakeUp)));
    }

    private static HandOver rounds(OwnBeans registry, Lease lease, int batch, HandOver hands) {
        registry.bind("relay-delivery-round", new DeliveryRound(hands, lease, batch));
        return hands;
    }
}
