package io.jobrelay.server;

import io.jobrelay.protocol.Redaction;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerResponse;
import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.camel.CamelContext;
import org.apache.camel.Exchange;
import org.apache.camel.Message;
import org.apache.camel.component.platform.http.vertx.HttpMessage;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Writes an answer a little at a time, the next piece when the one before has gone: whatever its length, a slow reader makes nothing pile up.
 * Camel finds the answer written.
 */
public final class PieceSender {

    /** As long as the JDK keeps a buffer of a thread for (see bin/relay): larger pieces would need a new one each. */
    static final int PIECE = 128 * 1024;

    private static final Logger LOG = LoggerFactory.getLogger(PieceSender.class);
    private static final int STALLED_SECONDS = 60;
    private static final long LEAVE_NANOS = TimeUnit.SECONDS.toNanos(3);

    private PieceSender() {
    }

    /**
     * @param in the answer's body; where it ends or fails too early the connection is cut, since only that says so
     * @param length of it, told in the answer's Content-Length
     * @param patience how long the whole may take
     * @param request that is answered
     * @param exchange with the answer's status and headers; its context may be stopping
     */
    public static void write(InputStream in, long length, Duration patience, HttpMessage request, Exchange exchange) {
        Message message = exchange.getMessage();
        CamelContext context = exchange.getContext();
        HttpServerResponse response = request.getResponse();
        response.setStatusCode(message.getHeader(Exchange.HTTP_RESPONSE_CODE, Integer.class));
        for (Map.Entry<String, Object> header : message.getHeaders().entrySet()) {
            if (!header.getKey().startsWith("Camel")) {
                response.putHeader(header.getKey(), String.valueOf(header.getValue()));
            }
        }
        long stopping = 0;
        long until = System.nanoTime() + patience.toNanos();
        try {
            for (long left = HeadRequest.is(request.getRequest()) ? 0 : length; left > 0;) {
                if (context.isStopping()) { // what is small may end, the rest must not hold up the stop
                    stopping = stopping == 0 ? System.nanoTime() : stopping;
                    if (System.nanoTime() - stopping > LEAVE_NANOS) {
                        throw new TimeoutException("The relay stops");
                    }
                }
                if (System.nanoTime() - until > 0) {
                    throw new TimeoutException("Who asked reads too slowly");
                }
                byte[] bytes = new byte[(int) Math.min(PIECE, left)];
                if (in.readNBytes(bytes, 0, bytes.length) < bytes.length) {
                    throw new IOException("The body became shorter while it was sent");
                }
                left -= bytes.length;
                untilSent(response.write(Buffer.buffer(bytes)).toCompletionStage().toCompletableFuture(), context);
            }
            response.end();
        } catch (IOException | ExecutionException | TimeoutException e) {
            cut(request); // who asked has gone, or waits for bytes that are not there
        } catch (InterruptedException e) {
            cut(request);
            Thread.currentThread().interrupt();
        } catch (RuntimeException e) {
            LOG.warn("An answer was broken off: {}", Redaction.of(e));
            cut(request);
        }
    }

    private static void untilSent(Future<Void> sent, CamelContext context)
            throws InterruptedException, ExecutionException, TimeoutException {
        for (int seconds = 1; true; seconds++) {
            try {
                sent.get(1, TimeUnit.SECONDS);
                return;
            } catch (TimeoutException e) {
                if (seconds == STALLED_SECONDS || context.isStopping()) {
                    throw e;
                }
            }
        }
    }

    /** What was promised cannot be sent: only a closed connection says so. */
    private static void cut(HttpMessage request) {
        request.getRequest().connection().close();
        if (!request.getResponse().ended()) {
            request.getResponse().end();
        }
    }
}
