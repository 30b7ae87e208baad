package io.jobrelay.server;

import io.jobrelay.protocol.HeapShare;
import io.netty.buffer.Unpooled;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.ext.web.RoutingContext;
import io.vertx.ext.web.impl.RoutingContextInternal;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Reads the body of one request and counts while it reads: what is announced costs nothing, what has arrived does. What was compressed is
 * unpacked. Vert.x' own body handler knows no common bound; it finds the body read already and goes on.
 */
public final class BodyReader {

    /** A body has to be there after the first time, or go on coming at 64 kB a second, looked at this often. */
    private static final long FIRST_MILLIS = 20_000;
    private static final long NEXT_MILLIS = 10_000;
    private static final long STRANGER_MILLIS = 10_000;
    private static final long LEAST_BYTES = 640_000;
    private static final long LINGER_MILLIS = 5_000;
    private static final int FIRST_BYTES = 4 * 1024;
    private static final int SMALL = 64 * 1024;
    /** As it came, and what the store makes of it. */
    private static final int COPIES = 2;

    private final RoutingContext ctx;
    private final HttpServerRequest request;
    private final long largest;
    private final ByteBudget room;
    private final boolean stranger;
    private byte[] body;
    private int read;
    private final AtomicLong ofHeap = new AtomicLong();
    private long taken;
    private boolean released;
    private long patience;

    /**
     * @param ctx a request whose body has not been read
     * @param largest body that is read, in bytes; a larger one is answered 413
     * @param room that all bodies share; one that finds none is answered 503
     * @param stranger whether nothing proves who sends: then little comes, and has to come at once
     */
    public BodyReader(RoutingContext ctx, long largest, ByteBudget room, boolean stranger) {
        this.ctx = ctx;
        this.request = ctx.request();
        this.largest = largest;
        this.room = room;
        this.stranger = stranger;
    }

    /** Reads, and hands the request on when the body is there; whatever it held is let go when the request has been answered. */
    public void read() {
        ctx.addEndHandler(done -> {
            ctx.vertx().cancelTimer(patience);
            release();
        });
        if (announced() > largest) {
            refuse(413);
            return;
        }
        if (!room.fits(announced())) {
            noRoom();
            return;
        }
        ((RoutingContextInternal) ctx).visitHandler(RoutingContextInternal.BODY_HANDLER);
        body = new byte[(int) Math.min(announced() < 0 ? FIRST_BYTES : announced(), FIRST_BYTES)];
        expect(stranger ? STRANGER_MILLIS : FIRST_MILLIS, LEAST_BYTES);
        if ("100-continue".equalsIgnoreCase(request.getHeader(HttpHeaders.EXPECT))) {
            ctx.response().writeContinue();
        }
        request.exceptionHandler(brokeOff -> { }); // nobody waits for an answer then; the end handlers are called all the same
        request.handler(this::arrived).endHandler(all -> {
            if (body != null) {
                ctx.vertx().cancelTimer(patience);
                List<String> codings = PackedBody.codings(request.headers().getAll(HttpHeaders.CONTENT_ENCODING));
                if (codings.isEmpty() || read == 0) {
                    handOn(body, read);
                } else {
                    unpack(codings);
                }
            }
        });
        request.resume();
    }

    private void handOn(byte[] bytes, int length) {
        ((RoutingContextInternal) ctx).setBody(Buffer.buffer(Unpooled.wrappedBuffer(bytes, 0, length)));
        body = null;
        ctx.next();
    }

    /** Elsewhere: what is packed tightly keeps a thread busy for longer than the others on this one can wait. */
    private void unpack(List<String> codings) {
        byte[] packed = body;
        ctx.vertx().executeBlocking(() -> PackedBody.unpack(packed, read, codings, largest, size -> room.take(this, size) && counts(size)), false).onSuccess(result -> {
            if (released || ctx.response().closed()) {
                room.give(this);
                HeapShare.give(ofHeap.getAndSet(0));
                return;
            }
            taken += result.held();
            if (result.status() == 503) {
                noRoom();
            } else if (result.status() != 200) {
                refuse(result.status());
            } else {
                handOn(result.bytes(), result.bytes().length);
            }
        }).onFailure(ctx::fail);
    }

    private void arrived(Buffer chunk) {
        if (body == null) {
            return; // refused: what still comes is passed over
        }
        if (read + chunk.length() > largest) {
            refuse(413);
        } else if (!room.take(this, chunk.length())) {
            noRoom();
        } else {
            taken += chunk.length();
            if (!keep(chunk)) {
                noRoom();
            }
        }
    }

    /**
     * Grows by doubling, and never beyond what was announced, so that a body of known length ends in an array of just that length. It is made
     * when a third has come: the array before it is small then, and both together are in memory for a moment.
     */
    private boolean keep(Buffer chunk) {
        int needed = read + chunk.length();
        if (needed > body.length) {
            long most = needed <= announced() ? announced() : largest;
            int longer = (int) (most == announced() && 3L * needed >= most ? most : Math.min(Math.max(needed, 2L * body.length), most));
            if (!counts(longer)) {
                return false;
            }
            body = Arrays.copyOf(body, longer);
        }
        chunk.getBytes(body, read);
        read = needed;
        return true;
    }

    /** In the heap's common account, with all of an array that is made, however little has come; what is small has its room anyway. */
    private boolean counts(long bytes) {
        long more = bytes <= SMALL ? 0 : COPIES * bytes - ofHeap.get();
        long got = more <= 0 ? 0 : ofHeap.get() > 0 ? HeapShare.takeMore(more) : HeapShare.take(more);
        ofHeap.addAndGet(got);
        return got == Math.max(0, more);
    }

    private void noRoom() {
        ctx.response().putHeader(HttpHeaders.RETRY_AFTER, "5");
        refuse(503);
    }

    /** Answers at once, and lets the sender finish for a moment: one that is cut off while it sends never sees the answer. */
    private void refuse(int status) {
        body = null;
        release();
        if (request.isEnded()) { // only what was packed shows its size that late
            ctx.response().putHeader(HttpHeaders.CONNECTION, "close").setStatusCode(status).end();
            return;
        }
        request.handler(passedOver -> { });
        ctx.response().putHeader(HttpHeaders.CONNECTION, "close").setStatusCode(status).end();
        request.resume();
        ctx.vertx().setTimer(LINGER_MILLIS, late -> request.connection().close());
    }

    private void release() {
        taken = 0;
        released = true;
        room.give(this);
        HeapShare.give(ofHeap.getAndSet(0));
    }

    /** A sender that dribbles or has gone must not hold a place, or what it has sent so far, for ever. */
    private void expect(long millis, long bytes) {
        patience = ctx.vertx().setTimer(millis, late -> {
            if (request.isEnded() || body == null) {
                return;
            }
            if (taken < bytes) {
                refuse(408);
            } else {
                expect(NEXT_MILLIS, taken + LEAST_BYTES);
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
