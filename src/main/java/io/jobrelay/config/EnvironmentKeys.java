package io.jobrelay.config;

import org.apache.camel.Ordered;
import org.apache.camel.spi.PropertiesSource;

/**
 * The relay's keys in the environment of a host. Camel looks there itself, by a name that it folds by the machine's language:
 * {@code RELAY_RİNGCENTRAL_JWT} in Turkish.
 */
public final class EnvironmentKeys implements PropertiesSource, Ordered {

    @Override
    public String getName() {
        return "relay-environment";
    }

    @Override
    public int getOrder() {
        return HIGHEST; // as with Camel's own look
    }

    /** @return the value of the variable of that key, or null; keys that are not the relay's are none of its business */
    @Override
    public String getProperty(String name) {
        String value = name.startsWith("relay.") ? System.getenv(Keys.variable(name)) : null;
        return ServiceLinks.isOne(name, value) ? null : value;
    }
}
