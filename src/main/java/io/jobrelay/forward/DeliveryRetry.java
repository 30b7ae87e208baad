package io.jobrelay.forward;

import io.jobrelay.flow.WorkInHand;
import io.jobrelay.protocol.Backoff;
import io.jobrelay.protocol.Redaction;
import java.time.Clock;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import org.apache.camel.Exchange;
import org.apache.camel.Variable;
import org.apache.camel.http.base.HttpOperationFailedException;

/** Decides what a failed delivery means: again later, or dead. An exception of any sink counts; HTTP answers are understood. */
public final class DeliveryRetry {

    private final int maxAttempts;
    private final Duration initialDelay;
    private final Duration maxDelay;
    private final Clock clock;

    /**
     * @param maxAttempts {@code relay.delivery.max-attempts}
     * @param initialDelay {@code relay.delivery.initial-delay}
     * @param maxDelay {@code relay.delivery.max-delay}
     * @param clock the relay's
     */
    public DeliveryRetry(int maxAttempts, Duration initialDelay, Duration maxDelay, Clock clock) {
        this.maxAttempts = maxAttempts;
        this.initialDelay = initialDelay;
        this.maxDelay = maxDelay;
        this.clock = clock;
    }

    /**
     * @param exchange whose delivery failed
     * @param delivery its row, with the {@code attempts} made before this one
     * @return {@code job}, and {@code status}, {@code next_attempt_at}, {@code next_attempt_wait} and {@code last_error} for the row; 410 and what is
     *     set aside are dead at once, a longer {@code Retry-After} counts, all else is tried again until the last attempt
     */
    public Map<String, Object> failed(Exchange exchange, @Variable("delivery") Map<String, Object> delivery) {
        Exception failure = exchange.getProperty(Exchange.EXCEPTION_CAUGHT, Exception.class);
        HttpOperationFailedException http = httpFailure(failure);
        int attempts = ((Number) delivery.get("attempts")).intValue() + 1;
        boolean setAside = failure instanceof WorkInHand.SetAside;
        boolean dead = attempts >= maxAttempts || http != null && http.getStatusCode() == 410 || setAside;
        Duration delay = Backoff.jitter(Backoff.doubling(initialDelay, maxDelay, attempts));
        Duration asked = http == null ? null : Backoff.retryAfter(http.getResponseHeaders(), clock);
        if (asked != null && asked.compareTo(delay) > 0) {
            delay = asked;
        }
        Map<String, Object> row = new HashMap<>();
        row.put("job", delivery.get("job"));
        row.put("status", dead ? "Dead" : "Pending");
        row.put("next_attempt_at", dead ? null : clock.millis() + delay.toMillis());
        row.put("next_attempt_wait", dead ? null : delay.toMillis());
        row.put("last_error", setAside ? failure.getMessage() : http == null ? Redaction.of(failure) : "the sink answered " + http.getStatusCode());
        return row;
    }

    private static HttpOperationFailedException httpFailure(Throwable failure) {
        for (Throwable t = failure; t != null; t = t.getCause()) {
            if (t instanceof HttpOperationFailedException http) {
                return http;
            }
        }
        return null;
    }
}
