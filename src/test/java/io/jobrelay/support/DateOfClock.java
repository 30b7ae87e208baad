package io.jobrelay.support;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;

/**
 * Stands in front of a {@link TestServer}, whose {@code Date} is always the real time, and puts another one into each answer. All else passes
 * as it is, to the byte.
 */
final class DateOfClock implements AutoCloseable {

    private static final DateTimeFormatter DATE = DateTimeFormatter.ofPattern("EEE, dd MMM yyyy HH:mm:ss 'GMT'", Locale.ENGLISH)
            .withZone(ZoneOffset.UTC);
    private static final String NAME = "\r\nDate: ";
    private final ServerSocket listener;
    private final Set<Socket> open = ConcurrentHashMap.newKeySet();
    private final URI behind;
    private final Supplier<Instant> date;

    /**
     * @param behind URL of the server
     * @param date of its next answer; null sends none
     */
    DateOfClock(String behind, Supplier<Instant> date) {
        this.behind = URI.create(behind);
        this.date = date;
        try {
            listener = new ServerSocket(0, 200, InetAddress.getLoopbackAddress());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        thread(this::accept);
    }

    /** @return {@code http://127.0.0.1:<port>} */
    String url() {
        return "http://127.0.0.1:" + listener.getLocalPort();
    }

    @Override
    public void close() {
        close(listener);
        open.forEach(DateOfClock::close);
    }

    private void accept() {
        while (!listener.isClosed()) {
            try {
                Socket client = listener.accept();
                Socket server = new Socket(behind.getHost(), behind.getPort());
                server.setTcpNoDelay(true);
                client.setTcpNoDelay(true);
                open.add(client);
                open.add(server);
                thread(() -> pass(client, server, false));
                thread(() -> pass(server, client, true));
            } catch (IOException e) {
                // closed, or whoever called has gone again
            }
        }
    }

    private void pass(Socket from, Socket to, boolean answers) {
        byte[] bytes = new byte[64 * 1024];
        try (from; to) {
            InputStream in = from.getInputStream();
            OutputStream out = to.getOutputStream();
            for (int n; (n = in.read(bytes)) >= 0;) {
                if (answers) {
                    replace(bytes, n);
                }
                out.write(bytes, 0, n);
            }
        } catch (IOException e) {
            // one of the two has gone, and so does the other
        } finally {
            open.remove(from);
            open.remove(to);
        }
    }

    private void replace(byte[] bytes, int n) {
        int at = new String(bytes, 0, n, StandardCharsets.ISO_8859_1).indexOf(NAME);
        if (at >= 0) {
            Instant now = date.get();
            byte[] line = (now == null ? "\r\nXate: " : NAME + DATE.format(now)).getBytes(StandardCharsets.ISO_8859_1);
            System.arraycopy(line, 0, bytes, at, line.length);
        }
    }

    private static void thread(Runnable work) {
        Thread thread = new Thread(work, "date-of-clock");
        thread.setDaemon(true);
        thread.start();
    }

    private static void close(AutoCloseable it) {
        try {
            it.close();
        } catch (Exception e) {
            // it is closed
        }
    }
}
