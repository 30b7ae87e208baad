package io.jobrelay;

import io.jobrelay.config.Deployment;
import io.jobrelay.config.HostProperties;
import io.jobrelay.config.Keys;
import io.jobrelay.config.Preflight;
import io.jobrelay.config.PropertyFiles;
import io.jobrelay.config.RouteLocations;
import io.jobrelay.embed.ContextProperties;
import io.jobrelay.embed.EmbeddedRelay;
import io.jobrelay.port.AdminGuard;
import io.jobrelay.port.GuardedServers;
import io.jobrelay.port.PublicEngine;
import io.jobrelay.port.PublicGuard;
import io.jobrelay.registry.HealthNotice;
import io.jobrelay.reload.RouteStart;
import io.jobrelay.reload.SafeReload;
import io.jobrelay.server.AdminEngine;
import io.jobrelay.webhook.Webhook;
import java.util.List;
import org.apache.camel.CamelContext;
import org.apache.camel.component.platform.http.PlatformHttpConstants;
import org.apache.camel.main.Main;

/** Puts the relay together, as an application of its own or as a part of another one. */
public final class JobRelay {

    private JobRelay() {
    }

    /**
     * Makes a camel-main application the relay: its routes, its keys, its two ports.
     *
     * @param main not started yet
     */
    public static void configure(Main main) {
        configure(main, RouteLocations.ofThisProcess());
    }

    /**
     * Makes a camel-main application the relay.
     *
     * @param main not started yet
     * @param locations where its files lie
     */
    static void configure(Main main, RouteLocations locations) {
        configure(main, new RouteStart(locations));
    }

    /**
     * Makes a camel-main application the relay.
     *
     * @param main not started yet
     * @param routes that it starts with; the same again at another start, after one that a route stopped
     */
    public static void configure(Main main, RouteStart routes) {
        RouteLocations locations = routes.locations();
        main.setDefaultPropertyPlaceholderLocation("false");
        main.bind("relay-properties", new PropertyFiles(locations.propertyFiles()));
        main.addMainListener(new Preflight());
        main.configure().withRoutesIncludePattern("false"); // Camel would stop at the first broken file
        main.addMainListener(routes);
        PublicGuard publicGuard = new PublicGuard();
        AdminGuard adminGuard = new AdminGuard();
        main.bind("relay-http-servers", new GuardedServers(publicGuard, adminGuard));
        main.configure().addConfiguration(new org.apache.camel.CamelConfiguration() {
            @Override
            public void configure(CamelContext context) throws Exception {
                Keys keys = new Keys(context);
                SafeReload reload = new SafeReload(routes, keys.flag("relay.routes.reload"),
                        List.of(publicGuard.gate(), adminGuard.gate()));
                reload.addTo(context);
                Composition.bind(context, locations, Deployment.OWN);
                HealthNotice.add(context, "relay-routes", reload::notices);
                if (reload.enabled()) {
                    hold(context, publicGuard, adminGuard);
                }
                publicGuard.guard(context, keys.required("relay.webhook.path"), keys.size("relay.webhook.max-body"),
                        context.getRegistry().lookupByNameAndType("relay-webhook", Webhook.class));
                adminGuard.guard(context, keys);
            }
        });
    }

    /** Behind the body of each request, in front of Camel's routes. */
    private static void hold(CamelContext context, PublicGuard publicGuard, AdminGuard adminGuard) {
        PublicEngine engine = context.getRegistry().lookupByNameAndType("relay-public-engine", PublicEngine.class);
        engine.setCamelContext(context);
        engine.setHandlers(List.of(publicGuard.gate()));
        context.getRegistry().bind(PlatformHttpConstants.PLATFORM_HTTP_ENGINE_NAME, engine);
        context.getRegistry().lookupByNameAndType("relay-admin-engine", AdminEngine.class).setHandlers(List.of(adminGuard.gate()));
    }

    /**
     * Makes the relay part of an application of one's own. Its keys {@code relay.*} are looked for wherever the context finds its properties;
     * its routes, beans, tables and policies have names of their own and change nothing else.
     *
     * @param context not started yet
     * @throws io.jobrelay.config.StartFailure when a key is wrong or missing, or the database cannot be used: one sentence that says what to do
     * @throws Exception when the context does not take a service
     */
    public static void addTo(CamelContext context) throws Exception {
        addTo(context, new ContextProperties(context));
    }

    /**
     * Makes the relay part of an application that keeps its configuration where Camel does not look.
     *
     * @param context not started yet
     * @param properties where the keys are
     * @throws io.jobrelay.config.StartFailure as above
     * @throws Exception when the context does not take a service
     */
    public static void addTo(CamelContext context, HostProperties properties) throws Exception {
        new EmbeddedRelay(context, properties).add(Composition::bind);
    }
}
