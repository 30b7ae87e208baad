package io.jobrelay.client;

import java.io.FilterInputStream;
import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.apache.hc.client5.http.classic.ExecChain;
import org.apache.hc.client5.http.classic.ExecChainHandler;
import org.apache.hc.core5.http.ClassicHttpRequest;
import org.apache.hc.core5.http.ClassicHttpResponse;
import org.apache.hc.core5.http.Header;
import org.apache.hc.core5.http.HttpEntity;
import org.apache.hc.core5.http.HttpException;
import org.apache.hc.core5.http.HttpHeaders;
import org.apache.hc.core5.http.io.entity.HttpEntityWrapper;
import org.apache.hc.core5.http.io.support.ClassicRequestBuilder;

/**
 * Bounds a whole call of the HTTP client, whose own timeouts only bound the silence between two bytes: a side that sends a byte now and then,
 * or takes none, would hold a thread for ever, and one that sends without end the memory. A side that takes nothing of a large body is given up
 * after the patience of a small one, while one that takes it slowly has its time. What the header says of the body's coding is moved
 * to {@value #CODING}: Camel would fail at a body that is not what its header promises.
 */
public final class CallLimits implements ExecChainHandler {

    /** Where {@code Content-Encoding} of an answer stands, for whoever reads its body. */
    public static final String CODING = "relay-content-encoding";

    /** Header of a request, which is not sent: the milliseconds that this call may take, where that is less. */
    public static final String PATIENCE = "relay-patience";

    /** The answer began in time, and did not end in time. */
    public static final class TooLate extends SocketTimeoutException {

        TooLate() {
            super("no whole answer in time");
        }
    }

    private static final ScheduledExecutorService TIMER = timer();
    private static final long SLOWEST_BYTES_A_MILLI = 64;
    private static final int PIECE = 64 * 1024;
    private final Duration patience;
    private final long mostBytes;
    private final boolean bodyMatters;
    private final Runnable dropKept;

    private CallLimits(Duration patience, long mostBytes, boolean bodyMatters, Runnable dropKept) {
        this.patience = patience;
        this.mostBytes = mostBytes;
        this.bodyMatters = bodyMatters;
        this.dropKept = dropKept;
    }

    /**
     * @param patience how long a call may take, besides the time its own body needs at 64 kB a second
     * @param mostBytes of the answer's body that can be read
     * @return limits of an answer that is worth nothing without its whole body
     */
    public static CallLimits whole(Duration patience, long mostBytes) {
        return new CallLimits(patience, mostBytes, true, () -> { });
    }

    /**
     * Of an answer whose status says it all: the rest is passed over. A call that went out on a kept connection which then broke without a
     * byte of an answer is made once more, on a new one.
     *
     * @param patience how long a call may take, besides the time its own body needs at 64 kB a second
     * @param mostBytes of the answer's body that are passed over before the connection is cut
     * @param dropKept closes all connections that are kept
     * @return the limits
     */
    public static CallLimits status(Duration patience, long mostBytes, Runnable dropKept) {
        return new CallLimits(patience, mostBytes, false, dropKept);
    }

    /**
     * @param bytes of a request's body
     * @return how many milliseconds more a call with it may take
     */
    public static long millisToSend(long bytes) {
        return bytes / SLOWEST_BYTES_A_MILLI;
    }

    @Override
    public ClassicHttpResponse execute(ClassicHttpRequest request, ExecChain.Scope scope, ExecChain chain) throws IOException, HttpException {
        long body = request.getEntity() == null ? 0 : Math.max(0, request.getEntity().getContentLength());
        long least = patience(request, scope.originalRequest);
        long millis = least + millisToSend(body);
        Limit limit = new Limit(scope, millis, body == 0 ? 0 : least);
        HttpClients.readdress(List.of(request, scope.originalRequest));
        if (body > 0) {
            HttpEntity watched = limit.watch(request.getEntity());
            request.setEntity(watched);
            scope.originalRequest.setEntity(watched); // of which a second try is made
        }
        try {
            ClassicHttpResponse response = proceed(request, scope, chain, limit);
            plain(response);
            HttpEntity entity = response.getEntity();
            if (entity == null) {
                limit.over();
            } else {
                response.setEntity(new HttpEntityWrapper(entity) {
                    @Override
                    public InputStream getContent() throws IOException {
                        return new Bounded(super.getContent(), scope, limit);
                    }
                });
            }
            return response;
        } catch (IOException | HttpException | RuntimeException e) {
            Exception why = limit.over() ? new SocketTimeoutException("no answer within " + millis + " ms") : e;
            if (!CautiousExecutor.sent(scope.clientContext)) {
                throw new CautiousExecutor.NotSent(why);
            }
            if (why != e) {
                throw (SocketTimeoutException) why;
            }
            throw e;
        }
    }

    private long patience(ClassicHttpRequest request, ClassicHttpRequest original) {
        Header less = request.getFirstHeader(PATIENCE);
        request.removeHeaders(PATIENCE);
        original.removeHeaders(PATIENCE);
        return less == null ? patience.toMillis() : Math.min(patience.toMillis(), Long.parseLong(less.getValue()));
    }

