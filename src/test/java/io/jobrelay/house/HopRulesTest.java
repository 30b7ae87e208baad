package io.jobrelay.house;

import static org.assertj.core.api.Assertions.assertThat;

import io.jobrelay.house.House.Hop;
import io.jobrelay.house.RouteYaml.Node;
import io.jobrelay.house.RouteYaml.Route;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/** A reader of {@code routes/} sees where each route leads, and nothing is left lying between two of them. */
class HopRulesTest {

    private final House house = House.at(Path.of(""));

    /** The bean's id is in the YAML and the route's name in the Java: both are compared. Where it is more than a wake-up the note says it too. */
    @Test
    void a_route_that_java_calls_is_named_by_the_bean_that_calls_it() {
        List<Hop> java = house.hops().stream().filter(hop -> hop.bean() != null).toList();
        assertThat(java).allSatisfy(hop -> assertThat(hop.to()).as(hop.toString()).isNotEmpty());
        Map<String, String> broken = new TreeMap<>();
        java.forEach(hop -> {
            if (!hop.isSeen()) {
                broken.put(hop.bean(), hop + ": the name of the bean should hold that of the route");
            } else if (!hop.wakes() && !hop.isNoted()) {
                broken.put(hop.bean(), hop + ": the note of " + hop.from().id() + " should say where it leads");
            }
        });
        NotYet.check("a hop that is not named", broken);
    }

    @Test
    void no_two_routes_are_described_alike() {
        Map<String, String> seen = new HashMap<>();
        Map<String, String> broken = new TreeMap<>();
        for (Route route : house.routes()) {
            String description = String.valueOf(route.yaml().get("description"));
            String other = seen.putIfAbsent(description, route.id());
            if (other != null) {
                broken.merge(description, '"' + description + "\" is said of " + other + " and " + route.id(), (a, b) -> a + ", " + route.id());
            }
        }
        NotYet.check("a description that stands twice", broken);
    }

    /** What waits there is gone with the process. A wake-up may: of many one is enough, and the clock finds what none was left of. */
    @Test
    void only_a_wake_up_waits_in_memory_between_routes() {
        assertThat(house.all().stream().flatMap(route -> route.endpoints().stream())).extracting(Node::component)
                .isSubsetOf("direct", "seda", "file", "http", "platform-http", "sql", "timer");
        house.all().stream().flatMap(route -> route.endpoints().stream()).filter(node -> node.component().equals("seda")).forEach(queue -> {
            assertThat(queue.parameter("size")).as(queue + ": whichever endpoint is made first decides for all").isEqualTo("1");
            if (queue.kind().equals("from")) {
                assertThat(takesIn(queue.route())).as(queue + ": a wake-up brings nothing; what is due is in the database").isEmpty();
            } else {
                assertThat(queue.parameter("discardWhenFull")).as(queue.toString()).isEqualTo("true");
                assertThat(queue.parameter("waitForTaskToComplete")).as(queue + ": one that is dropped releases nobody").isEqualTo("Never");
            }
        });
    }

    /** @return what a route uses of the message it begins with: names of steps that look at it before another has put something in its place */
    private static List<Object> takesIn(Route route) {
        return route.steps().stream().map(RouteYaml.Step::node).takeWhile(node -> !node.kind().matches("to|setBody"))
                .filter(node -> node.yaml().toString().matches("(?s).*\\$\\{(body|header|size).*") || node.kind().equals("split"))
                .<Object>map(Node::toString).toList();
    }

    /** Who is woken before the commit finds nothing, and is not woken again. */
    @Test
    void no_route_is_woken_inside_a_transaction() {
        for (Hop hop : house.hops().stream().filter(Hop::wakes).toList()) {
            assertThat(hop.from().nodes()).as(hop.toString()).filteredOn(node -> node.kind().equals("policy"))
                    .filteredOn(node -> String.valueOf(node.yaml().get("ref")).endsWith("transaction"))
                    .noneMatch(node -> node.holds(hop.step().node()));
        }
    }

    @Test
    void what_is_far_larger_than_its_neighbours_is_said() {
        Sizes.outOfLine(house).forEach(said -> System.out.println("Out of line, " + said));
    }
}
