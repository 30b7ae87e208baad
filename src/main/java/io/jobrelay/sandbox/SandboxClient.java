package io.jobrelay.sandbox;

import io.jobrelay.client.CallLimits;
import io.jobrelay.client.HttpClients;
import io.jobrelay.client.Proxies;
import java.io.InputStream;
import java.net.URI;
import java.time.Duration;
import org.apache.camel.CamelContext;
import org.apache.camel.Message;
import org.apache.camel.component.http.HttpClientConfigurer;
import org.apache.hc.client5.http.impl.classic.HttpClientBuilder;

/** How the sandbox calls out: a fresh connection each time, never by a proxy, and the URL exactly as it was given. */
public final class SandboxClient implements HttpClientConfigurer {

    private static final Duration SILENCE = Duration.ofSeconds(10);
    private final CamelContext context;
    private final Duration patience;

    /**
     * @param context whose TLS configuration counts
     * @param patience how long a call may take as a whole
     */
    SandboxClient(CamelContext context, Duration patience) {
        this.context = context;
        this.patience = patience;
    }

    @Override
    public void configureHttpClient(HttpClientBuilder builder) {
        HttpClients.fresh(builder, context, SILENCE, Proxies.NONE);
        builder.addExecInterceptorFirst("relay-answer-limits", CallLimits.whole(patience, Long.MAX_VALUE));
    }

    /**
     * Makes the message a request to a URL.
     *
     * @param message whose headers are replaced
     * @param url absolute
     */
    static void address(Message message, URI url) {
        message.removeHeaders("*");
        HttpClients.address(message, url.toString());
    }

    /**
     * @param message an answer, its body still on the wire
     * @return what comes of its body; nothing where it has none. Closed before its end, it cuts the connection
     */
    static InputStream body(Message message) {
        InputStream body = message.getBody(InputStream.class);
        return body == null ? InputStream.nullInputStream() : body;
    }
}
