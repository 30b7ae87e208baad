package io.jobrelay.house;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.networknt.schema.JsonMetaSchema;
import com.networknt.schema.JsonSchema;
import com.networknt.schema.JsonSchemaFactory;
import com.networknt.schema.NonValidationKeyword;
import com.networknt.schema.SpecVersion;
import com.networknt.schema.ValidationMessage;
import io.jobrelay.config.Keys;
import io.jobrelay.house.House.Hop;
import io.jobrelay.house.RouteYaml.Node;
import io.jobrelay.house.RouteYaml.Route;
import java.io.IOException;
import java.io.Reader;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.apache.camel.RoutesBuilder;
import org.apache.camel.builder.RouteBuilder;
import org.apache.camel.impl.DefaultCamelContext;
import org.apache.camel.model.RouteDefinition;
import org.apache.camel.support.PluginHelper;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.api.lowlevel.Parse;
import org.snakeyaml.engine.v2.events.CommentEvent;

/**
 * The rules that keep {@code routes/} readable and safe, whoever writes the next file. No relay runs here, and a rule that is broken names
 * the file and the step. An exception from a rule stands here by name and with its reason, or it does not exist.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class HouseRulesTest {

    /** Which stage may call which other; nobody calls back. What several of them share is in {@code job}. */
    private static final Map<String, Set<String>> MAY_CALL = Map.ofEntries(
            Map.entry("intake", Set.of("poll", "job")),
            Map.entry("inbox", Set.of("intake", "upkeep")),
            Map.entry("submit", Set.of("api", "settle", "job", "upkeep")),
            Map.entry("poll", Set.of("api", "settle", "job")),
            Map.entry("forward", Set.of("sink", "job")),
            Map.entry("admin", Set.of("intake", "settle", "job", "audit")),
            Map.entry("job", Set.of()),
            Map.entry("audit", Set.of()),
            Map.entry("upkeep", Set.of()),
            Map.entry("tick", Set.of("inbox", "upkeep")),
            Map.entry("settle", Set.of()),
            Map.entry("api", Set.of()),
            Map.entry("sink", Set.of()),
            Map.entry("sandbox", Set.of()));

    /** Values of a static endpoint that hold an expression, because the component itself resolves it anew for each message. */
    private static final Set<String> RESOLVED_BY_THE_COMPONENT = Set.of("file?tempFileName");

    /** The only routes on the port that the world reaches (P6). */
    private static final Set<String> PUBLIC = Set.of("intake-webhook", "inbox-media");

    /** The only routes that send to the outside: one to the API, one to a sink, two in the sandbox's part. */
    private static final Set<String> OUTSIDE = Set.of("api-call", "sink-http", "sandbox-send", "sandbox-download");

    private static final Path SQL = Path.of("routes");
    /** What an operator sees at once, counted in all tables. */
    private static final Set<String> OF_ALL_TABLES = Set.of("gauges.sql", "overview.sql");

    private static final Path SCHEMA = Path.of("target/camel-schema/schema/camelYamlDsl-canonical.json");
    private static final Path MIGRATIONS = Path.of("src/main/resources/io/jobrelay/db");

    private final House house = House.at(Path.of(""));
    private final List<RouteYaml> files = house.files();
    private final List<Route> routes = house.routes();
    private final List<Route> policies = house.policies();
    private final Map<Path, String> java = house.java();

    // ---- files

    @Test
    void every_file_is_valid_against_camels_canonical_schema() throws Exception {
        assertThat(SCHEMA).as("unpacked by the build: mvn generate-test-resources").exists();
        ObjectMapper json = new ObjectMapper();
        JsonMetaSchema language = JsonMetaSchema.builder(JsonMetaSchema.getV4()).keyword(new NonValidationKeyword("deprecated")).build();
        JsonSchema schema = JsonSchemaFactory.getInstance(SpecVersion.VersionFlag.V4, factory -> factory.metaSchema(language))
                .getSchema(json.readTree(SCHEMA.toFile()));
        for (RouteYaml file : files) {
            assertThat(schema.validate(json.valueToTree(file.entries()))).as(file.path().toString()).allMatch(HouseRulesTest::isFalseAlarm);
        }
    }

    /** CAMEL-24482, fixed after 4.22.0: the schema asks a marshal or unmarshal for every data format at once. */
    private static boolean isFalseAlarm(ValidationMessage message) {
        return message.getType().equals("required") && message.getInstanceLocation().toString().matches(".*/(un)?marshal");
    }

    @Test
    void every_file_is_read_by_the_camel_that_runs_it() throws Exception {
        try (DefaultCamelContext context = new DefaultCamelContext()) {
            for (RouteYaml file : files) {
                List<String> read = new ArrayList<>();
                for (RoutesBuilder found : PluginHelper.getRoutesLoader(context)
                        .findRoutesBuilders(PluginHelper.getResourceLoader(context).resolveResource("file:" + file.path()))) {
                    RouteBuilder builder = (RouteBuilder) found;
                    builder.setCamelContext(context);
                    builder.configure();
                    builder.getRouteCollection().getRoutes().stream().map(RouteDefinition::getRouteId).forEach(read::add);
                }
                assertThat(read).as(file.path().toString()).isEqualTo(file.routes().stream().map(Route::id).toList());
            }
        }
    }

    @Test
    void every_file_is_named_after_its_route_and_what_else_is_in_it_is_of_the_same_stage() {
        for (RouteYaml file : files) {
            if (file.name().equals("errors")) {
                assertThat(file.routes()).isEmpty();
                continue;
            }
            if (file.name().equals("tick")) {
                assertThat(file.routes()).as("the one clock").extracting(Route::id).allMatch(id -> id.startsWith("tick-"));
                continue;
            }
            assertThat(file.routes()).as(file.path().toString()).extracting(Route::id).contains(file.name())
                    .allMatch(id -> id.startsWith(stage(file.name()) + "-"));
            assertThat(file.path().getParent().getFileName()).as(file.path() + ": a folder for each stage").hasToString(stage(file.name()));
        }
    }

    @Test
    void no_file_holds_a_comment() {
        LoadSettings settings = LoadSettings.builder().setParseComments(true).build();
        for (RouteYaml file : files) {
            Stream<String> comments = StreamSupport.stream(new Parse(settings).parseString(file.text()).spliterator(), false)
                    .filter(CommentEvent.class::isInstance).map(event -> ((CommentEvent) event).getValue());
            assertThat(comments.filter(comment -> !comment.isBlank())).as(file.path() + ": a note says why; editors drop comments")
                    .isEmpty();
        }
    }

    @Test
    void policies_stand_in_one_file_and_no_route_has_its_own() {
        assertThat(policies).allMatch(policy -> policy.file().name().equals("errors"));
        assertThat(routes).noneMatch(route -> route.nodes().stream()
                .anyMatch(node -> node.yaml().containsKey("onException") || node.yaml().containsKey("errorHandler")));
    }

    // ---- routes

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
        assertThat(routes.stream().map(HouseRulesTest::policy).collect(Collectors.toSet()))
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

    // ---- endpoints

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

    // ---- keys

    @Test
    void every_key_a_route_names_is_there_and_a_duration_is_given_in_milliseconds() {
        Properties defaults = defaults();
        for (RouteYaml file : files) {
            for (String placeholder : placeholders(file.text())) {
                String key = placeholder.replaceFirst("^millis:", "");
                if (key.startsWith("sql:")) {
                    continue;
                }
                assertThat(key).as(file.path() + ": of the relay, without a default of its own").startsWith("relay.").doesNotContain(":");
                assertThat(defaults).as(file.path().toString()).containsKey(key);
                assertThat(placeholder.startsWith("millis:")).as(file.path() + ": " + key + " is a duration, or is none")
                        .isEqualTo(Keys.parseDuration(defaults.getProperty(key)).isPresent());
            }
        }
    }

    @Test
    void every_key_is_used() {
        Set<String> used = placeholders(RouteYaml.text(Path.of("application.properties")));
        files.forEach(file -> placeholders(file.text()).forEach(key -> used.add(key.replaceFirst("^millis:", ""))));
        java.forEach((file, code) -> {
            if (!file.endsWith("KeyCatalogue.java")) {
                String prefix = find(code, "PREFIX = \"(relay\\.[^\"]*)\"").findFirst().orElse("");
                find(code, "PREFIX \\+ \"([^\"]+)\"").forEach(rest -> used.add(prefix + rest));
                find(code, "\"(relay\\.[a-z.-]+)\"").forEach(used::add);
            }
        });
        assertThat(defaults().stringPropertyNames()).filteredOn(key -> key.startsWith("relay.")).allMatch(used::contains);
    }

    // ---- SQL

    @Test
    void every_statement_is_in_a_file_and_every_file_is_used() {
        Set<String> used = new TreeSet<>();
        for (Node sql : endpoints().filter(node -> node.component().equals("sql")).toList()) {
            assertThat(sql.parameters()).as(sql + ": the relay's, and never a commit of its own").doesNotContainKeys("dataSource", "batchAutoCommitDisabled");
            assertThat(sql.parameter("query")).as(sql.toString()).matches("\\{\\{sql:[a-z]+/[a-z-]+}}");
            used.add(sql.parameter("query").replaceAll("^\\{\\{sql:|}}$", "") + ".sql");
        }
        assertThat(RouteYaml.list(SQL, "").stream().filter(file -> Files.isRegularFile(file) && !file.toString().endsWith(".camel.yaml"))
                .map(file -> SQL.relativize(file).toString()).toList()).containsExactlyInAnyOrderElementsOf(used);
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

    // ---- Java

    /** In Turkish the small letter of I is no i: whatever the relay is called by, in a column, key, header or file, is folded as in English. */
    @Test
    void no_name_is_folded_by_the_machines_language() {
        Pattern folds = Pattern.compile("\\.to(Lower|Upper)Case\\(\\)|String\\.format\\(\"|\\.formatted\\(|\\.printf\\(\""
                + "|LinkedCaseInsensitiveMap<>\\([^,)]*\\)|new ColumnMapRowMapper|queryForMap\\(|lookupEnvironmentVariable");
        java.forEach((file, text) -> assertThat(folds.matcher(text).results().map(match -> match.group())).as(file.toString()).isEmpty());
    }

    // ---- how the rules look at things

    private static String stage(String id) {
        return id.replaceFirst("-.*", "");
    }

    private static String policy(Route route) {
        return (String) route.yaml().get("routeConfigurationId");
    }

    private Stream<Node> endpoints() {
        return Stream.concat(routes.stream(), policies.stream()).flatMap(route -> route.endpoints().stream());
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

    private static Set<String> queries(Route route) {
        return route.endpoints().stream().filter(node -> node.component().equals("sql")).map(HouseRulesTest::query)
                .collect(Collectors.toSet());
    }

    private static String query(Node sql) {
        return sql.parameter("query").replaceAll("^\\{\\{sql:.*/|}}$", "");
    }

    private static List<String> statements(Path script) {
        return Arrays.stream(RouteYaml.text(script).replaceAll("(?m)--.*$", "").split(";"))
                .map(s -> s.replaceAll("\\s+", " ").trim()).toList();
    }

    private static Properties defaults() {
        Properties defaults = new Properties();
        try (Reader reader = Files.newBufferedReader(Path.of("application.properties"))) {
            defaults.load(reader);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return defaults;
    }

    private static Set<String> placeholders(String text) {
        return find(text, "\\{\\{([^}]*)}}").collect(Collectors.toCollection(TreeSet::new));
    }

    /** @return the first group of every match */
    private static Stream<String> find(String text, String pattern) {
        return Pattern.compile(pattern).matcher(text).results().map(match -> match.group(1));
    }
}
