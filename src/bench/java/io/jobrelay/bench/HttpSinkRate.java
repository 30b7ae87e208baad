package io.jobrelay.bench;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;

/** A backlog for an HTTP sink that takes its time: what counts is that the relay keeps 16 requests in flight. */
final class HttpSinkRate implements Part {

    private static final int RESULTS = 3_000;
    private static final long ANSWER_MILLIS = 50;
    private static final double MOST_PER_SECOND = 16 * 1000.0 / ANSWER_MILLIS;

    @Override
    public String name() {
        return "http-sink";
    }

    @Override
    public void measure(Session session, Kind kind, Report report) throws Exception {
        int count = Scale.count(RESULTS);
        Held held = Held.make(session, kind, count, "http");
        Map<String, String> keys = held.store().keys();
        keys.put("relay.sinks", "http");
        double rate;
        App relay = null;
        try (Receiver receiver = new Receiver(count)) {
            keys.put("relay.sink.http.url", "http://127.0.0.1:" + receiver.port() + "/results");
            relay = App.relay(held.folder(), keys);
            rate = receiver.rate();
        } finally {
            if (relay != null) {
                relay.close();
            }
        }
        session.listen(relay, "relay with an HTTP sink on " + kind);
        Series rates = new Series();
        rates.add(rate);
        report.add(Row.compared("forwarding to an HTTP sink that answers in 50 ms, " + kind, Row.value(rate, "/s"),
                "16 / 50 ms: 320/s", rates.over(MOST_PER_SECOND), Goal.atLeast(0.90)));
    }

    /** The sink. It takes each outcome once and looks whether it is whole. */
    private static final class Receiver implements AutoCloseable {

        private final int count;
        private final HttpServer server;
        private final ExecutorService threads = Executors.newCachedThreadPool();
        private final Set<String> ids = ConcurrentHashMap.newKeySet();
        private final AtomicInteger broken = new AtomicInteger();
        private int first;
        private volatile long began;
        private volatile long ended;

        Receiver(int count) throws IOException {
            this.count = count;
            server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
            server.createContext("/results", this::take);
            server.setExecutor(threads);
            server.start();
        }

        int port() {
            return server.getAddress().getPort();
        }

        private void take(HttpExchange exchange) throws IOException {
            try (exchange) {
                String body = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
                Pause.millis(ANSWER_MILLIS);
                String id = exchange.getRequestHeaders().getFirst("webhook-id");
                if (!body.contains("\"relay\":{\"id\":\"" + id + "\"") || !body.endsWith("}") || body.length() < Jobs.BODY_BYTES) {
                    broken.incrementAndGet();
                }
                exchange.sendResponseHeaders(204, -1);
                if (ids.add(id)) {
                    count(ids.size());
                }
            }
        }

        private synchronized void count(int taken) {
            if (began == 0 && taken >= count / 6) { // the relay is warm by then
                first = taken;
                began = System.nanoTime();
            }
            if (taken == count) {
                ended = System.nanoTime();
            }
        }

        /** @return outcomes a second, once all are there */
        double rate() {
            for (int i = 0; ended == 0 && i < 6_000; i++) {
                Pause.millis(20);
            }
            if (ended == 0 || broken.get() > 0) {
                throw new IllegalStateException(ids.size() + " of " + count + " outcomes arrived, " + broken.get() + " of them not whole");
            }
            return (count - first) / ((ended - began) / 1e9);
        }

        @Override
        public void close() {
            server.stop(0);
            threads.shutdown();
        }
    }
}
