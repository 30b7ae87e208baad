package io.jobrelay.reload;

import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.camel.CamelContext;
import org.apache.camel.RouteConfigurationsBuilder;
import org.apache.camel.RoutesBuilder;
import org.apache.camel.support.PluginHelper;

/** Loads route files as camel-main does at the start: all configurations, then all routes, then what is made from templates. */
final class Loading {

    private Loading() {
    }

    /** What happens to a file that cannot be loaded. */
    interface Listener {
        /**
         * @param file just loaded in one respect
         * @param builder that did it
         * @throws Rejected when the file cannot be used
         */
        void loaded(RouteFile file, RoutesBuilder builder) throws Rejected;
    }

    /**
     * @param context that gets what is in the files
     * @param files to load
     * @param afterRoutes told after the routes of each file have been added
     * @param afterTemplates told after the routes that each file makes from templates have been added
     * @throws Rejected naming the first file that cannot be loaded
     */
    static void load(CamelContext context, Collection<RouteFile> files, Listener afterRoutes, Listener afterTemplates) throws Rejected {
        Map<RouteFile, RoutesBuilder> builders = new LinkedHashMap<>();
        for (RouteFile file : files) {
            if (file.text().isBlank()) {
                continue; // it held nothing but beans
            }
            attempt(file, () -> {
                for (RoutesBuilder builder : PluginHelper.getRoutesLoader(context).findRoutesBuilders(List.of(file.resource()))) {
                    builders.put(file, builder);
                }
            });
        }
        for (Map.Entry<RouteFile, RoutesBuilder> entry : builders.entrySet()) {
            if (entry.getValue() instanceof RouteConfigurationsBuilder configurations) {
                attempt(entry.getKey(), () -> context.addRoutesConfigurations(configurations));
            }
        }
        for (Map.Entry<RouteFile, RoutesBuilder> entry : builders.entrySet()) {
            attempt(entry.getKey(), () -> {
                context.addRoutes(entry.getValue());
                afterRoutes.loaded(entry.getKey(), entry.getValue());
            });
        }
        for (Map.Entry<RouteFile, RoutesBuilder> entry : builders.entrySet()) {
            attempt(entry.getKey(), () -> {
                context.addTemplatedRoutes(entry.getValue());
                afterTemplates.loaded(entry.getKey(), entry.getValue());
            });
        }
    }

    private interface Step {
        void run() throws Exception;
    }

    private static void attempt(RouteFile file, Step step) throws Rejected {
        try {
            step.run();
        } catch (Rejected e) {
            throw e;
        } catch (Exception | LinkageError | AssertionError | StackOverflowError e) {
            throw Rejected.of(file, e);
        }
    }
}
