package io.jobrelay.support;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/** An HTTP server on a free loopback port, a thread a request, that can also drop a connection or stay silent. */
public final class TestServer implements AutoCloseable {

    /** Decides what a request gets. */
    public interface Handler {
        /**
         * @param request as it was received
         * @return what it gets
         * @throws Exception which is answered 500 with its text, so that a broken test shows
         */
        Reply handle(Received request) throws Exception;
    }

    private final HttpServer server;
    private final CountDownLatch closed = new CountDownLatch(1);
    private final ExecutorService threads = Executors.newCachedThreadPool(r -> {
        Thread thread = new Thread(r, "test-server");
        thread.setDaemon(true);
        return thread;
    });

    static {
        System.setProperty("sun.net.httpserver.nodelay", "true"); // else each answer waits 40 ms for company
    }

    /**
     * @param clock that stamps the requests
     * @param handler of every request
     */
    public TestServer(java.time.Clock clock, Handler handler) {
        try {
            server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        server.createContext("/", exchange -> answer(exchange, clock, handler));
        server.setExecutor(threads);
        server.start();
    }

    private void answer(HttpExchange exchange, java.time.Clock clock, Handler handler) throws IOException {
        Received request = Received.of(exchange, clock.instant());
        Reply reply;
        try {
            reply = handler.handle(request);
        } catch (Exception e) {
            reply = Reply.json(500, "\"" + e + "\"");
        }
        reply.send(exchange, closed);
    }

    /** @return {@code http://127.0.0.1:<port>} */
    public String url() {
        return "http://127.0.0.1:" + server.getAddress().getPort();
    }

    @Override
    public void close() {
        closed.countDown();
        server.stop(0);
        threads.shutdownNow();
    }
}
