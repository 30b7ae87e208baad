package io.jobrelay.support;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** An HTTP server that answers with bytes, for answers that no library would send, and shows requests as they came over the wire. */
public final class RawServer implements AutoCloseable {

    private static final Pattern LENGTH = Pattern.compile("(?im)^content-length: *(\\d+)");

    /**
     * A request.
     *
     * @param head first line and headers, each character a byte
     * @param body of the length that the head promises
     * @param connection a number of its own for each
     * @param turn the first request on its connection is 1
     */
    public record Request(String head, byte[] body, int connection, int turn) {

        /** @return the first line, as it came */
        public String line() {
            return head.substring(0, head.indexOf('\r'));
        }

        /** @return the second word of the first line */
        public String target() {
            return line().split(" ")[1];
        }

        /** @return the body, each byte a character */
        public String text() {
            return new String(body, StandardCharsets.ISO_8859_1);
        }

        /**
         * @param name of a header
         * @return whether it is there
         */
        public boolean has(String name) {
            return Pattern.compile("(?im)^" + Pattern.quote(name) + ":").matcher(head).find();
        }
    }

    /** Says what a request gets. */
    public interface Play {
        /**
         * @param request that came
         * @param out to the other side
         * @return whether the connection stays open for another request
         * @throws IOException when the other side has gone
         */
        boolean answer(Request request, OutputStream out) throws IOException;
    }

    private final ServerSocket server;
    private final Play play;
    private final List<Request> requests = new CopyOnWriteArrayList<>();
    private final Queue<Socket> sockets = new ConcurrentLinkedQueue<>();
    private final AtomicInteger connections = new AtomicInteger();

    /**
     * Listens at once, on a free loopback port.
     *
     * @param play asked for each request, in a thread a connection
     */
    public RawServer(Play play) {
        this.play = play;
        try {
            server = new ServerSocket(0, 50, InetAddress.getByName("127.0.0.1"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        daemon(this::accept);
    }

    /** @return {@code http://127.0.0.1:<port>} */
    public String url() {
        return "http://127.0.0.1:" + port();
    }

    /** @return where it listens */
    public int port() {
        return server.getLocalPort();
    }

    /** @return every request so far, in order */
    public List<Request> requests() {
        return List.copyOf(requests);
    }

    /** @return the first lines of all requests so far, in order */
    public List<String> lines() {
        return requests.stream().map(Request::line).toList();
    }

    /** @return how many connections there were so far */
    public int connections() {
        return connections.get();
    }

    /** @return whether the other side has closed all connections but those that are closed here */
    public boolean left() {
        return sockets.stream().allMatch(Socket::isClosed);
    }

    /** Closes all connections, between two requests or in one. */
    public void hangUp() {
        sockets.forEach(RawServer::close);
    }

    @Override
    public void close() {
        try {
            server.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        hangUp();
    }

    /**
     * @param status such as {@code 200 OK}
     * @param headers whole lines
     * @param body of the answer
     * @return an answer with its length, after which the connection is closed
     */
    public static byte[] reply(String status, List<String> headers, byte[] body) {
        ByteArrayOutputStream reply = new ByteArrayOutputStream();
        reply.writeBytes(("HTTP/1.1 " + status + "\r\nConnection: close\r\nContent-Length: " + body.length + "\r\n"
                + headers.stream().map(h -> h + "\r\n").reduce("", String::concat) + "\r\n").getBytes(StandardCharsets.ISO_8859_1));
        reply.writeBytes(body);
        return reply.toByteArray();
    }

    /**
     * @param status such as {@code 200 OK}
     * @param body of the answer
     * @param headers whole lines
     * @return an answer with its length, after which the connection is closed
     */
    public static byte[] reply(String status, String body, String... headers) {
        return reply(status, List.of(headers), body.getBytes(StandardCharsets.UTF_8));
    }

    private void accept() {
        while (!server.isClosed()) {
            try {
                Socket socket = server.accept();
                sockets.add(socket);
                int number = connections.incrementAndGet();
                daemon(() -> serve(socket, number));
            } catch (IOException e) {
                return; // closed
            }
        }
    }

    private void serve(Socket socket, int number) {
        try (socket) {
            InputStream in = new BufferedInputStream(socket.getInputStream());
            OutputStream out = socket.getOutputStream();
            for (int turn = 1; ; turn++) {
                String head = head(in);
                if (head == null) {
                    return;
                }
                Matcher length = LENGTH.matcher(head);
                Request request = new Request(head, in.readNBytes(length.find() ? Integer.parseInt(length.group(1)) : 0), number, turn);
                requests.add(request);
                boolean more = play.answer(request, out);
                out.flush();
                if (!more) {
                    return;
                }
            }
        } catch (IOException e) {
            // the other side has given up
        }
    }

    private static String head(InputStream in) throws IOException {
        StringBuilder head = new StringBuilder();
        while (head.length() < 4 || !head.substring(head.length() - 4).equals("\r\n\r\n")) {
            int b = in.read();
            if (b < 0) {
                return null;
            }
            head.append((char) b);
        }
        return head.toString();
    }

    private static void daemon(Runnable work) {
        Thread thread = new Thread(work, "raw-server");
        thread.setDaemon(true);
        thread.start();
    }

    private static void close(Socket socket) {
        try {
            socket.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
