package io.jobrelay.port;

import io.jobrelay.db.StoreBeans;
import io.jobrelay.flow.FlowBeans;
import io.jobrelay.registry.OwnBeans;
import io.jobrelay.registry.Wiring;
import io.jobrelay.server.AdminEngine;
import io.jobrelay.server.ServerVertx;
import io.vertx.core.VertxOptions;
import org.apache.camel.CamelContext;

/** Binds what the two ports need; in a host the servers are the host's. */
public final class PortBeans {

    private PortBeans() {
    }

    /**
     * @param wiring of the relay
     * @param store whose failures are told
     * @param flow whose threads wait for callbacks to be stored
     * @throws Exception when a service cannot be added to the context
     */
    public static void bind(Wiring wiring, StoreBeans store, FlowBeans flow) throws Exception {
        CamelContext context = wiring.context();
        OwnBeans registry = wiring.registry();
        registry.bind("relay-problems", new ProblemAnswer(store.probe()::saw));
        registry.bind("relay-public-headers", new PublicHeaders());
        registry.bind("relay-pages", new DashboardPages());
        if (wiring.inHost()) {
            return;
        }
        int admin = wiring.keys().number("relay.admin.port");
        registry.bind("relay-public-engine", new PublicEngine(wiring.keys().required("relay.webhook.path"), flow.storing()));
        registry.bind("relay-admin-engine", new AdminEngine(admin));
        AdminErrors.on(context, admin);
        context.getRegistry().bind("relay-vertx", ServerVertx.make(context, GuardedServers.enoughWorkers(new VertxOptions()))); // found by its type
    }
}
