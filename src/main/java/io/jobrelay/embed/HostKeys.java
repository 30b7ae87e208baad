package io.jobrelay.embed;

import io.jobrelay.config.HostProperties;
import io.jobrelay.config.KeyCatalogue;
import io.jobrelay.config.PropertyFiles;
import io.jobrelay.config.ServiceLinks;
import java.util.Map;
import java.util.Properties;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Predicate;
import org.apache.camel.Ordered;
import org.apache.camel.spi.LoadablePropertiesSource;
import org.apache.camel.support.service.ServiceSupport;
import org.apache.camel.util.OrderedLocationProperties;

/**
 * The keys of an embedded relay: the application's, wherever it keeps them, and behind them the relay's defaults. Of those only
 * {@code relay.*} is passed on: what the relay alone does to camel-main is nobody else's affair.
 */
public final class HostKeys extends ServiceSupport implements LoadablePropertiesSource, Ordered {

    private static final String PREFIX = "relay.";
    /** Read by name where the relay has a server of its own; not listed, or camel-main would take them for the application's. */
    private static final Set<String> OF_THE_SERVER = Set.of("camel.server.host", "camel.server.port");
    /** What is on in a relay of its own, and asked for in a host. */
    private static final Map<String, String> IN_A_HOST = Map.of("relay.inbox.directory", "", "relay.admin.enabled", "false");

    private final HostProperties host;
    private final PropertyFiles defaults;

    /**
     * @param host whose configuration counts
     * @param defaults the relay's own
     */
    public HostKeys(HostProperties host, PropertyFiles defaults) {
        this.host = host;
        this.defaults = defaults;
    }

    @Override
    public String getName() {
        return "relay";
    }

    @Override
    public int getOrder() {
        return LOWEST; // every place of the application's comes first
    }

    @Override
    public String getProperty(String name) {
        if (!name.startsWith(PREFIX) && !OF_THE_SERVER.contains(name)) {
            return null;
        }
        String value = host.property(name);
        return value != null && !ServiceLinks.isOne(name, value) ? value : IN_A_HOST.getOrDefault(name, defaults.getProperty(name));
    }

    @Override
    public Properties loadProperties() {
        return loadProperties(name -> true);
    }

    @Override
    public Properties loadProperties(Predicate<String> filter) {
        Set<String> names = new TreeSet<>(defaults.loadProperties(name -> name.startsWith(PREFIX)).stringPropertyNames());
        host.propertyNames().stream().filter(name -> name.startsWith(PREFIX)).map(KeyCatalogue::canonical).forEach(names::add);
        OrderedLocationProperties found = new OrderedLocationProperties();
        for (String name : names) {
            String value = filter.test(name) ? getProperty(name) : null;
            if (value != null || filter.test(name) && defaults.getProperty(name) == null) {
                found.put(host.property(name) == null ? "the relay's own defaults" : "the application's configuration", name,
                        value == null ? "" : value);
            }
        }
        return found;
    }

    @Override
    public void reloadProperties(String location) {
        // read once: a key takes effect at the next start
    }
}
