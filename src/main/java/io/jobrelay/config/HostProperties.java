package io.jobrelay.config;

import java.util.Set;

/** The application a relay is embedded in, as far as Camel does not know it: where it keeps its configuration. */
public interface HostProperties {

    /**
     * @param key such as {@code relay.sinks}
     * @return the application's value, placeholders of its own resolved; null where it says nothing
     */
    String property(String key);

    /** @return the names of the application's properties, as far as they can be listed; those of the relay are checked */
    Set<String> propertyNames();

    /**
     * @param dataSource the name of a DataSource in the registry
     * @return false where nobody asked for it: it was made because a driver is on the class path
     */
    default boolean wanted(String dataSource) {
        return true;
    }
}
