package io.jobrelay.support;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;

/** HTTP as bytes on a socket, for what no client library would send and for the exact size of what comes back. */
public final class Raw {

    private Raw() {
    }

    /**
     * @param port of this machine
     * @param request the whole of it; {@code Connection: close} must be among its headers
     * @return the whole reply, header and body, each byte a character; what had come when the other side broke off
     */
    public static String send(int port, byte[] request) {
        StringBuilder reply = new StringBuilder();
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
            socket.setSoTimeout(30_000);
            socket.getOutputStream().write(request);
            socket.getOutputStream().flush();
            byte[] buffer = new byte[8192];
            for (int n = socket.getInputStream().read(buffer); n >= 0; n = socket.getInputStream().read(buffer)) {
                reply.append(new String(buffer, 0, n, StandardCharsets.ISO_8859_1));
            }
        } catch (IOException e) {
            if (reply.isEmpty()) {
                throw new UncheckedIOException(e);
            }
        }
        return reply.toString();
    }

    /**
     * @param port of this machine
     * @param path of the request, as it goes over the wire
     * @param body each character a byte
     * @param headers whole lines, without their ends, each character a byte
     * @return the whole reply, each byte a character
     */
    public static String post(int port, String path, String body, String... headers) {
        StringBuilder request = new StringBuilder("POST " + path + " HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n");
        for (String header : headers) {
            request.append(header).append("\r\n");
        }
        request.append("Content-Length: ").append(body.length()).append("\r\n\r\n").append(body);
        return send(port, request.toString().getBytes(StandardCharsets.ISO_8859_1));
    }
}
