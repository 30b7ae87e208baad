package io.jobrelay.reload;

import io.jobrelay.config.ExactValues;
import io.jobrelay.db.RelaySql;
import io.jobrelay.db.SqlFunction;
import io.jobrelay.ops.Redaction;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import javax.sql.DataSource;
import org.apache.camel.CamelContext;
import org.apache.camel.CamelContextAware;
import org.apache.camel.Endpoint;
import org.apache.camel.Route;
import org.apache.camel.RoutesBuilder;
import org.apache.camel.builder.RouteBuilder;
import org.apache.camel.component.properties.PropertiesComponent;
import org.apache.camel.component.sql.SqlEndpoint;
import org.apache.camel.impl.DefaultCamelContext;
import org.apache.camel.model.Model;
import org.apache.camel.model.ProcessorDefinition;
import org.apache.camel.model.RouteDefinition;
import org.apache.camel.spi.PropertiesFunction;
import org.apache.camel.spi.PropertiesSource;
import org.apache.camel.support.ResourceHelper;
import org.apache.camel.support.service.ServiceHelper;
import org.apache.camel.util.IOHelper;

/**
 * Looks whether files can take the place of what runs, where it cannot hurt: in a context of its own that is made ready and never started, so
 * that nothing consumes, nobody is called, and no bean of the relay is started or stopped. What it prepares on the database is not run.
 */
final class RouteCheck {

    private static final Pattern FUNCTION = Pattern.compile("\\{\\{\\s*\\??([\\w-]+):");
    private static final Set<String> BUILT_IN = Set.of("env", "sys", "service", "service.host", "service.port", "bean");
    private static final Pattern AT = Pattern.compile("(?s)at: >>> (.*?) <<< in route");

    private final CamelContext live;

    /** @param live the running context, which is only looked at */
    RouteCheck(CamelContext live) {
        this.live = live;
    }

    /**
     * How things are, or how they would be.
     *
     * @param files of {@code routes/}, SQL files among them, by name
     * @param contents of the route files among them
     */
    record World(Map<String, RouteFile> files, Map<String, Contents> contents) {
    }

    /**
     * Reads files without making routes of them.
     *
     * @param files route files
     * @return what each holds
     * @throws Rejected naming the first that cannot be read
     */
    Map<String, Contents> read(Collection<RouteFile> files) throws Rejected {
        Model model;
        List<RouteFile> plain = new ArrayList<>();
        Map<String, Contents> found = new HashMap<>();
        for (RouteFile file : files) {
            Yaml yaml = Yaml.of(file);
            Contents contents = new Contents();
            contents.beans.addAll(yaml.beans());
            found.put(file.name(), contents);
            plain.add(yaml.withoutBeans(file));
        }
        DefaultCamelContext context = context(files, Map.of(), Set.of());
        try {
            model = context.getCamelContextExtension().getContextPlugin(Model.class);
            load(context, model, plain, found);
            return found;
        } finally {
            forget(context);
        }
    }

    /**
     * @param was what runs
     * @param files as they would be
     * @param changed the names of those that differ: changed, new or gone; SQL files too
     * @return the world as it would be
     * @throws Rejected naming the first changed file that cannot be used, and why
     * @throws SQLException when the database cannot be asked
     */
    World check(World was, Map<String, RouteFile> files, Set<String> changed) throws Rejected, SQLException {
        Map<String, Contents> contents = new LinkedHashMap<>(was.contents());
        Set<String> hidden = new HashSet<>();
        List<RouteFile> load = new ArrayList<>();
        Set<String> made = new LinkedHashSet<>();
        for (String name : changed) {
            RouteFile file = files.get(name);
            if (file != null && file.trouble() != null) {
                throw new Rejected(name, 0, file.trouble());
            }
            if (name.endsWith(".sql")) {
                continue;
            }
            Contents old = contents.remove(name);
            if (old != null) {
                hidden.addAll(old.beans);
            }
            if (file != null) {
                Yaml yaml = Yaml.of(file);
                Contents now = new Contents();
                now.beans.addAll(yaml.beans());
                hidden.addAll(now.beans);
                contents.put(name, now);
                load.add(file);
                made.add(name);
            }
        }
        for (String name : dependents(was, contents, files, changed)) {
            load.add(withoutBeans(files.get(name)));
            made.add(name);
        }
        contents.forEach((name, here) -> {
            if (!made.contains(name) && (!here.configurations.isEmpty() || here.forAll || !here.templates.isEmpty())) {
                load.add(withoutBeans(files.get(name)));
            }
        });
        load.removeIf(file -> file.text().isBlank() && !changed.contains(file.name()));

        DefaultCamelContext context = context(load, files, hidden);
        try {
            Model model = context.getCamelContextExtension().getContextPlugin(Model.class);
            Map<String, Contents> read = new HashMap<>();
            load.forEach(file -> {
                Contents fresh = new Contents();
                Contents known = contents.get(file.name());
                fresh.beans.addAll(known.beans);
                read.put(file.name(), fresh);
            });
            load(context, model, load, read);
            changed.stream().filter(read::containsKey).forEach(name -> contents.put(name, read.get(name)));
            agree(was, contents, files, changed);
            statementsExist(files, made, changed);
            make(context, model, files, contents, read);
            prepare(context, files, made, changed);
        } finally {
            forget(context);
        }
        return new World(files, contents);
    }

