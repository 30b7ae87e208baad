package io.jobrelay.port;

import io.jobrelay.protocol.Backoff;
import io.vertx.core.Vertx;
import io.vertx.ext.web.RoutingContext;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Lets whoever tries keys wait for the answer, the longer the more he tries, and says in the log that somebody does. A peer is an IPv4 address
 * or a network of IPv6, of which anybody has 2^64 addresses. Nobody with a right key comes here.
 */
final class WrongKeyDelay {

    private static final Logger LOG = LoggerFactory.getLogger(WrongKeyDelay.class);
    private static final int FREE = 10;
    private static final int MOST_PEERS = 4_096;
    private static final int MOST_WAITING = 1_000;
    private static final Duration FIRST = Duration.ofMillis(100);
    private static final Duration LONGEST = Duration.ofSeconds(1);
    private static final long QUEUE_MILLIS = 10_000;
    private static final long FORGET_MILLIS = 600_000;
    private static final long TELL_MILLIS = 60_000;

    private final Map<String, Peer> peers = new LinkedHashMap<>(16, 0.75f, true) {
        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Peer> eldest) {
            return size() > MOST_PEERS;
        }
    };
    private int waiting;
    private long untold;
    private String last;
    private boolean telling;

    /** What is known of one: how often it was wrong, when the last time, and when its next answer may go. */
    private static final class Peer {
        private int wrong;
        private long at;
        private long next;
    }

    /**
     * @param ctx a request with a wrong key
     * @param answer what it gets, now or later; a peer whose requests wait by the dozen gets none, and its connection is closed
     */
    void slow(RoutingContext ctx, Runnable answer) {
        String address = ctx.request().remoteAddress() == null ? null : ctx.request().remoteAddress().hostAddress();
        String peer = peer(address);
        tell(ctx.vertx(), peer);
        long millis = delay(peer, System.nanoTime() / 1_000_000);
        if (millis == 0) {
            answer.run();
        } else if (millis < 0 || !enter()) {
            ctx.request().connection().close();
        } else {
            ctx.vertx().setTimer(millis, over -> {
                leave();
                if (!ctx.response().closed()) {
                    answer.run();
                }
            });
        }
    }

    /**
     * @param peer that was wrong once more
     * @param now in milliseconds
     * @return how long it waits for its answer: 0 not at all, negative for ever
     */
    synchronized long delay(String peer, long now) {
        Peer known = peers.computeIfAbsent(peer, name -> new Peer());
        if (known.wrong > 0 && now - known.at > FORGET_MILLIS) {
            known.wrong = 0;
        }
        known.at = now;
        if (++known.wrong <= FREE) {
            known.next = now;
            return 0;
        }
        long next = Math.max(now, known.next) + Backoff.doubling(FIRST, LONGEST, known.wrong - FREE).toMillis();
        if (next - now > QUEUE_MILLIS) {
            return -1;
        }
        known.next = next;
        return next - now;
    }

    /** @return of how many something is remembered */
    synchronized int peers() {
        return peers.size();
    }

    /**
     * @param address as the socket has it, or null
     * @return the address, or the first 64 bits of one of IPv6
     */
    static String peer(String address) {
        try {
            InetAddress known = address == null ? null : InetAddress.getByName(address);
            return known instanceof Inet6Address && !known.isLoopbackAddress()
                    ? HexFormat.of().formatHex(Arrays.copyOf(known.getAddress(), 8)).replaceAll("(?<=.)(?=(.{4})+$)", ":") + "::/64"
                    : known == null ? "nowhere" : known.getHostAddress();
        } catch (UnknownHostException e) {
            return "nowhere";
        }
    }

    private synchronized boolean enter() {
        return waiting < MOST_WAITING && ++waiting > 0;
    }

    private synchronized void leave() {
        waiting--;
    }

    private synchronized void tell(Vertx vertx, String peer) {
        untold++;
        last = peer;
        if (!telling) {
            telling = true;
            LOG.warn("A request came with a wrong admin key, from {}. More of them are counted and told once a minute.", peer);
            untold = 0;
            vertx.setTimer(TELL_MILLIS, minute -> tellMore(vertx));
        }
    }

    private synchronized void tellMore(Vertx vertx) {
        if (untold == 0) {
            telling = false;
            return;
        }
        LOG.warn("{} requests came with a wrong admin key in the last minute, the last from {}.", untold, last);
        untold = 0;
        vertx.setTimer(TELL_MILLIS, minute -> tellMore(vertx));
    }
}
