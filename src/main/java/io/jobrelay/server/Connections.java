package io.jobrelay.server;

import com.sun.management.UnixOperatingSystemMXBean;
import io.jobrelay.protocol.FatalErrors;
import io.jobrelay.protocol.HeapShare;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpConnection;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.net.impl.ConnectionBase;
import java.lang.management.ManagementFactory;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.BinaryOperator;

/**
 * The connections of one HTTP server. There are never more than files and memory allow, and a new one always finds a place: the one that has
 * had the least to say for the longest time gives its own up, but none on which a signed request is under way. So whoever crowds a port only
 * crowds out himself. Once a second each is looked at: one that does not send its request, or does not take its answer, is closed.
 */
final class Connections {

    /** What else needs files: jars, the database, results, media and the calls the relay makes itself. */
    private static final long OTHER_FILES = 256;
    private static final long BYTES_A_CONNECTION = 128 * 1024;
    private static final int MOST = 8_192;
    private static final int LEAST = 16;
    private static final int HEADS_OF_HEAP = 16;
    private static final long LOOK_MILLIS = 1_000;

    /** What is being closed is still open for a moment: until Java's selector has looked again. Beyond so many none is accepted. */
    private static final int CLOSING = 128;
    private static final long CLOSING_MILLIS = 20;

    private final Set<WatchedConnection> all = ConcurrentHashMap.newKeySet();
    private final AtomicLong heads = new AtomicLong();
    private final AtomicInteger open = new AtomicInteger();
    private final AtomicReference<Channel> door = new AtomicReference<>();
    private final long mostHeads = HeapShare.part(HEADS_OF_HEAP);
    private final HttpServerOptions options;
    private final int most;

    /**
     * @param options of the server
     * @param most connections at once
     */
    Connections(HttpServerOptions options, int most) {
        this.options = options;
        this.most = most;
    }

    /**
     * @param options of the server
     * @return for as many as half of what the process may open besides its own, and an eighth of the heap, have room for
     */
    static Connections of(HttpServerOptions options) {
        long files = ManagementFactory.getOperatingSystemMXBean() instanceof UnixOperatingSystemMXBean unix ? unix.getMaxFileDescriptorCount() : -1;
        long byFiles = files <= 0 ? MOST : (files - Math.min(OTHER_FILES, files / 4)) / 2 - CLOSING;
        long byHeap = HeapShare.room() / BYTES_A_CONNECTION;
        return new Connections(options, (int) Math.max(LEAST, Math.min(MOST, Math.min(byFiles, byHeap))));
    }

    /** @param vertx that looks after them from now on */
    void watch(Vertx vertx) {
        vertx.setPeriodic(LOOK_MILLIS, again -> {
            long now = System.nanoTime();
            all.forEach(caller -> caller.look(now));
        });
    }

    /** @param connection that was opened, before anything of it was read */
    void came(HttpConnection connection) {
        connection.exceptionHandler(FatalErrors::see); // Netty tells of memory it could not have to the connection and to nobody else
        Channel server = ((ConnectionBase) connection).channel().parent();
        if (server != null && door.compareAndSet(null, server)) {
            server.pipeline().addFirst("relay-door", new Door());
        }
        WatchedConnection caller = WatchedConnection.on(connection, options, this);
        while (all.size() >= most && makeRoom(Connections::lessToSay)) {
            // one less
        }
        if (all.size() >= most) {
            caller.leave();
        } else {
            all.add(caller);
            caller.whenGone(() -> all.remove(caller));
        }
    }

    /** @param bytes more, that heads of requests take in memory; less when negative */
    void heads(long bytes) {
        heads.addAndGet(bytes);
    }

    /** @return whether a head that is not small may be kept: where there is no room, the largest has to go */
    boolean bear() {
        return heads.get() <= mostHeads || makeRoom(Connections::larger) && heads.get() <= 2 * mostHeads;
    }

    private boolean makeRoom(BinaryOperator<WatchedConnection> choice) {
        WatchedConnection last = all.stream().filter(caller -> caller.rank() < WatchedConnection.NEVER).reduce(choice).orElse(null);
        if (last == null) {
            return false;
        }
        all.remove(last);
        last.leave();
        return true;
    }

    private static WatchedConnection lessToSay(WatchedConnection a, WatchedConnection b) {
        return a.rank() < b.rank() || a.rank() == b.rank() && a.since() - b.since() < 0 ? a : b;
    }

    private static WatchedConnection larger(WatchedConnection a, WatchedConnection b) {
        return a.head() > b.head() ? a : b;
    }

    /** Where connections are accepted, by a thread that may be far ahead of those that serve and close them. */
    private final class Door extends ChannelInboundHandlerAdapter {

        @Override
        public void channelRead(ChannelHandlerContext ctx, Object accepted) {
            Channel channel = (Channel) accepted;
            channel.closeFuture().addListener(closed -> {
                if (!channel.eventLoop().isShuttingDown()) {
                    channel.eventLoop().schedule(() -> oneLess(ctx), CLOSING_MILLIS, TimeUnit.MILLISECONDS);
                }
            });
            if (open.incrementAndGet() >= most + CLOSING) {
                ctx.channel().config().setAutoRead(false);
            }
            ctx.fireChannelRead(accepted);
        }

        private void oneLess(ChannelHandlerContext ctx) {
            if (open.decrementAndGet() < most + CLOSING) {
                ctx.channel().config().setAutoRead(true);
            }
        }
    }
}
