package io.jobrelay.sandbox;

import java.util.Locale;
import java.util.Set;
import org.apache.camel.Exchange;
import org.apache.camel.spi.HeaderFilterStrategy;

/** What the sandbox lets through: nothing from outside becomes a header of a message, and of those only the API's own go out. */
public final class SandboxHeaders implements HeaderFilterStrategy {

    private static final Set<String> OUT = Set.of("x-rate-limit-group", "x-rate-limit-limit", "x-rate-limit-remaining",
            "x-rate-limit-window", "retry-after", "rcrequestid", "www-authenticate", "cache-control");

    @Override
    public boolean applyFilterToExternalHeaders(String name, Object value, Exchange exchange) {
        return true; // Authorization too: see Door
    }

    @Override
    public boolean applyFilterToCamelHeaders(String name, Object value, Exchange exchange) {
        return !OUT.contains(name.toLowerCase(Locale.ROOT));
    }
}
