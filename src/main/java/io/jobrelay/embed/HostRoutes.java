package io.jobrelay.embed;

import io.jobrelay.config.PackagedRoutes;
import io.jobrelay.config.RouteLocations;
import io.jobrelay.port.HostServer;
import io.jobrelay.routes.RouteFolderCheck;
import io.jobrelay.time.SteadyTimers;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.apache.camel.CamelContext;
import org.apache.camel.ErrorHandlerFactory;
import org.apache.camel.ExtendedCamelContext;
import org.apache.camel.RuntimeCamelException;
import org.apache.camel.model.FromDefinition;
import org.apache.camel.model.Model;
import org.apache.camel.model.ProcessorDefinitionHelper;
import org.apache.camel.model.RouteDefinition;
import org.apache.camel.model.ToDefinition;
import org.apache.camel.spi.Resource;
import org.apache.camel.support.LifecycleStrategySupport;
import org.apache.camel.support.PluginHelper;
import org.apache.camel.support.ResourceHelper;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The relay's routes in a host, put there when every other route is known and none is made yet: each file once, the host's own of the same
 * name in its place, the admin routes under {@value HostServer#ADMIN} or left out, statements on the relay's data source, timers going by
 * running time.
 */
final class HostRoutes extends LifecycleStrategySupport {

    private static final String ADMIN = HostServer.ADMIN;
    private static final String TIMER = "relay-timer";
    private static final String ADMIN_ENGINE = "platformHttpEngine=(#|%23)relay-admin-engine&?";

    private static final Logger LOG = LoggerFactory.getLogger(HostRoutes.class);

    private final RouteLocations locations;
    private final boolean admin;
    private final boolean servlets;

    /**
     * @param locations where the files lie
     * @param admin {@code relay.admin.enabled}
     * @param servlets whether the host's HTTP server is one of servlets, which would make text of a body
     */
    HostRoutes(RouteLocations locations, boolean admin, boolean servlets) {
        this.locations = locations;
        this.admin = admin;
        this.servlets = servlets;
    }

    @Override
    public void onContextInitializing(CamelContext context) {
        try {
            locations.unread().values().forEach(LOG::warn);
            List<String> names = PackagedRoutes.names();
            context.addComponent(TIMER, new SteadyTimers());
            Model model = context.getCamelContextExtension().getContextPlugin(Model.class);
            List<Resource> files = new ArrayList<>();
            Set<String> places = new HashSet<>();
            for (String name : names) {
                String place = locations.locate(name);
                Resource file = ResourceHelper.resolveMandatoryResource(context, place);
                if (!place.equals(PackagedRoutes.location(name))) {
                    RouteFolderCheck.requireRoutes(name, file);
                }
                files.add(file);
                places.add(file.getLocation());
            }
            load(context, files);
            for (RouteDefinition route : List.copyOf(model.getRouteDefinitions())) {
                if (route.getResource() != null && places.contains(route.getResource().getLocation())) {
                    adapt(model, route);
                }
            }
        } catch (RuntimeException e) {
            throw e;
        } catch (Exception e) {
            throw RuntimeCamelException.wrapRuntimeCamelException(e);
        }
    }

    /** An error handler that the host has set for the whole context would take the place of those that the policies name. */
    private static void load(CamelContext context, List<Resource> files) throws Exception {
        ExtendedCamelContext extended = context.getCamelContextExtension();
        ErrorHandlerFactory ofTheHost = extended.getErrorHandlerFactory();
        extended.setErrorHandlerFactory(null);
        try {
            PluginHelper.getRoutesLoader(context).loadRoutes(files);
        } finally {
            extended.setErrorHandlerFactory(ofTheHost);
        }
    }

    private void adapt(Model model, RouteDefinition route) throws Exception {
        for (ToDefinition step : ProcessorDefinitionHelper.filterTypeInOutputs(route.getOutputs(), ToDefinition.class)) {
            if (step.getUri().startsWith("sql:")) { // the component is the host's, and may have another data source or several
                step.setUri(step.getUri() + (step.getUri().contains("?") ? "&" : "?") + "dataSource=#relay-data-source");
            }
        }
        FromDefinition from = route.getInput();
        String uri = from.getEndpointUri();
        if (uri.startsWith("timer:")) { // a component of the relay's own: the host's timers stay as they are
            from.setUri(uri.replaceFirst("^timer", TIMER));
        }
        if (!uri.startsWith("platform-http:")) {
            return;
        }
        String here = uri.replaceFirst(ADMIN_ENGINE, "").replaceFirst("[?&]$", "");
        if (!here.equals(uri)) {
            if (!admin) {
                model.removeRouteDefinition(route);
                return;
            }
            here = here.replaceFirst("^platform-http:/*", "platform-http:" + ADMIN + "/");
        }
        from.setUri(servlets ? here + (here.contains("?") ? "&" : "?") + "useStreaming=true" : here);
    }
}
