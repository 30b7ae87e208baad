package io.jobrelay.config;

import io.jobrelay.protocol.Nearest;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.apache.camel.CamelContext;

/** Every key of the relay and what it takes. What each means stands in {@code application.properties}, which holds the same keys. */
public final class KeyCatalogue {

    private static final String PREFIX = "relay.";
    private static final Map<String, KeyType> KEYS = new LinkedHashMap<>();

    static {
        KEYS.put("camel.server.port", KeyType.number(1, 65_535));
        KEYS.put("relay.public-url", KeyType.baseUrl("https://relay.example.org").orNothing());
        KEYS.put("relay.webhook.path", KeyType.webhookPath());
        KEYS.put("relay.webhook.secret", KeyType.secrets().orNothing());
        KEYS.put("relay.webhook.max-body", KeyType.size("1KiB", "1GiB"));
        KEYS.put("relay.admin.host", KeyType.host());
        KEYS.put("relay.admin.port", KeyType.number(1, 65_535));
        KEYS.put("relay.admin.api-key", KeyType.secret().orNothing());
        KEYS.put("relay.admin.read-key", KeyType.secret().orNothing());
        KEYS.put("relay.admin.enabled", KeyType.oneOf("true", "false").orNothing());
        KEYS.put("relay.inbox.directory", KeyType.folder().orNothing());
        KEYS.put("relay.inbox.still-for", KeyType.duration("0s", "1d"));
        KEYS.put("relay.inbox.reject-after", KeyType.duration("0s", "7d"));
        KEYS.put("relay.inbox.request", KeyType.jsonObject());
        KEYS.put("relay.inbox.done-retention", KeyType.duration("1s", "36500d").or("keep").orNothing());
        KEYS.put("relay.ringcentral.server-url", KeyType.baseUrl("https://platform.ringcentral.com").orNothing());
        KEYS.put("relay.ringcentral.client-id", KeyType.text().orNothing());
        KEYS.put("relay.ringcentral.client-secret", KeyType.text().orNothing());
        KEYS.put("relay.ringcentral.jwt", KeyType.text().orNothing());
        KEYS.put("relay.ringcentral.requests-per-minute", KeyType.number(1, 1_000_000).orNothing());
        KEYS.put("relay.submit.retry-delay", KeyType.duration("1ms", "7d"));
        KEYS.put("relay.submit.max-delay", KeyType.duration("1ms", "7d"));
        KEYS.put("relay.submit.in-doubt-wait", KeyType.duration("1ms", "7d"));
        KEYS.put("relay.poll.initial-delay", KeyType.duration("1ms", "7d"));
        KEYS.put("relay.poll.max-delay", KeyType.duration("1ms", "7d"));
        KEYS.put("relay.poll.max-body", KeyType.size("1KiB", "1GiB"));
        KEYS.put("relay.poll.interval", KeyType.duration("10ms", "1h"));
        KEYS.put("relay.poll.batch-size", KeyType.number(1, 10_000));
        KEYS.put("relay.claim.lease", KeyType.duration("1s", "1d"));
        KEYS.put("relay.sinks", KeyType.sinks().orNothing());
        KEYS.put("relay.sink.file.directory", KeyType.folder());
        KEYS.put("relay.sink.file.retention", KeyType.duration("1s", "36500d").or("keep").orNothing());
        KEYS.put("relay.sink.http.url", KeyType.webUrl().orNothing());
        KEYS.put("relay.sink.http.secret", KeyType.whsec().orNothing());
        KEYS.put("relay.sink.http.timeout", KeyType.duration("1ms", "1h"));
        KEYS.put("relay.delivery.max-attempts", KeyType.number(1, 1_000_000));
        KEYS.put("relay.delivery.initial-delay", KeyType.duration("1ms", "7d"));
        KEYS.put("relay.delivery.max-delay", KeyType.duration("1ms", "7d"));
        KEYS.put("relay.db.url", KeyType.jdbcUrl());
        KEYS.put("relay.db.username", KeyType.text().orNothing());
        KEYS.put("relay.db.password", KeyType.text().orNothing());
        KEYS.put("relay.db.volatile", KeyType.oneOf("true", "false"));
        KEYS.put("relay.db.data-source", KeyType.text().orNothing());
        KEYS.put("relay.retention", KeyType.duration("1s", "36500d"));
        KEYS.put("relay.retention.interval", KeyType.duration("10ms", "7d"));
        KEYS.put("relay.routes.reload", KeyType.oneOf("true", "false"));
        KEYS.put("relay.log.format", KeyType.oneOf("text", "json"));
        KEYS.put("relay.log.decisions", KeyType.oneOf("true", "false"));
    }

    private KeyCatalogue() {
    }

