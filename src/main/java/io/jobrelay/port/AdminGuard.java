package io.jobrelay.port;

import io.jobrelay.config.Keys;
import io.jobrelay.job.JobRequest;
import io.jobrelay.protocol.HeapShare;
import io.jobrelay.protocol.JsonAnswer;
import io.jobrelay.protocol.Problem;
import io.jobrelay.protocol.Query;
import io.jobrelay.protocol.UrlHost;
import io.jobrelay.server.BodyQueue;
import io.jobrelay.server.HeadRequest;
import io.jobrelay.server.RequestGate;
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
 * shows its details only to who does; the dashboard's page comes with 401 all the same, since it asks for the key. {@code relay.admin.read-key}
 * opens what reads and does not act. Without a key, only requests that a person or program on this machine made on purpose are let in, not
 * those of a web page that a browser was led to (foreign Host: DNS rebinding; foreign Origin or Sec-Fetch-Site: cross-site request). Bodies are
 * read here, since all of them together must fit in memory.
 */
public final class AdminGuard implements Handler<RoutingContext> {

    /** What a request may do. */
    private enum Right { ALL, READ, NONE }

    private static final Set<String> PAGE = Set.of("/dashboard/dashboard.css", "/dashboard/dashboard.js", "/dashboard/dashboard.svg");
    private static final Set<String> OWN_SITE = Set.of("none", "same-origin");
    /** Asks the API and the world for something, though it is a GET. */
    private static final String DOCTOR = "/doctor";
    private static final String UNDECODABLE = "The query is not percent-encoded as it should be.";
    /** A body stands in memory several times until its job is stored and submitted; a small heap takes no large one. */
    static final long ROOM = HeapShare.part(40);
    static final int LARGEST = (int) Math.min(JobRequest.LARGEST_BODY, ROOM);
    /** The sandbox makes a tree of it, while whoever submitted it holds it too. */
    private static final int LARGEST_OF_SANDBOX = (int) Math.min(JobRequest.LARGEST_BODY, HeapShare.part(64));

    private final RequestGate gate = new RequestGate();
    private final DashboardPages pages = new DashboardPages();
    private final WrongKeyDelay wrongKeys = new WrongKeyDelay();
    private final BodyQueue bodies = new BodyQueue(ROOM);
    private volatile CamelContext context;
    private volatile byte[] key;
    private volatile byte[] readKey;
    private volatile String host = "";

    /**
     * Lets requests in from the moment the context has started until it stops.
     *
     * @param camel that holds the routes
     * @param keys {@code relay.admin.api-key}, {@code .read-key} and {@code .host}
     */
    public void guard(CamelContext camel, Keys keys) {
        this.key = keys.text("relay.admin.api-key").map(text -> text.getBytes(StandardCharsets.UTF_8)).orElse(null);
        this.readKey = keys.text("relay.admin.read-key").map(text -> text.getBytes(StandardCharsets.UTF_8)).orElse(null);
        this.host = keys.required("relay.admin.host");
        this.context = camel;
    }

    /** @return what keeps requests waiting while the routes of this port are exchanged */
    public RequestGate gate() {
        return gate;
    }

    @Override
    public void handle(RoutingContext ctx) {
        if (HeadRequest.begin(ctx)) {
            return;
        }
        HttpServerRequest request = ctx.request();
        JsonAnswer.HEADERS.forEach(ctx.response()::putHeader);
        String path = ctx.normalizedPath();
        if (path.equals("/observe/health") || path.startsWith("/observe/health/")) {
            health(ctx);
        } else if (context == null || !context.isStarted()) {
            ctx.response().putHeader(HttpHeaders.RETRY_AFTER, "1");
            problem(ctx, Problem.Kind.NOT_READY, "The relay is starting or stopping.");
        } else if (path.startsWith("/sandbox/") || key != null && PAGE.contains(path)) {
            enter(ctx);
        } else {
            switch (right(request)) {
                case ALL -> enter(ctx);
                case READ -> {
                    boolean reads = request.method() == HttpMethod.GET && !path.matches(DOCTOR + "/*");
                    if (reads) {
                        enter(ctx);
                    } else {
                        problem(ctx, Problem.Kind.READ_ONLY, "This is the value of relay.admin.read-key, which changes nothing and does not act."
                                + " Use that of relay.admin.api-key.");
                    }
                }
                default -> stay(ctx, path);
            }
        }
    }

    private void health(RoutingContext ctx) {
        HttpServerRequest request = ctx.request();
        if (!Query.decodable(request.query())) {
            problem(ctx, Problem.Kind.BAD_REQUEST, UNDECODABLE);
            return;
        }
        request.params().clear(); // Camel shows whatever detail the query asks for
        boolean details = key == null || right(request) != Right.NONE;
        request.params().set("exposureLevel", details ? "full" : "oneline").set("data", String.valueOf(details));
        if (!details && request.headers().contains(HttpHeaders.AUTHORIZATION)) {
            wrongKeys.slow(ctx, ctx::next); // whether there are details tells a right key from a wrong one
        } else {
            ctx.next();
        }
    }

