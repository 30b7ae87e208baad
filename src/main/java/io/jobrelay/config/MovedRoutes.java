package io.jobrelay.config;

import java.io.IOException;
import java.io.InputStream;
import java.util.Properties;
import java.util.Set;

/**
 * Where the relay's own files lay in {@code routes/} in version 0.1, before there was a folder for each stage. A file that an operator has put
 * over one of them is named with the place that it has now: read where it lies it would be a route beside the one it was to replace.
 */
final class MovedRoutes {

    private static final String TABLE = "/io/jobrelay/moved.properties";
    private static final Properties PLACES = read();

    private MovedRoutes() {
    }

    /** @return the names of old, relative to {@code routes/} */
    static Set<String> names() {
        return PLACES.stringPropertyNames();
    }

    /**
     * @param name relative to {@code routes/}
     * @return whether that was the place of a file that has another now
     */
    static boolean from(String name) {
        return PLACES.containsKey(name);
    }

    /**
     * @param name for which {@link #from} holds
     * @return what to do about a file that lies there
     */
    static String sentence(String name) {
        return "routes/" + name + " is not read: what it did is in routes/" + PLACES.getProperty(name)
                + " now. Compare both and move what you changed there.";
    }

    private static Properties read() {
        Properties table = new Properties();
        try (InputStream in = MovedRoutes.class.getResourceAsStream(TABLE)) {
            table.load(in);
            return table;
        } catch (IOException e) {
            throw new StartFailure("The relay's jar cannot be read: " + e.getMessage() + ". Install it again.", e);
        }
    }
}
