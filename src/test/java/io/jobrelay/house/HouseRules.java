package io.jobrelay.house;

import io.jobrelay.house.RouteYaml.Node;
import io.jobrelay.house.RouteYaml.Route;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.TestInstance;

/**
 * The rules that keep the house readable and safe, whoever writes the next file, and how they look at things. No relay runs for them, and a rule that
 * is broken names the file and the step. An exception from a rule stands beside it by name and with its reason, or it does not exist.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
abstract class HouseRules {

    final House house = House.at(Path.of(""));
    final List<RouteYaml> files = house.files();
    final List<Route> routes = house.routes();
    final List<Route> policies = house.policies();
    final Map<Path, String> java = house.java();

    static String stage(String id) {
        return id.replaceFirst("-.*", "");
    }

    static String policy(Route route) {
        return (String) route.yaml().get("routeConfigurationId");
    }

    Stream<Node> endpoints() {
        return Stream.concat(routes.stream(), policies.stream()).flatMap(route -> route.endpoints().stream());
    }

    static Set<String> queries(Route route) {
        return route.endpoints().stream().filter(node -> node.component().equals("sql")).map(HouseRules::query)
                .collect(Collectors.toSet());
    }

    static String query(Node sql) {
        return sql.parameter("query").replaceAll("^\\{\\{sql:.*/|}}$", "");
    }

    /** @return the first group of every match */
    static Stream<String> find(String text, String pattern) {
        return Pattern.compile(pattern).matcher(text).results().map(match -> match.group(1));
    }
}
