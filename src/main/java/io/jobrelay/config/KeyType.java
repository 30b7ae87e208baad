package io.jobrelay.config;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.function.Predicate;
import java.util.regex.Pattern;

/**
 * What the value of a key may be, in words: a library that validates says what a class expects, not what an operator is to write.
 *
 * @param words the same for a person, as the end of "it takes ..."
 * @param reads whether a value that is not blank can be read
 * @param blank whether the key may be left empty
 */
public record KeyType(String words, Predicate<String> reads, boolean blank) {

    /** The fewest bytes, in UTF-8, of what keeps others out: fewer can be guessed by trying. */
    public static final int LEAST_SECRET = 16;

    private static final ObjectMapper JSON = new ObjectMapper().enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS);
    private static final Pattern SINK = Pattern.compile("[A-Za-z0-9][A-Za-z0-9_-]*");
    private static final Pattern HOST = Pattern.compile("[A-Za-z0-9._-]+|[0-9A-Fa-f:.%]*:[0-9A-Fa-f:.%]*");
    private static final Pattern AUTHORITY = Pattern.compile("([A-Za-z0-9._-]+|\\[[0-9A-Fa-f:.]+])(:\\d{1,5})?");
    /** Camel's file component reads its folder as part of a URI: it would write to, or read from, another one. */
    private static final Pattern NOT_FOR_CAMEL = Pattern.compile("\\?|%[0-9A-Fa-f]{2}|\\$(simple)?\\{|\\{\\{|RAW[({]");
    private static final Pattern WEBHOOK_PATH = Pattern.compile("(/[A-Za-z0-9._~-]+)+/?");

    /** @return the same, but the key may be left empty */
    public KeyType orNothing() {
        return new KeyType(words + ", or nothing", reads, true);
    }

    /**
     * @param word that stands for "no value of the kind"
     * @return the same, and that word
     */
    public KeyType or(String word) {
        return new KeyType(words + ", or " + word, v -> v.equals(word) || reads.test(v), blank);
    }

    static KeyType duration(String from, String to) {
        Duration least = Keys.parseDuration(from).orElseThrow();
        Duration most = Keys.parseDuration(to).orElseThrow();
        return of("a duration from " + from + " to " + to + ", such as 250ms, 2s, 10m, 1h or 7d", v -> Keys.parseDuration(v)
                .filter(d -> d.compareTo(least) >= 0 && d.compareTo(most) <= 0).isPresent());
    }

    static KeyType size(String from, String to) {
        long least = Keys.parseSize(from).orElseThrow();
        long most = Keys.parseSize(to).orElseThrow();
        return of("a size from " + from + " to " + to + ", such as 65536, 20MB or 64MiB",
                v -> Keys.parseSize(v).filter(s -> s >= least && s <= most).isPresent());
    }

    static KeyType number(int from, int to) {
        return of("a whole number from " + from + " to " + to,
                v -> v.matches("\\d{1,9}") && Integer.parseInt(v) >= from && Integer.parseInt(v) <= to);
    }

    static KeyType oneOf(String... words) {
        return of(String.join(" or ", words), List.of(words)::contains);
    }

    static KeyType sinks() {
        return of("names of sinks, comma separated, each of letters, digits, - and _",
                v -> Arrays.stream(v.split(",")).map(String::trim).filter(s -> !s.isEmpty()).allMatch(s -> SINK.matcher(s).matches()));
    }

    static KeyType secrets() {
        return of("secrets, comma separated, the first of at least " + LEAST_SECRET + " bytes",
                v -> Arrays.stream(v.split(",")).map(String::trim).filter(s -> !s.isEmpty()).findFirst().filter(KeyType::isLong).isPresent());
    }

    static KeyType secret() {
        return of("a text of at least " + LEAST_SECRET + " bytes", KeyType::isLong);
    }

    /**
     * @param secret as configured
     * @return whether it is as long as a secret must be
     */
    static boolean isLong(String secret) {
        return secret.getBytes(StandardCharsets.UTF_8).length >= LEAST_SECRET;
    }

    static KeyType baseUrl(String example) {
        return of("an http or https URL without user, ? and #, such as " + example, v -> url(v) && URI.create(v).getRawQuery() == null);
    }

    static KeyType webUrl() {
        return of("an http or https URL without user and #, such as https://example.org/results", KeyType::url);
    }

    static KeyType jdbcUrl() {
        return of("a JDBC URL of H2 or PostgreSQL, such as jdbc:h2:file:./data/relay or jdbc:postgresql://host/relay",
                v -> v.startsWith("jdbc:h2:") || v.startsWith("jdbc:postgresql:"));
    }

    static KeyType folder() {
        return of("the path of a folder without ?, ${, {{ and %XX", v -> {
            try {
                Path.of(v);
                return !NOT_FOR_CAMEL.matcher(v).find();
            } catch (InvalidPathException e) {
                return false;
            }
        });
    }

    static KeyType webhookPath() {
        return of("a path such as /webhook, other than /media",
                v -> WEBHOOK_PATH.matcher(v).matches() && !v.matches("/media(/.*)?") && !v.contains("/."));
    }

    static KeyType host() {
        return of("a host name or an IP address", v -> HOST.matcher(v).matches());
    }

    static KeyType jsonObject() {
        return of("a JSON object", v -> {
            try {
                return JSON.readTree(v).isObject();
            } catch (JsonProcessingException e) {
                return false;
            }
        });
    }

    static KeyType whsec() {
        return of("whsec_ followed by base64 of at least " + LEAST_SECRET + " bytes (Standard Webhooks)", v -> {
            try {
                return v.startsWith("whsec_") && Base64.getDecoder().decode(v.substring("whsec_".length())).length >= LEAST_SECRET;
            } catch (IllegalArgumentException e) {
                return false;
            }
        });
    }

    static KeyType text() {
        return of("a text", v -> true);
    }

    private static KeyType of(String words, Predicate<String> reads) {
        return new KeyType(words, reads, false);
    }

    private static boolean url(String value) {
        try {
            URI url = URI.create(value); // its host is null where a name holds "_", as names of containers do
            return ("http".equalsIgnoreCase(url.getScheme()) || "https".equalsIgnoreCase(url.getScheme()))
                    && url.getRawFragment() == null && url.getRawAuthority() != null && AUTHORITY.matcher(url.getRawAuthority()).matches();
        } catch (IllegalArgumentException e) {
            return false;
        }
    }
}
