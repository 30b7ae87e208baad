package io.jobrelay.routes;

import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.camel.CamelContext;
import org.apache.camel.builder.RouteBuilder;
import org.apache.camel.model.Model;
import org.apache.camel.model.RouteDefinition;

/** Makes routes of files in a context that never runs, and notes what each file holds. */
public final class RouteReading {

    private RouteReading() {
    }

    /**
     * @param context that makes routes of them
     * @param model of the same
     * @param files to be read
     * @param found gets what each holds, by name
     * @throws RejectedFile naming the first that cannot be read
     */
    static void load(CamelContext context, Model model, List<RouteFile> files, Map<String, RouteFileContents> found) throws RejectedFile {
        Set<RouteDefinition> seen = new HashSet<>();
        RouteLoading.load(context, files, (file, builder) -> {
            for (RouteDefinition route : ((RouteBuilder) builder).getRouteCollection().getRoutes()) {
                seen.add(route);
                add(context, file, route, found.get(file.name()));
            }
            found.get(file.name()).add(context, (RouteBuilder) builder);
        }, (file, builder) -> {
            for (RouteDefinition route : model.getRouteDefinitions()) {
                if (seen.add(route)) {
                    add(context, file, route, found.get(file.name()));
                }
            }
        });
    }

    private static void add(CamelContext context, RouteFile file, RouteDefinition route, RouteFileContents here) throws RejectedFile {
        if (route.getInput() == null) {
            throw new RejectedFile(file.name(), Math.max(route.getLineNumber(), 0), "the route " + (route.getId() == null ? "here" : route.getId())
                    + " has no from");
        }
        if (route.getId() != null && here.routes.containsKey(route.getId())) {
            throw new RejectedFile(file.name(), Boolean.TRUE.equals(route.isTemplate()) ? file.lineOfId(route.getId()) : RouteFileContents.line(route),
                    "the route id " + route.getId() + " stands in this file twice");
        }
        here.add(context, route);
    }

    /**
     * @param file that runs
     * @return the same without its beans, which are there already
     */
    public static RouteFile withoutBeans(RouteFile file) {
        try {
            return PlainYaml.of(file).withoutBeans(file);
        } catch (RejectedFile e) {
            return file; // it has been read before
        }
    }
}
