package io.jobrelay.house;

import static org.assertj.core.api.Assertions.assertThat;

import io.jobrelay.house.House.Hop;
import io.jobrelay.house.RouteYaml.Node;
import io.jobrelay.house.RouteYaml.Route;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Each route says what it is, is reached by its name, and calls only what it may; no failure is lost on the way. */
class RouteRulesTest extends HouseRules {

    /** Which stage may call which other; nobody calls back. What several of them share is in {@code job}. */
    private static final Map<String, Set<String>> MAY_CALL = Map.ofEntries(
            Map.entry("intake", Set.of("poll", "job")),
            Map.entry("inbox", Set.of("intake", "upkeep")),
            Map.entry("submit", Set.of("api", "job")),
            Map.entry("poll", Set.of("api", "job")),
            Map.entry("forward", Set.of("sink", "job")),
            Map.entry("admin", Set.of("intake", "settle", "job", "audit")),
            Map.entry("job", Set.of()),
            Map.entry("audit", Set.of()),
            Map.entry("upkeep", Set.of()),
            Map.entry("tick", Set.of("inbox", "poll", "upkeep")),
            Map.entry("settle", Set.of()),
            Map.entry("api", Set.of()),
            Map.entry("sink", Set.of()),
            Map.entry("sandbox", Set.of()));

    @Test
    void every_route_says_what_it_is_in_the_same_order() {
        for (Route route : routes) {
            assertThat(route.yaml().keySet()).as(route.toString())
                    .startsWith("id", "description", "note", "group", "routeConfigurationId").endsWith("from");
            assertThat(route.yaml().get("description").toString().split(" ")).as(route + ": the label of a diagram").hasSizeBetween(1, 6);
            assertThat(route.yaml().get("note").toString()).as(route.toString()).endsWith(".").hasSizeBetween(10, 300);
            assertThat(route.yaml()).as(route.toString()).containsEntry("group", stage(route.id()));
            assertThat(MAY_CALL).as(route + ": stages").containsKey(stage(route.id()));
        }
    }

    @Test
    void every_route_names_a_policy_and_every_policy_is_named() {
        assertThat(policies).allMatch(policy -> policy.id().startsWith("relay-") && policy.yaml().containsKey("description"));
        assertThat(routes.stream().map(HouseRules::policy).collect(Collectors.toSet()))
                .isEqualTo(policies.stream().map(Route::id).collect(Collectors.toSet()));
    }

    @Test
    void no_id_is_given_twice() {
        Set<String> seen = new HashSet<>();
        Stream.concat(routes.stream(), policies.stream()).flatMap(route -> route.nodes().stream())
                .filter(node -> node.yaml().get("id") instanceof String)
                .forEach(node -> assertThat(seen.add((String) node.yaml().get("id"))).as(node.toString()).isTrue());
        assertThat(seen).allMatch(id -> id.matches("[a-z]+(-[a-z]+)*"));
    }

    @Test
    void every_direct_name_has_one_consumer_of_the_same_name() {
        List<Route> called = routes.stream().filter(route -> route.name() != null).toList();
        assertThat(called).extracting(Route::name).isEqualTo(called.stream().map(Route::id).toList()).doesNotHaveDuplicates();
        assertThat(house.hops()).allSatisfy(hop -> assertThat(hop.to()).as(hop.toString()).isNotEmpty());
        assertThat(calledFromJava()).as("called from Java").isSubsetOf(house.names());
    }

    @Test
    void no_consumer_waits_for_a_call_that_nobody_makes() {
        Set<String> called = house.hops().stream().flatMap(hop -> hop.to().stream()).collect(Collectors.toSet());
        called.addAll(calledFromJava());
        assertThat(house.names()).allMatch(called::contains);
    }

    @Test
    void no_edit_while_running_may_take_away_what_java_calls() {
        Set<String> kept = find(String.join("", java.values()), "CALLED_FROM_JAVA = Set.of\\(([^)]*)\\)")
                .flatMap(names -> find(names, "\"([a-z-]+)\"")).collect(Collectors.toCollection(TreeSet::new));
        Set<String> called = new TreeSet<>(calledFromJava());
        called.removeIf(name -> name.startsWith("sink-")); // the relay runs without a sink, and says so
        assertThat(kept).isEqualTo(called);
    }

