package io.jobrelay.port;

import io.jobrelay.protocol.Capability;
import io.jobrelay.protocol.FatalErrors;
import io.jobrelay.protocol.PublicPath;
import io.jobrelay.server.BodyQueue;
import io.jobrelay.server.BodyReader;
import io.jobrelay.server.ByteBudget;
import io.jobrelay.server.HeadRequest;
import io.jobrelay.server.RequestGate;
import io.jobrelay.server.WatchedConnection;
import io.jobrelay.webhook.Webhook;
import io.vertx.core.Handler;
import io.vertx.core.http.HttpClosedException;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpMethod;
import io.vertx.ext.web.Route;
import io.vertx.ext.web.RoutingContext;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Pattern;
import org.apache.camel.CamelContext;
import org.apache.camel.ProducerTemplate;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Stands in front of the public port and does what a route cannot: answers 503 while the routes are not there (a starting relay must not
 * say 404 to a callback), 404 and 405 without a body, counts what is being held in memory and refuses more (503), makes every body arrive
 * as the bytes it is, whatever its Content-Type claims, cuts off who does not finish sending, and lets a job be polled whose callback was
 * too large (413) or too slow (408). Before a byte of a body is read, the URL's signature decides what it may take: what comes without one
 * has a few places and a little room of its own, so that it can never keep a signed callback out.
 */
public final class PublicGuard implements Handler<RoutingContext> {

    private static final Logger LOG = LoggerFactory.getLogger(PublicGuard.class);
    private static final String ADMIN = HostServer.ADMIN + "/";
    private static final Pattern MEDIA = Pattern.compile("/media/[^/]+/[^/]+");

    private final boolean alone;
    private final RequestGate gate = new RequestGate();
    private final Places signed = new Places(ByteBudget.MOST_SIGNED, ByteBudget.forCallbacks());
    private final Places unsigned = new Places(ByteBudget.MOST_UNSIGNED, ByteBudget.forStrangers());
    private final BodyQueue adminBodies = new BodyQueue(AdminGuard.ROOM);
    private final Set<Route> watched = ConcurrentHashMap.newKeySet();
    private volatile CamelContext context;
    private volatile String webhookPath;
    private volatile long largest;
    private volatile Webhook webhook;
    private volatile Capability media;
    private volatile ProducerTemplate template;

    private record Places(int most, ByteBudget room, AtomicInteger taken) {
        Places(int most, ByteBudget room) {
            this(most, room, new AtomicInteger());
        }
    }

    /** In front of a port that serves nothing but the webhook and media. */
    public PublicGuard() {
        this(true);
    }

    private PublicGuard(boolean alone) {
        this.alone = alone;
    }

    /** @return one in front of a port that serves a host's own paths too, which are left to it; the admin routes' bodies arrive as they are */
    public static PublicGuard inHost() {
        return new PublicGuard(false);
    }

    /**
     * Lets requests in from the moment the context has started until it stops.
     *
     * @param camel that holds the routes
     * @param path {@code relay.webhook.path}
     * @param maxBody {@code relay.webhook.max-body}, in bytes
     * @param reader knows which URLs the relay handed out
     */
    public void guard(CamelContext camel, String path, long maxBody, Webhook reader) {
        this.webhookPath = PublicPath.of(path);
        this.largest = maxBody;
        this.webhook = reader;
        this.media = camel.getRegistry().lookupByNameAndType("relay-media-capability", Capability.class);
        this.context = camel;
    }

    /** @return what keeps requests waiting while the routes of this port are exchanged */
    public RequestGate gate() {
        return gate;
    }

    @Override
    public void handle(RoutingContext ctx) {
        boolean admin = !alone && ctx.normalizedPath().startsWith(ADMIN);
        String path = admin ? ctx.normalizedPath() : PublicPath.of(ctx.request().path());
        if (!alone && !admin && !ours(path)) {
            ctx.next();
            return;
        }
        if (watched.add(ctx.currentRoute())) {
            ctx.currentRoute().failureHandler(PublicGuard::failed);
        }
        if (admin && HeadRequest.begin(ctx)) {
            return;
        }
        if (admin) {
            ctx.request().headers().set(HttpHeaders.CONTENT_TYPE, "application/octet-stream");
            boolean body = ctx.request().headers().contains(HttpHeaders.CONTENT_LENGTH) || ctx.request().headers().contains(HttpHeaders.TRANSFER_ENCODING);
            if (body && !ctx.request().isEnded()) {
                new AdminBody(ctx, AdminGuard.LARGEST, adminBodies).read();
            } else {
                ctx.next();
            }
            return;
        }
        if (!path.equals(ctx.request().uri())) {
            ctx.reroute(path); // of a query Camel would make headers, and it carries nothing the relay asks for
            return;
        }
        if (context == null || !context.isStarted()) {
            refuse(ctx, 503, "1");
        } else if (gate.waits(ctx)) {
            return;
        } else if (isWebhook(path)) {
            callback(ctx, path);
        } else if (MEDIA.matcher(path).matches()) {
            media(ctx, path);
        } else {
            refuse(ctx, 404, null);
        }
    }

