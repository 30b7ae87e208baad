package io.jobrelay.client;

import io.jobrelay.protocol.PercentCode;
import io.jobrelay.protocol.UrlHost;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.UnaryOperator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.hc.core5.http.HttpHost;
import org.apache.hc.core5.net.NamedEndpoint;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Which proxy leads to a host: Java's properties {@code https.proxyHost}, {@code http.proxyHost} and their like, else the variables
 * {@code HTTPS_PROXY} and {@code HTTP_PROXY}, in small letters too. What {@code http.nonProxyHosts} or {@code NO_PROXY} names is called
 * directly, and so is this machine, always.
 */
public final class Proxies {

    /** No proxy for anybody. */
    public static final Proxies NONE = new Proxies(name -> null, name -> null);

    private static final Logger LOG = LoggerFactory.getLogger(Proxies.class);
    private static final Pattern PROXY = Pattern.compile("(?:(?i:(?<scheme>https?))://)?(?:(?<user>.*)@)?(?<host>\\[[0-9A-Fa-f:.]+]|[^\\s/@:\\[\\]]+)"
            + "(?::(?<port>\\d{1,5}))?/?");
    private static final Pattern EXCEPTION = Pattern.compile("(?<host>\\[[^]]*](?:/\\d+)?|[^:]*)(?::(?<port>\\d{1,5}))?|(?<bare>[^\\[\\]]*:[^\\[\\]]*:[^\\[\\]]*)");

    private final Map<String, Proxy> proxies = new HashMap<>();
    private final List<String> nonProxyHosts;
    private final List<String> noProxy;

    /**
     * A proxy.
     *
     * @param host where it listens
     * @param authorization value of {@code Proxy-Authorization}; null where it asks for none
     */
    record Proxy(HttpHost host, String authorization) {

        @Override
        public String toString() {
            return host.toString(); // without its password
        }
    }

    /**
     * @param property gives a system property or null
     * @param variable gives an environment variable or null
     */
    Proxies(UnaryOperator<String> property, UnaryOperator<String> variable) {
        for (String scheme : List.of("http", "https")) {
            String name = scheme + "_proxy";
            Optional.ofNullable(ofProperties(scheme, property)).or(() -> either(variable, name).flatMap(value -> read(value, name)))
                    .ifPresent(proxy -> proxies.put(scheme, proxy));
        }
        nonProxyHosts = split(property.apply("http.nonProxyHosts"), "\\|");
        noProxy = split(either(variable, "no_proxy").orElse(null), "[,\\s]+");
    }

    /** @return those of this process, as they are now */
    public static Proxies ofThisProcess() {
        return new Proxies(System::getProperty, System::getenv);
    }

    /**
     * @param target host that is to be called, with its scheme
     * @return the proxy that leads there; empty when it is called directly
     */
    Optional<Proxy> to(HttpHost target) {
        return to(target.getSchemeName(), target);
    }

    /**
     * @param scheme of the target
     * @param target host that is to be called
     * @return the proxy that leads there; empty when it is called directly
     */
    Optional<Proxy> to(String scheme, NamedEndpoint target) {
        Proxy proxy = proxies.get(scheme.toLowerCase(Locale.ROOT));
        if (proxy == null) {
            return Optional.empty();
        }
        String host = target.getHostName().toLowerCase(Locale.ROOT).replaceAll("[\\[\\]]|\\.$", "");
        int port = target.getPort() > 0 ? target.getPort() : "https".equalsIgnoreCase(scheme) ? 443 : 80;
        boolean direct = UrlHost.isLoopback(host) || nonProxyHosts.stream().anyMatch(pattern -> fits(pattern, host))
                || noProxy.stream().anyMatch(exception -> names(exception, host, port));
        return direct ? Optional.empty() : Optional.of(proxy);
    }

    private static Proxy ofProperties(String scheme, UnaryOperator<String> property) {
        String host = property.apply(scheme + ".proxyHost");
        if (host == null || host.isBlank()) {
            return null;
        }
        String port = Optional.ofNullable(property.apply(scheme + ".proxyPort")).map(String::trim).filter(p -> p.matches("\\d{1,5}"))
                .orElse("https".equals(scheme) ? "443" : "80"); // Java's own defaults
        String user = property.apply(scheme + ".proxyUser");
        return new Proxy(new HttpHost("http", host.trim().replaceAll("[\\[\\]]", ""), Integer.parseInt(port)),
                user == null ? null : basic(user + ":" + Optional.ofNullable(property.apply(scheme + ".proxyPassword")).orElse("")));
    }

