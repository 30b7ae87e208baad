package io.jobrelay.support;

import com.sun.net.httpserver.HttpExchange;
import java.io.IOException;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.Map;

/**
 * A request as a test server received it.
 *
 * @param at when its body had been read
 * @param method such as {@code POST}
 * @param path still percent-encoded
 * @param query still percent-encoded; null when the URL has none
 * @param headers as they came, names in any case
 * @param body as it came
 */
public record Received(Instant at, String method, String path, String query, Map<String, List<String>> headers, byte[] body) {

    static Received of(HttpExchange exchange, Instant at) throws IOException {
        byte[] body = exchange.getRequestBody().readAllBytes();
        return new Received(at, exchange.getRequestMethod(), exchange.getRequestURI().getRawPath(), exchange.getRequestURI().getRawQuery(),
                exchange.getRequestHeaders(), body);
    }

    /** @return the body as UTF-8 text */
    public String text() {
        return new String(body, StandardCharsets.UTF_8);
    }

    /**
     * @param name of a header, in any case
     * @return its first value, or null
     */
    public String header(String name) {
        return headers.entrySet().stream().filter(h -> h.getKey().equalsIgnoreCase(name)).map(h -> h.getValue().get(0))
                .findFirst().orElse(null);
    }

    /**
     * @param name of a parameter of the query
     * @return its first value, decoded; null when it is not there
     */
    public String parameter(String name) {
        return parameter(query, name);
    }

    /**
     * @param form a query or an {@code application/x-www-form-urlencoded} body; may be null
     * @param name of a parameter
     * @return its first value, decoded; null when it is not there
     */
    public static String parameter(String form, String name) {
        for (String pair : form == null ? new String[0] : form.split("&")) {
            int equals = pair.indexOf('=');
            if (equals > 0 && URLDecoder.decode(pair.substring(0, equals), StandardCharsets.UTF_8).equals(name)) {
                return URLDecoder.decode(pair.substring(equals + 1), StandardCharsets.UTF_8);
            }
        }
        return null;
    }
}
