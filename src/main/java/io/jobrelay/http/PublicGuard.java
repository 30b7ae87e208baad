package io.jobrelay.http;

import io.jobrelay.intake.Webhook;
import io.vertx.core.Handler;
import io.vertx.core.http.HttpClosedException;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpMethod;
import io.vertx.ext.web.Route;
import io.vertx.ext.web.RoutingContext;
import java.util.List;
import java.util.Map;
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
 * too large (413).
 */
public final class PublicGuard implements Handler<RoutingContext> {

    private static final Logger LOG = LoggerFactory.getLogger(PublicGuard.class);
    private static final int MOST_REQUESTS = 1_000;
    private static final String ADMIN = HostServer.ADMIN + "/";
    private static final Pattern MEDIA = Pattern.compile("/media/[^/]+/[^/]+");

    private final boolean alone;
    private final Turnstile turnstile = new Turnstile();
    private final Room room = Room.forCallbacks();
    private final Set<Route> watched = ConcurrentHashMap.newKeySet();
    private final AtomicInteger requests = new AtomicInteger();
    private volatile CamelContext context;
    private volatile String webhookPath;
    private volatile long largest;
    private volatile Webhook webhook;
    private volatile ProducerTemplate template;

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
        this.webhookPath = path.length() > 1 ? path.replaceAll("/+$", "") : path;
        this.largest = maxBody;
        this.webhook = reader;
        this.context = camel;
    }

    /** @return what keeps requests waiting while the routes of this port are exchanged */
    public Turnstile turnstile() {
        return turnstile;
    }

    @Override
    public void handle(RoutingContext ctx) {
        if (!alone && !ours(ctx.normalizedPath())) {
            ctx.next();
            return;
        }
        if (watched.add(ctx.currentRoute())) {
            ctx.currentRoute().failureHandler(PublicGuard::failed);
        }
        if (ctx.normalizedPath().startsWith(ADMIN) && !alone) {
            ctx.request().headers().set(HttpHeaders.CONTENT_TYPE, "application/octet-stream");
            ctx.next();
            return;
        }
        if (ctx.request().query() != null) {
            ctx.reroute(ctx.request().path()); // Camel would make headers of its parameters: a query carries nothing the relay asks for
            return;
        }
        String path = ctx.normalizedPath();
        if (context == null || !context.isStarted()) {
            refuse(ctx, "1");
        } else if (turnstile.waits(ctx)) {
            return;
        } else if (isWebhook(path)) {
            callback(ctx, path);
        } else if (MEDIA.matcher(path).matches()) {
            if (ctx.request().method() == HttpMethod.GET || ctx.request().method() == HttpMethod.HEAD) {
                ctx.next();
            } else {
                ctx.response().putHeader(HttpHeaders.ALLOW, "GET, HEAD").setStatusCode(405).end();
            }
        } else {
            ctx.response().setStatusCode(404).end();
        }
    }

    private boolean isWebhook(String path) {
        return path.equals(webhookPath) || path.startsWith(webhookPath.equals("/") ? "/" : webhookPath + "/");
    }

    private boolean ours(String path) {
        return webhookPath != null && isWebhook(path) || MEDIA.matcher(path).matches() || path.startsWith(ADMIN);
    }

    private static void failed(RoutingContext ctx) {
        if (ctx.failure() instanceof HttpClosedException || ctx.response().closed()) {
            return; // the sender broke off: nobody waits for an answer, and nothing is wrong here
        }
        if (ctx.statusCode() == 413) {
            ctx.response().setStatusCode(413).end();
        } else {
            ctx.next();
        }
    }

    private void callback(RoutingContext ctx, String path) {
        if (ctx.request().method() != HttpMethod.POST) {
            ctx.response().putHeader(HttpHeaders.ALLOW, "POST").setStatusCode(405).end();
            return;
        }
        if (requests.incrementAndGet() > MOST_REQUESTS) {
            requests.decrementAndGet();
            refuse(ctx, "5");
            return;
        }
        ctx.addEndHandler(done -> {
            requests.decrementAndGet();
            if (ctx.response().getStatusCode() == 413) {
                pollInstead(ctx, path);
            }
        });
        ctx.request().headers().set(HttpHeaders.CONTENT_TYPE, "application/octet-stream");
        if (ctx.request().isEnded()) { // begun again after an exchange of routes: the body has been read
            ctx.next();
        } else {
            new CallbackReader(ctx, largest, room).read();
        }
    }

    private void pollInstead(RoutingContext ctx, String path) {
        webhook.jobOf(path).ifPresent(job -> ctx.vertx().executeBlocking(() -> {
            template().sendBody("direct:poll-soon", List.of(Map.of("job", job)));
            return null;
        }, false).onFailure(e -> LOG.warn("Job {} sent more than relay.webhook.max-body and could not be marked for polling", job)));
    }

    private ProducerTemplate template() {
        if (template == null) {
            template = context.createProducerTemplate();
        }
        return template;
    }

    private static void refuse(RoutingContext ctx, String seconds) {
        ctx.response().putHeader(HttpHeaders.RETRY_AFTER, seconds).setStatusCode(503).end();
    }
}