    private void stay(RoutingContext ctx, String path) {
        if (key == null) {
            problem(ctx, Problem.Kind.FOREIGN,
                    "Without relay.admin.api-key this port answers only requests made on this machine and not by a foreign web page.");
        } else if (ctx.request().headers().contains(HttpHeaders.AUTHORIZATION)) {
            wrongKeys.slow(ctx, () -> askForKey(ctx, path));
        } else {
            askForKey(ctx, path);
        }
    }

    private void askForKey(RoutingContext ctx, String path) {
        ctx.response().putHeader("WWW-Authenticate", "Bearer");
        if (path.equals("/") && ctx.request().method() == HttpMethod.GET) {
            DashboardPages.HEADERS.forEach(ctx.response()::putHeader);
            ctx.response().setStatusCode(401).putHeader(HttpHeaders.CONTENT_TYPE, "text/html; charset=utf-8").end(Buffer.buffer(pages.dashboard()));
        } else {
            problem(ctx, Problem.Kind.UNAUTHORIZED,
                    "This port is asked with the header Authorization: Bearer and the value of relay.admin.api-key.");
        }
    }

    private void enter(RoutingContext ctx) {
        HttpServerRequest request = ctx.request();
        if (!Query.decodable(request.query())) {
            problem(ctx, Problem.Kind.BAD_REQUEST, UNDECODABLE); // Vert.x would call the caller's mistake an unhandled exception
        } else if (!gate.waits(ctx)) {
            boolean body = request.headers().contains(HttpHeaders.CONTENT_LENGTH) || request.headers().contains(HttpHeaders.TRANSFER_ENCODING);
            if (body) {
                request.headers().set(HttpHeaders.CONTENT_TYPE, "application/octet-stream");
            }
            if (body && !request.isEnded()) { // it has been read where it is begun again after an exchange of routes
                new AdminBody(ctx, ctx.normalizedPath().startsWith("/sandbox/") ? LARGEST_OF_SANDBOX : LARGEST, bodies).read();
            } else {
                ctx.next();
            }
        }
    }

    private Right right(HttpServerRequest request) {
        if (key != null) {
            String given = request.getHeader(HttpHeaders.AUTHORIZATION);
            if (given == null || !given.regionMatches(true, 0, "Bearer ", 0, 7)) {
                return Right.NONE;
            }
            String value = given.substring(7).trim();
            boolean all = is(key, value);
            boolean read = readKey != null && is(readKey, value);
            return all ? Right.ALL : read ? Right.READ : Right.NONE;
        }
        String asked = request.getHeader(HttpHeaders.HOST);
        String origin = request.getHeader(HttpHeaders.ORIGIN);
        return asked != null && ours(asked) && (origin == null || origin.equalsIgnoreCase("http://" + asked))
                && OWN_SITE.containsAll(request.headers().getAll("Sec-Fetch-Site")) ? Right.ALL : Right.NONE;
    }

    /** A header has bytes, and is read as a character each: a browser sends Latin-1 so, curl UTF-8. */
    private static boolean is(byte[] right, String value) {
        return MessageDigest.isEqual(right, value.getBytes(StandardCharsets.ISO_8859_1))
                | MessageDigest.isEqual(right, value.getBytes(StandardCharsets.UTF_8));
    }

    private boolean ours(String hostAndPort) {
        String name = plain(hostAndPort.replaceFirst(":\\d+$", ""));
        return name.equals("localhost") || name.equals(plain(host)) || name.matches("127\\.\\d+\\.\\d+\\.\\d+")
                || name.contains(":") && UrlHost.isLoopback(name) && !UrlHost.isAny(name); // ::1 can be written in many ways
    }

    private static String plain(String name) {
        return name.replaceFirst("^\\[(.*)]$", "$1").toLowerCase(Locale.ROOT);
    }

    /** A body that is not read any more is passed over for a moment: who is cut off while sending never sees the answer. */
    static void problem(RoutingContext ctx, Problem problem) {
        if (!ctx.request().isEnded()) {
            AdminBody.passOver(ctx);
        }
        ctx.response().setStatusCode(problem.status()).putHeader(HttpHeaders.CONTENT_TYPE, ProblemAnswer.MEDIA_TYPE)
                .end(Buffer.buffer(ProblemAnswer.json(problem)));
    }

    private static void problem(RoutingContext ctx, Problem.Kind kind, String detail) {
        problem(ctx, new Problem(kind, detail));
    }
}
