package io.jobrelay.reload;

import io.jobrelay.routes.RejectedFile;
import io.jobrelay.routes.RouteFile;
import io.jobrelay.routes.RouteFileContents;
import io.jobrelay.routes.RouteLoading;
import io.jobrelay.server.RequestGate;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.apache.camel.CamelContext;
import org.apache.camel.Route;
import org.apache.camel.component.platform.http.PlatformHttpEndpoint;
import org.apache.camel.model.Model;
import org.apache.camel.model.RouteDefinition;
import org.apache.camel.spi.Resource;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Puts routes in the place of others. Newcomers wait, in front of the HTTP ports and of each {@code direct:} route, until those inside have come
 * out and the new routes stand. Work that takes longer is not cut: then nothing is exchanged yet.
 */
final class RouteSwap {

    private static final Logger LOG = LoggerFactory.getLogger(RouteSwap.class);
    private final CamelContext context;
    private final Model model;
    private final RouteOccupancy occupancy;
    private final List<RequestGate> gates;
    private final Set<String> slow = new HashSet<>();

    /**
     * @param context that runs
     * @param direct its component of that name
     * @param gates in front of its HTTP ports
     */
    RouteSwap(CamelContext context, SwappableDirect direct, List<RequestGate> gates) {
        this.context = context;
        this.model = context.getCamelContextExtension().getContextPlugin(Model.class);
        this.occupancy = direct.occupancy();
        this.gates = List.copyOf(gates);
    }

    /** Files and what they hold. */
    record Side(Collection<RouteFile> files, Collection<RouteFileContents> contents) {
    }

    /**
     * @param old what runs
     * @param now what is to run instead
     * @param patience how long newcomers wait at most for those inside to come out
     * @return whether it was done; false means that work is under way and everything is as it was
     * @throws RejectedFile when the new routes could not be put in place; the old ones are back then
     * @throws InterruptedException when the waiting thread is to stop; everything is as it was
     */
    boolean exchange(Side old, Side now, Duration patience) throws RejectedFile, InterruptedException {
        List<String> entries = new ArrayList<>();
        List<String> keys = new ArrayList<>();
        Map<String, String> paths = new LinkedHashMap<>();
        for (RouteDefinition definition : definitions(old)) {
            Route route = context.getRoute(definition.getId());
            if (route == null) {
                continue;
            }
            String uri = route.getEndpoint().getEndpointUri();
            if (uri.startsWith("direct://")) {
                keys.add(SwappableDirect.key(uri));
            } else {
                entries.add(route.getRouteId());
                if (route.getEndpoint() instanceof PlatformHttpEndpoint http) {
                    paths.put(route.getRouteId(), path(http));
                }
            }
        }
        List<String> stopped = new ArrayList<>();
        boolean done = false;
        try {
            if (!paths.isEmpty()) {
                gates.forEach(RequestGate::hold);
            }
            if (leave(paths, patience) && stop(entries, stopped, patience) && empty(keys, patience)) {
                swap(old, now);
                done = true;
            }
            return done;
        } catch (RejectedFile e) {
            done = true;
            throw e;
        } finally {
            if (!done) {
                stopped.forEach(this::startAgain);
            }
            occupancy.open(keys);
            if (!paths.isEmpty()) {
                gates.forEach(RequestGate::release);
            }
        }
    }

    /** A route may wait for another one through Java, unseen: whoever did not come out at the last attempt is waited for first now. */
    private boolean empty(List<String> keys, Duration patience) throws InterruptedException {
        List<String> first = keys.stream().filter(slow::contains).toList();
        List<String> then = keys.stream().filter(key -> !first.contains(key)).toList();
        if (occupancy.empty(first, patience, slow) && occupancy.empty(then, patience, slow)) {
            slow.removeAll(keys);
            return true;
        }
        return false;
    }

