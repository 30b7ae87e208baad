package io.jobrelay.document;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;

/**
 * Where something stands: one place, or several, of which the first that holds something other than null counts.
 *
 * @param pointers in their order; none where the profile names no place
 */
public record Place(List<Pointer> pointers) {

    /** Nothing is ever found there. */
    public static final Place NOWHERE = new Place(List.of());

    /**
     * @param member of a profile: a JSON Pointer, a list of them, or missing
     * @return the place
     * @throws IllegalArgumentException when one is no JSON Pointer
     */
    public static Place of(JsonNode member) {
        if (member == null || member.isMissingNode() || member.isNull()) {
            return NOWHERE;
        }
        List<Pointer> pointers = new ArrayList<>();
        if (member.isArray()) {
            member.forEach(one -> pointers.add(Pointer.of(one.asText())));
        } else {
            pointers.add(Pointer.of(member.asText()));
        }
        return new Place(List.copyOf(pointers));
    }

    /**
     * @param pointer a JSON Pointer
     * @return that one place
     */
    public static Place at(String pointer) {
        return new Place(List.of(Pointer.of(pointer)));
    }

    /** @return whether the profile names no place */
    public boolean nowhere() {
        return pointers.isEmpty();
    }
}
