package io.jobrelay.port;

import io.jobrelay.config.Keys;
import io.jobrelay.server.ServerVertx;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import org.apache.camel.CamelContext;
import org.apache.camel.component.platform.http.vertx.VertxPlatformHttpEngine;
import org.apache.camel.component.platform.http.vertx.VertxPlatformHttpRouter;
import org.apache.camel.component.platform.http.vertx.VertxPlatformHttpServer;
import org.apache.camel.component.platform.http.vertx.VertxPlatformHttpServerConfiguration;
import org.apache.camel.support.LifecycleStrategySupport;

/** The HTTP server of a host that runs on Vert.x, or has none. */
public final class HostServer {

    /** Where the admin routes are in a host. */
    public static final String ADMIN = "/relay";
    private static final int FRONT = -1_000;

    private HostServer() {
    }

    /**
     * Gives a host without a server one on {@code camel.server.port}.
     *
     * @param context not started yet
     * @param keys {@code camel.server.*}, {@code relay.webhook.max-body}
     * @param guard in front of the webhook
     * @throws Exception when the service cannot be added
     */
    public static void open(CamelContext context, Keys keys, PublicGuard guard) throws Exception {
        VertxPlatformHttpServerConfiguration configuration = new VertxPlatformHttpServerConfiguration();
        configuration.setBindHost(keys.text("camel.server.host").orElse("0.0.0.0"));
        configuration.setBindPort(keys.number("camel.server.port"));
        configuration.setMaxBodySize(keys.size("relay.webhook.max-body"));
        configuration.setServerType(VertxPlatformHttpRouter.SERVER_TYPE_SERVER);
        GuardedServers.putInFront(configuration, guard);
        context.addService(new OwnServer(configuration, ServerVertx.make(context, GuardedServers.enoughWorkers(new VertxOptions()))));
    }

    /**
     * Puts the guard in front of the webhook on the host's own server.
     *
     * @param context not started yet
     * @param guard leaves all other paths alone
     */
    public static void guard(CamelContext context, PublicGuard guard) {
        context.addLifecycleStrategy(new LifecycleStrategySupport() {
            @Override
            public void onContextStarted(CamelContext started) {
                VertxPlatformHttpEngine engine = new VertxPlatformHttpEngine(); // knows which of several servers a route is put on
                engine.setCamelContext(started);
                VertxPlatformHttpRouter router = VertxPlatformHttpRouter.lookup(started,
                        VertxPlatformHttpRouter.getRouterNameFromPort(engine.getServerPort()));
                if (router != null) {
                    router.route().order(FRONT).handler(guard);
                }
            }
        });
    }

    /** With a Vert.x of its own: one of the host's has threads for the host's work, and options for its purposes. */
    private static final class OwnServer extends VertxPlatformHttpServer {

        private final Vertx own;

        OwnServer(VertxPlatformHttpServerConfiguration configuration, Vertx own) {
            super(configuration);
            this.own = own;
        }

        @Override
        protected Vertx lookupVertx() {
            return own;
        }
    }
}
