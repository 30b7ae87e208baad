package io.jobrelay.port;

import io.jobrelay.config.Keys;
import io.jobrelay.job.JobRequest;
import io.vertx.core.Handler;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.ext.web.RoutingContext;
import org.apache.camel.CamelContext;
import org.apache.camel.Service;
import org.apache.camel.component.platform.http.main.DefaultMainHttpServerFactory;
import org.apache.camel.component.platform.http.main.MainHttpServer;
import org.apache.camel.component.platform.http.main.ManagementHttpServer;
import org.apache.camel.component.platform.http.vertx.VertxPlatformHttpServerConfiguration;
import org.apache.camel.component.platform.http.vertx.auth.AuthenticationConfig.AuthenticationConfigEntry;
import org.apache.camel.main.HttpManagementServerConfigurationProperties;
import org.apache.camel.main.HttpServerConfigurationProperties;

/**
 * Makes camel-main's two servers with a guard in front of every route. The guard takes the place of an authentication handler: the one hook
 * that is on the router before the server listens, so that not even the first request of a starting relay passes it by.
 */
public final class GuardedServers extends DefaultMainHttpServerFactory {

    private final PublicGuard publicGuard;
    private final AdminGuard adminGuard;

    /**
     * @param publicGuard in front of the public port
     * @param adminGuard in front of the admin port
     */
    public GuardedServers(PublicGuard publicGuard, AdminGuard adminGuard) {
        this.publicGuard = publicGuard;
        this.adminGuard = adminGuard;
    }

    @Override
    public Service newHttpServer(CamelContext context, HttpServerConfigurationProperties configuration) {
        MainHttpServer server = (MainHttpServer) super.newHttpServer(context, configuration);
        putInFront(server.getConfiguration(), publicGuard);
        server.setMaxBodySize(new Keys(context).size("relay.webhook.max-body"));
        return server;
    }

    @Override
    public Service newHttpManagementServer(CamelContext context, HttpManagementServerConfigurationProperties configuration) {
        ManagementHttpServer server = (ManagementHttpServer) super.newHttpManagementServer(context, configuration);
        putInFront(server.getConfiguration(), adminGuard);
        server.setMaxBodySize((long) JobRequest.LARGEST_BODY); // camel-main has no key for it, and Vert.x would take 10 MiB
        return server;
    }

    /**
     * @param options of a Vert.x that serves the webhook
     * @return the same: a media file needs a worker while it is fetched, and in a host a callback needs one until its group is stored
     */
    public static VertxOptions enoughWorkers(VertxOptions options) {
        return options.setWorkerPoolSize(256).setMaxWorkerExecuteTime(Long.MAX_VALUE);
    }

    /** The guard comes before every route. */
    static void putInFront(VertxPlatformHttpServerConfiguration configuration, Handler<RoutingContext> guard) {
        AuthenticationConfigEntry entry = new AuthenticationConfigEntry() {
            @Override
            public Handler<RoutingContext> createAuthenticationHandler(Vertx vertx) {
                return guard;
            }
        };
        entry.setPath("/*");
        configuration.getAuthenticationConfig().setEnabled(true);
        configuration.getAuthenticationConfig().getEntries().add(entry);
    }
}
