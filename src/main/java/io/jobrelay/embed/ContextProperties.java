package io.jobrelay.embed;

import io.jobrelay.config.HostProperties;
import java.util.Properties;
import java.util.Set;
import org.apache.camel.CamelContext;
import org.apache.camel.component.properties.PropertiesComponent;

/** An application that is a Camel context and nothing more: Camel knows all its properties, and looks at the initial ones last of all. */
public final class ContextProperties implements HostProperties {

    private final CamelContext context;

    /** @param context whose initial properties are read */
    public ContextProperties(CamelContext context) {
        this.context = context;
    }

    @Override
    public String property(String key) {
        return initial().getProperty(key);
    }

    @Override
    public Set<String> propertyNames() {
        return initial().stringPropertyNames();
    }

    private Properties initial() {
        Properties initial = context.getPropertiesComponent() instanceof PropertiesComponent component ? component.getInitialProperties() : null;
        return initial == null ? new Properties() : initial;
    }
}
