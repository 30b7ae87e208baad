package io.jobrelay.server;

import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelOutboundBuffer;
import io.netty.channel.ChannelPromise;
import io.netty.channel.WriteBufferWaterMark;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpObject;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpStatusClass;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.util.AttributeKey;
import io.netty.util.ReferenceCountUtil;
import io.vertx.core.http.HttpConnection;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.net.impl.ConnectionBase;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;

/**
 * One connection, watched where Vert.x does not look: before a request's head is there, and behind its answer. Vert.x queues requests that
 * are sent one behind the other, and answers that nobody takes, without end, and its way of closing waits for all of them to be taken.
 */
public final class WatchedConnection extends ChannelDuplexHandler {

    /** Of those that can be closed before others, the lower first; one that is under way with a signed request never is. */
    static final int NEVER = 4;

    private static final AttributeKey<WatchedConnection> KEY = AttributeKey.valueOf("relay-caller");
    private static final WriteBufferWaterMark UNREAD = new WriteBufferWaterMark(8 * 1024, 16 * 1024);
    private static final long HEAD_NANOS = TimeUnit.SECONDS.toNanos(15);
    private static final long REST_NANOS = TimeUnit.SECONDS.toNanos(6);
    private static final long UNREAD_NANOS = TimeUnit.SECONDS.toNanos(10);
    private static final long UNREAD_SIGNED_NANOS = TimeUnit.SECONDS.toNanos(60);
    private static final int MOST_AHEAD = 16;
    private static final int MOST_QUEUED_BYTES = 16 * 1024;

    /** What stands in memory for a byte of a head, and besides for each of its fields. */
    private static final int BYTES_A_BYTE = 2;
    private static final int BYTES_A_FIELD = 160;
    private static final int LONGEST_HEAD = 26 * 1024;

    /** An ordinary head: always taken. */
    private static final int SMALL = 12 * 1024;

    private enum State {
        /** Connected, and not a byte. */
        NEW(0),
        /** A head has begun. */
        HEAD(0),
        /** Answered, and the rest of the request still comes. */
        REST(0),
        /** Nothing to do. */
        IDLE(1),
        /** A request is under way. */
        BUSY(2),
        /** A request is under way at a URL that the relay has signed. */
        SIGNED(NEVER);

        private final int rank;

        State(int rank) {
            this.rank = rank;
        }
    }

    private final Connections others;
    private final Channel channel;
    private final AtomicBoolean gone = new AtomicBoolean();
    private final AtomicLong counted = new AtomicLong();
    private final FirstBytes bytes = new FirstBytes();
    private volatile State state = State.NEW;
    private volatile long since = System.nanoTime();

    // only by the connection's own thread
    private int requests;
    private int ahead;
    private int queued;
    private boolean coming;
    private boolean awaited;
    private boolean answered;
    private long left;
    private int head;
    private int fields;

    // only by the thread that looks
    private long unread;
    private long taken;
    private long stuck;

    private WatchedConnection(Channel channel, Connections others) {
        this.channel = channel;
        this.others = others;
    }

    /** @return the watcher of a connection, now in its place */
    static WatchedConnection on(HttpConnection connection, HttpServerOptions options, Connections others) {
        Channel channel = ((ConnectionBase) connection).channel();
        WatchedConnection caller = new WatchedConnection(channel, others);
        channel.attr(KEY).set(caller);
        channel.config().setWriteBufferWaterMark(UNREAD);
        channel.pipeline().addFirst("relay-first-bytes", caller.bytes).addBefore("handler", "relay-caller", caller);
        channel.pipeline().replace("httpDecoder", "httpDecoder", new HeadDecoder(options, caller::fields));
        return caller;
    }

    /** @return whether nobody is there any more to answer */
    static boolean gone(HttpServerRequest request) {
        return request.connection() instanceof ConnectionBase connection && !connection.channel().isActive();
    }

    /** @param request whose URL the relay has signed: its connection stays, whoever else wants the place */
    public static void signed(HttpServerRequest request) {
        WatchedConnection caller = request.connection() instanceof ConnectionBase connection ? connection.channel().attr(KEY).get() : null;
        if (caller != null) {
            caller.become(State.SIGNED);
            caller.forgetHead();
        }
    }

    /** @param forget is called once the connection is closed */
    void whenGone(Runnable forget) {
        channel.closeFuture().addListener(closed -> {
            gone.set(true);
            forgetHead();
            forget.run();
        });
    }

    /** @return bytes that the head of its request takes */
    long head() {
        return counted.get();
    }