    /** @return every key the relay knows, in the order of {@code application.properties} */
    public static Set<String> names() {
        return Collections.unmodifiableSet(KEYS.keySet());
    }

    /**
     * Looks through the keys set in any file and on the command line, then at every value.
     *
     * @param context whose properties hold the keys
     * @throws StartFailure naming the first key that is unknown, or whose value cannot be read
     */
    public static void check(CamelContext context) {
        problems(context).entrySet().stream().findFirst().ifPresent(first -> {
            throw new StartFailure(first.getValue());
        });
    }

    /**
     * @param context whose properties hold the keys
     * @return a sentence for each key that is unknown, or whose value cannot be read, by key
     */
    public static Map<String, String> problems(CamelContext context) {
        Keys keys = new Keys(context);
        Map<String, String> problems = new LinkedHashMap<>();
        if (keys.text("relay.sinks").isPresent()) {
            read(keys, "relay.sinks").ifPresent(problem -> problems.put("relay.sinks", problem));
        }
        List<String> sinks = keys.list("relay.sinks");
        for (String key : set(context)) {
            if (!known(key, sinks)) {
                problems.put(key, key + " (" + keys.where(key) + ") is not a key of the relay. " + advice(key));
            }
        }
        KEYS.keySet().forEach(key -> read(keys, key).ifPresent(problem -> problems.put(key, problem)));
        return problems;
    }

    /**
     * @param environment by name
     * @param sinks {@code relay.sinks}
     * @return a sentence for each variable that looks like a key of the relay and is none; platforms set such names by themselves, so it is no more
     */
    public static List<String> strangers(Map<String, String> environment, List<String> sinks) {
        List<String> sentences = new ArrayList<>(ServiceLinks.warning(environment).stream().toList());
        environment.keySet().stream().filter(v -> v.startsWith("RELAY_") && !ServiceLinks.isOneOf(v, environment.get(v))).sorted()
                .filter(v -> KEYS.keySet().stream().noneMatch(key -> Keys.variable(key).equals(v)))
                .filter(v -> sinks.stream().noneMatch(sink -> v.startsWith(Keys.variable("relay.sink." + sink + "."))))
                .map(v -> "The environment variable " + v + " is passed over: it is not a key of the relay."
                        + nearest(v, KEYS.keySet().stream().map(Keys::variable).toList()).map(n -> " Did you mean " + n + "?").orElse(""))
                .forEach(sentences::add);
        return sentences;
    }

    /**
     * @param name of a property as a host may write it, such as {@code relay.inbox.stillFor}
     * @return the key it means, {@code relay.inbox.still-for}; the name itself where it is none
     */
    public static String canonical(String name) {
        String plain = plain(name);
        return KEYS.containsKey(name) || name.contains("[") ? name
                : KEYS.keySet().stream().filter(key -> plain(key).equals(plain)).findFirst().orElse(name);
    }

    private static Set<String> set(CamelContext context) {
        Set<String> set = new TreeSet<>(
                context.getPropertiesComponent().loadProperties(key -> key.startsWith(PREFIX)).stringPropertyNames());
        System.getProperties().stringPropertyNames().stream().filter(key -> key.startsWith(PREFIX)).forEach(set::add);
        return set;
    }

    private static boolean known(String key, List<String> sinks) {
        return KEYS.containsKey(key) || sinks.stream().anyMatch(sink -> key.startsWith("relay.sink." + sink + "."));
    }

    private static String advice(String key) {
        if (key.matches(".*\\[\\d+].*")) {
            return "Write a list as one value, comma separated.";
        }
        Optional<String> nearest = nearest(key, KEYS.keySet());
        if (nearest.isPresent()) {
            return "Did you mean " + nearest.get() + "?";
        }
        if (key.matches("relay\\.sink\\.[^.]+\\..+")) {
            return "Add " + key.split("\\.")[2] + " to relay.sinks, or take the key out.";
        }
        return "The relay's own application.properties lists them all.";
    }

    private static Optional<String> read(Keys keys, String key) {
        KeyType takes = KEYS.get(key);
        Optional<String> value = keys.text(key);
        boolean reads = value.isEmpty() ? takes.blank() : takes.reads().test(value.get());
        return reads ? Optional.empty() : Optional.of(Keys.unreadable(key + " (" + keys.where(key) + ")", takes.words()).getMessage());
    }

    private static Optional<String> nearest(String name, Collection<String> known) {
        String plain = plain(name);
        return known.stream().filter(k -> Nearest.distance(plain, plain(k)) <= Math.max(1, plain.length() / 8))
                .min(Comparator.comparing(k -> Nearest.distance(plain, plain(k))));
    }

    private static String plain(String name) {
        return name.replaceAll("[._-]", "").toLowerCase(java.util.Locale.ROOT);
    }
}
