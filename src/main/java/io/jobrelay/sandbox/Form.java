package io.jobrelay.sandbox;

import io.jobrelay.protocol.PercentCode;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Reads names and values of queries and forms; of a name that stands twice the first value counts. */
final class Form {

    private Form() {
    }

    /**
     * @param body of type {@code application/x-www-form-urlencoded}; null or empty is a form without fields
     * @return its fields
     * @throws SandboxError 400 when it cannot be decoded
     */
    static Map<String, String> ofBody(byte[] body) {
        Map<String, String> fields = new HashMap<>();
        try {
            for (String pair : pairs(body == null ? "" : new String(body, StandardCharsets.UTF_8))) {
                int equals = pair.indexOf('=');
                String name = URLDecoder.decode(equals < 0 ? pair : pair.substring(0, equals), StandardCharsets.UTF_8);
                fields.putIfAbsent(name, equals < 0 ? "" : URLDecoder.decode(pair.substring(equals + 1), StandardCharsets.UTF_8));
            }
        } catch (IllegalArgumentException e) {
            throw SandboxError.oauth("invalid_request", null, "The body is not a form");
        }
        return fields;
    }

    /**
     * Decodes a parameter of a query once (RFC 3986, 2.1). A plus stays a plus: a URL that was put into the query has no blanks, but may
     * have a plus that its sender did not encode.
     *
     * @param query still encoded; null when the URL has none
     * @param name of a parameter
     * @return its value; empty when it is not there
     * @throws IllegalArgumentException when it is not percent-encoded UTF-8
     */
    static Optional<String> parameter(String query, String name) {
        for (String pair : pairs(query == null ? "" : query)) {
            int equals = pair.indexOf('=');
            if (percentDecoded(equals < 0 ? pair : pair.substring(0, equals)).equals(name)) {
                return Optional.of(equals < 0 ? "" : percentDecoded(pair.substring(equals + 1)));
            }
        }
        return Optional.empty();
    }

    private static String percentDecoded(String text) {
        return PercentCode.text(new String(text.getBytes(StandardCharsets.UTF_8), StandardCharsets.ISO_8859_1)); // other letters stand for their bytes
    }

    private static List<String> pairs(String text) {
        List<String> pairs = new ArrayList<>(List.of(text.split("&")));
        pairs.removeIf(String::isEmpty);
        return pairs;
    }
}
