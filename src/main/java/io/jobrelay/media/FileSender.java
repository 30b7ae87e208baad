package io.jobrelay.media;

import io.jobrelay.server.PieceSender;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.time.Duration;
import java.util.concurrent.Semaphore;
import org.apache.camel.Exchange;
import org.apache.camel.Message;
import org.apache.camel.component.platform.http.vertx.HttpMessage;

/**
 * Sends a piece of a file as the answer, a little at a time. Camel's own way of answering with a stream makes every answer chunked, which
 * loses its length; so on Vert.x the answer is written here, and Camel finds it written. Any other server gets the stream. Vert.x's own
 * {@code sendFile} takes a path and no channel: what has been opened without following links could be another file by then.
 */
final class FileSender {

    private static final int MOST_AT_ONCE = 64;
    private static final Duration FOR_EVER = Duration.ofDays(365); // a file may be large and its reader far away: a stalled one is cut all the same

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
                PieceSender.write(Channels.newInputStream(channel), piece.length(), FOR_EVER, request, exchange);
            } finally {
                places.release();
            }
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
