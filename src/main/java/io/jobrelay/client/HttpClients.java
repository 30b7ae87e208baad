package io.jobrelay.client;

import io.jobrelay.protocol.PercentCode;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.time.Duration;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.net.ssl.HostnameVerifier;
import javax.net.ssl.SSLContext;
import org.apache.camel.CamelContext;
import org.apache.camel.Exchange;
import org.apache.camel.Message;
import org.apache.camel.component.http.HttpComponent;
import org.apache.camel.support.jsse.SSLContextParameters;
import org.apache.hc.client5.http.RouteInfo;
import org.apache.hc.client5.http.config.ConnectionConfig;
import org.apache.hc.client5.http.impl.classic.HttpClientBuilder;
import org.apache.hc.client5.http.impl.io.ManagedHttpClientConnectionFactory;
import org.apache.hc.client5.http.impl.io.PoolingHttpClientConnectionManager;
import org.apache.hc.client5.http.impl.io.PoolingHttpClientConnectionManagerBuilder;
import org.apache.hc.client5.http.impl.routing.DefaultRoutePlanner;
import org.apache.hc.client5.http.ssl.DefaultClientTlsStrategy;
import org.apache.hc.core5.http.Header;
import org.apache.hc.core5.http.HttpHost;
import org.apache.hc.core5.http.HttpRequest;
import org.apache.hc.core5.http.config.Http1Config;
import org.apache.hc.core5.http.io.SocketConfig;
import org.apache.hc.core5.http.protocol.HttpContext;
import org.apache.hc.core5.ssl.SSLContexts;
import org.apache.hc.core5.util.TimeValue;
import org.apache.hc.core5.util.Timeout;

/**
 * What every HTTP client of the relay has in common: nothing of an answer is unbounded, what stands in a URL goes out as it stands there,
 * and no retry, cookie, redirect or decoding is made that nobody asked for. Camel's own component would bound no header and write a tilde as
 * {@code %7E}.
 */
public final class HttpClients {

    /** A line of an answer's head, of a chunk or of a trailer, and how many lines a head has: 16 kB as on the relay's own ports. */
    static final Http1Config BOUNDS = Http1Config.custom().setMaxLineLength(16 * 1024).setMaxHeaderCount(200).setMaxEmptyLineCount(10).build();

    private static final String TARGET = "relay-request-target";
    private static final Pattern URL = Pattern.compile("(?i)(https?://[^/?#]+)([^#]*)(?:#.*)?");
    private static final String NOT_IN_A_TARGET = "\"<>\\^`{|} ";
    private static final TimeValue LONGEST_IDLE = TimeValue.ofSeconds(2);
    private static final TimeValue LOOKED_AT_AFTER = TimeValue.ofSeconds(1);
    private static final int MOST_CONNECTIONS = 200;
    private static final int MOST_CONNECTIONS_A_HOST = 100;

    private HttpClients() {
    }

    /**
     * Sets a client up that opens a connection for each call and closes it afterwards.
     *
     * @param builder of the client
     * @param context whose TLS configuration counts; null for Java's own
     * @param silence the longest between two bytes, while the connection is made and secured too
     * @param proxies that lead to other hosts; {@link Proxies#NONE} where none is ever used
     */
    public static void fresh(HttpClientBuilder builder, CamelContext context, Duration silence, Proxies proxies) {
        configure(builder, context, silence, proxies);
        builder.setConnectionReuseStrategy((request, response, c) -> false);
    }

    /**
     * Sets a client up that keeps connections for the next call. Those which the other side closes meanwhile are closed here soon, too.
     *
     * @param builder of the client
     * @param context whose TLS configuration counts
     * @param silence the longest between two bytes, while the connection is made and secured too
     * @param proxies that lead to other hosts
     * @return closes those that are kept at this moment, so that the next call gets a new one
     */
    public static Runnable kept(HttpClientBuilder builder, CamelContext context, Duration silence, Proxies proxies) {
        PoolingHttpClientConnectionManager connections = configure(builder, context, silence, proxies);
        // Camel says that its manager is shared, and this one is not: else nothing would be evicted, and nothing closed with the client
        builder.setConnectionManagerShared(false).evictIdleConnections(LONGEST_IDLE).evictExpiredConnections();
        return () -> connections.closeIdle(TimeValue.ZERO_MILLISECONDS);
    }

