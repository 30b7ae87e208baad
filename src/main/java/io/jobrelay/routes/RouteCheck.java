package io.jobrelay.routes;

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
import org.apache.camel.CamelContext;
import org.apache.camel.impl.DefaultCamelContext;
import org.apache.camel.model.Model;
import org.apache.camel.model.ProcessorDefinition;
import org.apache.camel.model.RouteDefinition;

/**
 * Looks whether files can take the place of what runs, where it cannot hurt: in a context of its own that is made ready and never started, so
 * that nothing consumes, nobody is called, and no bean of the relay is started or stopped. What it prepares on the database is not run.
 */
public final class RouteCheck {

    private static final Pattern AT = Pattern.compile("(?s)at: >>> (.*?) <<< in route");

    private final CheckContext contexts;
    private final RouteAgreement agreement;

    /** @param live the running context, which is only looked at */
    public RouteCheck(CamelContext live) {
        this.contexts = new CheckContext(live);
        this.agreement = new RouteAgreement(live);
    }

    /**
     * How things are, or how they would be.
     *
     * @param files of {@code routes/}, SQL files among them, by name
     * @param contents of the route files among them
     */
    public record World(Map<String, RouteFile> files, Map<String, RouteFileContents> contents) {
    }

    /**
     * Reads files without making routes of them.
     *
     * @param files route files
     * @return what each holds
     * @throws RejectedFile naming the first that cannot be read
     */
    public Map<String, RouteFileContents> read(Collection<RouteFile> files) throws RejectedFile {
        Model model;
        List<RouteFile> plain = new ArrayList<>();
        Map<String, RouteFileContents> found = new LinkedHashMap<>();
        for (RouteFile file : files) {
            PlainYaml yaml = PlainYaml.of(file);
            found.put(file.name(), new RouteFileContents(yaml.beans()));
            plain.add(yaml.withoutBeans(file));
        }
        DefaultCamelContext context = contexts.make(files, Map.of(), Set.of());
        try {
            model = context.getCamelContextExtension().getContextPlugin(Model.class);
            RouteReading.load(context, model, plain, found);
            RouteAgreement.requireOwnRoutes(found, files.stream().collect(Collectors.toMap(RouteFile::name, file -> file)));
            return found;
        } finally {
            contexts.forget(context);
        }
    }

    /**
     * @param was what runs
     * @param files as they would be
     * @param changed the names of those that differ: changed, new or gone; SQL files too
     * @return the world as it would be
     * @throws RejectedFile naming the first changed file that cannot be used, and why
     * @throws SQLException when the database cannot be asked
     */
    public World check(World was, Map<String, RouteFile> files, Set<String> changed) throws RejectedFile, SQLException {
        Map<String, RouteFileContents> contents = new LinkedHashMap<>(was.contents());
        Set<String> hidden = new HashSet<>();
        List<RouteFile> load = new ArrayList<>();
        Set<String> made = new LinkedHashSet<>();
        for (String name : changed) {
            RouteFile file = files.get(name);
            if (file != null && file.trouble() != null) {
                throw new RejectedFile(name, 0, file.trouble());
            }
            if (name.endsWith(".sql")) {
                continue;
            }
            RouteFileContents old = contents.remove(name);
            if (old != null) {
                hidden.addAll(old.beans);
            }
            if (file != null) {
                RouteFileContents now = new RouteFileContents(PlainYaml.of(file).beans());
                hidden.addAll(now.beans);
                contents.put(name, now);
                load.add(file);
                made.add(name);
            }
        }
        for (String name : dependents(was, contents, files, changed)) {
            load.add(RouteReading.withoutBeans(files.get(name)));
            made.add(name);
        }
        contents.forEach((name, here) -> {
            if (!made.contains(name) && (!here.configurations.isEmpty() || here.forAll || !here.templates.isEmpty())) {
                load.add(RouteReading.withoutBeans(files.get(name)));
            }
        });
        load.removeIf(file -> file.text().isBlank() && !changed.contains(file.name()));

        DefaultCamelContext context = contexts.make(load, files, hidden);
        try {
            Model model = context.getCamelContextExtension().getContextPlugin(Model.class);
            Map<String, RouteFileContents> read = new HashMap<>();
            load.forEach(file -> read.put(file.name(), new RouteFileContents(contents.get(file.name()).beans)));
            RouteReading.load(context, model, load, read);
            changed.stream().filter(read::containsKey).forEach(name -> contents.put(name, read.get(name)));
            agreement.agree(was, contents, files, changed);
            StatementCheck.exist(files, made, changed);
            make(context, model, files, contents, read);
            StatementCheck.prepare(context, files, made, changed);
        } finally {
            contexts.forget(context);
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
    public static Set<String> dependents(World was, Map<String, RouteFileContents> now, Map<String, RouteFile> files, Set<String> changed) {
        Set<String> found = new TreeSet<>();
        for (String name : was.contents().keySet()) {
            if (changed.contains(name)) {
                continue;
            }
            RouteFile file = files.get(name);
            RouteFileContents own = was.contents().get(name);
            for (String other : changed) {
                RouteFileContents before = was.contents().get(other);
                RouteFileContents after = now.get(other);
                if (other.endsWith(".sql") ? file.uses(other)
                        : before != null && own.isBuiltUpon(before, file) || after != null && own.isBuiltUpon(after, file)) {
                    found.add(name);
                }
            }
        }
        return found;
    }

    private static void make(DefaultCamelContext context, Model model, Map<String, RouteFile> files, Map<String, RouteFileContents> contents,
            Map<String, RouteFileContents> loaded) throws RejectedFile {
        try {
            context.init();
        } catch (Exception | LinkageError | AssertionError | StackOverflowError e) {
            RejectedFile.Route route = RejectedFile.Route.of(e);
            String name = loaded.entrySet().stream().filter(file -> file.getValue().routes.containsKey(route.id())).map(Map.Entry::getKey)
                    .findFirst().orElseGet(() -> loaded.keySet().iterator().next());
            int line = 0;
            RouteDefinition definition = route.id() == null ? null : model.getRouteDefinition(route.id());
            Matcher at = AT.matcher(route.said());
            if (definition != null && at.find()) {
                line = RouteFileContents.all(definition.getOutputs()).stream().filter(step -> step.toString().equals(at.group(1)))
                        .mapToInt(ProcessorDefinition::getLineNumber).findFirst().orElse(0);
            }
            if (definition != null && line <= 0) {
                line = RouteFileContents.line(definition);
            }
            throw route.rejected(files.get(name), line);
        }
    }
}