    private void media(RoutingContext ctx, String path) {
        if (ctx.request().method() != HttpMethod.GET && ctx.request().method() != HttpMethod.HEAD) {
            ctx.response().putHeader(HttpHeaders.ALLOW, "GET, HEAD");
            refuse(ctx, 405, null);
        } else if (media != null && media.verify(path.split("/")[2]).isEmpty()) {
            refuse(ctx, 404, null); // the route would say the same, and have asked the database
        } else {
            WatchedConnection.signed(ctx.request());
            ctx.next();
        }
    }

    private boolean isWebhook(String path) {
        return path.equals(webhookPath) || path.startsWith(webhookPath.equals("/") ? "/" : webhookPath + "/");
    }

    private boolean ours(String path) {
        return webhookPath != null && isWebhook(path) || MEDIA.matcher(path).matches();
    }

    private static void failed(RoutingContext ctx) {
        if (ctx.failure() instanceof HttpClosedException || ctx.response().closed()) {
            return; // the sender broke off: nobody waits for an answer, and nothing is wrong here
        }
        if (ctx.statusCode() == 413) {
            refuse(ctx, 413, null);
        } else {
            ctx.next();
        }
    }

    private void callback(RoutingContext ctx, String path) {
        if (ctx.request().method() != HttpMethod.POST) {
            ctx.response().putHeader(HttpHeaders.ALLOW, "POST");
            refuse(ctx, 405, null);
            return;
        }
        ctx.addHeadersEndHandler(written -> {
            if (ctx.response().getStatusCode() == 404 || ctx.response().getStatusCode() == 405) { // its route has not been started, or was stopped
                ctx.response().setStatusCode(503).putHeader(HttpHeaders.RETRY_AFTER, "5");
            }
        });
        String job = webhook.jobOf(path).orElse(null);
        if (job != null) {
            WatchedConnection.signed(ctx.request());
            ctx.put(Webhook.JOB, job);
        }
        ctx.request().headers().set(HttpHeaders.CONTENT_TYPE, "application/octet-stream");
        if (ctx.request().isEnded()) { // begun again after an exchange of routes: the body has been read
            ctx.next();
        } else if (job != null) {
            read(ctx, job, signed, largest);
        } else {
            read(ctx, null, unsigned, Math.min(largest, ByteBudget.LARGEST_UNSIGNED));
        }
    }

    private void read(RoutingContext ctx, String job, Places places, long most) {
        String announced = ctx.request().getHeader(HttpHeaders.CONTENT_LENGTH);
        boolean empty = !ctx.request().headers().contains(HttpHeaders.TRANSFER_ENCODING) && (announced == null || announced.equals("0"));
        if (!empty && places.taken.incrementAndGet() > places.most) {
            places.taken.decrementAndGet();
            refuse(ctx, 503, "5");
            return;
        }
        ctx.addEndHandler(done -> {
            if (!empty) {
                places.taken.decrementAndGet();
            }
            int status = ctx.response().getStatusCode();
            if (job != null && (status == 413 || status == 408)) {
                pollInstead(ctx, job, status);
            }
        });
        new BodyReader(ctx, most, places.room, job == null).read();
    }

    private void pollInstead(RoutingContext ctx, String job, int status) {
        ctx.vertx().executeBlocking(() -> {
            template().sendBody("direct:poll-soon", Webhook.pollInstead(job));
            return null;
        }, false).onFailure(e -> {
            FatalErrors.see(e);
            LOG.warn("Job {} sent {} and could not be marked for polling", job,
                    status == 413 ? "more than relay.webhook.max-body" : "its result too slowly");
        });
    }

    private ProducerTemplate template() {
        if (template == null) {
            template = context.createProducerTemplate();
        }
        return template;
    }

    /** Whoever is refused may have more to send, and nobody waits for that. */
    private static void refuse(RoutingContext ctx, int status, String retryAfter) {
        if (retryAfter != null) {
            ctx.response().putHeader(HttpHeaders.RETRY_AFTER, retryAfter);
        }
        ctx.response().putHeader(HttpHeaders.CONNECTION, "close").setStatusCode(status).end();
    }
}