    private boolean leave(Map<String, String> paths, Duration patience) throws InterruptedException {
        long until = System.nanoTime() + patience.toNanos();
        for (Map.Entry<String, String> path : paths.entrySet()) {
            for (RequestGate gate : gates) {
                if (!gate.empty(path.getValue(), Duration.ofNanos(until - System.nanoTime()))) {
                    return false;
                }
            }
        }
        return true;
    }

    private boolean stop(List<String> entries, List<String> stopped, Duration patience) throws InterruptedException {
        for (String id : entries) {
            try {
                if (context.getRouteController().getRouteStatus(id).isStarted()) {
                    long until = System.nanoTime() + patience.toNanos();
                    while (context.getInflightRepository().size(id) > 0 && System.nanoTime() < until) {
                        occupancy.pause(20); // Camel itself would look only once a second
                    }
                    if (!context.getRouteController().stopRoute(id, patience.toMillis(), TimeUnit.MILLISECONDS, true)) {
                        return false;
                    }
                    stopped.add(id);
                }
            } catch (InterruptedException e) {
                throw e;
            } catch (Exception e) {
                LOG.warn("The route {} could not be stopped", id, e);
                return false;
            }
        }
        return true;
    }

    private void startAgain(String id) {
        try {
            context.getRouteController().startRoute(id);
        } catch (Exception e) {
            LOG.error("The route {} could not be started again", id, e);
        }
    }

    private void swap(Side old, Side now) throws RejectedFile {
        remove(old);
        Set<String> kept = new HashSet<>();
        now.contents().forEach(contents -> kept.addAll(contents.beans));
        try {
            RouteLoading.load(context, now.files(), (file, builder) -> { }, (file, builder) -> { });
            old.contents().forEach(contents -> contents.beans.stream().filter(name -> !kept.contains(name)).forEach(context.getRegistry()::unbind));
        } catch (RejectedFile e) {
            remove(now);
            kept.forEach(context.getRegistry()::unbind); // the old ones are made again
            try {
                RouteLoading.load(context, old.files(), (file, builder) -> { }, (file, builder) -> { });
            } catch (RejectedFile worse) {
                LOG.error("What ran before could not be put back: {}", worse.getMessage(), worse);
            }
            throw e;
        }
    }

    private void remove(Side side) {
        for (RouteDefinition route : definitions(side)) {
            try {
                model.removeRouteDefinition(route);
            } catch (Exception e) {
                LOG.error("The route {} could not be removed", route.getId(), e);
            }
        }
        Set<String> configurations = new HashSet<>();
        Set<String> templates = new HashSet<>();
        side.contents().forEach(contents -> {
            configurations.addAll(contents.configurations.keySet());
            templates.addAll(contents.templates.keySet());
        });
        model.getRouteConfigurationDefinitions().removeIf(configuration -> configuration.getId() == null
                ? from(configuration.getResource(), side) : configurations.contains(configuration.getId()));
        model.getRouteTemplateDefinitions().removeIf(template -> templates.contains(template.getId()));
    }

    /** Routes are known by their ids, and those without one by where they came from. */
    private List<RouteDefinition> definitions(Side side) {
        Set<String> ids = new HashSet<>();
        side.contents().forEach(contents -> ids.addAll(contents.routes.keySet()));
        return model.getRouteDefinitions().stream()
                .filter(route -> ids.contains(route.getId()) || !route.hasCustomIdAssigned() && from(route.getResource(), side)).toList();
    }

    private static boolean from(Resource resource, Side side) {
        return resource != null && side.files().stream().anyMatch(file -> file.location().equals(resource.getLocation()));
    }

    private static String path(PlatformHttpEndpoint endpoint) {
        String path = endpoint.getPath() + (endpoint.isMatchOnUriPrefix() && !endpoint.getPath().endsWith("*") ? "*" : "");
        String vertx = path.replaceAll("\\{([^/}]+)\\}", ":$1");
        return vertx.endsWith("*") ? vertx.substring(0, vertx.length() - 1) : vertx;
    }
}
