package io.jobrelay.api;

import io.jobrelay.http.AnswerLimits;
import io.jobrelay.ops.Redaction;
import java.net.ConnectException;
import java.net.NoRouteToHostException;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import javax.net.ssl.SSLException;
import org.apache.camel.Exchange;
import org.apache.camel.Message;
import org.apache.camel.component.http.HttpClientConfigurer;
import org.apache.hc.client5.http.ConnectTimeoutException;
import org.apache.hc.client5.http.impl.classic.HttpClientBuilder;

/**
 * How the API is called, and how its answers are read. A fresh connection each time: on one kept from before, a lost request cannot be told
 * from a lost answer. No retries of the HTTP client's own: every call is counted in the budget and every repeat is a decision.
 */
public final class ApiClient implements HttpClientConfigurer {

    private static final Duration LEAST_PATIENCE = Duration.ofSeconds(30);
    private final long largestAnswer;
    private final Duration patience;

    /**
     * @param largestAnswer that is read, in bytes: {@code relay.webhook.max-body}, since a poll brings what a callback would have brought
     * @param lease {@code relay.claim.lease}: a call that takes longer than 30 s and than this is given up
     */
    public ApiClient(long largestAnswer, Duration lease) {
        this.largestAnswer = largestAnswer;
        this.patience = lease.compareTo(LEAST_PATIENCE) > 0 ? lease : LEAST_PATIENCE;
    }

    @Override
    public void configureHttpClient(HttpClientBuilder builder) {
        builder.disableAutomaticRetries().disableCookieManagement().disableRedirectHandling()
                .addExecInterceptorFirst("relay-answer-limits", new AnswerLimits(patience, largestAnswer, true))
                .setConnectionReuseStrategy((request, response, context) -> false);
    }

    /**
     * @param message the API's answer
     * @return the same, apart from the exchange
     */
    public ApiAnswer answered(Message message) {
        Integer code = message.getHeader(Exchange.HTTP_RESPONSE_CODE, Integer.class);
        Map<String, Object> headers = new HashMap<>();
        message.getHeaders().forEach((name, value) -> {
            if (!name.startsWith("Camel")) {
                headers.put(name, value);
            }
        });
        return ApiAnswer.of(code == null ? 0 : code, headers, message.getBody(byte[].class));
    }

    /**
     * @param exchange whose call failed
     * @return an answer that did not come; {@code left} is false only where no connection could be made: DNS, refused, connect timeout, TLS
     */
    public ApiAnswer failed(Exchange exchange) {
        Throwable failure = exchange.getProperty(Exchange.EXCEPTION_CAUGHT, Throwable.class);
        for (Throwable t = failure; t != null; t = t.getCause()) {
            if (t instanceof ConnectException || t instanceof ConnectTimeoutException || t instanceof UnknownHostException
                    || t instanceof NoRouteToHostException) {
                return ApiAnswer.none(false, "no connection to the API could be made (" + t.getClass().getSimpleName() + ")");
            }
            if (t instanceof SSLException && !isAfterHandshake(t)) {
                return ApiAnswer.none(false, "no secure connection to the API could be made: " + Redaction.of(t));
            }
        }
        return ApiAnswer.none(true, "no answer came from the API (" + Redaction.of(failure) + ")");
    }

    /** A connection that breaks while data flows is an SSLException too; only the handshake's own kinds say that nothing was sent. */
    private static boolean isAfterHandshake(Throwable failure) {
        return failure.getClass() == SSLException.class;
    }
}
