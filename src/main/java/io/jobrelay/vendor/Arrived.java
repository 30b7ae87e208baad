package io.jobrelay.vendor;

import io.jobrelay.protocol.HeaderText;
import io.jobrelay.protocol.Problem;
import io.jobrelay.protocol.Query;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * A request or an answer as it came.
 *
 * @param body its bytes, possibly none, never null
 * @param query still percent-encoded, or null
 * @param headers names in any case, one that stands more than once as a list
 */
public record Arrived(byte[] body, String query, Map<String, ?> headers) {

    /**
     * @param body of an answer
     * @return an answer of which nothing else matters
     */
    public static Arrived of(byte[] body) {
        return new Arrived(body, null, Map.of());
    }

    /**
     * @param name of a header
     * @return each of its values, in their order
     */
    public List<String> header(String name) {
        return headers.entrySet().stream().filter(header -> name.equalsIgnoreCase(header.getKey()))
                .flatMap(header -> HeaderText.all(header.getValue()).stream()).toList();
    }

    /**
     * @param name of a parameter
     * @return its value; null where it is not there, stands twice or cannot be decoded
     */
    String parameter(String name) {
        try {
            return new Query(query, Set.of(name)).get(name);
        } catch (Problem e) {
            return null;
        }
    }
}
