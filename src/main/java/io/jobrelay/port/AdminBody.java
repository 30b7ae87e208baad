package io.jobrelay.port;

import io.jobrelay.job.JobRequest;
import io.jobrelay.protocol.HeapShare;
import io.jobrelay.protocol.Problem;
import io.jobrelay.server.BodyQueue;
import io.netty.buffer.Unpooled;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.ext.web.RoutingContext;
import io.vertx.ext.web.impl.RoutingContextInternal;
import java.util.Arrays;

/**
 * Reads the body of one request to the admin port when there is room for it, so that all of them together have a bound; what is refused gets a
 * problem. Vert.x' own body handler finds the body read and goes on. The room is kept until the request has been answered.
 */
final class AdminBody {

    /** A body has to be there after the first time, or go on coming at 64 kB a second, looked at this often. */
    private static final long FIRST_MILLIS = 20_000;
    private static final long NEXT_MILLIS = 10_000;
    private static final long LEAST_BYTES = 640_000;
    private static final long WAIT_MILLIS = 15_000;
    private static final long LINGER_MILLIS = 5_000;
    private static final int FIRST_BYTES = 4 * 1024;
    private static final int SMALL = 64 * 1024;
    private static final int COPIES = 5;

    private final RoutingContext ctx;
    private final HttpServerRequest request;
    private final int largest;
    private final BodyQueue queue;
    private byte[] body;
    private int read;
    private long taken;
    private long ofHeap;
    private long patience;
    private boolean over;

    /**
     * @param ctx a request whose body has not been read
     * @param largest body that is read, in bytes; a larger one is answered 413
     * @param queue in which it waits for room; one that finds none in time is answered 503
     */
    AdminBody(RoutingContext ctx, int largest, BodyQueue queue) {
        this.ctx = ctx;
        this.request = ctx.request();
        this.largest = largest;
        this.queue = queue;
    }

    /** Reads, and hands the request on when the body is there; whatever it held is let go when the request has been answered. */
    void read() {
        ctx.addEndHandler(done -> {
            ctx.vertx().cancelTimer(patience);
            over = true;
            release();
        });
        if (announced() > largest) {
            tooLarge();
            return;
        }
        request.exceptionHandler(brokeOff -> { }); // nobody waits for an answer then; the end handlers are called all the same
        request.pause();
        patience = ctx.vertx().setTimer(WAIT_MILLIS, late -> {
            if (queue.giveUp(this)) {
                busy();
            }
        });
        long expected = Math.max(0, announced());
        if (!queue.enter(this, expected, () -> begin(expected))) {
            busy();
        }
    }

    private void begin(long expected) {
        ctx.vertx().cancelTimer(patience);
        taken = expected;
        if (over) { // it has gone while it waited
            release();
            return;
        }
        if (!counts(expected)) {
            busy();
            return;
        }
        ((RoutingContextInternal) ctx).visitHandler(RoutingContextInternal.BODY_HANDLER);
        body = new byte[(int) Math.min(announced() < 0 ? FIRST_BYTES : announced(), FIRST_BYTES)];
        expect(FIRST_MILLIS, LEAST_BYTES);
        if ("100-continue".equalsIgnoreCase(request.getHeader(HttpHeaders.EXPECT))) {
            ctx.response().writeContinue();
        }
        request.handler(this::arrived).endHandler(all -> {
            if (body != null) {
                ctx.vertx().cancelTimer(patience);
                ((RoutingContextInternal) ctx).setBody(Buffer.buffer(Unpooled.wrappedBuffer(body, 0, read)));
                body = null;
                ctx.next();
            }
        });
        request.resume();
    }

    /**
     * Lets the sender of a body that is not read any more finish for a moment, and closes the connection then.
     *
     * @param ctx a request that is being answered
     */
    static void passOver(RoutingContext ctx) {
        ctx.response().putHeader(HttpHeaders.CONNECTION, "close");
        ctx.request().handler(passedOver -> { }).exceptionHandler(brokeOff -> { });
        ctx.request().resume();
        ctx.vertx().setTimer(LINGER_MILLIS, late -> ctx.request().connection().close());
    }

    private void arrived(Buffer chunk) {
        if (body == null) {
            return; // refused: what still comes is passed over
        }
        if (read + chunk.length() > largest) {
            tooLarge();
        } else if (read + chunk.length() > taken && !(queue.more(taken, read + chunk.length() - taken) && counts(read + chunk.length()))) {
            busy();
        } else {
            taken = Math.max(taken, read + chunk.length());
            keep(chunk);
        }
    }

    /** A small one does not: there is room for all of them. */
    private boolean counts(long bytes) {
        long wanted = bytes <= SMALL ? 0 : COPIES * bytes - ofHeap;
        long more = wanted <= 0 ? 0 : ofHeap > 0 ? HeapShare.takeMore(wanted) : HeapShare.take(wanted);
        ofHeap += more;
        return wanted <= 0 || more > 0;
    }

    /** Grows by doubling, and where the length was announced ends in an array of just that length. */
    private void keep(Buffer chunk) {
        int needed = read + chunk.length();
        if (needed > body.length) {
            long most = needed <= announced() ? announced() : largest;
            body = Arrays.copyOf(body, (int) (3L * needed >= most && most == announced() ? most : Math.min(Math.max(needed, 2L * body.length), most)));
        }
        chunk.getBytes(body, read);
        read = needed;
    }

    private void busy() {
        ctx.response().putHeader(HttpHeaders.RETRY_AFTER, ProblemAnswer.RETRY_AFTER);
        refuse(new Problem(Problem.Kind.BUSY, "More is being sent at once than fits in memory. Send the request again in a moment."));
    }

    private void tooLarge() {
        refuse(Problem.member(Problem.Kind.BODY_TOO_LARGE, "body", "The body is larger than " + largest + " bytes"
                + (largest < JobRequest.LARGEST_BODY ? ", a part of this relay's heap. Start it with more (-Xmx)." : ".")));
    }

    private void refuse(Problem problem) {
        body = null;
        release();
        AdminGuard.problem(ctx, problem);
    }

    private void release() {
        queue.giveUp(this);
        long all = taken;
        taken = 0;
        queue.leave(all);
        HeapShare.give(ofHeap);
        ofHeap = 0;
    }

    private void expect(long millis, long bytes) {
        patience = ctx.vertx().setTimer(millis, late -> {
            if (body == null) {
                return;
            }
            if (read < bytes) {
                request.connection().close();
            } else {
                expect(NEXT_MILLIS, read + LEAST_BYTES);
            }
        });
    }

    private long announced() {
        try {
            return Long.parseLong(request.getHeader(HttpHeaders.CONTENT_LENGTH));
        } catch (NumberFormatException e) {
            return -1; // chunked: it shows as it comes
        }
    }
}
