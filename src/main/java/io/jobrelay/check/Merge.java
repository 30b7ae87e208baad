package io.jobrelay.check;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;

/** Puts the members of an operation over those of its profile: objects are merged deeply, everything else is replaced. */
public final class Merge {

    private Merge() {
    }

    /**
     * @param profile as it stands in its file
     * @param operation the name of one of its operations
     * @return the profile for that operation, whose path alone is left in {@code operations}; a copy
     */
    public static ObjectNode of(ObjectNode profile, String operation) {
        ObjectNode merged = profile.deepCopy();
        JsonNode own = profile.path("operations").path(operation);
        if (own instanceof ObjectNode members) {
            ObjectNode differing = members.deepCopy();
            differing.remove("path");
            into(merged, differing);
        }
        merged.putObject("operations").set(operation, own.isObject() ? own.path("path") : own);
        return merged;
    }

    private static void into(ObjectNode target, ObjectNode members) {
        members.fields().forEachRemaining(member -> {
            if (target.get(member.getKey()) instanceof ObjectNode here && member.getValue() instanceof ObjectNode below) {
                into(here, below);
            } else {
                target.set(member.getKey(), member.getValue());
            }
        });
    }
}
