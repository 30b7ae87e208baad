package io.jobrelay.house;

import io.jobrelay.house.House.Hop;
import io.jobrelay.house.RouteYaml.Route;
import io.jobrelay.house.RouteYaml.Step;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Collectors;

/**
 * What a message passes when all goes well: the shortest way from a route to a step, with what is called on it. What stands in a filter or a
 * branch belongs to it only where the way itself leads through that; what is only woken, only where the way goes on there.
 *
 * @param routes in the order in which they are come to
 * @param hops between them
 * @param nows how often the variable {@code now} is set
 */
record Way(Set<Route> routes, List<Hop> hops, int nows) {

    /**
     * @param house whose routes
     * @param from the id of the first route
     * @param end the step it leads to; the first of a route where the whole route is meant
     * @return the way
     */
    static Way of(House house, String from, Predicate<Step> end) {
        Map<String, Route> byName = house.routes().stream().filter(route -> route.name() != null)
                .collect(Collectors.toMap(Route::name, route -> route, (a, b) -> a));
        List<Hop> hops = house.hops();
        Route first = house.routes().stream().filter(route -> from.equals(route.id())).findFirst()
                .orElseThrow(() -> new IllegalStateException("No route " + from + ": the way that begins there is to be named anew here."));
        Map<Route, Hop> cameBy = new LinkedHashMap<>();
        cameBy.put(first, null);
        List<Route> next = new ArrayList<>(List.of(first));
        while (!next.isEmpty()) {
            Route here = next.remove(0);
            Step last = here.steps().stream().filter(end).findFirst().orElse(null);
            if (last != null) {
                return along(cameBy, here, last, hops, byName);
            }
            hops.stream().filter(hop -> hop.from().equals(here)).forEach(hop -> hop.to().stream().map(byName::get).filter(Objects::nonNull)
                    .filter(route -> !cameBy.containsKey(route)).forEach(route -> {
                        cameBy.put(route, hop);
                        next.add(route);
                    }));
        }
        throw new IllegalStateException("No way leads from " + from + " to its end: the end is to be named anew here.");
    }

    private static Way along(Map<Route, Hop> cameBy, Route end, Step last, List<Hop> hops, Map<String, Route> byName) {
        Map<Route, List<Object>> open = new LinkedHashMap<>(Map.of(end, last.only()));
        List<Hop> trunk = new ArrayList<>();
        for (Hop hop = cameBy.get(end); hop != null; hop = cameBy.get(hop.from())) {
            trunk.add(0, hop);
            open.put(hop.from(), hop.step().only());
        }
        Set<Route> routes = new LinkedHashSet<>();
        trunk.forEach(hop -> routes.add(hop.from()));
        routes.add(end);
        Set<Hop> on = new LinkedHashSet<>(trunk);
        List<Route> next = new ArrayList<>(routes);
        while (!next.isEmpty()) {
            Route here = next.remove(0);
            for (Hop hop : hops) {
                if (hop.from().equals(here) && !hop.wakes() && within(hop.step(), open.getOrDefault(here, List.of()))) {
                    on.add(hop);
                    hop.to().stream().map(byName::get).filter(Objects::nonNull).filter(route -> hop.to().size() == 1).filter(routes::add)
                            .forEach(next::add);
                }
            }
        }
        int nows = (int) routes.stream().flatMap(route -> route.steps().stream()
                .filter(step -> within(step, open.getOrDefault(route, List.of())))).filter(step -> variables(step).contains("now")).count();
        return new Way(routes, List.copyOf(on), nows);
    }

    private static boolean within(Step step, List<Object> open) {
        return step.only().stream().allMatch(one -> open.stream().anyMatch(other -> other == one));
    }

    /**
     * @param step any
     * @return the names of the variables it sets
     */
    static List<String> variables(Step step) {
        if (step.node().kind().equals("setVariable")) {
            return List.of(String.valueOf(step.node().yaml().get("name")));
        }
        return step.node().kind().equals("setVariables") && step.node().yaml().get("variables") instanceof List<?> list
                ? list.stream().map(one -> String.valueOf(((Map<?, ?>) one).get("name"))).toList() : List.of();
    }

    /**
     * @param house whose routes
     * @param from the id of a route
     * @return the ids of all that may come after it, but for what is only woken
     */
    static Set<String> mayFollow(House house, String from) {
        List<Hop> hops = house.hops();
        Set<String> found = new LinkedHashSet<>(Set.of(from));
        List<String> next = new ArrayList<>(List.of(from));
        while (!next.isEmpty()) {
            String here = next.remove(0);
            hops.stream().filter(hop -> here.equals(hop.from().id()) && !hop.wakes()).flatMap(hop -> hop.to().stream()).filter(found::add)
                    .forEach(next::add);
        }
        return found;
    }
}
