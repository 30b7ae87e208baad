package io.jobrelay.provider;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import io.jobrelay.config.Keys;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Takes members out of a tree that has passed the check. */
final class Members {

    private Members() {
    }

    /** @return a text; null where there is none */
    static String text(JsonNode node, String name) {
        return node.path(name).isTextual() ? node.get(name).asText() : null;
    }

    /** @return a duration; null where there is none */
    static Duration duration(JsonNode node, String name) {
        return Keys.parseDuration(node.path(name).asText()).orElse(null);
    }

    /** @return a duration, or the one that counts where there is none */
    static Duration duration(JsonNode node, String name, Duration otherwise) {
        return Keys.parseDuration(node.path(name).asText()).orElse(otherwise);
    }

    /** @return the texts of an object by their names, in its order */
    static Map<String, String> texts(JsonNode node) {
        Map<String, String> texts = new LinkedHashMap<>();
        node.fields().forEachRemaining(one -> texts.put(one.getKey(), one.getValue().asText()));
        return Collections.unmodifiableMap(texts);
    }

    /** @return the texts of a list, or the one text that stands in its place */
    static List<String> list(JsonNode node) {
        List<String> texts = new ArrayList<>();
        node.forEach(one -> texts.add(one.asText()));
        return node.isTextual() ? List.of(node.asText()) : List.copyOf(texts);
    }

    /** @return codes, or those that count where there are none */
    static JsonNode codes(JsonNode node, String name, Object... otherwise) {
        if (node.has(name)) {
            return node.get(name);
        }
        ArrayNode codes = JsonNodeFactory.instance.arrayNode();
        for (Object code : otherwise) {
            if (code instanceof Integer one) {
                codes.add(one);
            } else {
                codes.add(code.toString());
            }
        }
        return codes;
    }
}
