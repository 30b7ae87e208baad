package io.jobrelay.bench;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;

/** One connection that sends whole requests and reads answers: as little as HTTP/1.1 can be, so that the sender costs little beside what is measured. */
final class Wire implements AutoCloseable {

    private static final int PATIENCE_MILLIS = 60_000;
    private final Socket socket = new Socket();
    private final InputStream in;
    private final OutputStream out;

    /** @param port on this machine */
    Wire(int port) throws IOException {
        try {
            socket.connect(new InetSocketAddress("127.0.0.1", port), PATIENCE_MILLIS);
            socket.setSoTimeout(PATIENCE_MILLIS);
            socket.setTcpNoDelay(true);
            in = new BufferedInputStream(socket.getInputStream(), 8192);
            out = socket.getOutputStream();
        } catch (IOException e) {
            socket.close();
            throw e;
        }
    }

    /**
     * @param request with its head
     * @return the status of the answer, which has been read to its end
     */
    int send(byte[] request) throws IOException {
        out.write(request);
        int status = -1;
        int length = 0;
        for (String line = line(); !line.isEmpty(); line = line()) {
            if (status < 0) {
                status = Integer.parseInt(line.substring(9, 12));
            } else if (line.regionMatches(true, 0, "content-length:", 0, 15)) {
                length = Integer.parseInt(line.substring(15).trim());
            } else if (line.regionMatches(true, 0, "transfer-encoding:", 0, 18)) {
                length = -1;
            }
        }
        while (length < 0) {
            int chunk = Integer.parseInt(line(), 16);
            in.skipNBytes(chunk + 2L);
            length = chunk == 0 ? 0 : -1;
        }
        in.skipNBytes(length);
        return status;
    }

    private String line() throws IOException {
        byte[] line = new byte[1024];
        int n = 0;
        for (int b = in.read(); b != '\n'; b = in.read()) {
            if (b < 0) {
                throw new IOException("closed");
            }
            if (b != '\r' && n < line.length) {
                line[n++] = (byte) b;
            }
        }
        return new String(line, 0, n, StandardCharsets.ISO_8859_1);
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
