package io.jobrelay.spring;

import io.jobrelay.config.Keys;
import io.jobrelay.job.JobRequest;
import io.jobrelay.port.HostServer;
import io.jobrelay.protocol.HeapShare;
import io.jobrelay.protocol.PublicPath;
import io.jobrelay.server.ByteBudget;
import io.jobrelay.server.PackedBody;
import io.jobrelay.webhook.Webhook;
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
import java.net.SocketTimeoutException;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import org.apache.camel.CamelContext;
import org.apache.camel.ProducerTemplate;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Stands in front of the webhook in a servlet host and does what a route cannot: 503 instead of 404 while Camel is not there, 405, 413, 408, a
 * bound on what is held in memory (a small one for what comes without a signature), bodies as the bytes they are whatever their Content-Type
 * claims, and 503 instead of 500 for every fault of the relay's own. It sees the relay's paths and no other.
 */
public final class WebhookFilter implements Filter {

    /** Where the admin routes are. */
    static final String ADMIN = HostServer.ADMIN + "/";

    private static final Logger LOG = LoggerFactory.getLogger(WebhookFilter.class);
    private static final String MEDIA = "/media/";
    private static final int PIECE = 64 * 1024;
    private static final int SMALL = 64 * 1024;
    /** As it came, whole, and what the store makes of it. */
    private static final int COPIES = 3;

    /** A body has to be there after that time, or come at this rate. */
    private static final long PATIENCE_NANOS = TimeUnit.SECONDS.toNanos(20);
    private static final long NANOS_A_BYTE = TimeUnit.SECONDS.toNanos(1) / 64_000;

    private final Supplier<CamelContext> camel;
    private final String webhookPath;
    private final Places signed = new Places(ByteBudget.MOST_SIGNED, ByteBudget.forCallbacks(), new AtomicInteger());
    private final Places unsigned = new Places(ByteBudget.MOST_UNSIGNED, ByteBudget.forStrangers(), new AtomicInteger());
    private ProducerTemplate template;

    private record Places(int most, ByteBudget room, AtomicInteger taken) {
    }

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
        String uri = request.getRequestURI().substring(request.getContextPath().length());
        String path = uri.startsWith(ADMIN) ? uri : PublicPath.of(uri);
        CamelContext context = camel.get();
        if (!context.isStarted()) {
            refuse(response, "1");
        } else if (path.startsWith(ADMIN)) {
            admin(request, response, chain, path);
        } else if (path.startsWith(MEDIA)) {
            chain.doFilter(new RawRequest(request, new byte[0], path, null), OwnFaults.ofMedia(response));
        } else if (!request.getMethod().equals("POST")) {
            response.setHeader("Allow", "POST");
            response.setStatus(405);
        } else {
            callback(request, response, chain, context, path);
        }
    }

    private static void admin(HttpServletRequest request, HttpServletResponse response, FilterChain chain, String path)
            throws IOException, ServletException {
        byte[] body = read(request, Math.min(JobRequest.LARGEST_BODY, HeapShare.part(40)), null);
        if (body == null) {
            response.setStatus(413);
        } else {
            chain.doFilter(new RawRequest(request, body, path, request.getQueryString()), new HttpServletResponseWrapper(response) {
                @Override
                public void addHeader(String name, String value) {
                    super.addHeader(name, name.equals("Location") ? request.getContextPath() + value : value);
                }
            });
        }
    }

    private void callback(HttpServletRequest request, HttpServletResponse response, FilterChain chain, CamelContext context, String path)
            throws IOException, ServletException {
        Webhook webhook = context.getRegistry().lookupByNameAndType("relay-webhook", Webhook.class);
        if (webhook == null) { // nothing of the relay has been made yet
            refuse(response, "1");
            return;
        }
        String job = webhook.jobOf(path).orElse(null);
        long most = new Keys(context).size("relay.webhook.max-body");
        Held held = new Held(job == null ? unsigned : signed);
        boolean goesOn = false;
        try {
            PackedBody.Result read = body(request, job == null ? Math.min(most, ByteBudget.LARGEST_UNSIGNED) : most, held);
            if (read.status() == 200) {
                chain.doFilter(new RawRequest(request, read.bytes(), path, null), OwnFaults.ofCallback(response));
                goesOn = listens(request, held);
            } else if (read.status() == 503) {
                refuse(response, "5");
            } else {
                response.setStatus(read.status());
                if (job != null) {
                    pollInstead(context, job);
                }
            }
        } finally {
            if (!goesOn) {
                held.letGo();
            }
        }
    }

    private static PackedBody.Result body(HttpServletRequest request, long most, Held held) throws IOException {
        if (!held.enter()) {
            return new PackedBody.Result(503, null, 0);
        }
        if (request.getContentLengthLong() > most) {
            return new PackedBody.Result(413, null, 0);
        }
        byte[] body;
        try {
            body = read(request, most, held);
        } catch (IOException e) {
            if (e instanceof SocketTimeoutException || e.getCause() instanceof SocketTimeoutException) {
                return new PackedBody.Result(408, null, 0);
            }
            throw e;
        }
        if (body == null) {
            return new PackedBody.Result(held.full ? 503 : 413, null, 0);
        }
        List<String> codings = PackedBody.codings(Collections.list(request.getHeaders("Content-Encoding")));
        return codings.isEmpty() || body.length == 0 ? new PackedBody.Result(200, body, 0)
                : PackedBody.unpack(body, body.length, codings, most, held::take);
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
        long start = System.nanoTime();
        for (int n = in.read(piece); n >= 0; n = in.read(piece)) {
            if (held != null && System.nanoTime() - start > PATIENCE_NANOS + NANOS_A_BYTE * body.size()) {
                throw new SocketTimeoutException("too slow");
            }
            if (body.size() + (long) n > most || held != null && !held.take(n)) {
                return null;
            }
            body.write(piece, 0, n);
        }
        return body.toByteArray();
    }

    private void pollInstead(CamelContext context, String job) {
        template(context).asyncSendBody("direct:poll-soon", Webhook.pollInstead(job)).whenComplete((done, failure) -> {
            if (failure != null) {
                LOG.warn("Job {} sent more than relay.webhook.max-body, or too slowly, and could not be marked for polling", job);
            }
        });
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
    private static final class Held implements AsyncListener {

        private final Places places;
        private boolean entered;
        private long bytes;
        private long ofHeap;
        private boolean full;
        private boolean gone;

        Held(Places places) {
            this.places = places;
        }

        boolean enter() {
            entered = places.taken.incrementAndGet() <= places.most;
            if (!entered) {
                places.taken.decrementAndGet();
            }
            return entered;
        }

        boolean take(long more) {
            full = !places.room.take(this, more);
            bytes += full ? 0 : more;
            long wanted = full || bytes <= SMALL ? 0 : COPIES * bytes - ofHeap;
            long got = wanted <= 0 ? 0 : ofHeap > 0 ? HeapShare.takeMore(wanted) : HeapShare.take(wanted);
            ofHeap += got;
            full |= got < wanted;
            return !full;
        }

        synchronized void letGo() {
            if (!gone && entered) {
                gone = true;
                places.taken.decrementAndGet();
                places.room.give(this);
                HeapShare.give(ofHeap);
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