    private ClassicHttpResponse proceed(ClassicHttpRequest request, ExecChain.Scope scope, ExecChain chain, Limit limit)
            throws IOException, HttpException {
        try {
            return chain.proceed(request, scope);
        } catch (CautiousExecutor.StaleConnection e) {
            if (limit.late) {
                throw e;
            }
            dropKept.run();
            return chain.proceed(ClassicRequestBuilder.copy(scope.originalRequest).build(), scope);
        }
    }

    /** Where the status says it all, only how long to wait counts besides; the longest is looked for among all that are said. */
    private void plain(ClassicHttpResponse response) {
        String coding = joined(response.getHeaders(HttpHeaders.CONTENT_ENCODING));
        String retryAfter = joined(response.getHeaders(HttpHeaders.RETRY_AFTER));
        if (!bodyMatters) {
            response.setHeaders();
        }
        response.removeHeaders(HttpHeaders.CONTENT_ENCODING);
        response.removeHeaders(CODING);
        if (bodyMatters && !coding.isEmpty()) {
            response.setHeader(CODING, coding);
        }
        if (!bodyMatters && !retryAfter.isEmpty()) {
            response.setHeader(HttpHeaders.RETRY_AFTER, retryAfter);
        }
    }

    private static String joined(Header[] headers) {
        return Arrays.stream(headers).map(Header::getValue).filter(value -> value != null && !value.isBlank()).collect(Collectors.joining(", "));
    }

    /** Daemons: a call that is under way does not keep the process. */
    private static ScheduledExecutorService timer() {
        ScheduledThreadPoolExecutor timer = new ScheduledThreadPoolExecutor(1, work -> {
            Thread thread = new Thread(work, "relay-answer-limits");
            thread.setDaemon(true);
            return thread;
        });
        timer.setRemoveOnCancelPolicy(true);
        return timer;
    }

    /**
     * Breaks a call off when its time is over, or when nothing of its body is taken. Whether it was says a flag that is set first: whoever reads
     * notices before the task has ended.
     */
    private static final class Limit {

        private final ExecChain.Scope scope;
        private final Future<?> end;
        private final Future<?> stall;
        private volatile boolean late;
        private volatile boolean writing;
        private volatile long written;
        private long before;

        Limit(ExecChain.Scope scope, long millis, long stallMillis) {
            this.scope = scope;
            end = TIMER.schedule(this::breakOff, millis, TimeUnit.MILLISECONDS);
            stall = stallMillis == 0 ? null : TIMER.scheduleWithFixedDelay(this::look, stallMillis, stallMillis, TimeUnit.MILLISECONDS);
        }

        private void breakOff() {
            late = true;
            scope.execRuntime.discardEndpoint();
        }

        private void look() {
            long now = written;
            if (writing && now == before) {
                breakOff();
            }
            before = now;
        }

        /** @return the same entity; how much of it has been taken is known from now on */
        HttpEntity watch(HttpEntity entity) {
            return new HttpEntityWrapper(entity) {
                @Override
                public void writeTo(OutputStream out) throws IOException {
                    writing = true;
                    try {
                        super.writeTo(new Counted(out));
                    } finally {
                        writing = false;
                    }
                }
            };
        }

        /** @return whether it was broken off; from now on it is not any more */
        boolean over() {
            end.cancel(false);
            if (stall != null) {
                stall.cancel(false);
            }
            return late;
        }

        private final class Counted extends FilterOutputStream {

            Counted(OutputStream out) {
                super(out);
            }

            @Override
            public void write(int b) throws IOException {
                out.write(b);
                written++;
            }

            /** In pieces: a large body would be one write, and nobody could tell whether it gets on. */
            @Override
            public void write(byte[] bytes, int offset, int length) throws IOException {
                for (int at = 0; at < length; at += PIECE) {
                    int n = Math.min(PIECE, length - at);
                    out.write(bytes, offset + at, n);
                    written += n;
                }
            }
        }
    }

    private final class Bounded extends FilterInputStream {

        private final ExecChain.Scope scope;
        private final Limit limit;
        private long left = mostBytes;
        private boolean ended;

        Bounded(InputStream in, ExecChain.Scope scope, Limit limit) {
            super(in);
            this.scope = scope;
            this.limit = limit;
        }

        @Override
        public int read() throws IOException {
            byte[] one = new byte[1];
            int n = read(one, 0, 1);
            return n < 0 ? n : one[0] & 0xff;
        }

        @Override
        public int read(byte[] bytes, int offset, int length) throws IOException {
            if (length == 0) {
                return 0;
            }
            try {
                int n = left < 0 ? -1 : super.read(bytes, offset, length);
                left -= Math.max(n, 0);
                ended = n < 0;
                if (n >= 0 && left < 0) {
                    throw new IOException("the answer is longer than " + mostBytes + " bytes");
                }
                return n;
            } catch (IOException e) {
                boolean late = limit.over();
                scope.execRuntime.discardEndpoint(); // or closing would read on to the end
                if (bodyMatters) {
                    throw late ? new TooLate() : e;
                }
                left = -1;
                return -1;
            }
        }

        @Override
        public void close() throws IOException {
            limit.over();
            if (!ended) {
                scope.execRuntime.discardEndpoint(); // or closing would read on to the end
            }
            super.close();
        }
    }
}
