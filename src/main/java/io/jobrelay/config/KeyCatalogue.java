package io.jobrelay.config;

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
    private static final Map<String, Takes> KEYS = new LinkedHashMap<>();

    static {
        KEYS.put("camel.server.port", Takes.number(1, 65_535));
        KEYS.put("relay.public-url", Takes.baseUrl("https://relay.example.org").orNothing());
        KEYS.put("relay.webhook.path", Takes.webhookPath());
        KEYS.put("relay.webhook.secret", Takes.secrets().orNothing());
        KEYS.put("relay.webhook.max-body", Takes.size("1KiB", "1GiB"));
        KEYS.put("relay.admin.host", Takes.host());
        KEYS.put("relay.admin.port", Takes.number(1, 65_535));
        KEYS.put("relay.admin.api-key", Takes.secret().orNothing());
        KEYS.put("relay.admin.read-key", Takes.secret().orNothing());
        KEYS.put("relay.admin.enabled", Takes.oneOf("true", "false").orNothing());
        KEYS.put("relay.inbox.directory", Takes.folder().orNothing());
        KEYS.put("relay.inbox.still-for", Takes.duration("0s", "1d"));
        KEYS.put("relay.inbox.reject-after", Takes.duration("0s", "7d"));
        KEYS.put("relay.inbox.request", Takes.jsonObject());
        KEYS.put("relay.inbox.done-retention", Takes.duration("1s", "36500d").or("keep").orNothing());
        KEYS.put("relay.ringcentral.server-url", Takes.baseUrl("https://platform.ringcentral.com").orNothing());
        KEYS.put("relay.ringcentral.client-id", Takes.text().orNothing());
        KEYS.put("relay.ringcentral.client-secret", Takes.text().orNothing());
        KEYS.put("relay.ringcentral.jwt", Takes.text().orNothing());
        KEYS.put("relay.ringcentral.requests-per-minute", Takes.number(1, 1_000_000).orNothing());
        KEYS.put("relay.submit.retry-delay", Takes.duration("1ms", "7d"));
        KEYS.put("relay.submit.max-delay", Takes.duration("1ms", "7d"));
        KEYS.put("relay.submit.in-doubt-wait", Takes.duration("1ms", "7d"));
        KEYS.put("relay.poll.initial-delay", Takes.duration("1ms", "7d"));
        KEYS.put("relay.poll.max-delay", Takes.duration("1ms", "7d"));
        KEYS.put("relay.poll.max-body", Takes.size("1KiB", "1GiB"));
        KEYS.put("relay.poll.interval", Takes.duration("10ms", "1h"));
        KEYS.put("relay.poll.batch-size", Takes.number(1, 10_000));
        KEYS.put("relay.claim.lease", Takes.duration("1s", "1d"));
        KEYS.put("relay.sinks", Takes.sinks().orNothing());
        KEYS.put("relay.sink.file.directory", Takes.folder());
        KEYS.put("relay.sink.file.retention", Takes.duration("1s", "36500d").or("keep").orNothing());
        KEYS.put("relay.sink.http.url", Takes.webUrl().orNothing());
        KEYS.put("relay.sink.http.secret", Takes.whsec().orNothing());
        KEYS.put("relay.sink.http.timeout", Takes.duration("1ms", "1h"));
        KEYS.put("relay.delivery.max-attempts", Takes.number(1, 1_000_000));
        KEYS.put("relay.delivery.initial-delay", Takes.duration("1ms", "7d"));
        KEYS.put("relay.delivery.max-delay", Takes.duration("1ms", "7d"));
        KEYS.put("relay.db.url", Takes.jdbcUrl());
        KEYS.put("relay.db.username", Takes.text().orNothing());
        KEYS.put("relay.db.password", Takes.text().orNothing());
        KEYS.put("relay.db.volatile", Takes.oneOf("true", "false"));
        KEYS.put("relay.db.data-source", Takes.text().orNothing());
        KEYS.put("relay.retention", Takes.duration("1s", "36500d"));
        KEYS.put("relay.retention.interval", Takes.duration("10ms", "7d"));
        KEYS.put("relay.routes.reload", Takes.oneOf("true", "false"));
        KEYS.put("relay.log.format", Takes.oneOf("text", "json"));
        KEYS.put("relay.log.decisions", Takes.oneOf("true", "false"));
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
    static String canonical(String name) {
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
        Takes takes = KEYS.get(key);
        Optional<String> value = keys.text(key);
        boolean reads = value.isEmpty() ? takes.blank() : takes.reads().test(value.get());
        return reads ? Optional.empty() : Optional.of(Keys.unreadable(key + " (" + keys.where(key) + ")", takes.words()).getMessage());
    }

    private static Optional<String> nearest(String name, Collection<String> known) {
        String plain = plain(name);
        return known.stream().filter(k -> distance(plain, plain(k)) <= Math.max(1, plain.length() / 8))
                .min(Comparator.comparing(k -> distance(plain, plain(k))));
    }

    private static String plain(String name) {
        return name.replaceAll("[._-]", "").toLowerCase(java.util.Locale.ROOT);
    }

    /** @return how many letters must be put in, taken out or exchanged to make one of the other (Levenshtein) */
    private static int distance(String a, String b) {
        int[] row = new int[b.length() + 1];
        for (int j = 0; j < row.length; j++) {
            row[j] = j;
        }
        for (int i = 1; i <= a.length(); i++) {
            int diagonal = row[0];
            row[0] = i;
            for (int j = 1; j < row.length; j++) {
                int above = row[j];
                row[j] = Math.min(Math.min(above, row[j - 1]) + 1, diagonal + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1));
                diagonal = above;
            }
        }
        return row[b.length()];
    }
}
