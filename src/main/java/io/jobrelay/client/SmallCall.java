package io.jobrelay.client;

import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;
import java.util.List;
import org.apache.hc.client5.http.config.RequestConfig;
import org.apache.hc.client5.http.impl.classic.CloseableHttpClient;
import org.apache.hc.client5.http.impl.classic.HttpClientBuilder;
import org.apache.hc.core5.http.ClassicHttpRequest;
import org.apache.hc.core5.http.ClassicHttpResponse;
import org.apache.hc.core5.http.Header;
import org.apache.hc.core5.http.HttpEntity;
import org.apache.hc.core5.http.io.support.ClassicRequestBuilder;
import org.apache.hc.core5.util.Timeout;

/** One HTTP call now and then, whose answer is small: bounded in time and size, whoever answers. */
public final class SmallCall {

    private static final int LARGEST_ANSWER = 1 << 20;
    private final Duration connect;
    private final Duration patience;
    private final Proxies proxies;
    private CloseableHttpClient client; // made when it is needed: most relays never ask

    /**
     * What came back.
     *
     * @param status of the answer
     * @param headers of the answer, in order
     * @param body of the answer, possibly empty
     */
    public record Answer(int status, List<Header> headers, byte[] body) {
    }

    /**
     * @param connect how long a connection may take
     * @param patience how long the whole call may take
     * @param proxies that lead to other hosts
     */
    public SmallCall(Duration connect, Duration patience, Proxies proxies) {
        this.connect = connect;
        this.patience = patience;
        this.proxies = proxies;
    }

    /**
     * @param request to send
     * @return the answer; redirects are answers, too
     * @throws IOException when no whole answer came in time, or more than a megabyte
     */
    public Answer send(ClassicRequestBuilder request) throws IOException {
        ClassicHttpRequest built = request.build();
        try (ClassicHttpResponse response = client().executeOpen(null, built, null)) {
            HttpEntity entity = response.getEntity();
            if (entity == null) {
                return new Answer(response.getCode(), List.of(response.getHeaders()), new byte[0]);
            }
            try (InputStream body = entity.getContent()) {
                return new Answer(response.getCode(), List.of(response.getHeaders()), body.readAllBytes());
            }
        }
    }

    private synchronized CloseableHttpClient client() {
        if (client == null) {
            HttpClientBuilder builder = HttpClientBuilder.create().setDefaultRequestConfig(RequestConfig.custom()
                    .setConnectTimeout(Timeout.of(connect)).setResponseTimeout(Timeout.of(patience)).build());
            HttpClients.fresh(builder, null, patience, proxies);
            client = builder.disableRedirectHandling().addExecInterceptorFirst("relay-answer-limits", CallLimits.whole(patience, LARGEST_ANSWER)).build();
        }
        return client;
    }
}
