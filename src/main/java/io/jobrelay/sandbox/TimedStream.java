package io.jobrelay.sandbox;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;
import org.apache.hc.core5.http.io.EofSensorInputStream;

/**
 * The body of an answer that may take only so long as a whole. Closing it before its end cuts the connection: the HTTP client's own close
 * reads on to the end, which an endless answer does not have.
 */
final class TimedStream extends FilterInputStream {

    /** The answer did not end in time. */
    static final class TooLate extends IOException {
    }

    private final long deadline;
    private boolean atEnd;

    /**
     * @param in body of an answer; null for an answer without one
     * @param patience from now on
     */
    TimedStream(InputStream in, Duration patience) {
        super(in == null ? InputStream.nullInputStream() : in);
        deadline = System.nanoTime() + patience.toNanos();
    }

    @Override
    public int read() throws IOException {
        check();
        int b = super.read();
        atEnd = b < 0;
        return b;
    }

    @Override
    public int read(byte[] buffer, int from, int length) throws IOException {
        check();
        int n = super.read(buffer, from, length);
        atEnd = n < 0;
        return n;
    }

    @Override
    public void close() throws IOException {
        if (!atEnd && in instanceof EofSensorInputStream wire) {
            wire.abort();
        } else {
            super.close();
        }
    }

    private void check() throws TooLate {
        if (System.nanoTime() - deadline > 0) {
            throw new TooLate();
        }
    }
}
