package io.jobrelay.watch;

import io.jobrelay.config.Upstream;
import io.jobrelay.db.Database;
import io.jobrelay.db.StoreBeans;
import io.jobrelay.flow.FlowBeans;
import io.jobrelay.folder.Folders;
import io.jobrelay.forward.Sinks;
import io.jobrelay.registry.OwnBeans;
import io.jobrelay.registry.Wiring;
import io.jobrelay.webhook.Webhook;
import java.nio.file.Path;
import java.util.Map;
import org.apache.camel.CamelContext;
import org.apache.camel.Processor;

/** Binds what says how the relay is: health, metrics, the log of decisions. */
public final class WatchBeans {

    private WatchBeans() {
    }

    /**
     * @param wiring of the relay
     * @param store whose health is looked at
     * @param sinks that may have no route
     * @param folders that may have become unwritable
     */
    public static void health(Wiring wiring, StoreBeans store, Sinks sinks, Folders folders) {
        LastHeard lastHeard = new LastHeard(wiring.clock());
        wiring.registry().bind("relay-traffic", lastHeard);
        RelayHealth.register(wiring.context(), store.probe(), store.durability(), sinks, folders, lastHeard);
    }

    /**
     * @param wiring of the relay
     * @param store whose failures are told
     * @param sinks that may hold deliveries up
     * @param upstream that may hold jobs up
     * @param flow whose stages may stand still
     * @return the metrics
     * @throws Exception when a service cannot be added to the context
     */
    public static Metrics bind(Wiring wiring, StoreBeans store, Sinks sinks, Upstream upstream, FlowBeans flow) throws Exception {
        CamelContext context = wiring.context();
        OwnBeans registry = wiring.registry();
        Database database = store.database();
        if (!wiring.inHost()) {
            Liveness.register(context, flow.progress(), database, sinks, upstream.server(), wiring.keys(), wiring.clock());
        }
        registry.bind("relay-caught", new CaughtFailures(store.probe()::saw));
        Predecessor predecessor = new Predecessor(wiring.inHost() || database.alone() ? null
                : Path.of("data", "instance-" + wiring.keys().number("camel.server.port")), flow.lease().instance());
        registry.bind("relay-predecessor", predecessor);
        context.addService(predecessor);
        registry.bind("relay-presence", new AbsenceWatch(database, wiring.clock(), predecessor::names, predecessor::seenTo, flow.lease().mine()));
        Metrics metrics = new Metrics(context);
        registry.bind("relay-metrics", metrics);
        DecisionLog decisions = new DecisionLog(metrics);
        registry.bind("relay-decisions", decisions);
        tell(registry, decisions, metrics, context.getRegistry().lookupByNameAndType("relay-traffic", LastHeard.class));
        context.addService(metrics.life());
        return metrics;
    }

    /** Metric, log line and what health shows of one event are one step. */
    private static void tell(OwnBeans registry, DecisionLog decisions, Metrics metrics, LastHeard lastHeard) {
        registry.bind("relay-count-callback", (Processor) exchange -> {
            Map<String, Object> row = Webhook.row(exchange);
            metrics.callback(row);
            lastHeard.callback(row);
        });
        registry.bind("relay-tell-delivered", (Processor) exchange -> {
            @SuppressWarnings("unchecked")
            Map<String, Object> delivery = exchange.getVariable("delivery", Map.class);
            metrics.delivered(delivery);
            decisions.delivered(delivery);
        });
    }
}