    int rank() {
        return state.rank;
    }

    long since() {
        return since;
    }

    /** Closes, and waits for nothing to be taken; from any thread. */
    void leave() {
        if (gone.compareAndSet(false, true)) {
            bytes.context.close();
        }
    }

    /** @param now in {@link System#nanoTime()} */
    void look(long now) {
        State does = state;
        boolean late = (does == State.NEW || does == State.HEAD) && now - since > HEAD_NANOS || does == State.REST && now - since > REST_NANOS;
        ChannelOutboundBuffer out = channel.unsafe().outboundBuffer();
        long waits = out == null ? 0 : out.totalPendingWriteBytes();
        long went = out == null ? 0 : out.currentProgress();
        if (waits == 0 || waits != unread || went != taken) {
            unread = waits;
            taken = went;
            stuck = now;
        } else {
            late |= now - stuck > (does == State.SIGNED ? UNREAD_SIGNED_NANOS : UNREAD_NANOS);
        }
        if (late) {
            leave();
        }
    }

    private void become(State next) {
        since = System.nanoTime();
        state = next;
    }

    private void fields(int soFar) {
        fields = soFar;
        count();
    }

    /** So much of the common room for heads is this one's now. */
    private void count() {
        long now = (long) BYTES_A_BYTE * head + (long) BYTES_A_FIELD * fields;
        others.heads(now - counted.getAndSet(now));
        if (now > SMALL && !others.bear()) {
            leave();
        }
    }

    private void forgetHead() {
        head = 0;
        fields = 0;
        others.heads(-counted.getAndSet(0));
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
        if (message instanceof HttpRequest) {
            begin();
        } else if (message instanceof HttpObject part && part.decoderResult().isFailure()) {
            leave(); // where a broken chunk ends, and the next request begins, nobody can tell
        } else if (requests > 1 && message instanceof HttpContent content) {
            queued += content.content().readableBytes();
            if (queued > MOST_QUEUED_BYTES) {
                leave();
            }
        }
        if (gone.get()) {
            ReferenceCountUtil.release(message);
            return;
        }
        boolean last = message instanceof LastHttpContent;
        if (last) {
            coming = false;
        }
        ctx.fireChannelRead(message);
        if (last && state == State.REST) {
            become(State.IDLE);
        }
    }

    /** Nobody who reads his answers sends far ahead of them. */
    private void begin() {
        ahead = awaited && requests == 0 ? 0 : ahead + 1;
        awaited = false;
        if (ahead > MOST_AHEAD || requests == 0 && !channel.isWritable()) {
            leave();
        } else if (requests++ == 0) {
            become(State.BUSY);
        }
        coming = true;
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext ctx) {
        awaited = true;
        ctx.fireChannelReadComplete();
    }

    /** Whoever has all the bytes that were announced may send the next request, though Vert.x has not ended its answer yet. */
    @Override
    public void write(ChannelHandlerContext ctx, Object message, ChannelPromise promise) {
        if (message instanceof HttpResponse response) {
            boolean interim = response.status().codeClass() == HttpStatusClass.INFORMATIONAL;
            if (interim) {
                ctx.write(message, promise);
                return;
            }
            answered = false;
            left = HttpUtil.getContentLength(response, -1L);
        }
        if (message instanceof HttpContent content && left > 0) {
            left -= content.content().readableBytes();
        }
        if (!answered && (left == 0 || message instanceof LastHttpContent)) {
            answered = true;
            requests--;
            forgetHead();
            if (requests == 0) {
                queued = 0;
                become(coming ? State.REST : State.IDLE);
            } else {
                become(State.BUSY);
            }
        }
        ctx.write(message, promise);
    }

    /** In front of all: what is not a whole head yet is seen only here. */
    private final class FirstBytes extends ChannelInboundHandlerAdapter {

        private volatile ChannelHandlerContext context;

        @Override
        public void handlerAdded(ChannelHandlerContext ctx) {
            context = ctx;
        }

        @Override
        public void channelRead(ChannelHandlerContext ctx, Object message) {
            if (gone.get()) {
                ReferenceCountUtil.release(message);
                return;
            }
            State before = state;
            if (before.rank <= State.IDLE.rank && before != State.REST && message instanceof ByteBuf some) {
                if (before != State.HEAD) {
                    become(State.HEAD);
                }
                head = Math.min(head + some.readableBytes(), LONGEST_HEAD);
                count();
            }
            ctx.fireChannelRead(message);
        }
    }
}
