package io.jobrelay.house;

import io.jobrelay.house.House.Hop;
import io.jobrelay.house.RouteYaml.Node;
import io.jobrelay.house.RouteYaml.Route;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** What has to be true of statements and the routes that run them together. */
class SqlRulesTest {

    private static final Pattern COMPARED = Pattern.compile("(?:==|!=|>=|<=|>|<) ?'?(\\d+)\\b");
    private static final Pattern LIMIT = Pattern.compile("\\b(?:LIMIT|FETCH FIRST) (\\d+)\\b");

    private final House house = House.at(Path.of(""));

    /** An edit of the one alone would stop a loop after its first round, or never, without a word: the route passes the number to both. */
    @Test
    void no_number_stands_in_a_statement_and_again_in_the_route_that_runs_it() {
        Map<String, String> broken = new TreeMap<>();
        List<Hop> hops = house.hops();
        for (Route route : house.routes()) {
            List<RouteYaml> near = Stream.concat(Stream.of(route.file()), hops.stream().filter(hop -> hop.to().contains(route.id()))
                    .map(hop -> hop.from().file())).distinct().toList();
            for (Node sql : route.endpoints()) {
                Path statement = house.statement(sql).orElse(null);
                Matcher limit = LIMIT.matcher(statement == null ? "" : house.statements().get(statement));
                while (limit.find()) {
                    String number = limit.group(1);
                    near.stream().filter(file -> !number.equals("1") && COMPARED.matcher(file.text()).results().map(found -> found.group(1))
                            .anyMatch(number::equals)).forEach(file -> broken.put(statement.getFileName() + " " + number,
                                    sql + " takes at most " + number + ", and " + file.path() + " compares with " + number + " again"));
                }
            }
        }
        NotYet.check("a number that has to agree", broken);
    }
}