    /**
     * @param was what runs
     * @param now what each file would hold
     * @param files as they would be
     * @param changed the names of those that differ
     * @return the unchanged files whose routes have to be made again, by name
     */
    static Set<String> dependents(World was, Map<String, Contents> now, Map<String, RouteFile> files, Set<String> changed) {
        Set<String> found = new TreeSet<>();
        for (String name : was.contents().keySet()) {
            if (changed.contains(name)) {
                continue;
            }
            RouteFile file = files.get(name);
            Contents own = was.contents().get(name);
            for (String other : changed) {
                Contents before = was.contents().get(other);
                Contents after = now.get(other);
                if (other.endsWith(".sql") ? file.uses(other)
                        : before != null && own.isBuiltUpon(before, file) || after != null && own.isBuiltUpon(after, file)) {
                    found.add(name);
                }
            }
        }
        return found;
    }

    // ---- reading

    private static void load(CamelContext context, Model model, List<RouteFile> files, Map<String, Contents> found) throws Rejected {
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

    private static int line(RouteDefinition route) {
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

    // ---- what files ask of each other

    private void agree(World was, Map<String, Contents> now, Map<String, RouteFile> files, Set<String> changed) throws Rejected {
        Map<String, String> routes = new HashMap<>();
        Map<String, String> steps = new HashMap<>();
        Map<String, String> served = new HashMap<>();
        Map<String, String> configurations = new HashMap<>();
        Map<String, String> templates = new HashMap<>();
        foreign(was).keySet().forEach(id -> routes.put(id, "the relay's own code"));
        for (Map.Entry<String, Contents> entry : now.entrySet()) {
            String name = entry.getKey();
            Contents here = entry.getValue();
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
                throw new Rejected(blamed, files.get(blamed).lineOfId(step.getKey()), "the id " + step.getKey() + " is given to a step and to a route");
            }
        }
        Set<String> offered = new HashSet<>(served.keySet());
        offered.addAll(foreignDirects(was));
        for (Map.Entry<String, Contents> entry : now.entrySet()) {
            for (Map.Entry<String, Integer> call : entry.getValue().calls.entrySet()) {
                if (!offered.contains(call.getKey())) {
                    if (changed.contains(entry.getKey())) {
                        throw new Rejected(entry.getKey(), call.getValue(), "no route serves direct:" + call.getKey());
                    }
                    blame(was, now, changed, c -> c.serves.get(call.getKey()), "direct:" + call.getKey(), entry.getKey());
                }
            }
            for (Map.Entry<String, Integer> policy : entry.getValue().policies.entrySet()) {
                if (configurations.keySet().stream().noneMatch(id -> Contents.matches(id, policy.getKey())) && !policy.getKey().equals("*")) {
                    if (changed.contains(entry.getKey())) {
                        throw new Rejected(entry.getKey(), files.get(entry.getKey()).lineOf(policy.getKey()), "there is no routeConfiguration " + policy.getKey());
                    }
                    blame(was, now, changed, c -> c.configurations.get(policy.getKey()), "the routeConfiguration " + policy.getKey(), entry.getKey());
                }
            }
        }
        if (!routes.containsKey(SafeReload.CALLED_FROM_OUTSIDE)) {
            blame(was, now, changed, c -> c.routes.get(SafeReload.CALLED_FROM_OUTSIDE), "the route " + SafeReload.CALLED_FROM_OUTSIDE, "the API");
        }
        for (String needed : needed(was)) {
            if (!offered.contains(needed)) {
                blame(was, now, changed, c -> c.serves.get(needed), "direct:" + needed, "the relay's own code");
            }
        }
    }

    private static void unique(Map<String, RouteFile> files, Set<String> changed, Map<String, String> all, Map<String, Integer> here,
            String name, String what) throws Rejected {
        for (Map.Entry<String, Integer> entry : here.entrySet()) {
            String other = all.putIfAbsent(entry.getKey(), name);
            if (other != null && !other.equals(name)) {
                String blamed = changed.contains(name) ? name : other;
                int line = files.containsKey(blamed) ? files.get(blamed).lineOfId(entry.getKey()) : 0;
                if (line == 0 && blamed.equals(name)) {
                    line = entry.getValue();
                }
                throw new Rejected(blamed, line, what + entry.getKey() + " stands in " + (blamed.equals(name) ? other : name) + " too");
            }
        }
    }

    /** A changed file no longer has what another one, which has not changed, is built upon. */
    private static void blame(World was, Map<String, Contents> now, Set<String> changed,
            java.util.function.Function<Contents, Integer> where, String what, String user) throws Rejected {
        for (String name : changed) {
            Contents before = was.contents().get(name);
            if (before != null && where.apply(before) != null) {
                throw new Rejected(name, 0, what + " is no longer here, but " + user + " uses it");
            }
        }
        // it was missing before too, and is not this edit's fault
    }

    /** The routes that run, or are to run, and came from no file, with what they consume from. */
    private Map<String, String> foreign(World was) {
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

    private Set<String> foreignDirects(World was) {
        return foreign(was).values().stream().filter(uri -> uri.startsWith("direct:"))
                .map(uri -> ExchangeableDirect.key(uri).replaceFirst("^direct:(//)?", "")).collect(Collectors.toSet());
    }

    /** What Java calls by name, of that which is there now. */
    private static Set<String> needed(World was) {
        Set<String> served = new HashSet<>();
        was.contents().values().forEach(contents -> served.addAll(contents.serves.keySet()));
        Set<String> needed = new TreeSet<>(SafeReload.CALLED_FROM_JAVA);
        needed.retainAll(served);
        return needed;
    }

    // ---- making routes

    private static void make(DefaultCamelContext context, Model model, Map<String, RouteFile> files, Map<String, Contents> contents,
            Map<String, Contents> loaded) throws Rejected {
        try {
            context.init();
        } catch (Exception | LinkageError | AssertionError | StackOverflowError e) {
            Rejected.Route route = Rejected.Route.of(e);
            String name = loaded.entrySet().stream().filter(file -> file.getValue().routes.containsKey(route.id())).map(Map.Entry::getKey)
                    .findFirst().orElseGet(() -> loaded.keySet().iterator().next());
            int line = 0;
            RouteDefinition definition = route.id() == null ? null : model.getRouteDefinition(route.id());
            Matcher at = AT.matcher(route.said());
            if (definition != null && at.find()) {
                line = Contents.all(definition.getOutputs()).stream().filter(step -> step.toString().equals(at.group(1)))
                        .mapToInt(ProcessorDefinition::getLineNumber).findFirst().orElse(0);
            }
            if (definition != null && line <= 0) {
                line = line(definition);
            }
            throw route.rejected(files.get(name), line);
        }
    }

    // ---- statements

    private void statementsExist(Map<String, RouteFile> files, Set<String> made, Set<String> changed) throws Rejected {
        for (String name : made) {
            for (String statement : files.get(name).statements()) {
                if (!files.containsKey(statement)) {
                    throw changed.contains(name) || !changed.contains(statement)
                            ? new Rejected(name, files.get(name).lineOf(RouteFile.statement(statement)),
                                    "the statement routes/" + statement + " is missing")
                            : new Rejected(statement, 0, "it is gone, but " + name + " uses it");
                }
            }
        }
    }

    private static void prepare(DefaultCamelContext context, Map<String, RouteFile> files, Set<String> made, Set<String> changed)
            throws Rejected, SQLException {
        for (Endpoint endpoint : context.getEndpoints()) {
            if (!(endpoint instanceof SqlEndpoint sql) || sql.getQuery() == null || sql.getJdbcTemplate() == null) {
                continue;
            }
            DataSource dataSource = sql.getJdbcTemplate().getDataSource();
            RouteFile file = files.values().stream().filter(f -> f.isSql() && sql.getQuery().equals(f.location())).findFirst().orElse(null);
            String text;
            if (file != null) {
                text = file.text();
            } else if (ResourceHelper.hasScheme(sql.getQuery())) {
                try {
                    text = IOHelper.loadText(ResourceHelper.resolveMandatoryResourceAsInputStream(context, sql.getQuery()));
                } catch (java.io.IOException e) {
                    throw new Rejected(user(files, made, sql.getQuery()), 0, "the statement " + sql.getQuery() + " cannot be read");
                }
            } else {
                text = sql.getQuery();
            }
            try {
                Statements.prepare(dataSource, text);
            } catch (Statements.Refused e) {
                if (file != null && changed.contains(file.name())) {
                    throw new Rejected(file.name(), e.line(), "the database does not take it: " + Redaction.of(e.getMessage()));
                }
                String user = user(files, made, file == null ? sql.getQuery() : file.name());
                int line = files.get(user).lineOf(file == null ? text.strip().lines().findFirst().orElse(text) : file.statement());
                throw new Rejected(user, line, "the database does not take " + (file == null ? "a statement" : file.name()) + ": "
                        + Redaction.of(e.getMessage()));
            }
        }
    }

    private static String user(Map<String, RouteFile> files, Set<String> made, String statement) {
        return made.stream().filter(name -> files.get(name).uses(statement) || files.get(name).text().contains(statement)).findFirst()
                .orElseGet(() -> made.iterator().next());
    }

    // ---- the context

    private DefaultCamelContext context(Collection<RouteFile> files, Map<String, RouteFile> all, Set<String> hidden) {
        DefaultCamelContext context = new DefaultCamelContext(new LiveBeans(live.getRegistry(), hidden));
        context.disableJMX();
        context.getCamelContextExtension().setName("relay-check");
        context.setAutoStartup(false);
        RelaySql.in(context, live.getRegistry().lookupByNameAndType("relay-data-source", DataSource.class));
        context.setApplicationContextClassLoader(live.getApplicationContextClassLoader());
        PropertiesComponent properties = new PropertiesComponent();
        ExactValues.in(properties);
        properties.setAutoDiscoverPropertiesSources(false);
        properties.addPropertiesSource(new LiveKeys());
        properties.addPropertiesFunction(new StatementPlace(all));
        for (RouteFile file : files) {
            Matcher function = FUNCTION.matcher(file.text());
            while (function.find()) {
                String name = function.group(1);
                if (!BUILT_IN.contains(name) && !properties.hasPropertiesFunction(name)
                        && live.getPropertiesComponent().hasPropertiesFunction(name)) {
                    properties.addPropertiesFunction(live.getPropertiesComponent().getPropertiesFunction(name));
                }
            }
        }
        context.setPropertiesComponent(properties);
        return context;
    }

    /** Where the statements lie that are looked at, which need not be where those that run do. */
    private record StatementPlace(Map<String, RouteFile> files) implements PropertiesFunction {

        @Override
        public String getName() {
            return "sql";
        }

        @Override
        public String apply(String name) {
            RouteFile file = files.get(SqlFunction.file(name));
            return file == null ? "file:routes/" + SqlFunction.file(name) : SqlFunction.inUri(file.location());
        }
    }

    /** The running context's keys, placeholders in their values resolved. */
    private final class LiveKeys implements PropertiesSource {

        @Override
        public String getName() {
            return "relay-live";
        }

        @Override
        public String getProperty(String name) {
            return live.getPropertiesComponent().resolveProperty(name).map(ExactValues::hidden).orElse(null);
        }
    }

    /** Nothing was started but components; steps may be beans of the running relay and are never stopped from here. */
    private void forget(DefaultCamelContext context) {
        for (CamelContextAware bean : live.getRegistry().findByType(CamelContextAware.class)) {
            if (bean.getCamelContext() == context) {
                bean.setCamelContext(live); // Camel tells each step its context, beans too
            }
        }
        for (Endpoint endpoint : context.getEndpoints()) {
            ServiceHelper.stopAndShutdownService(endpoint);
        }
        for (String name : context.getComponentNames()) {
            ServiceHelper.stopAndShutdownService(context.hasComponent(name));
        }
        ServiceHelper.stopAndShutdownService(context.getExecutorServiceManager());
    }
}
