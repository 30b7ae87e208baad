package io.jobrelay.cases;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;

/**
 * A case of {@code src/test/resources/cases/}, all of whose members are known. What they mean says src/docs/editing.md.
 *
 * @param name the file it stands in, and its own name: how messages begin
 * @param given rows by table, and the answers of {@code api} and {@code sink}
 * @param when what happens, in order
 * @param then what is there afterwards
 */
record RouteCase(String name, Map<String, List<Map<String, Object>>> given, List<Map<String, Object>> when, Map<String, Object> then) {

    private static final Object ANYTHING = "";
    private static final List<String> KINDS = List.of("callback", "public", "admin", "send", "clock");

    /** A text that is no free one. */
    private record Text(String pattern, String told) {
    }

    /**
     * @param file name for messages
     * @param text YAML, a list of cases
     * @param tables that rows may be of, each with its columns
     * @return the cases
     * @throws AssertionError a sentence with file, case and what is allowed, when a case is wrong in itself
     */
    @SuppressWarnings("unchecked")
    static List<RouteCase> read(String file, String text, Map<String, List<String>> tables) {
        try {
            Object all = new Load(LoadSettings.builder().setLabel(file).build()).loadFromString(text);
            check(file + ":", all, List.of(ANYTHING));
            return ((List<Object>) all).stream().map(one -> {
                Map<String, Object> members = one instanceof Map<?, ?> map ? new LinkedHashMap<>((Map<String, Object>) map) : Map.of();
                String name = file + ", \"" + members.get("name") + "\"";
                members.putIfAbsent("given", Map.of());
                members.computeIfPresent("when", (when, step) -> step instanceof Map ? List.of(step) : step);
                check(name + ":", members, shape(tables));
                if (!members.keySet().containsAll(List.of("name", "when", "then"))) {
                    throw wrong(name + ": a case has a name, which is a sentence, a when and a then");
                }
                List<Map<String, Object>> when = (List<Map<String, Object>>) members.get("when");
                if (!when.stream().allMatch(step -> KINDS.stream().filter(step::containsKey).count() == 1)) {
                    throw wrong(name + ": each step of when has exactly one of " + String.join(", ", KINDS));
                }
                if (members.get("then").equals(Map.of())) {
                    throw wrong(name + ": then expects nothing; there may be " + names(shape(tables).get("then")));
                }
                return new RouteCase(name, (Map<String, List<Map<String, Object>>>) members.get("given"), when,
                        (Map<String, Object>) members.get("then"));
            }).toList();
        } catch (YamlEngineException e) {
            throw wrong(file + ": this is no YAML: " + e.getMessage());
        }
    }

    private static Map<String, Object> shape(Map<String, List<String>> tables) {
        Map<String, Object> rows = new LinkedHashMap<>();
        tables.forEach((table, columns) -> rows.put(table, List.of(members(columns.toArray()))));
        Object replies = List.of(members("status", "headers", "body", "lost"));
        Object requests = List.of(members("request", "headers", "body"));
        Text request = new Text("(GET|HEAD|POST|PUT|DELETE) /\\S*", "a method and a path, such as POST /jobs");
        Map<String, Object> step = members("headers", "body", "callback");
        step.putAll(Map.of("public", request, "admin", request, "send", new Text("direct:[a-z-]+", "the name of a route, such as direct:poll-due"),
                "clock", new Text(CaseComparison.STEP, "how much time passes, such as +10m (ms, s, m, h, d)")));
        Map<String, Object> given = new LinkedHashMap<>(rows);
        given.putAll(Map.of("api", replies, "sink", replies));
        rows.putAll(Map.of("answers", List.of(members("status", "headers", "body")), "sent", Map.of("api", requests, "sink", requests)));
        return Map.of("name", new Text(".*\\S.*", "a sentence"), "given", given, "when", List.of(step), "then", rows);
    }

    private static Map<String, Object> members(Object... names) {
        return Stream.of(names).collect(Collectors.toMap(String::valueOf, name -> ANYTHING, (a, b) -> a, LinkedHashMap::new));
    }

    private static void check(String here, Object value, Object shape) {
        if (shape instanceof List<?> each) {
            if (!(value instanceof List<?> list)) {
                throw wrong(here + " is a list, each element behind a dash or all in [ ], and not " + value);
            }
            list.forEach(element -> check(here, element, each.get(0)));
        } else if (shape instanceof Map<?, ?> members && !(members.containsKey("request") && value instanceof String)) {
            String allowed = names(members);
            if (!(value instanceof Map<?, ?> map)) {
                throw wrong(here + " has members (" + allowed + "), and is not " + value);
            }
            map.forEach((name, member) -> {
                if (!members.containsKey(name)) {
                    throw wrong(here + " there is no " + name + "; there may be " + allowed);
                }
                check(here + " " + name, member, members.get(name));
            });
        } else if (shape instanceof Text text && !String.valueOf(value).matches(text.pattern)) {
            throw wrong(here + " is " + text.told + ", and not " + value);
        }
    }

    private static String names(Object shape) {
        return ((Map<?, ?>) shape).keySet().stream().map(String::valueOf).sorted().collect(Collectors.joining(", "));
    }

    /**
     * @param sentence for whoever writes cases
     * @return it, without the way through the runner, which is nothing to them
     */
    static AssertionError wrong(String sentence) {
        AssertionError error = new AssertionError(sentence);
        error.setStackTrace(new StackTraceElement[0]);
        return error;
    }
}
