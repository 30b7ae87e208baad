package io.jobrelay.forward;

import io.jobrelay.client.CallLimits;
import io.jobrelay.client.HttpClients;
import io.jobrelay.client.Proxies;
import io.jobrelay.protocol.Hmac;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.util.Base64;
import javax.crypto.Mac;
import org.apache.camel.Body;
import org.apache.camel.CamelContext;
import org.apache.camel.Exchange;
import org.apache.camel.Header;
import org.apache.camel.Message;
import org.apache.camel.component.http.HttpClientConfigurer;
import org.apache.hc.client5.http.impl.classic.HttpClientBuilder;
import org.apache.hc.core5.http.ContentType;
import org.apache.hc.core5.http.io.entity.EntityTemplate;

/**
 * Writes an outcome as a request of the Standard Webhooks kind (standardwebhooks.com, specification 1.0): {@code webhook-id} is the same for
 * every attempt at a job, {@code webhook-timestamp} the seconds of this one, {@code webhook-signature} "v1," and the base64 of
 * HMAC-SHA256 over id, timestamp and body joined by dots. The library of that name signs a text: a result of 50 MB would be in memory several times.
 */
public final class HttpSink implements HttpClientConfigurer {

    private static final long MOST_OF_ANSWER = 64 * 1024;
    private final CamelContext context;
    private final String url;
    private final byte[] key;
    private final Duration timeout;
    private final Proxies proxies;
    private final Clock clock;

    /**
     * @param context whose TLS configuration counts
     * @param url {@code relay.sink.http.url}, or null when the sink is not configured
     * @param secret {@code whsec_} and the base64 of the key; null sends no signature
     * @param timeout {@code relay.sink.http.timeout}
     * @param proxies that lead to the endpoint
     * @param clock the relay's
     */
    public HttpSink(CamelContext context, String url, String secret, Duration timeout, Proxies proxies, Clock clock) {
        this.context = context;
        this.proxies = proxies;
        this.timeout = timeout;
        this.url = url;
        this.key = secret == null ? null : Base64.getDecoder().decode(secret.replaceFirst("^whsec_", ""));
        this.clock = clock;
    }

    @Override
    public void configureHttpClient(HttpClientBuilder builder) {
        // every repeat is a row with its time, but for a kept connection that turns out to be dead
        Runnable dropKept = HttpClients.kept(builder, context, timeout, proxies);
        builder.disableRedirectHandling().addExecInterceptorFirst("relay-answer-limits", CallLimits.status(timeout, MOST_OF_ANSWER, dropKept));
    }

    /**
     * @param outcome the document
     * @param id the relay's own id of the job
     * @param message whose headers and body are replaced
     * @throws IOException never, in practice: the document is in memory
     */
    public void write(@Body Outcome outcome, @Header("relay-id") String id, Message message) throws IOException {
        String timestamp = String.valueOf(clock.instant().getEpochSecond());
        message.removeHeaders("*");
        message.setHeader(Exchange.HTTP_METHOD, "POST");
        HttpClients.address(message, url);
        message.setHeader(Exchange.CONTENT_TYPE, "application/json");
        message.setHeader("webhook-id", id);
        message.setHeader("webhook-timestamp", timestamp);
        if (key != null) {
            message.setHeader("webhook-signature", "v1," + signature(id, timestamp, outcome));
        }
        message.setBody(new EntityTemplate(outcome.length(), ContentType.create("application/json"), null, outcome::writeTo));
    }

    private String signature(String id, String timestamp, Outcome outcome) throws IOException {
        Mac mac = Hmac.mac("sha256", key);
        mac.update((id + "." + timestamp + ".").getBytes(StandardCharsets.UTF_8));
        outcome.writeTo(new OutputStream() {
            @Override
            public void write(int b) {
                mac.update((byte) b);
            }

            @Override
            public void write(byte[] bytes, int offset, int length) {
                mac.update(bytes, offset, length);
            }
        });
        return Base64.getEncoder().encodeToString(mac.doFinal());
    }
}
