package io.jobrelay.document;

import com.fasterxml.jackson.databind.JsonNode;
import io.jobrelay.config.Keys;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Takes members out of a profile. One of another form counts as not there: the check tells of it. */
public final class Members {

    private Members() {
    }

    /**
     * @param node with members
     * @param name of one
     * @return its text; null where there is none
     */
    public static String text(JsonNode node, String name) {
        return node.path(name).isTextual() ? node.get(name).asText() : null;
    }

    /**
     * @param node with members
     * @param name of one
     * @return its duration; null where there is none
     */
    public static Duration duration(JsonNode node, String name) {
        return Keys.parseDuration(node.path(name).asText()).orElse(null);
    }

    /**
     * @param node with members
     * @param name of one
     * @param otherwise what counts where there is none
     * @return its duration
     */
    public static Duration duration(JsonNode node, String name, Duration otherwise) {
        return Keys.parseDuration(node.path(name).asText()).orElse(otherwise);
    }

    /**
     * @param node an object, or missing
     * @return its texts by their names, in its order
     */
    public static Map<String, String> texts(JsonNode node) {
        Map<String, String> texts = new LinkedHashMap<>();
        node.fields().forEachRemaining(one -> texts.put(one.getKey(), one.getValue().asText()));
        return Collections.unmodifiableMap(texts);
    }

    /**
     * @param node a list, or the one text that stands in its place
     * @return its texts
     */
    public static List<String> list(JsonNode node) {
        List<String> texts = new ArrayList<>();
        node.forEach(one -> texts.add(one.asText()));
        return node.isTextual() ? List.of(node.asText()) : List.copyOf(texts);
    }
}
