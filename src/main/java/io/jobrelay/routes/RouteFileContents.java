package io.jobrelay.routes;

import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.camel.CamelContext;
import org.apache.camel.builder.RouteBuilder;
import org.apache.camel.builder.RouteConfigurationBuilder;
import org.apache.camel.model.OnExceptionDefinition;
import org.apache.camel.model.ProcessorDefinition;
import org.apache.camel.model.ProcessorDefinitionHelper;
import org.apache.camel.model.RouteConfigurationDefinition;
import org.apache.camel.model.RouteDefinition;
import org.apache.camel.model.RouteTemplateDefinition;
import org.apache.camel.model.TemplatedRouteDefinition;
import org.apache.camel.model.ToDefinition;
import org.apache.camel.model.ToDynamicDefinition;
import org.apache.camel.support.PatternHelper;

/**
 * What a route file holds and what it asks of other files, with the line of each.
 */
public final class RouteFileContents {

    /** Ids of routes, those made from templates among them. */
    public final Map<String, Integer> routes = new LinkedHashMap<>();
    /** Ids given to steps. */
    final Map<String, Integer> steps = new LinkedHashMap<>();
    /** Ids of route configurations. */
    public final Map<String, Integer> configurations = new LinkedHashMap<>();
    /** Whether there is a route configuration without an id, which holds for every route that names none. */
    boolean forAll;
    /** Ids of route templates. */
    public final Map<String, Integer> templates = new LinkedHashMap<>();
    /** Templates that routes here are made from. */
    final Set<String> uses = new LinkedHashSet<>();
    /** Names of beans. */
    public final Set<String> beans = new LinkedHashSet<>();
    /** The {@code direct:} names routes here consume from. */
    final Map<String, Integer> serves = new LinkedHashMap<>();
    /** The {@code direct:} names steps here send to. */
    final Map<String, Integer> calls = new LinkedHashMap<>();
    /** The route configurations named by routes here. */
    final Map<String, Integer> policies = new LinkedHashMap<>();
    /** Whether a route here names no route configuration. */
    boolean nameless;

    /** @param beans that the file makes */
    RouteFileContents(Collection<String> beans) {
        this.beans.addAll(beans);
    }

    /** @return whether other files may be built from what is here */
    boolean isBuiltUpon() {
        return forAll || !configurations.isEmpty() || !templates.isEmpty() || !beans.isEmpty();
    }

    /**
     * @param other a file that has changed
     * @param file this file
     * @return whether routes here have to be made again because of it
     */
    boolean isBuiltUpon(RouteFileContents other, RouteFile file) {
        return other.forAll && nameless
                || policies.keySet().stream().anyMatch(policy -> other.configurations.keySet().stream().anyMatch(id -> matches(id, policy)))
                || uses.stream().anyMatch(other.templates::containsKey)
                || other.beans.stream().anyMatch(file::names);
    }

    /**
     * @param id of a route configuration
     * @param policy what a route names: an id or a pattern of ids
     * @return whether that is meant
     */
    static boolean matches(String id, String policy) {
        return PatternHelper.matchPattern(id, policy);
    }

    void add(CamelContext context, RouteBuilder builder) {
        if (builder instanceof RouteConfigurationBuilder configurator) {
            for (RouteConfigurationDefinition configuration : configurator.getRouteConfigurationCollection().getRouteConfigurations()) {
                if (configuration.getId() == null) {
                    forAll = true;
                } else {
                    configurations.put(configuration.getId(), configuration.getLineNumber());
                }
                List<ProcessorDefinition<?>> reactions = new ArrayList<>(configuration.getOnExceptions());
                reactions.addAll(configuration.getIntercepts());
                reactions.addAll(configuration.getInterceptFroms());
                reactions.addAll(configuration.getInterceptSendTos());
                reactions.addAll(configuration.getOnCompletions());
                reactions.forEach(reaction -> addCalls(context, reaction.getOutputs()));
            }
        }
        for (RouteTemplateDefinition template : builder.getRouteTemplateCollection().getRouteTemplates()) {
            templates.put(template.getId(), template.getLineNumber());
        }
        for (TemplatedRouteDefinition made : builder.getTemplatedRouteCollection().getTemplatedRoutes()) {
            uses.add(made.getRouteTemplateRef());
        }
    }

    void add(CamelContext context, RouteDefinition route) {
        if (route.getId() != null) {
            routes.put(route.getId(), line(route));
        }
        if (!Boolean.TRUE.equals(route.isTemplate())) { // its steps are as many as there are routes made from the template
            for (String id : ProcessorDefinitionHelper.gatherAllNodeIds(route, new ArrayList<>(), true, false)) {
                if (!id.equals(route.getId())) {
                    steps.put(id, 0);
                }
            }
        }
        direct(context, route.getInput().getEndpointUri()).ifPresent(name -> serves.put(name, line(route)));
        List<ProcessorDefinition<?>> own = route.getOutputs().stream().filter(step -> !(step instanceof OnExceptionDefinition)).toList();
        addCalls(context, own);
        if (route.getRouteConfigurationId() == null) {
            nameless = true;
        } else {
            for (String policy : resolved(context, route.getRouteConfigurationId()).split(",")) {
                policies.put(policy.strip(), line(route));
            }
        }
    }

    private void addCalls(CamelContext context, List<ProcessorDefinition<?>> steps) {
        for (ProcessorDefinition<?> step : all(steps)) {
            String uri = step instanceof ToDefinition to ? to.getEndpointUri()
                    : step instanceof ToDynamicDefinition to && to.getUri() != null && !to.getUri().contains("${") ? to.getUri() : null;
            if (uri != null) {
                direct(context, uri).ifPresent(name -> calls.putIfAbsent(name, step.getLineNumber()));
            }
        }
    }

    /**
     * @param steps of a route
     * @return those and all within them
     */
    @SuppressWarnings({"unchecked", "rawtypes"})
    static List<ProcessorDefinition<?>> all(List<ProcessorDefinition<?>> steps) {
        return new ArrayList<>((java.util.Collection) ProcessorDefinitionHelper.filterTypeInOutputs(steps, ProcessorDefinition.class));
    }

    /**
     * @param route as it was read
     * @return the line it begins in
     */
    static int line(RouteDefinition route) {
        return route.getInput().getLineNumber() > 0 ? route.getInput().getLineNumber() : Math.max(route.getLineNumber(), 0);
    }

    private static String resolved(CamelContext context, String text) {
        try {
            return context.resolvePropertyPlaceholders(text);
        } catch (RuntimeException e) {
            return text; // made from a template, or told when the route is made
        }
    }

    private static java.util.Optional<String> direct(CamelContext context, String uri) {
        if (uri == null || !uri.startsWith("direct:")) {
            return java.util.Optional.empty();
        }
        String name = resolved(context, uri).substring("direct:".length()).replaceFirst("^//", "").replaceFirst("\\?.*$", "");
        return name.contains("{{") ? java.util.Optional.empty() : java.util.Optional.of(name);
    }
}
