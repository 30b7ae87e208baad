package io.jobrelay.spring;

import io.jobrelay.config.Keys;
import io.jobrelay.http.HostServer;
import io.jobrelay.http.Room;
import io.jobrelay.intake.JobRequest;
import io.jobrelay.intake.Webhook;
import jakarta.servlet.AsyncEvent;
import jakarta.servlet.AsyncListener;
import jakarta.servlet.Filter;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.ServletRequest;
import jakarta.servlet.ServletResponse;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import jakarta.servlet.http.HttpServletResponseWrapper;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import org.apache.camel.CamelContext;
import org.apache.camel.ProducerTemplate;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Stands in front of the webhook in a servlet host and does what a route cannot: 503 instead of 404 while Camel is not there, 405, 413, a
 * bound on what is held in memory, bodies as the bytes they are whatever their Content-Type claims, and 503 instead of 500 for every fault
 * of the relay's own. It sees the relay's paths and no other.
 */
public final class WebhookFilter implements Filter {

    /** Where the admin routes are. */
    static final String ADMIN = HostServer.ADMIN + "/";

    private static final Logger LOG = LoggerFactory.getLogger(WebhookFilter.class);
    private static final String MEDIA = "/media/";
    private static final int MOST_REQUESTS = 1_000;
    private static final int PIECE = 64 * 1024;

    private final Supplier<CamelContext> camel;
    private final String webhookPath;
    private final AtomicInteger requests = new AtomicInteger();
    private final Room room = Room.forCallbacks();
    private ProducerTemplate template;

    /**
     * @param camel gives the context that holds the routes
     * @param webhookPath {@code relay.webhook.path} without a slash at its end
     */
    public WebhookFilter(Supplier<CamelContext> camel, String webhookPath) {
        this.camel = camel;
        this.webhookPath = webhookPath;
    }

    @Override
    public void doFilter(ServletRequest any, ServletResponse anyResponse, FilterChain chain) throws IOException, ServletException {
        HttpServletRequest request = (HttpServletRequest) any;
        HttpServletResponse response = (HttpServletResponse) anyResponse;
        String path = request.getRequestURI().substring(request.getContextPath().length());
        CamelContext context = camel.get();
        if (!context.isStarted()) {
            refuse(response, "1");
        } else if (path.startsWith(ADMIN)) {
            admin(request, response, chain);
        } else if (path.startsWith(MEDIA)) {
            chain.doFilter(new RawRequest(request, new byte[0], null), new OwnFaults(response));
        } else if (!request.getMethod().equals("POST")) {
            response.setHeader("Allow", "POST");
            response.setStatus(405);
        } else {
            callback(request, response, chain, context, path);
        }
    }

    private static void admin(HttpServletRequest request, HttpServletResponse response, FilterChain chain) throws IOException, ServletException {
        byte[] body = read(request, JobRequest.LARGEST_BODY, null);
        if (body == null) {
            response.setStatus(413);
        } else {
            chain.doFilter(new RawRequest(request, body, request.getQueryString()), new HttpServletResponseWrapper(response) {
                @Override
                public void addHeader(String name, String value) {
                    super.addHeader(name, name.equals("Location") ? request.getContextPath() + value : value);
                }
            });
        }
    }

    private void callback(HttpServletRequest request, HttpServletResponse response, FilterChain chain, CamelContext context, String path)
            throws IOException, ServletException {
        Held held = new Held();
        boolean goesOn = false;
        try {
            if (requests.incrementAndGet() > MOST_REQUESTS) {
                refuse(response, "5");
                return;
            }
            long most = new Keys(context).size("relay.webhook.max-body");
            byte[] body = request.getContentLengthLong() > most ? null : read(request, most, held);
            if (body == null && held.full) {
                refuse(response, "5");
            } else if (body == null) {
                response.setStatus(413);
                pollInstead(context, path);
            } else {
                chain.doFilter(new RawRequest(request, body, null), new OwnFaults(response));
                goesOn = listens(request, held);
            }
        } finally {
            if (!goesOn) {
                held.letGo();
            }
        }
    }

    /** @return whether Camel answers later; false where it has answered meanwhile */
    private static boolean listens(HttpServletRequest request, Held held) {
        try {
            if (request.isAsyncStarted()) {
                request.getAsyncContext().addListener(held);
                return true;
            }
        } catch (IllegalStateException e) {
            LOG.debug("A callback was answered at this moment", e);
        }
        return false;
    }

    /** @return the body, or null where it is longer than {@code most}, or there is no room for it */
    private static byte[] read(HttpServletRequest request, long most, Held held) throws IOException {
        ByteArrayOutputStream body = new ByteArrayOutputStream();
        InputStream in = request.getInputStream();
        byte[] piece = new byte[PIECE];
        for (int n = in.read(piece); n >= 0; n = in.read(piece)) {
            if (body.size() + (long) n > most || held != null && !held.take(n)) {
                return null;
            }
            body.write(piece, 0, n);
        }
        return body.toByteArray();
    }

    private void pollInstead(CamelContext context, String path) {
        context.getRegistry().lookupByNameAndType("relay-webhook", Webhook.class).jobOf(path)
                .ifPresent(job -> template(context).asyncSendBody("direct:poll-soon", List.of(Map.of("job", job))).whenComplete((done, failure) -> {
                    if (failure != null) {
                        LOG.warn("Job {} sent more than relay.webhook.max-body and could not be marked for polling", job);
                    }
                }));
    }

    private synchronized ProducerTemplate template(CamelContext context) {
        if (template == null) {
            template = context.createProducerTemplate();
        }
        return template;
    }

    private static void refuse(HttpServletResponse response, String seconds) {
        response.setHeader("Retry-After", seconds);
        response.setStatus(503);
    }

    /** What one callback holds, from the first of its bytes until Camel has answered it. */
    private final class Held implements AsyncListener {

        private long bytes;
        private boolean full;
        private boolean gone;

        boolean take(int more) {
            full = !room.take(this, more);
            bytes += full ? 0 : more;
            return !full;
        }

        synchronized void letGo() {
            if (!gone) {
                gone = true;
                requests.decrementAndGet();
                room.give(this, bytes);
            }
        }

        @Override
        public void onComplete(AsyncEvent event) {
            letGo();
        }

        @Override
        public void onTimeout(AsyncEvent event) {
            // completed by the server
        }

        @Override
        public void onError(AsyncEvent event) {
            // completed by the server
        }

        @Override
        public void onStartAsync(AsyncEvent event) {
            event.getAsyncContext().addListener(this);
        }
    }
}