    @Test
    void no_route_comes_back_to_itself() {
        Map<String, Set<String>> graph = callGraph();
        for (String start : graph.keySet()) {
            assertThat(reachable(graph, graph.get(start))).as(start).doesNotContain(start);
        }
    }

    @Test
    void stages_call_each_other_only_in_one_direction() {
        callGraph().forEach((from, calls) -> assertThat(calls).as(from)
                .allMatch(to -> stage(from).equals(stage(to)) || MAY_CALL.get(stage(from)).contains(stage(to))));
    }

    /** Whoever sent a callback is told 200 only after it was stored: nothing on the way may turn a failure into an answer. */
    @Test
    void no_policy_on_the_way_from_the_webhook_to_its_insert_handles_a_failure() {
        Map<String, Set<String>> graph = callGraph();
        Set<String> inserts = routes.stream().filter(route -> route.stage().equals("intake") && queries(route).contains("callback-insert"))
                .map(Route::id).collect(Collectors.toSet());
        Set<String> way = reachable(graph, Set.of("intake-webhook")).stream()
                .filter(id -> inserts.contains(id) || reachable(graph, graph.get(id)).stream().anyMatch(inserts::contains))
                .collect(Collectors.toSet());
        assertThat(way).contains("intake-webhook", "intake-store");
        for (Route route : routes.stream().filter(route -> way.contains(route.id())).toList()) {
            Route policy = policies.stream().filter(p -> p.id().equals(policy(route))).findFirst().orElseThrow();
            for (Node handler : policy.nodes().stream().filter(node -> node.yaml().containsKey("exception")).toList()) {
                assertThat(handler.yaml().toString()).as(handler.toString()).contains("handled={constant={expression=false}}")
                        .doesNotContain("continued");
            }
            assertThat(route.nodes()).as(route.toString()).extracting(Node::kind).doesNotContain("doTry", "doCatch");
        }
    }

    /**
     * Camel asks the policy first. A failure that it handles undoes the transaction all the same; but only whoever is answered with a problem may
     * do so, since elsewhere somebody goes on as if it had been done.
     */
    @Test
    void a_transaction_stands_only_where_failures_come_through() {
        for (Route route : routes) {
            if (route.nodes().stream().anyMatch(node -> "relay-transaction".equals(node.yaml().get("ref")))) {
                assertThat(policy(route)).as(route.toString()).isIn("relay-propagate", "relay-problem");
            }
        }
    }

    @Test
    void what_was_thrown_is_logged_without_secrets() {
        assertThat(Stream.concat(routes.stream(), policies.stream()).flatMap(route -> route.nodes().stream()))
                .filteredOn(node -> node.kind().equals("log")).isNotEmpty()
                .noneMatch(node -> node.yaml().get("message").toString().contains("${exception"));
    }

    /** @return the routes that beans call, and wake */
    private Set<String> calledFromJava() {
        return house.calls().all().stream().flatMap(name -> name.endsWith("-") ? house.named(name).stream() : Stream.of(name))
                .collect(Collectors.toCollection(TreeSet::new));
    }

    /** @return for each route those it waits for, or hands something to: what it calls, what its policy calls, what a bean calls for it */
    private Map<String, Set<String>> callGraph() {
        Map<String, Set<String>> graph = new TreeMap<>();
        routes.forEach(route -> graph.put(route.id(), new TreeSet<>()));
        List<Hop> hops = house.hops().stream().filter(hop -> !hop.wakes()).toList();
        routes.forEach(route -> hops.stream().filter(hop -> hop.from().id().equals(route.id()) || hop.from().id().equals(policy(route)))
                .forEach(hop -> graph.get(route.id()).addAll(hop.to())));
        return graph;
    }

    private static Set<String> reachable(Map<String, Set<String>> graph, Set<String> from) {
        Set<String> found = new TreeSet<>(from);
        List<String> next = new ArrayList<>(from);
        while (!next.isEmpty()) {
            graph.get(next.remove(0)).stream().filter(found::add).forEach(next::add);
        }
        return found;
    }
}
