package io.jobrelay.document;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What the names in {@code ${...}} stand for. A value is a text, or JSON where a list or a number is meant ({@code registration.events}).
 * {@code +rest}, which has no empty segment, and {@code rest:1} are made of {@code rest}; a name that nobody gave is unknown.
 */
public final class Variables {

    private static final Pattern SEGMENT = Pattern.compile("rest:([1-9]\\d?)");
    private final Map<String, Object> values = new HashMap<>();
    private final Function<String, ?> others;

    private Variables(Function<String, ?> others) {
        this.others = others;
    }

    /** @return none yet */
    public static Variables none() {
        return new Variables(name -> null);
    }

    /**
     * @param others gives what is not named here: a text, JSON, or null
     * @return these
     */
    public static Variables of(Function<String, ?> others) {
        return new Variables(others);
    }

    /**
     * @param name of a variable
     * @param value a text or JSON; null leaves it unknown
     * @return the same, with it
     */
    public Variables with(String name, Object value) {
        values.put(name, value);
        return this;
    }

    /**
     * @param name of a variable
     * @return a text or JSON; null where it is unknown
     */
    public Object get(String name) {
        Object value = values.containsKey(name) ? values.get(name) : others.apply(name);
        if (value != null) {
            return value;
        }
        Matcher segment = SEGMENT.matcher(name);
        if (name.equals("+rest")) { // with an empty segment it might begin //host
            String rest = text("rest");
            return rest == null || ("/" + rest + "/").contains("//") ? null : rest;
        }
        if (!segment.matches() || text("rest") == null) {
            return null;
        }
        String[] segments = text("rest").split("/");
        int number = Integer.parseInt(segment.group(1));
        return number > segments.length ? null : segments[number - 1];
    }

    /**
     * @param name of a variable
     * @return its text; null where it is unknown
     */
    public String text(String name) {
        Object value = get(name);
        return value instanceof JsonNode json ? json.isValueNode() ? json.asText() : json.toString() : value == null ? null : value.toString();
    }
}
