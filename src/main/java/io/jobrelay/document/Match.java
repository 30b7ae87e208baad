package io.jobrelay.document;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;

/**
 * A condition on a document.
 *
 * @param at where what is looked at stands
 * @param equals what it must be, type and value; null where anything but null will do
 */
public record Match(Place at, JsonNode equals) {

    /**
     * @param member {@code {has}} or {@code {at, equals}} of a profile
     * @return the condition
     */
    public static Match of(JsonNode member) {
        return member.has("has") ? new Match(Place.of(member.get("has")), null) : new Match(Place.of(member.get("at")), member.get("equals"));
    }

    /**
     * @param members a list of conditions, or missing
     * @return all of them
     */
    public static List<Match> all(JsonNode members) {
        List<Match> all = new ArrayList<>();
        members.forEach(one -> all.add(of(one)));
        return all;
    }

    /**
     * @param document read with {@link #at}
     * @return whether the condition holds; what is not there counts as null
     */
    public boolean holds(Document document) {
        if (equals == null) {
            return document.has(at);
        }
        JsonNode found = document.value(at);
        return found.isNumber() && equals.isNumber() ? found.decimalValue().compareTo(equals.decimalValue()) == 0 : found.equals(equals);
    }
}
