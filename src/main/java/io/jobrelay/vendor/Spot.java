package io.jobrelay.vendor;

import com.fasterxml.jackson.databind.JsonNode;
import io.jobrelay.document.Document;
import io.jobrelay.document.Place;
import io.jobrelay.protocol.StatusResource;
import java.util.List;

/**
 * A place that may be in the body, the query or a header.
 *
 * @param in {@code body}, {@code query} or {@code header}
 * @param name of the parameter or header
 * @param at the place in the body
 */
record Spot(String in, String name, Place at) {

    /**
     * @param member with {@code in}, {@code name} and {@code at}, or missing
     * @return the place
     */
    static Spot of(JsonNode member) {
        return new Spot(member.path("in").asText("body"), member.path("name").asText(null), Place.of(member.get("at")));
    }

    /** @return whether it is in the body, so that the body must be readable */
    boolean inBody() {
        return in.equals("body") && !at.nowhere();
    }

    /** @return whether the profile names no place at all */
    boolean nowhere() {
        return in.equals("body") && at.nowhere();
    }

    /**
     * @param arrived what came
     * @param document its body
     * @param longest characters that are of use
     * @return the text, or null
     */
    String text(Arrived arrived, Document document, int longest) {
        if (in.equals("body")) {
            return document.text(at, longest);
        }
        List<String> values = in.equals("header") ? arrived.header(name) : null;
        String text = values == null ? arrived.parameter(name) : values.size() == 1 ? values.get(0) : null;
        return text == null || text.isEmpty() || text.length() > longest || !StatusResource.storable(text) ? null : text;
    }
}
