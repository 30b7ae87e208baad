package io.jobrelay.promises.once;

import static org.assertj.core.api.Assertions.assertThat;

import io.jobrelay.support.RelayFixture;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import org.apache.camel.builder.RouteBuilder;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** A sink that behaves as no sink should costs an attempt, and neither a thread for ever nor a delivery twice. */
class StrangeSinkTest {

    private final RelayFixture relay = new RelayFixture();
    private final Queue<AutoCloseable> open = new ConcurrentLinkedQueue<>();

    @AfterEach
    void stop() throws Exception {
        relay.close();
        for (AutoCloseable each : open) {
            each.close();
        }
    }

    @Test
    void headers_that_drip_without_end_are_a_failed_attempt() {
        httpSink("HTTP/1.1 200 OK\r\nX-Drip: ");
        String id = outcome();
        RelayFixture.patiently().until(() -> !relay.deliveries(id).isEmpty() && relay.deliveries(id).get(0).get("last_error") != null);
        assertThat(relay.deliveries(id).get(0)).containsEntry("status", "Pending").containsEntry("attempts", 1);
        assertThat((String) relay.deliveries(id).get(0).get("last_error")).contains("no answer within");
    }

    @Test
    void a_200_counts_even_if_its_body_never_ends() {
        httpSink("HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\n\r\n");
        String id = outcome();
        relay.untilDelivered(id);
        assertThat(relay.deliveries(id).get(0)).containsEntry("status", "Delivered").containsEntry("attempts", 1);
    }

    @Test
    void a_sink_whose_jar_is_not_there_is_a_failed_attempt() throws Exception {
        relay.with("relay.sinks", "mine").start();
        relay.context().addRoutes(new RouteBuilder() {
            @Override
            public void configure() {
                from("direct:sink-mine").routeId("sink-mine").process(exchange -> {
                    throw new NoClassDefFoundError("org/example/Driver");
                });
            }
        });
        String id = outcome();
        RelayFixture.patiently().until(() -> !relay.deliveries(id).isEmpty() && relay.deliveries(id).get(0).get("last_error") != null);
        assertThat(relay.deliveries(id).get(0)).containsEntry("status", "Pending").containsEntry("attempts", 1);
        assertThat((String) relay.deliveries(id).get(0).get("last_error")).contains("org/example/Driver");
    }

    /** @param start of every answer; after it a byte comes every 50 ms, for as long as anybody listens */
    private void httpSink(String start) {
        try {
            ServerSocket server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
            open.add(server);
            Thread thread = new Thread(() -> serve(server, start), "dripping-sink");
            thread.setDaemon(true);
            thread.start();
            relay.with("relay.sinks", "http").with("relay.sink.http.url", "http://127.0.0.1:" + server.getLocalPort() + "/")
                    .with("relay.sink.http.timeout", "500ms").start();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void serve(ServerSocket server, String start) {
        while (!server.isClosed()) {
            try {
                Socket socket = server.accept();
                open.add(socket);
                Thread drip = new Thread(() -> drip(socket, start));
                drip.setDaemon(true);
                drip.start();
            } catch (IOException e) {
                return; // closed
            }
        }
    }

    private static void drip(Socket socket, String start) {
        try {
            OutputStream out = socket.getOutputStream();
            out.write(start.getBytes(StandardCharsets.US_ASCII));
            while (true) {
                out.write('x');
                out.flush();
                TimeUnit.MILLISECONDS.sleep(50);
            }
        } catch (IOException | InterruptedException e) {
            // the relay has given up
        }
    }

    private String outcome() {
        String id = relay.openJob("strange");
        assertThat(relay.post(relay.callbackUrl(id), "{\"jobId\":\"strange\",\"status\":\"Success\"}").status()).isEqualTo(200);
        RelayFixture.patiently().until(() -> !relay.deliveries(id).isEmpty());
        return id;
    }
}
