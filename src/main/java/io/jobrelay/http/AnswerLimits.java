package io.jobrelay.http;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.apache.hc.client5.http.classic.ExecChain;
import org.apache.hc.client5.http.classic.ExecChainHandler;
import org.apache.hc.core5.http.ClassicHttpRequest;
import org.apache.hc.core5.http.ClassicHttpResponse;
import org.apache.hc.core5.http.HttpEntity;
import org.apache.hc.core5.http.HttpException;
import org.apache.hc.core5.http.io.entity.HttpEntityWrapper;

/**
 * Bounds a whole call of the HTTP client, whose own timeouts only bound the silence between two bytes: a side that sends a byte now and then,
 * or takes none, would hold a thread for ever, and one that sends without end the memory.
 */
public final class AnswerLimits implements ExecChainHandler {

    private static final ScheduledExecutorService TIMER = timer();
    private static final long SLOWEST_BYTES_A_MILLI = 64;
    private final Duration patience;
    private final long mostBytes;
    private final boolean bodyMatters;

    /**
     * @param patience how long a call may take, besides the time its own body needs at 64 kB a second
     * @param mostBytes of the answer's body that are read
     * @param bodyMatters whether the answer is worth nothing without its whole body; if not, its status counts and the rest is passed over
     */
    public AnswerLimits(Duration patience, long mostBytes, boolean bodyMatters) {
        this.patience = patience;
        this.mostBytes = mostBytes;
        this.bodyMatters = bodyMatters;
    }

    @Override
    public ClassicHttpResponse execute(ClassicHttpRequest request, ExecChain.Scope scope, ExecChain chain) throws IOException, HttpException {
        long body = request.getEntity() == null ? 0 : Math.max(0, request.getEntity().getContentLength());
        long millis = patience.toMillis() + body / SLOWEST_BYTES_A_MILLI;
        Limit limit = new Limit(scope, millis);
        try {
            ClassicHttpResponse response = chain.proceed(request, scope);
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
            if (limit.over()) {
                throw new SocketTimeoutException("no answer within " + millis + " ms");
            }
            throw e;
        }
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

    /** Breaks a call off when its time is over. Whether it was says a flag that is set first: whoever reads notices before the task has ended. */
    private static final class Limit {

        private final Future<?> end;
        private volatile boolean late;

        Limit(ExecChain.Scope scope, long millis) {
            end = TIMER.schedule(() -> {
                late = true;
                scope.execRuntime.discardEndpoint();
            }, millis, TimeUnit.MILLISECONDS);
        }

        /** @return whether it was broken off; from now on it is not any more */
        boolean over() {
            end.cancel(false);
            return late;
        }
    }

    private final class Bounded extends FilterInputStream {

        private final ExecChain.Scope scope;
        private final Limit limit;
        private long left = mostBytes;

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
                if (n >= 0 && left < 0) {
                    throw new IOException("the answer is longer than " + mostBytes + " bytes");
                }
                return n;
            } catch (IOException e) {
                boolean late = limit.over();
                scope.execRuntime.discardEndpoint(); // or closing would read on to the end
                if (bodyMatters) {
                    throw late ? new SocketTimeoutException("no whole answer in time") : e;
                }
                left = -1;
                return -1;
            }
        }

        @Override
        public void close() throws IOException {
            limit.over();
            super.close();
        }
    }
}
