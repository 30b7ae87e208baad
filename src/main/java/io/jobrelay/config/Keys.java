package io.jobrelay.config;

import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;
import java.util.Properties;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.camel.CamelContext;
import org.apache.camel.spi.PropertiesComponent;
import org.apache.camel.util.OrderedLocationProperties;

/**
 * Reads {@code relay.*} keys as typed values, wherever Camel finds them: environment, system property, {@code application.properties}. Camel's own
 * conversion takes {@code 5} for milliseconds, and what it says of a wrong value does not name the place where that stands.
 */
public final class Keys {

    private static final Pattern DURATION = Pattern.compile("(\\d{1,15})(ms|s|m|h|d)");
    private static final Pattern SIZE = Pattern.compile("(\\d{1,15})(B|KB|KiB|MB|MiB|GB|GiB)?");

    private final CamelContext context;

    /** @param context whose properties are read */
    public Keys(CamelContext context) {
        this.context = context;
    }

    /**
     * @param key such as {@code relay.sinks}
     * @return its value, placeholders resolved and blanks trimmed; empty when the key is unset or blank. What the environment or {@code -D} says
     *     is taken as it stands but for that
     */
    public Optional<String> text(String key) {
        String instead = context.getGlobalOption(key); // of a context that only looks, and must not open what is configured
        if (instead != null) {
            return Optional.of(instead).filter(v -> !v.isBlank());
        }
        return ExactValues.given(key).map(given -> ExactValues.resolved(context.getPropertiesComponent(), given)).or(() -> found(key))
                .map(String::trim).filter(v -> !v.isEmpty());
    }

    /**
     * Camel takes a value it cannot resolve for one that is not there, and a JSON object in an object ends with the two braces that end a
     * placeholder: such a value is meant as it stands.
     */
    private Optional<String> found(String key) {
        PropertiesComponent properties = context.getPropertiesComponent();
        return ExactValues.parsed(properties, "{{" + key + "}}").filter(value -> !ServiceLinks.isOne(key, value))
                .or(() -> Optional.ofNullable(properties.loadProperties(key::equals).getProperty(key)))
                .or(() -> properties.getPropertiesSources().stream().map(source -> source.getProperty(key)).filter(Objects::nonNull).findFirst())
                .filter(value -> !ServiceLinks.isOne(key, value));
    }

    /**
     * @param key such as {@code relay.sinks}
     * @return where its value stands, for a message: an environment variable, an option of the command line, or a file
     */
    public String where(String key) {
        String variable = variable(key);
        if (System.getenv(variable) != null && !ServiceLinks.isOne(key, System.getenv(variable))) {
            return "environment variable " + variable;
        }
        if (System.getProperty(key) != null) {
            return "-D" + key;
        }
        Properties found = context.getPropertiesComponent().loadProperties(key::equals);
        String location = found instanceof OrderedLocationProperties ordered ? ordered.getLocation(key) : null;
        return location == null ? "not set" : location;
    }

    /**
     * @param key such as {@code relay.poll.initial-delay}
     * @return the environment variable that sets it, such as {@code RELAY_POLL_INITIAL_DELAY}
     */
    public static String variable(String key) {
        return key.toUpperCase(Locale.ROOT).replace('.', '_').replace('-', '_');
    }

    /**
     * @param key whose value must be there
     * @return the value
     * @throws StartFailure when the key is unset or blank
     */
    public String required(String key) {
        return text(key).orElseThrow(() -> new StartFailure(key + " is not set. Set it in application.properties."));
    }

    /**
     * @param key whose value reads {@code 250ms}, {@code 2s}, {@code 10m}, {@code 1h} or {@code 7d}
     * @return the duration
     * @throws StartFailure when it cannot be read
     */
    public Duration duration(String key) {
        return parseDuration(required(key)).orElseThrow(() -> unreadable(key, "a duration such as 250ms, 2s, 10m, 1h or 7d"));
    }

    /**
     * @param key whose value is a duration, or {@code keep}
     * @return the duration; empty for {@code keep}, and where the key is unset or blank
     * @throws StartFailure when it can be read as neither
     */
    public Optional<Duration> durationOrKeep(String key) {
        return text(key).filter(v -> !v.equals("keep"))
                .map(v -> parseDuration(v).orElseThrow(() -> unreadable(key, "a duration such as 250ms, 2s, 10m, 1h or 7d, or keep")));
    }

    /**
     * @param key whose value reads {@code 65536}, {@code 20MB} or {@code 64MiB}
     * @return bytes
     * @throws StartFailure when it cannot be read
     */
    public long size(String key) {
        return parseSize(required(key)).orElseThrow(() -> unreadable(key, "a size such as 65536, 20MB or 64MiB"));
    }

    /**
     * @param key whose value is a whole number
     * @return the number
     * @throws StartFailure when it cannot be read
     */
    public int number(String key) {
        try {
            return Integer.parseInt(required(key));
        } catch (NumberFormatException e) {
            throw unreadable(key, "a whole number");
        }
    }

    /**
     * @param key whose value is {@code true} or {@code false}
     * @return the value
     * @throws StartFailure when it is neither
     */
    public boolean flag(String key) {
        return switch (required(key)) {
            case "true" -> true;
            case "false" -> false;
            default -> throw unreadable(key, "true or false");
        };
    }

    /**
     * @param key whose value is a comma-separated list
     * @return its elements, trimmed, without empty ones; an unset key is an empty list
     */
    public List<String> list(String key) {
        return text(key).map(v -> Arrays.stream(v.split(",")).map(String::trim).filter(s -> !s.isEmpty()).toList()).orElse(List.of());
    }

    /**
     * @param key that cannot be read
     * @param takes what it takes, in words
     * @return the failure that says so; the value itself is not repeated, it may be a secret
     */
    public static StartFailure unreadable(String key, String takes) {
        return new StartFailure("The value of " + key + " cannot be read: it takes " + takes + ".");
    }

    /**
     * @param text that may read {@code 250ms}, {@code 2s}, {@code 10m}, {@code 1h} or {@code 7d}
     * @return the duration; empty when it cannot be read
     */
    public static Optional<Duration> parseDuration(String text) {
        Matcher m = DURATION.matcher(text);
        if (!m.matches()) {
            return Optional.empty();
        }
        long n = Long.parseLong(m.group(1));
        try {
            return Optional.of(switch (m.group(2)) {
                case "ms" -> Duration.ofMillis(n);
                case "s" -> Duration.ofSeconds(n);
                case "m" -> Duration.ofMinutes(n);
                case "h" -> Duration.ofHours(n);
                default -> Duration.ofDays(n);
            });
        } catch (ArithmeticException e) {
            return Optional.empty();
        }
    }

    static Optional<Long> parseSize(String text) {
        Matcher m = SIZE.matcher(text);
        if (!m.matches()) {
            return Optional.empty();
        }
        long factor = switch (m.group(2) == null ? "B" : m.group(2)) {
            case "B" -> 1L;
            case "KB" -> 1_000L;
            case "KiB" -> 1L << 10;
            case "MB" -> 1_000_000L;
            case "MiB" -> 1L << 20;
            case "GB" -> 1_000_000_000L;
            default -> 1L << 30;
        };
        try {
            return Optional.of(Math.multiplyExact(Long.parseLong(m.group(1)), factor));
        } catch (ArithmeticException e) {
            return Optional.empty();
        }
    }
}
