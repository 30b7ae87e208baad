package io.jobrelay.config;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/** What the URL of a PostgreSQL says of the server that is taken, where there are several. */
public final class ServerChoice {

    private static final Set<String> OF_THE_PRIMARY = Set.of("primary", "master");
    private static final Set<String> OF_ANY = Set.of("", "any");

    private ServerChoice() {
    }

    /**
     * @param url a JDBC URL of any database
     * @param key what names it, such as {@code relay.db.url}
     * @return a sentence where a server may be taken that takes no writes; the URL is not repeated
     */
    public static List<String> warnings(String url, String key) {
        if (!url.startsWith("jdbc:postgresql:")) {
            return List.of();
        }
        String type = parameter(url, "targetServerType").orElse("");
        boolean several = url.replaceFirst("\\?.*", "").replaceFirst("^jdbc:postgresql:(//)?", "").replaceFirst("/.*", "").contains(",");
        if (OF_THE_PRIMARY.contains(type) || OF_ANY.contains(type) && !several) {
            return List.of();
        }
        return List.of(OF_ANY.contains(type) ? key + " names several hosts and not which is taken: a standby that answers first takes no writes, and every"
                + " callback is answered 503. Write targetServerType=primary there."
                : key + " has targetServerType=" + type + ", and so may lead to a standby, which takes no writes. Write targetServerType=primary there.");
    }

    /** @return how many times the driver executes a statement before it keeps it on the server; 0 where the URL does not say, or cannot be read */
    public static int prepareThreshold(String url) {
        return parameter(url, "prepareThreshold").filter(value -> value.matches("\\d{1,4}")).map(Integer::valueOf).orElse(0);
    }

    /** @return the value of a parameter of the URL, the last where it stands there twice */
    static Optional<String> parameter(String url, String name) {
        String query = url.contains("?") ? url.substring(url.indexOf('?') + 1) : "";
        return Arrays.stream(query.split("&")).filter(one -> one.toLowerCase(Locale.ROOT).startsWith(name.toLowerCase(Locale.ROOT) + "="))
                .map(one -> one.substring(one.indexOf('=') + 1)).reduce((first, second) -> second);
    }
}
