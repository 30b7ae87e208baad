package io.jobrelay.server;

import io.jobrelay.protocol.Problem;
import java.io.ByteArrayInputStream;
import java.io.InputStream;
import java.time.Duration;
import java.util.concurrent.Semaphore;
import org.apache.camel.Exchange;
import org.apache.camel.component.platform.http.vertx.HttpMessage;

/**
 * Sends large answers of the admin port in pieces, so many at once, each in bounded time; Camel would hand over the whole to a socket that may
 * not take it.
 */
public final class AnswerSender {

    /** Each holds a thread. */
    private static final int MOST_AT_ONCE = 32;
    private static final int SMALL = 64 * 1024;
    private static final long FIRST_MILLIS = 20_000;
    private static final long SLOWEST_BYTES_A_MILLI = 64;

    private final Semaphore places = new Semaphore(MOST_AT_ONCE);

    /**
     * Sends what is too long to be left to Camel.
     *
     * @param exchange with the answer, its body an array of bytes
     * @throws Problem 503 when as many are being sent as may be at once
     */
    public void send(Exchange exchange) {
        if (exchange.getMessage().getBody() instanceof byte[] body && body.length > SMALL) {
            stream(new ByteArrayInputStream(body), body.length, exchange);
        }
    }

    /**
     * Sends an answer of known length. On a server of somebody else's it becomes the message's body.
     *
     * @param body of it
     * @param length of it in bytes
     * @param exchange with its status and headers
     * @throws Problem 503 when as many are being sent as may be at once
     */
    public void stream(InputStream body, long length, Exchange exchange) {
        HttpMessage request = AdminEngine.request(exchange);
        if (request == null) {
            exchange.getMessage().setBody(body);
            return;
        }
        exchange.getMessage().setHeader("Content-Length", String.valueOf(length));
        if (!places.tryAcquire()) {
            throw busy();
        }
        try {
            PieceSender.write(body, length, Duration.ofMillis(FIRST_MILLIS + length / SLOWEST_BYTES_A_MILLI), request, exchange);
        } finally {
            places.release();
        }
    }

    /** @return what somebody is told for whose answer there is no place now */
    public static Problem busy() {
        return new Problem(Problem.Kind.BUSY, "More is asked for at once than fits in memory. Ask again in a moment.");
    }
}