    private static PoolingHttpClientConnectionManager configure(HttpClientBuilder builder, CamelContext context, Duration silence, Proxies proxies) {
        PoolingHttpClientConnectionManager connections = PoolingHttpClientConnectionManagerBuilder.create()
                .setConnectionFactory(ManagedHttpClientConnectionFactory.builder().http1Config(BOUNDS).build())
                .setTlsSocketStrategy(tls(context))
                .setDefaultSocketConfig(SocketConfig.custom().setSoTimeout(Timeout.of(silence)).build())
                .setDefaultConnectionConfig(ConnectionConfig.custom().setValidateAfterInactivity(LOOKED_AT_AFTER).build())
                .setMaxConnTotal(MOST_CONNECTIONS).setMaxConnPerRoute(MOST_CONNECTIONS_A_HOST).build();
        builder.setConnectionManager(connections).setRequestExecutor(new CautiousExecutor(proxies))
                .setRoutePlanner(new DefaultRoutePlanner(null) {
                    @Override
                    protected HttpHost determineProxy(HttpHost target, HttpContext c) {
                        return proxies.to(target).map(Proxies.Proxy::host).orElse(null);
                    }
                })
                .disableAutomaticRetries().disableCookieManagement().disableContentCompression().disableAuthCaching();
        return connections;
    }

    /** What is set for Camel's component, or for the context where the component takes that, as it would count for a client of Camel's own. */
    private static DefaultClientTlsStrategy tls(CamelContext context) {
        SSLContextParameters parameters = null;
        HostnameVerifier verifier = null;
        if (context != null && context.hasComponent("http") instanceof HttpComponent http) {
            parameters = http.getSslContextParameters() != null || !http.isUseGlobalSslContextParameters() ? http.getSslContextParameters()
                    : context.getSSLContextParameters();
            verifier = http.getX509HostnameVerifier();
        }
        try {
            SSLContext secure = parameters == null ? SSLContexts.createDefault() : parameters.createSSLContext(context);
            return new DefaultClientTlsStrategy(secure, verifier);
        } catch (GeneralSecurityException | IOException e) {
            throw new IllegalStateException("The TLS configuration of the context cannot be used", e);
        }
    }

    /**
     * Makes the message a request to a URL: Camel gets to know its server only, and path and query go out as they stand here.
     *
     * @param message whose headers of these names are replaced
     * @param url absolute; what may not stand in the first line of a request (blanks, other letters than those of ASCII) is percent-encoded
     */
    public static void address(Message message, String url) {
        Matcher parts = URL.matcher(url);
        if (!parts.matches()) {
            throw new IllegalArgumentException("not an http or https URL");
        }
        message.removeHeader(Exchange.HTTP_RAW_QUERY);
        message.setHeader(Exchange.HTTP_URI, parts.group(1) + "/");
        message.setHeader(TARGET, target(parts.group(2)));
    }

    private static String target(String pathAndQuery) {
        return (pathAndQuery.startsWith("/") ? "" : "/") + legal(pathAndQuery);
    }

    /**
     * @param url or a part of one
     * @return the same, with what no URL may hold percent-encoded; all else stays as it is
     */
    public static String legal(String url) {
        StringBuilder legal = new StringBuilder(url.length());
        url.codePoints().forEach(c -> legal.append(c > ' ' && c < 127 && NOT_IN_A_TARGET.indexOf(c) < 0 ? Character.toString(c)
                : PercentCode.encode(Character.toString(c).getBytes(StandardCharsets.UTF_8))));
        return legal.toString();
    }

    /** Gives requests the path and query that {@link #address} wrote down. */
    static void readdress(List<HttpRequest> requests) {
        for (HttpRequest request : requests) {
            Header target = request.getFirstHeader(TARGET);
            if (target != null) {
                request.removeHeaders(TARGET);
                request.setPath(target.getValue());
            }
        }
    }

    /** @return whether a request on this way is seen by a proxy, and not only the connection made by it */
    static boolean seenByProxy(RouteInfo route) {
        return route != null && route.getProxyHost() != null && !route.isTunnelled();
    }
}
