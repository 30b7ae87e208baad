package io.jobrelay.routes;

import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.Map;
import org.apache.camel.CamelContext;
import org.apache.camel.RouteConfigurationsBuilder;
import org.apache.camel.RoutesBuilder;
import org.apache.camel.spi.Resource;
import org.apache.camel.spi.RoutesBuilderLoader;
import org.apache.camel.support.PluginHelper;
import org.apache.camel.util.FileUtil;

/** Loads route files as camel-main does at the start: all configurations, then all routes, then what is made from templates. */
public final class RouteLoading {

    private RouteLoading() {
    }

    /** What happens to a file that cannot be loaded. */
    public interface Listener {
        /**
         * @param file just loaded in one respect
         * @param builder that did it
         * @throws RejectedFile when the file cannot be used
         */
        void loaded(RouteFile file, RoutesBuilder builder) throws RejectedFile;
    }

    /**
     * @param context that gets what is in the files
     * @param files to load
     * @param afterRoutes told after the routes of each file have been added
     * @param afterTemplates told after the routes that each file makes from templates have been added
     * @throws RejectedFile naming the first file that cannot be loaded
     */
    public static void load(CamelContext context, Collection<RouteFile> files, Listener afterRoutes, Listener afterTemplates) throws RejectedFile {
        Map<RouteFile, RoutesBuilder> builders = new LinkedHashMap<>();
        for (RouteFile file : files) {
            if (file.text().isBlank()) {
                continue; // it held nothing but beans
            }
            attempt(file, () -> builders.put(file, builder(context, file)));
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

    /** Camel's own way of finding builders reads each file twice, the first time only for the beans it may make: half of what a start spends on files. */
    private static RoutesBuilder builder(CamelContext context, RouteFile file) throws Exception {
        Resource resource = file.resource();
        RoutesBuilderLoader loader = PluginHelper.getRoutesLoader(context).getRoutesLoader(FileUtil.onlyExt(resource.getLocation(), false));
        if (file.text().contains("beans")) {
            loader.preParseRoute(resource);
        }
        return loader.loadRoutesBuilder(resource);
    }

    private interface Step {
        void run() throws Exception;
    }

    private static void attempt(RouteFile file, Step step) throws RejectedFile {
        try {
            step.run();
        } catch (RejectedFile e) {
            throw e;
        } catch (Exception | LinkageError | AssertionError | StackOverflowError e) {
            throw RejectedFile.of(file, e);
        }
    }
}
