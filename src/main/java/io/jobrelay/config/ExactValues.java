package io.jobrelay.config;

import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.camel.CamelContext;
import org.apache.camel.component.properties.DefaultPropertiesParser;
import org.apache.camel.component.properties.PropertiesComponent;
import org.apache.camel.component.properties.PropertiesLookup;
import org.apache.camel.spi.PropertiesFunction;

/**
 * Lets what stands in the environment or behind {@code -D} come out of Camel's placeholders as it went in, wherever they are: in keys, in routes, in
 * {@code {{env:NAME}}}. Camel takes a backslash near the end of a text for one that escapes braces, and reads the braces inside of a password
 * as a placeholder that is not complete. Here a placeholder in such a value is resolved where it names something, and all else is text.
 */
public final class ExactValues extends DefaultPropertiesParser {

    private static final String OPEN = "{{";
    private static final String CLOSE = "}}";
    /** Camel looks for escapes up to there, and so sees no other end of a text. */
    private static final String END = "--";
    /** What Camel would read something into, and what stands for it meanwhile: code points that are no characters. */
    private static final String MEANT = "{}\\";
    private static final String HIDDEN = "\uFDD0\uFDD1\uFDD2";

    private final PropertiesComponent component;
    /** Values that hold what could be taken for the ends of placeholders. */
    private final Set<String> braces = ConcurrentHashMap.newKeySet();
    private final ThreadLocal<Set<String>> underWay = ThreadLocal.withInitial(HashSet::new);

    private ExactValues(PropertiesComponent component) {
        super(component);
        this.component = component;
        System.getenv().forEach((name, value) -> remember(name.startsWith("CAMEL_"), value)); // Camel takes its own by itself
        System.getProperties().forEach((name, value) -> remember(name.toString().startsWith("camel."), value.toString()));
    }

    /** What is little more than a pair of braces stands in every placeholder. */
    private void remember(boolean wanted, String value) {
        if (wanted && value.length() > OPEN.length() + CLOSE.length() && (value.contains(OPEN) || value.contains(CLOSE))) {
            braces.add(value);
        }
    }

    /** @param context of the relay's own, whose placeholders are to be read so */
    public static void in(CamelContext context) {
        in((PropertiesComponent) context.getPropertiesComponent());
    }

    /** @param component that reads the placeholders of a context of the relay's own */
    public static void in(PropertiesComponent component) {
        ExactValues exact = new ExactValues(component);
        component.setPropertiesParser(exact);
        for (String name : new String[] {"env", "sys"}) {
            component.addPropertiesFunction(exact.new Function(component.getPropertiesFunction(name)));
        }
    }

    /**
     * @param key such as {@code relay.sinks}
     * @return what the environment says, else what {@code -D} says, as it stands; empty where both say nothing
     */
    public static Optional<String> given(String key) {
        String variable = System.getenv(Keys.variable(key));
        return Optional.ofNullable(variable == null || ServiceLinks.isOne(key, variable) ? System.getProperty(key) : variable);
    }

    /**
     * @param properties of any context
     * @param value as it was given
     * @return the same, with each placeholder in it that names something resolved
     */
    static String resolved(org.apache.camel.spi.PropertiesComponent properties, String value) {
        StringBuilder text = new StringBuilder();
        int done = 0;
        for (int begin = value.indexOf(OPEN); begin >= 0; begin = value.indexOf(OPEN, Math.max(begin + 1, done))) {
            int end = end(value, begin);
            Optional<String> found = end < 0 ? Optional.empty() : parsed(properties, value.substring(begin, end));
            if (found.isPresent()) {
                text.append(value, done, begin).append(found.get());
                done = end;
            }
        }
        return text.append(value, done, value.length()).toString();
    }

