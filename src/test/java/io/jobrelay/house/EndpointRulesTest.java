package io.jobrelay.house;

import static org.assertj.core.api.Assertions.assertThat;

import io.jobrelay.house.RouteYaml.Node;
import io.jobrelay.house.RouteYaml.Route;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** What routes read from and send to: little of it is outside, and none of it is open to what a message says. */
class EndpointRulesTest extends HouseRules {

    /** Values of a static endpoint that hold an expression, because the component itself resolves it anew for each message. */
    private static final Set<String> RESOLVED_BY_THE_COMPONENT = Set.of("file?tempFileName");

    /** The only routes on the port that the world reaches (P6). */
    private static final Set<String> PUBLIC = Set.of("intake-webhook", "inbox-media");

    /** The only routes that send to the outside: one to the API, one to a sink, two in the sandbox's part. */
    private static final Set<String> OUTSIDE = Set.of("api-call", "sink-http", "sandbox-send", "sandbox-download");

    @Test
    void static_endpoints_hold_no_expression_and_no_query_string_and_only_what_has_a_name_stands_behind_the_scheme() {
        for (Node endpoint : endpoints().filter(node -> !node.kind().equals("toD")).toList()) {
            assertThat(endpoint.yaml().get("uri").toString()).as(endpoint.toString()).matches("(direct|timer):[a-z-]+|(file|http|platform-http|sql)");
            endpoint.parameters().forEach((name, value) -> {
                if (!RESOLVED_BY_THE_COMPONENT.contains(endpoint.component() + "?" + name)) {
                    assertThat(value.toString()).as(endpoint + " " + name).doesNotContain("${");
                }
            });
        }
    }

    @Test
    void the_public_port_serves_the_webhook_and_media_only() {
        for (Node in : endpoints().filter(node -> node.component().equals("platform-http")).toList()) {
            String headers = in.route().stage().equals("sandbox") ? "#relay-sandbox-headers" : "#relay-public-headers";
            assertThat(in.parameters()).as(in.toString()).doesNotContainKey("muteException")
                    .containsEntry("headerFilterStrategy", headers);
            assertThat(in.parameter("platformHttpEngine")).as(in.toString())
                    .isEqualTo(PUBLIC.contains(in.route().id()) ? null : "#relay-admin-engine");
            assertThat(in.parameter("httpMethodRestrict")).as(in.toString()).isNotBlank();
        }
    }

    @Test
    void few_routes_send_to_the_outside_and_none_of_them_knows_the_database() {
        List<Node> http = endpoints().filter(node -> node.component().equals("http")).toList();
        assertThat(http).extracting(node -> node.route().id()).containsExactlyInAnyOrderElementsOf(OUTSIDE);
        assertThat(http).allMatch(node -> !node.parameter("httpUri").contains(":"), "an address comes from the keys or the request");
        assertThat(routes).filteredOn(route -> OUTSIDE.contains(route.id()) || route.stage().equals("sink"))
                .allMatch(route -> queries(route).isEmpty());
    }

    /** SQL looks for its values among the headers before it looks among the variables; an answer's "Server" would pass for the relay's. */
    @Test
    void no_header_of_an_answer_from_outside_is_left_when_a_statement_may_follow() {
        for (Route route : routes.stream().filter(route -> OUTSIDE.contains(route.id()) && !route.stage().equals("sink")).toList()) {
            Node last = route.nodes().stream().filter(node -> node.kind().equals("removeHeaders")).findFirst().orElseThrow();
            assertThat(last.yaml()).as(route.toString()).containsEntry("pattern", "*").doesNotContainKey("excludePattern");
            List<?> steps = (List<?>) route.endpoints().get(0).yaml().get("steps");
            assertThat(((Map<?, ?>) steps.get(steps.size() - 1)).containsKey("removeHeaders")).as(route + ": the last step").isTrue();
        }
    }

    @Test
    void timers_only_start_what_has_a_name() {
        List<Route> timers = routes.stream().filter(route -> route.endpoints().get(0).component().equals("timer")).toList();
        assertThat(timers).as("all in one file, and nothing else there").extracting(Route::id).isEqualTo(
                routes.stream().map(Route::id).filter(id -> id.startsWith("tick-")).toList());
        assertThat(timers).allSatisfy(timer -> {
            assertThat((List<?>) timer.endpoints().get(0).yaml().get("steps")).as(timer + ": what takes long holds up nobody else")
                    .satisfiesAnyOf(steps -> assertThat(steps).hasSize(1), steps -> assertThat(steps.toString()).doesNotContain("direct:"));
            assertThat(policy(timer)).isEqualTo("relay-skip-tick");
        });
        assertThat(timers).extracting(timer -> timer.endpoints().get(0).yaml().get("uri").toString()).doesNotHaveDuplicates()
                .allMatch(name -> name.startsWith("timer:relay-"));
    }

    @Test
    void every_bean_and_method_a_route_names_exists() {
        String code = String.join("", java.values());
        Stream.concat(routes.stream(), policies.stream()).flatMap(route -> route.nodes().stream()).forEach(node -> {
            if (node.yaml().get("ref") instanceof String bean) {
                assertThat(code).as(node.toString()).contains('"' + bean + '"');
            }
            if (node.yaml().get("method") instanceof String method) {
                assertThat(code).as(node.toString()).containsPattern("public [\\w<>\\[\\], .?]+ " + method + "\\(");
            }
            node.parameters().values().stream().filter(value -> value.toString().startsWith("#"))
                    .forEach(bean -> assertThat(code).as(node.toString()).contains('"' + bean.toString().substring(1) + '"'));
        });
    }
}
