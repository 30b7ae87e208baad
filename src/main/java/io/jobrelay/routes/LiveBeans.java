package io.jobrelay.routes;

import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import org.apache.camel.Component;
import org.apache.camel.Endpoint;
import org.apache.camel.RoutesBuilder;
import org.apache.camel.Service;
import org.apache.camel.spi.BeanRepository;
import org.apache.camel.spi.HeaderFilterStrategy;
import org.apache.camel.spi.Registry;

/**
 * The beans of the running relay, to be looked at by a context that checks routes. What would make that context a part of the running one
 * (strategies, listeners, further routes) is not found by its type.
 */
final class LiveBeans implements BeanRepository {

    private final Registry live;
    private final Set<String> hidden;

    /**
     * @param live the registry that is read, never written
     * @param hidden names that the checked files give to beans of their own, or that go with a file
     */
    LiveBeans(Registry live, Set<String> hidden) {
        this.live = live;
        this.hidden = Set.copyOf(hidden);
    }

    @Override
    public Object lookupByName(String name) {
        return shown(name, live.lookupByName(name));
    }

    @Override
    public <T> T lookupByNameAndType(String name, Class<T> type) {
        return shown(name, live.lookupByNameAndType(name, type));
    }

    @Override
    public <T> Map<String, T> findByTypeWithName(Class<T> type) {
        if (isFramework(type)) {
            return Map.of();
        }
        Map<String, T> found = new HashMap<>(live.findByTypeWithName(type));
        found.keySet().removeAll(hidden);
        return found;
    }

    @Override
    public <T> Set<T> findByType(Class<T> type) {
        return new HashSet<>(findByTypeWithName(type).values());
    }

    /** A component or an endpoint belongs to one context, and would be stopped with it. */
    private <T> T shown(String name, T bean) {
        return hidden.contains(name) || bean instanceof Component || bean instanceof Endpoint ? null : bean;
    }

    private static boolean isFramework(Class<?> type) {
        return type == Object.class || type == Service.class || RoutesBuilder.class.isAssignableFrom(type)
                || type.getName().startsWith("org.apache.camel.spi.") && type != HeaderFilterStrategy.class;
    }
}
