package io.jobrelay.config;

import org.apache.camel.spi.PropertiesFunction;

/** Lets a route give a duration to a component that takes milliseconds: <code>{{millis:relay.sink.http.timeout}}</code>. */
public final class MillisFunction implements PropertiesFunction {

    private final Keys keys;

    /** @param keys that hold the duration */
    public MillisFunction(Keys keys) {
        this.keys = keys;
    }

    @Override
    public String getName() {
        return "millis";
    }

    /**
     * @param key of a duration
     * @return its value in milliseconds
     */
    @Override
    public String apply(String key) {
        return String.valueOf(keys.duration(key).toMillis());
    }
}
