package io.jobrelay.bench;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;

/** A backlog for an HTTP sink that takes its time: what counts is that the relay keeps 16 requests in flight. */
final class HttpSinkRate implements Part {

    private static final int RESULTS = 4_500;
    private static final int ROUNDS = 3;
    private static final long ANSWER_MILLIS = 50;
    private static final double MOST_PER_SECOND = 16 * 1000.0 / ANSWER_MILLIS;

    @Override
    public String name() {
        return "http-sink";
    }

    @Override
    public void measure(Session session, Kind kind, Report report) throws Exception {
        int count = Scale.count(RESULTS);
        Held held = session.held(kind);
        held.give("http", count);
        Map<String, String> keys = held.keys("http");
        keys.put("relay.sink.http.secret", "whsec_" + "b2Yb".repeat(8));
        Series rates;
        App relay = null;
        try (Receiver receiver = new Receiver(count)) {
            keys.put("relay.sink.http.url", "http://127.0.0.1:" + receiver.port() + "/results");
            relay = App.relay(held.folder(), keys);
            rates = receiver.rates();
            Held.awaitMarks();
        } finally {
            if (relay != null) {
                relay.close();
            }
        }
        session.listen(relay, "relay with an HTTP sink on " + kind);
        report.add(Row.compared("forwarding to an HTTP sink that answers in 50 ms, " + kind, Row.value(rates.median(), "/s"),
                "16 / 50 ms: 320/s", rates.over(MOST_PER_SECOND), Goal.atLeast(0.90)));
    }

    /** The sink. It takes each outcome once and looks whether it is whole. */
    private static final class Receiver implements AutoCloseable {

        private final int count;
        private final HttpServer server;
        private final ExecutorService threads = Executors.newCachedThreadPool();
        private final Set<String> ids = new HashSet<>();
        private final AtomicInteger broken = new AtomicInteger();
        private final long[] times = new long[ROUNDS + 1];
        private int passed;

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
                count(id);
            }
        }

        /** Notes the time after a quarter, when the relay is warm, and after each further one. */
        private synchronized void count(String id) {
            if (ids.add(id) && passed <= ROUNDS && ids.size() >= (passed + 1) * (count / (ROUNDS + 1))) {
                times[passed++] = System.nanoTime();
            }
        }

        private synchronized int taken() {
            return ids.size();
        }

        /** @return outcomes a second, in each of the rounds, once all are there */
        Series rates() {
            for (int i = 0; taken() < count && i < 6_000; i++) {
                Pause.millis(20);
            }
            if (taken() < count || broken.get() > 0) {
                throw new IllegalStateException(taken() + " of " + count + " outcomes arrived, " + broken.get() + " of them not whole");
            }
            Series rates = new Series();
            for (int round = 0; round < ROUNDS; round++) {
                rates.add(count / (ROUNDS + 1) / ((times[round + 1] - times[round]) / 1e9));
            }
            return rates;
        }

        @Override
        public void close() {
            server.stop(0);
            threads.shutdown();
        }
    }
}
