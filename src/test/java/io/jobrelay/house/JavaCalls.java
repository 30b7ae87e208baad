package io.jobrelay.house;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Which routes Java calls: found by the routes' names that stand as strings in the sources, and told apart by the bean they are given to. A
 * name belongs to the bean named before it in the same statement, or after it, or where the variable that holds it is bound, or the class.
 *
 * @param byBean names of routes, and with a hyphen at the end the beginning of such, by the bean that is a step of routes
 * @param alone those called by Java of its own accord, not for a route
 */
record JavaCalls(Map<String, Set<String>> byBean, Set<String> alone) {

    private static final String STRING = "\"(?:\\\\.|[^\"\\\\]++)*+\"|'(?:\\\\.|[^'\\\\]++)*+'";
    private static final Pattern TEXT = Pattern.compile("\"\"\".*?\"\"\"|" + STRING + "|/\\*.*?\\*/|//[^\n]*", Pattern.DOTALL);
    private static final Pattern LITERAL = Pattern.compile("\"([^\"]*)\"");
    private static final Pattern VARIABLE = Pattern.compile("\\b[A-Z]\\w*(?:<[^>]*>)? (\\w+) =[^=]");

    /**
     * @param java the sources
     * @param steps the beans that are steps of routes
     * @param processors those of them that are called with the whole exchange
     * @param routes the names that routes are called by
     * @return who calls what
     */
    static JavaCalls in(Map<Path, String> java, Set<String> steps, Set<String> processors, Set<String> routes) {
        Map<Path, List<String>> statements = new LinkedHashMap<>();
        java.forEach((file, text) -> statements.put(file, statements(text)));
        Map<String, Set<String>> byBean = new TreeMap<>();
        Set<String> alone = new TreeSet<>();
        statements.forEach((file, all) -> all.forEach(statement -> literals(statement, (literal, at) -> {
            boolean uri = literal.matches("(direct|seda):[a-z].*");
            String name = uri ? literal.replaceFirst("^\\w+:(//)?", "").replaceFirst("\\?.*", "") : literal;
            if (!uri && !routes.contains(name)) {
                return;
            }
            Set<String> beans = uri ? processors : steps; // what calls a route by itself is not of the bean that it happens to name
            String bean = beside(statement, at, beans);
            Matcher variable = VARIABLE.matcher(statement);
            if (bean == null && variable.find()) {
                Pattern word = Pattern.compile("\\b" + variable.group(1) + "\\b");
                bean = all.stream().filter(s -> word.matcher(s).find())
                        .map(s -> beside(s, 0, beans))
                        .filter(b -> b != null).findFirst().orElse(null);
            }
            if (bean == null && uri) {
                String made = "new " + file.getFileName().toString().replace(".java", "") + "(";
                bean = statements.values().stream().flatMap(List::stream).filter(s -> s.contains(made)).map(s -> beside(s, 0, processors))
                        .filter(b -> b != null).findFirst().orElse(null);
            }
            if (bean != null) {
                byBean.computeIfAbsent(bean, b -> new TreeSet<>()).add(name);
            } else if (uri) {
                alone.add(name);
            }
        })));
        for (String bean : processors) { // a name that Java puts together
            if (!byBean.containsKey(bean)) {
                routes.stream().filter(route -> ('-' + bean + '-').contains('-' + route + '-'))
                        .forEach(route -> byBean.computeIfAbsent(bean, b -> new TreeSet<>()).add(route));
            }
        }
        return new JavaCalls(byBean, alone);
    }

    /** @return all that Java calls */
    Set<String> all() {
        Set<String> all = new TreeSet<>(alone);
        byBean.values().forEach(all::addAll);
        return all;
    }

    /**
     * @param text of a Java file
     * @return the same without its comments
     */
    static String code(String text) {
        return TEXT.matcher(text).replaceAll(found -> Matcher.quoteReplacement(found.group().startsWith("/") ? " " : found.group()));
    }

    private static List<String> statements(String text) {
        List<String> found = new ArrayList<>();
        Matcher parts = Pattern.compile("(?:" + STRING + "|[^;{}\"']++)++").matcher(code(text));
        while (parts.find()) {
            found.add(parts.group());
        }
        return found;
    }

    private interface Seen {
        void literal(String text, int at);
    }

    private static void literals(String statement, Seen seen) {
        Matcher found = LITERAL.matcher(statement);
        while (found.find()) {
            seen.literal(found.group(1), found.start());
        }
    }

    /** @return the last of these beans that is named before a place in a statement, or else the first after it; null where none is */
    private static String beside(String statement, int at, Set<String> beans) {
        String[] near = new String[1];
        literals(statement, (literal, here) -> {
            if (beans.contains(literal) && (here < at || near[0] == null)) {
                near[0] = literal;
            }
        });
        return near[0];
    }
}
