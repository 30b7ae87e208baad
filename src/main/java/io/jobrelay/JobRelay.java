package io.jobrelay;

import io.jobrelay.config.Keys;
import io.jobrelay.config.Layers;
import io.jobrelay.config.Preflight;
import io.jobrelay.config.PropertyFiles;
import io.jobrelay.http.AdminEngine;
import io.jobrelay.http.AdminGuard;
import io.jobrelay.http.GuardedServers;
import io.jobrelay.http.PublicGuard;
import io.jobrelay.intake.Webhook;
import io.jobrelay.ops.RelayHealth;
import io.jobrelay.reload.SafeReload;
import java.util.List;
import org.apache.camel.CamelContext;
import org.apache.camel.component.platform.http.PlatformHttpConstants;
import org.apache.camel.component.platform.http.vertx.VertxPlatformHttpEngine;
import org.apache.camel.main.Main;

/** Puts the relay together: the beans that the routes name, each bound under a name of the relay's own. */
public final class JobRelay {

    private JobRelay() {
    }

    /**
     * Makes a camel-main application the relay: its routes, its keys, its two ports.
     *
     * @param main not started yet
     */
    public static void configure(Main main) {
        configure(main, Layers.ofThisProcess());
    }

    /**
     * Makes a camel-main application the relay.
     *
     * @param main not started yet
     * @param layers where its files lie
     */
    static void configure(Main main, Layers layers) {
        main.setDefaultPropertyPlaceholderLocation("false");
        main.bind("relay-properties", new PropertyFiles(layers.propertyFiles()));
        main.addMainListener(new Preflight(layers));
        main.configure().withRoutesIncludePattern(layers.includePattern());
        PublicGuard publicGuard = new PublicGuard();
        AdminGuard adminGuard = new AdminGuard();
        main.bind("relay-http-servers", new GuardedServers(publicGuard, adminGuard));
        main.configure().addConfiguration(new org.apache.camel.CamelConfiguration() {
            @Override
            public void configure(CamelContext context) throws Exception {
                Keys keys = new Keys(context);
                SafeReload reload = new SafeReload(layers, keys.flag("relay.routes.reload"),
                        List.of(publicGuard.turnstile(), adminGuard.turnstile()));
                reload.addTo(context);
                addTo(context, layers);
                RelayHealth.notice(context, "relay-routes", reload::rejected);
                if (reload.enabled()) {
                    hold(context, publicGuard, adminGuard);
                }
                publicGuard.guard(context, keys.required("relay.webhook.path"), keys.size("relay.webhook.max-body"),
                        context.getRegistry().lookupByNameAndType("relay-webhook", Webhook.class));
                adminGuard.guard(context, keys.text("relay.admin.api-key").orElse(null), keys.required("relay.admin.host"));
            }
        });
    }

    /** Behind the body of each request, in front of Camel's routes. */
    private static void hold(CamelContext context, PublicGuard publicGuard, AdminGuard adminGuard) {
        VertxPlatformHttpEngine engine = new VertxPlatformHttpEngine();
        engine.setCamelContext(context);
        engine.setHandlers(List.of(publicGuard.turnstile()));
        context.getRegistry().bind(PlatformHttpConstants.PLATFORM_HTTP_ENGINE_NAME, engine);
        context.getRegistry().lookupByNameAndType("relay-admin-engine", AdminEngine.class).setHandlers(List.of(adminGuard.turnstile()));
    }

    /**
     * Binds what the routes need and opens the database.
     *
     * @param context not started yet; its properties hold the {@code relay.*} keys
     * @param layers where route and SQL files lie
     * @throws Exception when a key cannot be read or the database cannot be opened
     */
    static void addTo(CamelContext context, Layers layers) throws Exception {
        new Beans(context, layers).bind();
    }
}