    private static Optional<String> either(UnaryOperator<String> variable, String name) {
        return Optional.ofNullable(variable.apply(name)).filter(v -> !v.isBlank())
                .or(() -> Optional.ofNullable(variable.apply(name.toUpperCase(Locale.ROOT))).filter(v -> !v.isBlank()));
    }

    private static Optional<Proxy> read(String value, String name) {
        Matcher m = PROXY.matcher(value.trim());
        if (!m.matches() || m.group("port") != null && (Integer.parseInt(m.group("port")) < 1 || Integer.parseInt(m.group("port")) > 65_535)) {
            LOG.warn("{} is passed over: the relay takes a proxy such as http://proxy.example.org:3128.", name.toUpperCase(Locale.ROOT));
            return Optional.empty();
        }
        String scheme = m.group("scheme") == null ? "http" : m.group("scheme").toLowerCase(Locale.ROOT);
        int port = m.group("port") == null ? "https".equals(scheme) ? 443 : 80 : Integer.parseInt(m.group("port"));
        return Optional.of(new Proxy(new HttpHost(scheme, m.group("host").replaceAll("[\\[\\]]", ""), port),
                m.group("user") == null ? null : basic(decoded(m.group("user")))));
    }

    private static String basic(String userAndPassword) {
        return "Basic " + Base64.getEncoder().encodeToString(userAndPassword.getBytes(StandardCharsets.UTF_8));
    }

    private static String decoded(String user) {
        return user.matches("([ -$&-~]|%[0-9A-Fa-f]{2})*") ? new String(PercentCode.decode(user), StandardCharsets.UTF_8) : user;
    }

    private static List<String> split(String list, String by) {
        return list == null ? List.of() : Arrays.stream(list.split(by)).map(s -> s.trim().toLowerCase(Locale.ROOT)).filter(s -> !s.isEmpty()).toList();
    }

    /** A name of {@code http.nonProxyHosts} may begin or end with a star. */
    private static boolean fits(String pattern, String host) {
        String regex = Arrays.stream(pattern.replaceAll("[\\[\\]]", "").split("\\*", -1)).map(Pattern::quote).reduce((a, b) -> a + ".*" + b).orElse("");
        return host.matches(regex);
    }

    /** What stands in {@code NO_PROXY}: a star for all, a host, a domain with all below it, an address or a block of them; each with a port or not. */
    private static boolean names(String exception, String host, int port) {
        if (exception.equals("*")) {
            return true;
        }
        Matcher m = EXCEPTION.matcher(exception);
        if (!m.matches() || m.group("port") != null && Integer.parseInt(m.group("port")) != port) {
            return false;
        }
        String named = (m.group("bare") != null ? m.group("bare") : m.group("host")).replaceAll("[\\[\\]]", "").replaceFirst("^\\*?\\.", "");
        if (named.isEmpty()) {
            return false;
        }
        return UrlHost.isLiteral(host) ? inBlock(named, host) : host.equals(named) || host.endsWith("." + named);
    }

    private static boolean inBlock(String block, String host) {
        String[] parts = block.split("/", 2);
        if (!UrlHost.isLiteral(parts[0]) || parts.length == 2 && !parts[1].matches("\\d{1,3}")) {
            return false;
        }
        try {
            byte[] network = InetAddress.getByName(parts[0]).getAddress();
            byte[] address = InetAddress.getByName(host).getAddress();
            int bits = parts.length == 2 ? Integer.parseInt(parts[1]) : network.length * 8;
            if (network.length != address.length || bits > network.length * 8) {
                return false;
            }
            for (int i = 0; i < bits; i++) {
                if (((network[i / 8] ^ address[i / 8]) >> 7 - i % 8 & 1) != 0) {
                    return false;
                }
            }
            return true;
        } catch (UnknownHostException e) {
            return false;
        }
    }
}