    /**
     * @param properties of any context
     * @param text with placeholders
     * @return the same with what they name; empty where one names nothing
     */
    static Optional<String> parsed(org.apache.camel.spi.PropertiesComponent properties, String text) {
        try {
            String parsed = properties.parseUri(text + END);
            return Optional.of(parsed.substring(0, parsed.length() - END.length()));
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
    }

    /** @return where the placeholder that begins there is over; -1 where it is not */
    private static int end(String value, int begin) {
        int depth = 0;
        for (int i = begin; i < value.length() - 1; i++) {
            if (value.startsWith(OPEN, i)) {
                depth++;
                i++;
            } else if (value.startsWith(CLOSE, i)) {
                depth--;
                i++;
                if (depth == 0) {
                    return i + 1;
                }
            }
        }
        return -1;
    }

    // ---- in the place of Camel's parser

    @Override
    public String parseUri(String text, PropertiesLookup properties, boolean fallback, boolean keepOptional, boolean nested) {
        String parsed;
        try {
            parsed = super.parseUri(text, properties, fallback, keepOptional, nested);
        } catch (IllegalArgumentException e) { // an endpoint reads its options once more when they have their values
            String whole = text.endsWith(CLOSE) ? text.substring(0, text.length() - CLOSE.length()) : text; // Camel adds what it takes for missing
            String again = braces.contains(whole) ? whole : text;
            for (String value : braces) {
                again = again.replace(value, hidden(value));
            }
            if (again.equals(text)) {
                throw e;
            }
            parsed = super.parseUri(again, properties, fallback, keepOptional, nested);
        }
        return parsed == null ? null : escaped(shown(unescaped(parsed)));
    }

    /** Camel asks for this with every value that it has found. */
    @Override
    public String parseProperty(String key, String value, PropertiesLookup properties) {
        if (ServiceLinks.isOne(key, value)) {
            return given(key).orElseGet(() -> properties.lookup(key, null));
        }
        return value != null && given(key).filter(value::equals).isPresent() ? exactly(key, value.trim()) : value; // one of a template's counts more
    }

    /**
     * @param value that is to be read as it stands
     * @return the same for a component that reads placeholders so
     */
    public static String hidden(String value) {
        return exchanged(value, MEANT, HIDDEN);
    }

    private static String shown(String text) {
        return exchanged(text, HIDDEN, MEANT);
    }

    private static String exchanged(String text, String these, String those) {
        String now = text;
        for (int i = 0; i < these.length(); i++) {
            now = now.replace(these.charAt(i), those.charAt(i));
        }
        return now;
    }

    private String exactly(String name, String value) {
        if (!underWay.get().add(name)) {
            throw new IllegalArgumentException("Circular reference: " + name);
        }
        try {
            String exact = resolved(component, value);
            remember(true, exact);
            return hidden(exact);
        } finally {
            underWay.get().remove(name);
        }
    }

    /** As Camel means it: braces that are no placeholder have a backslash in front. */
    private static String unescaped(String text) {
        return text.replace("\\" + OPEN, OPEN).replace("\\" + CLOSE, CLOSE);
    }

    /** Camel takes escapes out of what comes from here, and with them the first backslash among the last two characters. */
    private static String escaped(String text) {
        StringBuilder escaped = new StringBuilder(text.length() + 1);
        boolean last = false;
        for (int i = 0; i < text.length(); i++) {
            if (text.charAt(i) == '\\' && !last) {
                last = i + 2 >= text.length();
                if (last || text.startsWith(OPEN, i + 1) || text.startsWith(CLOSE, i + 1)) {
                    escaped.append('\\');
                }
            }
            escaped.append(text.charAt(i));
        }
        return escaped.toString();
    }

    /** A function whose answers come from outside, too. */
    private final class Function implements PropertiesFunction {

        private final PropertiesFunction function;

        Function(PropertiesFunction function) {
            this.function = function;
        }

        @Override
        public String getName() {
            return function.getName();
        }

        @Override
        public String apply(String remainder) {
            String value = function.apply(remainder);
            return value == null ? null : exactly(getName() + ":" + remainder, value);
        }
    }
}
