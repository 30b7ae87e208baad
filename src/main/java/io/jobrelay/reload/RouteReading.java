package io.jobrelay.reload;

import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.camel.CamelContext;
import org.apache.camel.RoutesBuilder;
import org.apache.camel.builder.RouteBuilder;
import org.apache.camel.model.Model;
import org.apache.camel.model.RouteDefinition;

/** Makes routes of files in a context that never runs, and notes what each file holds. */
final class RouteReading {

    private RouteReading() {
    }

    /**
     * @param context that makes routes of them
     * @param model of the same
     * @param files to be read
     * @param found gets what each holds, by name
     * @throws Rejected naming the first that cannot be read
     */
    static void load(CamelContext context, Model model, List<RouteFile> files, Map<String, Contents> found) throws Rejected {
        Set<RouteDefinition> seen = new HashSet<>();
        Map<String, String> routes = new HashMap<>();
        Loading.Listener collect = (file, builder) -> {
            for (RouteDefinition route : model.getRouteDefinitions()) {
                if (seen.add(route)) {
                    if (route.getInput() == null) {
                        throw new Rejected(file.name(), Math.max(route.getLineNumber(), 0), "the route " + (route.getId() == null ? "here" : route.getId())
                                + " has no from");
                    }
                    String other = route.getId() == null ? null : routes.put(route.getId(), file.name());
                    if (other != null) {
                        throw new Rejected(file.name(), file.lineOfId(route.getId()), "the route id " + route.getId() + " stands in "
                                + (other.equals(file.name()) ? "this file twice" : other + " too"));
                    }
                    found.get(file.name()).add(context, route);
                }
            }
        };
        Loading.load(context, files.stream().filter(file -> !file.text().isBlank()).toList(), (file, builder) -> {
            once(file, builder);
            collect.loaded(file, builder);
            Contents here = found.get(file.name());
            here.add(context, (RouteBuilder) builder);
            if (here.isEmpty() && ((RouteBuilder) builder).getRouteCollection().getRoutes().isEmpty()) { // a route need not have an id
                Yaml.requireSomething(file);
            }
        }, collect);
    }

    private static void once(RouteFile file, RoutesBuilder builder) throws Rejected {
        Set<String> ids = new HashSet<>();
        for (RouteDefinition route : ((RouteBuilder) builder).getRouteCollection().getRoutes()) {
            if (route.getInput() != null && route.getId() != null && !ids.add(route.getId())) {
                throw new Rejected(file.name(), line(route), "the route id " + route.getId() + " stands in this file twice");
            }
        }
    }

    /**
     * @param route as it was read
     * @return the line it begins in
     */
    static int line(RouteDefinition route) {
        return route.getInput().getLineNumber() > 0 ? route.getInput().getLineNumber() : Math.max(route.getLineNumber(), 0);
    }

    /**
     * @param file that runs
     * @return the same without its beans, which are there already
     */
    static RouteFile withoutBeans(RouteFile file) {
        try {
            return Yaml.of(file).withoutBeans(file);
        } catch (Rejected e) {
            return file; // it has been read before
        }
    }
}
