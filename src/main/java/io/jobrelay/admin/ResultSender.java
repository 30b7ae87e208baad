package io.jobrelay.admin;

import io.jobrelay.forward.OutcomeDocument;
import io.jobrelay.protocol.JsonAnswer;
import io.jobrelay.protocol.StatusResource;
import io.jobrelay.server.AnswerSender;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.SequenceInputStream;
import java.util.Map;
import org.apache.camel.Body;
import org.apache.camel.Exchange;

/** Answers with an outcome document, read and sent a piece at a time: forty who ask for 50 MB hold forty pieces. */
public final class ResultSender {

    private static final int PIECE = 1 << 19;
    private static final int END = 4_096;
    private final StoredBodies bodies;
    private final AnswerSender sender;

    /**
     * @param bodies where the results are
     * @param sender of the answer
     */
    public ResultSender(StoredBodies bodies, AnswerSender sender) {
        this.bodies = bodies;
        this.sender = sender;
    }

    /**
     * @param outcome row of {@code job-outcome-frame}
     * @param exchange to answer
     * @throws IOException never, in practice
     * @throws IllegalStateException when the store has lost the outcome
     */
    public void send(@Body Map<String, Object> outcome, Exchange exchange) throws IOException {
        if (outcome == null || outcome.get("stored_bytes") == null) {
            throw new IllegalStateException("the outcome is not in the store; bin/relay audit tells more");
        }
        long callback = ((Number) outcome.get("callback_id")).longValue();
        long size = ((Number) outcome.get("stored_bytes")).longValue();
        long from = StatusResource.bomLength(bodies.read(callback, 0, 3));
        long brace = lastBut(callback, size, '}');
        boolean first = bodies.read(callback, lastBut(callback, brace, '\0'), 1)[0] == '{';
        byte[] end = OutcomeDocument.end(outcome, first);
        JsonAnswer.write(exchange.getMessage(), 200, new byte[0]);
        sender.stream(new SequenceInputStream(new Stored(callback, from, brace), new ByteArrayInputStream(end)), brace - from + end.length, exchange);
    }

    /** @return where the last such byte stands before a place, or, with 0, the last one that is no blank */
    private long lastBut(long callback, long before, char wanted) {
        for (long upto = before; upto > 0; upto -= END) {
            long start = Math.max(0, upto - END);
            byte[] part = bodies.read(callback, start, (int) (upto - start));
            for (int i = part.length - 1; i >= 0; i--) {
                if (wanted == 0 ? !Character.isWhitespace(part[i]) : part[i] == wanted) {
                    return start + i;
                }
            }
        }
        throw new IllegalStateException("the outcome in the store is no JSON object; bin/relay audit tells more");
    }

    /** A part of a stored body, read when it is wanted. */
    private final class Stored extends InputStream {

        private final long callback;
        private final long end;
        private long next;
        private byte[] piece = new byte[0];
        private int read;

        Stored(long callback, long from, long end) {
            this.callback = callback;
            this.next = from;
            this.end = end;
        }

        @Override
        public int read() throws IOException {
            byte[] one = new byte[1];
            return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
        }

        @Override
        public int read(byte[] bytes, int offset, int length) throws IOException {
            if (read == piece.length) {
                if (next == end) {
                    return -1;
                }
                piece = bodies.read(callback, next, (int) Math.min(PIECE, end - next));
                read = 0;
                if (piece.length == 0) {
                    throw new IOException("the outcome became shorter while it was sent");
                }
                next += piece.length;
            }
            int n = Math.min(length, piece.length - read);
            System.arraycopy(piece, read, bytes, offset, n);
            read += n;
            return n;
        }
    }
}
