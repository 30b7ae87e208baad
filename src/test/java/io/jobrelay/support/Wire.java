package io.jobrelay.support;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import java.util.Arrays;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A network between a relay and what it talks to (database, API, sink) that can be made a bad one: it swallows what it is given, hands it on
 * late, loses one direction, or cuts in the middle. Nothing is ever refused while it is silent, which is what makes silence hard.
 *
 * <pre>{@code
 * try (Wire wire = Wire.to("127.0.0.1", 5432)) {
 *     relay.with("relay.db.url", wire.url(url));
 *     wire.swallow();
 *     wire.heal();
 * }
 * }</pre>
 */
public final class Wire implements AutoCloseable {

    private static final Pattern ADDRESS = Pattern.compile("//([^:/?,]+):(\\d+)");
    private static final int NEVER = -1;
    private final InetSocketAddress target;
    private final ServerSocket server;
    private final Set<Socket> open = ConcurrentHashMap.newKeySet();
    private final Set<Socket> servers = ConcurrentHashMap.newKeySet();
    private final AtomicLong cutAfter = new AtomicLong(NEVER);
    private final AtomicInteger ways = new AtomicInteger();
    private final AtomicInteger accepted = new AtomicInteger();
    private volatile boolean swallowing;
    private volatile boolean holding;
    private volatile boolean losingAnswers;
    private volatile boolean cuttingAnswers;
    private volatile long oneWayMillis;

    private record Late(long at, byte[] bytes) {
    }

    private Wire(String host, int port) {
        try {
            target = new InetSocketAddress(host, port);
            server = new ServerSocket(0, 200, InetAddress.getLoopbackAddress());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        start("wire-accept", this::accept);
    }

    /**
     * @param host of the real server
     * @param port of the real server
     * @return a good network to it, on a port of its own
     */
    public static Wire to(String host, int port) {
        return new Wire(host, port);
    }

    /**
     * @param url of any kind with one {@code //host:port} in it, such as {@code Postgres.newDatabase()} gives
     * @return a good network to it
     */
    public static Wire to(String url) {
        Matcher address = ADDRESS.matcher(url);
        if (!address.find()) {
            throw new IllegalArgumentException("no //host:port in " + url);
        }
        return new Wire(address.group(1), Integer.parseInt(address.group(2)));
    }

    /** @return the port that clients connect to, on 127.0.0.1 */
    public int port() {
        return server.getLocalPort();
    }

    /**
     * @param url that leads to the server itself
     * @return the same through this network
     */
    public String url(String url) {
        return ADDRESS.matcher(url).replaceFirst("//127.0.0.1:" + port());
    }

    // ---- what is wrong with it

    /** From now on everything is taken and nothing handed on, in either direction; new connections are taken too. */
    public void swallow() {
        swallowing = true;
    }

    /** From now on nothing arrives, and all of it when it is healed: as with packets that are lost and sent again. */
    public void hold() {
        holding = true;
    }

    /** What the client says arrives, and it never hears an answer. */
    public void loseAnswers() {
        losingAnswers = true;
    }

    /** @param thereAndBack how long a question and its answer are under way together */
    public void delay(Duration thereAndBack) {
        oneWayMillis = thereAndBack.toMillis() / 2;
    }

    /** @param bytes of clients, counted from now, after which the connection that brought the last of them is cut, once */
    public void cutAfter(long bytes) {
        cutAfter.set(bytes);
    }

    /** The next answer of the server is not handed on, and its connection cut, once: what was asked for has been done. */
    public void cutAnswer() {
        cuttingAnswers = true;
    }

    /** Cuts all connections. */
    public void cut() {
        open.forEach(Wire::close);
        servers.forEach(Wire::close);
    }

    /** All is well again for what comes from now on. What was swallowed stays so, and who was connected meanwhile is connected to nothing. */
    public void heal() {
        swallowing = false;
        holding = false;
        losingAnswers = false;
        cuttingAnswers = false;
        cutAfter.set(NEVER);
        oneWayMillis = 0;
    }

    // ---- what was seen

    /** @return how many connections of clients are open */
    public int connections() {
        return open.size();
    }

    /** @return how many connections of clients there were */
    public int accepted() {
        return accepted.get();
    }

    /** @return how many times a client asked and had to wait for the answer before it said more, on all connections together */
    public int ways() {
        return ways.get();
    }

    @Override
    public void close() {
        try {
            server.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        cut();
    }

    // ---- the two directions

    private void accept() {
        while (true) {
            try {
                Socket client = server.accept();
                accepted.incrementAndGet();
                open.add(client);
                if (swallowing) {
                    start("wire-hole", () -> pump(client, null, new AtomicInteger(), true));
                    continue;
                }
                Socket peer = new Socket();
                servers.add(peer);
                try {
                    peer.connect(target, 5_000);
                } catch (IOException e) {
                    drop(client, peer);
                    continue;
                }
                client.setTcpNoDelay(true);
                peer.setTcpNoDelay(true);
                AtomicInteger last = new AtomicInteger(); // 1: the client spoke, 2: the server
                start("wire-there", () -> pump(client, peer, last, true));
                start("wire-back", () -> pump(peer, client, last, false));
            } catch (IOException e) {
                return; // it is closed
            }
        }
    }

    private void pump(Socket from, Socket to, AtomicInteger last, boolean there) {
        BlockingQueue<Late> under = new LinkedBlockingQueue<>();
        if (to != null) {
            start("wire-late", () -> handOn(under, to));
        }
        byte[] buffer = new byte[65_536];
        try (InputStream in = from.getInputStream()) {
            for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
                if (to == null || swallowing || !there && losingAnswers) {
                    continue;
                }
                if (!there && cuttingAnswers) {
                    cuttingAnswers = false;
                    break;
                }
                if (last.getAndSet(there ? 1 : 2) == 1 && !there) {
                    ways.incrementAndGet();
                }
                int kept = there ? untilCut(n) : n;
                under.add(new Late(System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(oneWayMillis), Arrays.copyOf(buffer, kept)));
                if (kept < n) {
                    break;
                }
            }
        } catch (IOException e) {
            // either end is gone
        } finally {
            under.add(new Late(System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(oneWayMillis), null));
            if (to == null) {
                drop(from);
            }
        }
    }

    private int untilCut(int n) {
        if (cutAfter.get() == NEVER) {
            return n;
        }
        long left = cutAfter.addAndGet(-n);
        if (left > 0) {
            return n;
        }
        cutAfter.set(NEVER);
        return (int) Math.max(0, n + left - 1);
    }

    private void handOn(BlockingQueue<Late> under, Socket to) {
        try {
            OutputStream out = to.getOutputStream();
            while (true) {
                Late next = under.take();
                TimeUnit.NANOSECONDS.sleep(next.at - System.nanoTime()); // the way takes its time, nobody waits for something here
                while (holding) {
                    TimeUnit.MILLISECONDS.sleep(10);
                }
                if (next.bytes == null) {
                    return;
                }
                out.write(next.bytes);
                out.flush();
            }
        } catch (IOException | InterruptedException e) {
            // it is gone
        } finally {
            drop(to); // and with it the other direction
        }
    }

    private void drop(Socket... sockets) {
        for (Socket socket : sockets) {
            close(socket);
            open.remove(socket);
            servers.remove(socket);
        }
    }

    private static void close(Socket socket) {
        try {
            socket.close();
        } catch (IOException e) {
            // it is closed
        }
    }

    private static void start(String name, Runnable work) {
        Thread thread = new Thread(work, name);
        thread.setDaemon(true);
        thread.start();
    }
}
