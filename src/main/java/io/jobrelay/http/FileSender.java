package io.jobrelay.http;

import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerResponse;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.camel.CamelContext;
import org.apache.camel.Exchange;
import org.apache.camel.Message;
import org.apache.camel.component.platform.http.vertx.HttpMessage;

/**
 * Sends a piece of a file as the answer, a little at a time. Camel's own way of answering with a stream makes every answer chunked, which
 * loses its length; so on Vert.x the answer is written here, and Camel finds it written. Any other server gets the stream.
 */
final class FileSender {

    private static final int CHUNK = 256 * 1024;
    private static final int MOST_AT_ONCE = 64;
    private static final int STALLED_SECONDS = 60;
    private static final long LEAVE_NANOS = TimeUnit.SECONDS.toNanos(3);

    private final Semaphore places = new Semaphore(MOST_AT_ONCE);

    /**
     * @param channel of the file; closed when it has been sent
     * @param piece of it
     * @param exchange with the answer's status and headers, Content-Length among them
     * @throws IOException when the file cannot be read
     */
    void send(FileChannel channel, ByteRange piece, Exchange exchange) throws IOException {
        Message message = exchange.getMessage();
        channel.position(piece.from());
        if (!(message instanceof HttpMessage request)) {
            message.setBody(new Piece(Channels.newInputStream(channel), piece.length()));
            return;
        }
        try (channel) {
            if (!places.tryAcquire()) { // each place holds a worker: enough must be left for the webhook
                message.removeHeaders("*");
                message.setHeader(Exchange.HTTP_RESPONSE_CODE, 503);
                message.setHeader("Retry-After", "5");
                message.setBody(ByteBuffer.allocate(0));
                return;
            }
            try {
                write(channel, piece.length(), message, request, exchange.getContext());
            } finally {
                places.release();
            }
        }
    }

    private static void write(FileChannel channel, long length, Message message, HttpMessage request, CamelContext context) {
        HttpServerResponse response = request.getResponse();
        response.setStatusCode(message.getHeader(Exchange.HTTP_RESPONSE_CODE, Integer.class));
        for (Map.Entry<String, Object> header : message.getHeaders().entrySet()) {
            if (!header.getKey().startsWith("Camel")) {
                response.putHeader(header.getKey(), String.valueOf(header.getValue()));
            }
        }
        long stopping = 0;
        try {
            for (long left = length; left > 0;) {
                if (context.isStopping()) { // what is small may end, the rest must not hold up the stop
                    stopping = stopping == 0 ? System.nanoTime() : stopping;
                    if (System.nanoTime() - stopping > LEAVE_NANOS) {
                        throw new TimeoutException("The relay stops");
                    }
                }
                ByteBuffer bytes = ByteBuffer.allocate((int) Math.min(CHUNK, left));
                while (bytes.hasRemaining()) {
                    if (channel.read(bytes) < 0) {
                        throw new IOException("The file became shorter while it was sent");
                    }
                }
                left -= bytes.capacity();
                untilSent(response.write(Buffer.buffer(bytes.array())).toCompletionStage().toCompletableFuture(), context);
            }
            response.end();
        } catch (IOException | ExecutionException | TimeoutException e) {
            cut(request); // who asked has gone, or waits for bytes that are not there
        } catch (InterruptedException e) {
            cut(request);
            Thread.currentThread().interrupt();
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

    /** So much of a stream and no more. */
    private static final class Piece extends FilterInputStream {

        private long left;

        Piece(InputStream in, long length) {
            super(in);
            this.left = length;
        }

        @Override
        public int read() throws IOException {
            byte[] one = new byte[1];
            return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
        }

        @Override
        public int read(byte[] bytes, int offset, int length) throws IOException {
            int read = left == 0 ? -1 : in.read(bytes, offset, (int) Math.min(length, left));
            left -= Math.max(read, 0);
            return read;
        }
    }
}
