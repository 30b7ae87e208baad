package io.jobrelay.port;

import java.util.Locale;
import java.util.Set;
import org.apache.camel.Exchange;
import org.apache.camel.spi.HeaderFilterStrategy;

/** Lets through the few headers the relay's HTTP routes read and write, and nothing else: no name from outside reaches a step, none is echoed. */
public final class PublicHeaders implements HeaderFilterStrategy {

    private static final Set<String> IN = Set.of("validation-token", "idempotency-key", "range", "if-range", "if-none-match");
    private static final Set<String> OUT = Set.of("validation-token", "retry-after", "location", "accept-ranges", "content-range",
            "content-length", "allow", "etag", "last-modified", "cache-control", "www-authenticate",
            "content-security-policy", "x-content-type-options", "referrer-policy");

    @Override
    public boolean applyFilterToExternalHeaders(String name, Object value, Exchange exchange) {
        return !IN.contains(name.toLowerCase(Locale.ROOT));
    }

    @Override
    public boolean applyFilterToCamelHeaders(String name, Object value, Exchange exchange) {
        return !OUT.contains(name.toLowerCase(Locale.ROOT));
    }
}
