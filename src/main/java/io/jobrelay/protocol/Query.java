package io.jobrelay.protocol;

import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import org.apache.camel.Exchange;
import org.apache.camel.Message;

/**
 * The parameters of a query, read from the query itself: none of them ever becomes a header. Parameters that are not asked for are passed
 * over.
 */
public final class Query {

    private static final Pattern BROKEN = Pattern.compile("%(?![0-9A-Fa-f]{2})|[^\\x00-\\xff]");
    private final Map<String, String> values = new HashMap<>();

    /**
     * @param raw the query as it came, still percent-encoded; may be null
     * @param names the parameters to read
     * @throws Problem 400 naming a parameter that stands twice or cannot be decoded
     */
    public Query(String raw, Set<String> names) {
        for (String pair : raw == null ? new String[0] : raw.split("&")) {
            int equals = pair.indexOf('=');
            String name = decoded(equals < 0 ? pair : pair.substring(0, equals), null);
            if (name == null || !names.contains(name)) {
                continue;
            }
            String value = decoded(equals < 0 ? "" : pair.substring(equals + 1), name);
            if (values.put(name, value) != null) {
                throw Problem.parameter(name, name + " stands more than once.");
            }
        }
    }

    /**
     * @param request whose query is read as it came: Vert.x gives it as such, and decoded as the query; servlets know it as it came only
     * @param names the parameters to read
     * @return the query
     * @throws Problem 400 naming a parameter that stands twice or cannot be decoded
     */
    public static Query of(Message request, Set<String> names) {
        String raw = request.getHeader(Exchange.HTTP_RAW_QUERY, String.class);
        return new Query(raw != null ? raw : request.getHeader(Exchange.HTTP_QUERY, String.class), names);
    }

    /**
     * @param raw a query or a path as it came; may be null
     * @return whether each percent sign in it is followed by two hexadecimal digits
     */
    public static boolean decodable(String raw) {
        return raw == null || !BROKEN.matcher(raw).find();
    }

    /**
     * @param name of a parameter
     * @return its value, or null where it does not stand in the query
     */
    public String get(String name) {
        return values.get(name);
    }

    private static String decoded(String text, String parameter) {
        try {
            if (!BROKEN.matcher(text).find()) {
                String value = PercentCode.text(text.replace('+', ' '));
                if (StatusResource.storable(value)) {
                    return value;
                }
            }
        } catch (IllegalArgumentException e) {
            // said below
        }
        if (parameter != null) {
            throw Problem.parameter(parameter, parameter + " is not percent-encoded UTF-8, or holds a character that cannot be stored.");
        }
        return null;
    }
}
