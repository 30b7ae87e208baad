package io.jobrelay.cases;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import org.apache.camel.util.TimeUtils;

/** What a case expects beside what was found, a line each. Only what the case writes is compared; of lists the number too. */
final class CaseComparison {

    /** How much time passes. */
    static final String STEP = "[+-]\\d{1,9}(ms|s|m|h|d)";
    private static final Map<Long, String> UNITS = Map.of(1L, "ms", 1_000L, "s", 60_000L, "m", 3_600_000L, "h", 86_400_000L, "d");
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final int LONGEST = 110;

    private record Line(String what, String expected, String found, boolean same) {
    }

    private final List<Line> lines = new ArrayList<>();
    private final long now;

    /** @param now to which the times of the case are relative, in milliseconds */
    CaseComparison(long now) {
        this.now = now;
    }

    /**
     * @param step such as {@code +10m}
     * @return how long it is, in milliseconds
     */
    static long millis(String step) {
        return (step.startsWith("-") ? -1 : 1) * TimeUtils.toMilliSeconds(step.substring(1));
    }

    /**
     * @param value of a case
     * @param now in milliseconds
     * @return the time in milliseconds where it is one, {@code now} or {@code now+10m}; else the value
     */
    static Object time(Object value, long now) {
        return !(value instanceof String text) || !text.matches("now(" + STEP + ")?") ? value
                : (Object) (text.equals("now") ? now : now + millis(text.substring(3)));
    }

    /**
     * @param what it is, in the words of the case
     * @param expected a part of the case
     * @param found what there is in its place; null when there is nothing
     * @return this
     */
    CaseComparison compare(String what, Object expected, Object found) {
        if (expected instanceof Map<?, ?> members && parsed(found) instanceof Map<?, ?> has) {
            members.forEach((name, member) -> compare((what + " " + name).strip(), member, has.get(name)));
        } else if (expected instanceof List<?> list && parsed(found) instanceof List<?> has) {
            if (list.size() != has.size()) {
                lines.add(new Line(what, text(what, list), text(what, has), false));
            }
            for (int i = 0; i < Math.min(list.size(), has.size()); i++) {
                compare(what + " #" + (i + 1), list.get(i), has.get(i));
            }
        } else if (expected instanceof String && found instanceof Map<?, ?> sent && sent.containsKey("request")) {
            compare(what, expected, sent.get("request"));
        } else {
            lines.add(new Line(what, text(what, expected), text(what, found), same(expected, found)));
        }
        return this;
    }

    /** @return whether all is as it was expected */
    boolean same() {
        return lines.stream().allMatch(Line::same);
    }

    /** @return a table of all that was compared, with a mark where something else was found */
    @Override
    public String toString() {
        int first = lines.stream().mapToInt(line -> line.what.length()).max().orElse(0);
        int second = lines.stream().mapToInt(line -> line.expected.length()).max().orElse(0);
        String form = "\n%1s %-" + first + "s  %-" + Math.max("expected".length(), second) + "s  %s";
        return String.format(Locale.ROOT, form, "", "", "expected", "found") + lines.stream()
                .map(line -> String.format(Locale.ROOT, form, line.same ? "" : ">", line.what, line.expected, line.found))
                .collect(Collectors.joining());
    }

    private boolean same(Object expected, Object found) {
        if (expected == null || found == null || expected.equals("any")) {
            return (expected == null) == (found == null);
        }
        if (found instanceof Number number && (expected instanceof Number || time(expected, now) instanceof Number)) {
            return new BigDecimal(time(expected, now).toString()).compareTo(new BigDecimal(number.toString())) == 0;
        }
        String word = plain(expected);
        return word.equals("later") ? found instanceof Long time && time > now
                : word.matches("/.+/") ? plain(found).matches("(?s).*(?:" + word.substring(1, word.length() - 1) + ").*") : word.equals(plain(found));
    }

    private String text(String what, Object value) {
        String text = value == null || value instanceof List<?> none && none.isEmpty() ? "nothing"
                : value instanceof Long time && what.endsWith("_at") ? told(time - now)
                : value instanceof List<?> list ? list.size() + ": " + list.stream().map(one -> text(what, one)).collect(Collectors.joining(", "))
                : value instanceof Map<?, ?> map && map.containsKey("request") ? plain(map.get("request"))
                : value instanceof Map<?, ?> map ? map.entrySet().stream().filter(member -> member.getValue() != null).map(member -> {
                    String name = member.getKey().toString().toLowerCase(Locale.ROOT);
                    return name + ": " + text(name, member.getValue());
                }).collect(Collectors.joining(", ", "{", "}"))
                : plain(value);
        return text.length() > LONGEST ? text.substring(0, LONGEST) + "..." : text;
    }

    private static String told(long away) {
        long unit = UNITS.keySet().stream().filter(millis -> away % millis == 0).max(Long::compare).orElse(1L);
        return away == 0 ? "now" : String.format(Locale.ROOT, "now%+d%s", away / unit, UNITS.get(unit));
    }

    private static String plain(Object value) {
        return value instanceof byte[] bytes ? new String(bytes, StandardCharsets.UTF_8) : String.valueOf(value);
    }

    /** @return what a body or a column says, where it is JSON */
    private static Object parsed(Object found) {
        try {
            return found instanceof String || found instanceof byte[] ? JSON.readValue(plain(found), Object.class) : found;
        } catch (JsonProcessingException e) {
            return found;
        }
    }
}
