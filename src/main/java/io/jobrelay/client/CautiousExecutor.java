package io.jobrelay.client;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.io.UncheckedIOException;
import org.apache.hc.client5.http.protocol.HttpClientContext;
import org.apache.hc.core5.http.ClassicHttpRequest;
import org.apache.hc.core5.http.ClassicHttpResponse;
import org.apache.hc.core5.http.EndpointDetails;
import org.apache.hc.core5.http.HttpConnection;
import org.apache.hc.core5.http.HttpException;
import org.apache.hc.core5.http.HttpHeaders;
import org.apache.hc.core5.http.HttpRequest;
import org.apache.hc.core5.http.HttpResponse;
import org.apache.hc.core5.http.Method;
import org.apache.hc.core5.http.ProtocolException;
import org.apache.hc.core5.http.impl.Http1StreamListener;
import org.apache.hc.core5.http.impl.io.HttpRequestExecutor;
import org.apache.hc.core5.http.io.HttpClientConnection;
import org.apache.hc.core5.http.io.HttpResponseInformationCallback;
import org.apache.hc.core5.http.protocol.HttpContext;

/**
 * Sends a request and waits for its answer: not for one of any number of interim answers, and telling apart what only looks alike. A proxy's
 * refusal of a tunnel is no answer of the server behind it; a kept connection that had died says nothing about the server either.
 */
public final class CautiousExecutor extends HttpRequestExecutor {

    private static final int MOST_INTERIM_ANSWERS = 20;
    private static final String SENT = "relay-request-sent";
    private final Proxies proxies;

    /** @param proxies whose credentials are sent to them, and to nobody else */
    CautiousExecutor(Proxies proxies) {
        this.proxies = proxies;
    }

    @Override
    public ClassicHttpResponse execute(ClassicHttpRequest request, HttpClientConnection connection, HttpResponseInformationCallback informed,
            HttpContext context) throws IOException, HttpException {
        if (Method.CONNECT.isSame(request.getMethod())) {
            return tunnel(request, connection, informed, context);
        }
        if (HttpClients.seenByProxy(HttpClientContext.castOrCreate(context).getHttpRoute())) {
            proxies.to(request.getScheme(), request.getAuthority()).map(Proxies.Proxy::authorization)
                    .ifPresent(basic -> request.setHeader(HttpHeaders.PROXY_AUTHORIZATION, basic));
        }
        EndpointDetails traffic = connection.getEndpointDetails();
        boolean usedBefore = traffic != null && traffic.getResponseCount() > 0;
        long received = traffic == null ? 0 : traffic.getReceivedBytesCount();
        context.setAttribute(SENT, true);
        try {
            ClassicHttpResponse response = answer(request, connection, informed, context);
            context.removeAttribute(SENT); // a redirect may lead to another call, which is not sent yet
            return response;
        } catch (InterruptedIOException e) {
            throw e; // of silence nothing follows
        } catch (IOException e) {
            if (usedBefore && traffic.getReceivedBytesCount() == received) {
                throw new StaleConnection(e);
            }
            throw e;
        }
    }

    /** @return whether a request of this call may have reached its server, and was not answered */
    static boolean sent(HttpContext context) {
        return context.getAttribute(SENT) != null;
    }

    private ClassicHttpResponse tunnel(ClassicHttpRequest request, HttpClientConnection connection, HttpResponseInformationCallback informed,
            HttpContext context) throws IOException {
        Proxies.Proxy proxy = proxies.to("https", request.getAuthority()).orElseThrow(() -> new IOException("there is no proxy"));
        if (proxy.authorization() != null) {
            request.setHeader(HttpHeaders.PROXY_AUTHORIZATION, proxy.authorization());
        }
        ClassicHttpResponse answer;
        try {
            answer = answer(request, connection, informed, context);
        } catch (IOException | HttpException e) {
            throw new ProxyRefused("the proxy " + proxy.host().toHostString() + " makes no connection", e);
        }
        if (answer.getCode() != 200) {
            throw new ProxyRefused("the proxy " + proxy.host().toHostString() + " answered " + answer.getCode(), null);
        }
        return answer;
    }

    private static ClassicHttpResponse answer(ClassicHttpRequest request, HttpClientConnection connection,
            HttpResponseInformationCallback informed, HttpContext context) throws IOException, HttpException {
        try {
            return new HttpRequestExecutor(HttpClients.BOUNDS, null, new Counting()).execute(request, connection, informed, context);
        } catch (UncheckedIOException e) {
            throw e.getCause();
        }
    }

    /** A kept connection broke before a byte of an answer had come: most likely the other side had closed it when the request was on its way. */
    static final class StaleConnection extends IOException {
        StaleConnection(IOException cause) {
            super(cause.getMessage(), cause);
        }
    }

    /** Nothing of the request has reached its server: there was no connection, or none that is secure. */
    public static final class NotSent extends IOException {
        NotSent(Exception cause) {
            super(cause.getMessage(), cause);
        }
    }

    /** The way to a server led to a proxy, and no further. */
    public static final class ProxyRefused extends IOException {
        ProxyRefused(String message, Exception cause) {
            super(message, cause);
        }
    }

    private static final class Counting implements Http1StreamListener {

        private int answers;

        @Override
        public void onRequestHead(HttpConnection connection, HttpRequest request) {
            answers = 0;
        }

        @Override
        public void onResponseHead(HttpConnection connection, HttpResponse response) {
            if (++answers > MOST_INTERIM_ANSWERS) {
                throw new UncheckedIOException(new IOException("more than " + MOST_INTERIM_ANSWERS + " interim answers"));
            }
        }

        @Override
        public void onExchangeComplete(HttpConnection connection, boolean keepAlive) {
            // of no interest
        }
    }
}
