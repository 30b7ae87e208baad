package io.jobrelay.http;

import io.vertx.core.Handler;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.ext.web.RoutingContext;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Locale;
import java.util.Set;
import org.apache.camel.CamelContext;

/**
 * Stands in front of the admin port: with {@code relay.admin.api-key} every request but health and the sandbox must carry it, and health
 * shows its details only to who does; the dashboard's page comes with 401 all the same, since it asks for the key. Without one, only requests that a person or program on this machine made on purpose are let in, not
 * those of a web page that a browser was led to (foreign Host: DNS rebinding; foreign Origin: cross-site request).
 */
public final class AdminGuard implements Handler<RoutingContext> {

    private static final Set<String> LOOPBACK = Set.of("localhost", "127.0.0.1", "[::1]", "::1");
    private static final Set<String> PAGE = Set.of("/dashboard/dashboard.css", "/dashboard/dashboard.js", "/dashboard/dashboard.svg");
    private static final String UNDECODABLE = "The query is not percent-encoded as it should be.";
    private final Turnstile turnstile = new Turnstile();
    private final Pages pages = new Pages();
    private volatile CamelContext context;
    private volatile byte[] key;
    private volatile String host = "";

    /**
     * Lets requests in from the moment the context has started until it stops.
     *
     * @param camel that holds the routes
     * @param apiKey {@code relay.admin.api-key}, or null
     * @param adminHost {@code relay.admin.host}
     */
    public void guard(CamelContext camel, String apiKey, String adminHost) {
        this.key = apiKey == null ? null : apiKey.getBytes(StandardCharsets.UTF_8);
        this.host = adminHost;
        this.context = camel;
    }

    /** @return what keeps requests waiting while the routes of this port are exchanged */
    public Turnstile turnstile() {
        return turnstile;
    }

    @Override
    public void handle(RoutingContext ctx) {
        HttpServerRequest request = ctx.request();
        String path = ctx.normalizedPath();
        boolean health = path.equals("/observe/health") || path.startsWith("/observe/health/");
        if (health && !Query.decodable(request.query())) {
            problem(ctx, Problem.Kind.BAD_REQUEST, UNDECODABLE);
        } else if (health) {
            request.params().clear(); // Camel shows whatever detail the query asks for
            boolean details = key == null || mayPass(request);
            request.params().set("exposureLevel", details ? "full" : "oneline").set("data", String.valueOf(details));
            ctx.next();
        } else if (context == null || !context.isStarted()) {
            ctx.response().putHeader(HttpHeaders.RETRY_AFTER, "1");
            problem(ctx, Problem.Kind.NOT_READY, "The relay is starting or stopping.");
        } else if (!path.startsWith("/sandbox/") && !mayPass(request) && !(key != null && PAGE.contains(path))) {
            if (key != null && path.equals("/") && request.method() == HttpMethod.GET) {
                ctx.response().putHeader("WWW-Authenticate", "Bearer").setStatusCode(401)
                        .putHeader(HttpHeaders.CONTENT_TYPE, "text/html; charset=utf-8");
                Pages.HEADERS.forEach(ctx.response()::putHeader);
                ctx.response().end(Buffer.buffer(pages.dashboard()));
            } else if (key != null) {
                ctx.response().putHeader("WWW-Authenticate", "Bearer");
                problem(ctx, Problem.Kind.UNAUTHORIZED,
                        "This port is asked with the header Authorization: Bearer and the value of relay.admin.api-key.");
            } else {
                problem(ctx, Problem.Kind.FOREIGN,
                        "Without relay.admin.api-key this port answers only requests made on this machine and not by a foreign web page.");
            }
        } else if (!Query.decodable(request.query())) {
            problem(ctx, Problem.Kind.BAD_REQUEST, UNDECODABLE); // Vert.x would call the caller's mistake an unhandled exception
        } else if (!turnstile.waits(ctx)) {
            if (request.headers().contains(HttpHeaders.CONTENT_LENGTH) || request.headers().contains(HttpHeaders.TRANSFER_ENCODING)) {
                request.headers().set(HttpHeaders.CONTENT_TYPE, "application/octet-stream");
            }
            ctx.next();
        }
    }

    private boolean mayPass(HttpServerRequest request) {
        if (key != null) {
            String given = request.getHeader(HttpHeaders.AUTHORIZATION);
            return given != null && given.regionMatches(true, 0, "Bearer ", 0, 7)
                    && MessageDigest.isEqual(key, given.substring(7).trim().getBytes(StandardCharsets.UTF_8));
        }
        String asked = request.getHeader(HttpHeaders.HOST);
        String origin = request.getHeader(HttpHeaders.ORIGIN);
        return asked != null && ours(asked) && (origin == null || origin.equalsIgnoreCase("http://" + asked));
    }

    private boolean ours(String hostAndPort) {
        String name = hostAndPort.replaceFirst(":\\d+$", "").toLowerCase(Locale.ROOT);
        return LOOPBACK.contains(name) || name.equals(host.toLowerCase(Locale.ROOT)) || name.matches("127\\.\\d+\\.\\d+\\.\\d+");
    }

    private static void problem(RoutingContext ctx, Problem.Kind kind, String detail) {
        ctx.response().setStatusCode(kind.status()).putHeader(HttpHeaders.CONTENT_TYPE, Problems.MEDIA_TYPE)
                .end(Buffer.buffer(Problems.json(new Problem(kind, detail))));
    }
}
