package io.jobrelay.routes;

import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.apache.camel.CamelContext;
import org.apache.camel.Route;
import org.apache.camel.model.Model;
import org.apache.camel.model.RouteDefinition;
import org.apache.camel.util.StringHelper;

/** Looks whether files fit together: no name given twice, and nobody calls or names what nobody offers. */
final class RouteAgreement {

    private final CamelContext live;

    /** @param live the running context, which may hold routes that came from no file */
    RouteAgreement(CamelContext live) {
        this.live = live;
    }

    /**
     * @param was what runs
     * @param now what each file would hold
     * @param files as they would be
     * @param changed the names of those that differ
     * @throws RejectedFile naming the changed file that is at fault
     */
    void agree(RouteCheck.World was, Map<String, RouteFileContents> now, Map<String, RouteFile> files, Set<String> changed) throws RejectedFile {
        Map<String, String> routes = new HashMap<>();
        Map<String, String> steps = new HashMap<>();
        Map<String, String> served = new HashMap<>();
        Map<String, String> configurations = new HashMap<>();
        Map<String, String> templates = new HashMap<>();
        foreign(was).keySet().forEach(id -> routes.put(id, "the relay's own code"));
        for (Map.Entry<String, RouteFileContents> entry : now.entrySet()) {
            String name = entry.getKey();
            RouteFileContents here = entry.getValue();
            unique(files, changed, routes, here.routes, name, "the route id ");
            unique(files, changed, steps, here.steps, name, "the step id ");
            unique(files, changed, served, here.serves, name, "direct:");
            unique(files, changed, configurations, here.configurations, name, "the routeConfiguration ");
            unique(files, changed, templates, here.templates, name, "the routeTemplate ");
        }
        for (Map.Entry<String, String> step : steps.entrySet()) {
            String other = routes.get(step.getKey());
            if (other != null) {
                String blamed = changed.contains(step.getValue()) ? step.getValue() : other;
                throw new RejectedFile(blamed, files.get(blamed).lineOfId(step.getKey()), "the id " + step.getKey() + " is given to a step and to a route");
            }
        }
        Set<String> offered = new HashSet<>(served.keySet());
        offered.addAll(foreignDirects(was));
        for (Map.Entry<String, RouteFileContents> entry : now.entrySet()) {
            for (Map.Entry<String, Integer> call : entry.getValue().calls.entrySet()) {
                if (!offered.contains(call.getKey())) {
                    if (changed.contains(entry.getKey())) {
                        throw new RejectedFile(entry.getKey(), call.getValue(), "no route serves direct:" + call.getKey(), call.getKey());
                    }
                    blame(was, now, changed, c -> c.serves.get(call.getKey()), "direct:" + call.getKey(), entry.getKey());
                }
            }
            for (Map.Entry<String, Integer> policy : entry.getValue().policies.entrySet()) {
                if (configurations.keySet().stream().noneMatch(id -> RouteFileContents.matches(id, policy.getKey())) && !policy.getKey().equals("*")) {
                    if (changed.contains(entry.getKey())) {
                        throw new RejectedFile(entry.getKey(), files.get(entry.getKey()).lineOf(policy.getKey()),
                                "there is no routeConfiguration " + policy.getKey(), policy.getKey());
                    }
                    blame(was, now, changed, c -> c.configurations.get(policy.getKey()), "the routeConfiguration " + policy.getKey(), entry.getKey());
                }
            }
        }
        if (!routes.containsKey(RequiredRoutes.CALLED_FROM_OUTSIDE)) {
            blame(was, now, changed, c -> c.routes.get(RequiredRoutes.CALLED_FROM_OUTSIDE), "the route " + RequiredRoutes.CALLED_FROM_OUTSIDE, "the API");
        }
        for (String needed : needed(was)) {
            if (!offered.contains(needed)) {
                blame(was, now, changed, c -> c.serves.get(needed), "direct:" + needed, "the relay's own code");
            }
        }
    }

    /**
     * @param now what each file holds
     * @param files that were read
     * @throws RejectedFile naming one of two that give a route the same id
     */
    static void requireOwnRoutes(Map<String, RouteFileContents> now, Map<String, RouteFile> files) throws RejectedFile {
        Map<String, String> routes = new HashMap<>();
        for (Map.Entry<String, RouteFileContents> entry : now.entrySet()) {
            unique(files, files.keySet(), routes, entry.getValue().routes, entry.getKey(), "the route id ");
        }
    }

    private static void unique(Map<String, RouteFile> files, Set<String> changed, Map<String, String> all, Map<String, Integer> here,
            String name, String what) throws RejectedFile {
        for (Map.Entry<String, Integer> entry : here.entrySet()) {
            String other = all.putIfAbsent(entry.getKey(), name);
            if (other != null && !other.equals(name)) {
                String blamed = changed.contains(name) ? name : other;
                int line = files.containsKey(blamed) ? files.get(blamed).lineOfId(entry.getKey()) : 0;
                if (line == 0 && blamed.equals(name)) {
                    line = entry.getValue();
                }
                throw new RejectedFile(blamed, line, what + entry.getKey() + " stands in " + (blamed.equals(name) ? other : name) + " too");
            }
        }
    }

    /** A changed file no longer has what another one, which has not changed, is built upon. */
    private static void blame(RouteCheck.World was, Map<String, RouteFileContents> now, Set<String> changed,
            Function<RouteFileContents, Integer> where, String what, String user) throws RejectedFile {
        for (String name : changed) {
            RouteFileContents before = was.contents().get(name);
            if (before != null && where.apply(before) != null) {
                throw new RejectedFile(name, 0, what + " is no longer here, but " + user + " uses it");
            }
        }
        // it was missing before too, and is not this edit's fault
    }

    /** The routes that run, or are to run, and came from no file, with what they consume from. */
    private Map<String, String> foreign(RouteCheck.World was) {
        Set<String> known = new HashSet<>();
        was.contents().values().forEach(contents -> known.addAll(contents.routes.keySet()));
        Set<String> places = new HashSet<>();
        was.files().values().forEach(file -> places.add(file.location()));
        if (live.getStatus().isStarted()) {
            return live.getRoutes().stream().filter(route -> !known.contains(route.getRouteId()))
                    .filter(route -> route.getSourceResource() == null || !places.contains(route.getSourceResource().getLocation()))
                    .collect(Collectors.toMap(Route::getRouteId, route -> route.getEndpoint().getEndpointUri()));
        }
        return live.getCamelContextExtension().getContextPlugin(Model.class).getRouteDefinitions().stream()
                .filter(route -> route.getId() != null && !known.contains(route.getId()))
                .collect(Collectors.toMap(RouteDefinition::getId, route -> route.getInput().getEndpointUri()));
    }

    private Set<String> foreignDirects(RouteCheck.World was) {
        return foreign(was).values().stream().filter(uri -> uri.startsWith("direct:"))
                .map(uri -> StringHelper.before(uri, "?", uri).replaceFirst("^direct:(//)?", "")).collect(Collectors.toSet());
    }

    /** What Java calls by name, of that which is there now. */
    private static Set<String> needed(RouteCheck.World was) {
        Set<String> served = new HashSet<>();
        was.contents().values().forEach(contents -> served.addAll(contents.serves.keySet()));
        Set<String> needed = new TreeSet<>(RequiredRoutes.CALLED_FROM_JAVA);
        needed.retainAll(served);
        return needed;
    }
}
