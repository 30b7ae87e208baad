package io.jobrelay.house;

import static org.assertj.core.api.Assertions.assertThat;

import io.jobrelay.house.House.Hop;
import io.jobrelay.house.RouteYaml.Node;
import io.jobrelay.house.RouteYaml.Route;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Statements: one a file, the same for both databases, and none that ends a job but one. */
class SqlRulesTest extends HouseRules {

    private static final Path SQL = Path.of("routes");

    /** What an operator sees at once, counted in all tables. */
    private static final Set<String> OF_ALL_TABLES = Set.of("gauges.sql", "overview.sql");

    private static final Path MIGRATIONS = Path.of("src/main/resources/io/jobrelay/db");
    private static final Pattern COMPARED = Pattern.compile("(?:==|!=|>=|<=|>|<) ?'?(\\d+)\\b");
    private static final Pattern LIMIT = Pattern.compile("\\b(?:LIMIT|FETCH FIRST) (\\d+)\\b");

    @Test
    void every_statement_is_in_a_file_and_every_file_is_used() {
        Set<String> used = new TreeSet<>();
        for (Node sql : endpoints().filter(node -> node.component().equals("sql")).toList()) {
            assertThat(sql.parameters()).as(sql + ": the relay's, and never a commit of its own").doesNotContainKeys("dataSource", "batchAutoCommitDisabled");
            assertThat(sql.parameter("query")).as(sql.toString()).matches("\\{\\{sql:[a-z]+/[a-z-]+}}");
            used.add(sql.parameter("query").replaceAll("^\\{\\{sql:|}}$", "") + ".sql");
        }
        assertThat(RouteYaml.list(SQL, "").stream().filter(file -> Files.isRegularFile(file) && !file.toString().endsWith(".camel.yaml")
                && !file.startsWith(SQL.resolve("providers"))).map(file -> SQL.relativize(file).toString()).toList()).containsExactlyInAnyOrderElementsOf(used);
    }

    @Test
    void a_file_holds_one_statement_that_both_databases_understand() {
        for (Path file : RouteYaml.list(SQL, ".sql")) {
            String statement = RouteYaml.text(file).replaceFirst("^--.*\n", "");
            assertThat(statement).as(file + ": one statement, a comment only above it")
                    .matches("(?s)\\(?(SELECT|INSERT|UPDATE|DELETE)\\b[^;]*\n").doesNotContain("--", "/*", "{{", "\n\n");
            assertThat(statement).as(file + ": an expression is a parameter").doesNotContainPattern("(?<!:#)\\$\\{");
            assertThat(statement).as(file + ": H2 and PostgreSQL").doesNotContainPattern("(?i)\\b(MERGE|ON\\s+CONFLICT|RETURNING)\\b");
            assertThat(statement).as(file + ": H2 takes :#now + 1 for an INTEGER; CAST(:#now AS BIGINT) + 1")
                    .doesNotContainPattern(":#\\w+\\s*[-+*/]");
        }
    }

    @Test
    void a_statement_is_named_after_its_table_and_what_it_does() {
        Set<String> tables = find(RouteYaml.text(MIGRATIONS.resolve("h2/V001__relay.sql")), "CREATE TABLE (?:IF NOT EXISTS )?relay_(\\w+)")
                .map(table -> table.replace('_', '-')).collect(Collectors.toSet());
        tables.addAll(Set.of("audit")); // which compares all tables
        assertThat(RouteYaml.list(SQL, ".sql")).extracting(file -> file.getFileName().toString())
                .allMatch(name -> OF_ALL_TABLES.contains(name) || tables.stream().anyMatch(table -> name.matches(table + "(-[a-z]+)+\\.sql")));
    }

    @Test
    void only_settle_ends_a_job() {
        for (Path file : RouteYaml.list(SQL, ".sql")) {
            if (find(RouteYaml.text(file), "(UPDATE relay_job\\s[^;]*\\bended_at =)").findAny().isPresent()) {
                String query = file.getFileName().toString().replace(".sql", "");
                assertThat(routes).as(file.toString()).filteredOn(route -> queries(route).contains(query))
                        .extracting(Route::id).containsExactly("settle-jobs");
            }
        }
    }

    /**
     * Only H2 says IF NOT EXISTS: it commits each statement by itself, so that a script may have to run again from the top. And it names a
     * primary key as it likes, so that one is dropped by a look at its name.
     */
    @Test
    void the_schemas_of_both_databases_are_the_same_but_for_their_words_for_large_columns() {
        Function<String, List<String>> names = database -> RouteYaml.list(MIGRATIONS.resolve(database), ".sql").stream()
                .map(file -> file.getFileName().toString()).toList();
        assertThat(names.apply("postgresql")).isEqualTo(names.apply("h2")).isNotEmpty();
        for (String name : names.apply("h2")) {
            List<String> h2 = statements(MIGRATIONS.resolve("h2").resolve(name)).stream()
                    .map(s -> s.replace("CHARACTER LARGE OBJECT", "TEXT").replace("BINARY LARGE OBJECT", "BYTEA")
                            .replace("IF NOT EXISTS ", "")
                            .replaceFirst("^EXECUTE IMMEDIATE 'ALTER TABLE (\\w+) DROP CONSTRAINT .* = 'PRIMARY KEY'\\).*", "ALTER TABLE $1 DROP CONSTRAINT $1_pkey"))
                    .toList();
            List<String> postgresql = statements(MIGRATIONS.resolve("postgresql").resolve(name)).stream()
                    .filter(s -> !s.matches("ALTER TABLE \\w+ (SET|ALTER COLUMN \\w+ SET STORAGE) .*")) // how rows are stored
                    .map(s -> s.startsWith("CREATE INDEX") ? s.replaceFirst(" WHERE .*", "") : s).toList(); // H2 has no partial indexes
            assertThat(postgresql).as(name).isEqualTo(h2);
        }
    }

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

    private static List<String> statements(Path script) {
        return Arrays.stream(RouteYaml.text(script).replaceAll("(?m)--.*$", "").split(";"))
                .map(s -> s.replaceAll("\\s+", " ").trim()).toList();
    }
}
