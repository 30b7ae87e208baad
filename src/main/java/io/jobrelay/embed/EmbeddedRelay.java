package io.jobrelay.embed;

import io.jobrelay.config.Deployment;
import io.jobrelay.config.EnvironmentKeys;
import io.jobrelay.config.HostProperties;
import io.jobrelay.config.Keys;
import io.jobrelay.config.Preflight;
import io.jobrelay.config.PropertyFiles;
import io.jobrelay.config.RouteLocations;
import io.jobrelay.config.StartFailure;
import io.jobrelay.config.Upstream;
import io.jobrelay.port.HostServer;
import io.jobrelay.port.PublicGuard;
import io.jobrelay.webhook.Webhook;
import java.util.List;
import java.util.Map;
import java.util.function.IntSupplier;
import java.util.stream.Collectors;
import javax.sql.DataSource;
import org.apache.camel.CamelContext;
import org.apache.camel.component.platform.http.PlatformHttpConstants;
import org.apache.camel.component.platform.http.spi.PlatformHttpEngine;
import org.apache.camel.component.platform.http.vertx.VertxPlatformHttpEngine;
import org.apache.camel.component.platform.http.vertx.VertxPlatformHttpRouter;
import org.apache.camel.component.platform.http.vertx.VertxPlatformHttpServer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Makes a relay part of somebody else's application: its keys, its database and its HTTP server are the host's, the rest is the relay's own. */
public final class EmbeddedRelay {

    private static final Logger LOG = LoggerFactory.getLogger("io.jobrelay");
    private static final List<String> FUNCTIONS = List.of("sql", "millis");

    private final CamelContext context;
    private final HostProperties properties;

    /** Binds the relay's beans. */
    public interface Binding {

        /**
         * @param context the host's
         * @param locations where route and SQL files lie
         * @param deployment where the relay runs
         * @throws Exception when the beans cannot be made, or the context does not take a service
         */
        void bind(CamelContext context, RouteLocations locations, Deployment deployment) throws Exception;
    }

    /**
     * @param context not started yet
     * @param properties where the keys are
     */
    public EmbeddedRelay(CamelContext context, HostProperties properties) {
        this.context = context;
        this.properties = properties;
    }

    /**
     * Adds the relay to the application.
     *
     * @param beans binds what the relay's routes name
     * @throws StartFailure when a key is wrong or missing, or the database cannot be used
     * @throws Exception when the context does not take a service
     */
    public void add(Binding beans) throws Exception {
        if (!context.isStopped() && !context.getStatus().isInitializing()) {
            throw new StartFailure("The relay was added to the context " + context.getName() + " after that had been started. Add it before.");
        }
        boolean ownUrl = context.getPropertiesComponent().resolveProperty("relay.db.url").filter(url -> !url.isBlank()).isPresent();
        for (String function : FUNCTIONS) {
            if (context.getPropertiesComponent().getPropertiesFunction(function) != null) {
                throw new StartFailure("The application has a properties function \"" + function + "\" of its own, which the relay's routes need"
                        + " for themselves. Give it another name.");
            }
        }
        context.getPropertiesComponent().addPropertiesSource(new EnvironmentKeys());
        context.getPropertiesComponent().addPropertiesSource(new HostKeys(properties, new PropertyFiles(List.of())));
        Keys keys = new Keys(context);
        Preflight.check(context, keys);
        if (Upstream.of(keys).sandbox()) {
            throw new StartFailure("relay.ringcentral.server-url is not set, and in another application there is no sandbox."
                    + " Set it, with client-id, client-secret and jwt beside it (https://platform.ringcentral.com for production).");
        }
        RouteLocations locations = RouteLocations.inHost(context.getApplicationContextClassLoader());
        PlatformHttpEngine engine = context.getRegistry().lookupByNameAndType(PlatformHttpConstants.PLATFORM_HTTP_ENGINE_NAME,
                PlatformHttpEngine.class);
        boolean servlets = engine != null && !(engine instanceof VertxPlatformHttpEngine);
        boolean server = engine != null || context.hasService(VertxPlatformHttpServer.class) != null
                || !context.getRegistry().findByType(VertxPlatformHttpRouter.class).isEmpty();
        IntSupplier port = () -> engine != null && engine.getServerPort() > 0 ? engine.getServerPort() : keys.number("camel.server.port");
        beans.bind(context, locations, new Deployment(true, dataSource(keys, ownUrl), port));
        context.addLifecycleStrategy(new HostRoutes(locations, keys.flag("relay.admin.enabled"), servlets));
        if (!servlets) {
            PublicGuard guard = PublicGuard.inHost();
            guard.guard(context, keys.required("relay.webhook.path"), keys.size("relay.webhook.max-body"),
                    context.getRegistry().lookupByNameAndType("relay-webhook", Webhook.class));
            if (server) {
                HostServer.guard(context, guard);
            } else {
                HostServer.open(context, keys, guard);
            }
        }
        LOG.info("AI Job Relay is part of this application: API {}, webhook {}, sinks {}", Upstream.of(keys).baseUrl(),
                keys.required("relay.webhook.path"), keys.list("relay.sinks"));
        if (!Boolean.TRUE.equals(context.isAutoStartup())) {
            LOG.warn("The application does not start its routes by itself (auto-startup), nor the relay's: until somebody does, callbacks are answered 503");
        }
    }

    /** The one named, else that of {@code relay.db.url} where the host sets it (null), else the host's only one, else null. */
    private DataSource dataSource(Keys keys, boolean ownUrl) {
        String named = keys.text("relay.db.data-source").orElse(null);
        if (named != null) {
            DataSource found = context.getRegistry().lookupByNameAndType(named.replaceFirst("^#(bean:)?", ""), DataSource.class);
            if (found == null) {
                throw new StartFailure("relay.db.data-source is " + named + ", but the application has no DataSource of that name."
                        + " It has: " + names(context.getRegistry().findByTypeWithName(DataSource.class)) + ".");
            }
            return found;
        }
        if (ownUrl) {
            return null;
        }
        Map<String, DataSource> all = context.getRegistry().findByTypeWithName(DataSource.class);
        Map<String, DataSource> found = all.entrySet().stream().filter(e -> properties.wanted(e.getKey()))
                .collect(Collectors.toMap(Map.Entry::getKey, Map.Entry::getValue));
        if (found.values().stream().distinct().count() > 1) {
            throw new StartFailure("The application has several DataSources: " + names(found)
                    + ". Say which is the relay's with relay.db.data-source=#name, or set relay.db.url.");
        }
        return found.values().stream().findFirst().orElse(null);
    }

    private static String names(Map<String, DataSource> found) {
        return found.isEmpty() ? "none" : String.join(", ", found.keySet().stream().sorted().toList());
    }
}
