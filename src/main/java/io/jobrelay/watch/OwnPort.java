package io.jobrelay.watch;

import io.jobrelay.config.Keys;
import java.io.IOException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;

/** One of the relay's own two ports, tried from this machine: the system takes a connection that nobody in the process will ever look at. */
final class OwnPort {

    private static final int CONNECT_MILLIS = 500;
    private static final int ANSWER_MILLIS = 2_000;
    /** The public port refuses it. */
    private static final byte[] QUESTION = "GET / HTTP/1.0\r\n\r\n".getBytes(StandardCharsets.US_ASCII);
    private static final long TRUSTED_MILLIS = 3_000;
    private static final int TRIES = 2;

    private final String name;
    private final String key;
    private final boolean open;
    private final boolean asked;
    private final InetSocketAddress address;
    private long tried = System.nanoTime() / 1_000_000 - TRUSTED_MILLIS;
    private volatile int failures;

    /**
     * @param name to be told
     * @param key of its number
     * @param keys that, and the host it is bound to
     */
    OwnPort(String name, String key, Keys keys) {
        boolean admin = key.startsWith("relay.admin");
        this.name = name;
        this.key = key;
        this.asked = !admin; // whoever asks for health has just been taken there, and holds up what is asked meanwhile
        this.open = keys.flag(admin ? "camel.management.enabled" : "camel.server.enabled");
        this.address = address(keys.text(admin ? "relay.admin.host" : "camel.server.host").orElse("0.0.0.0"), keys.number(key));
    }

    private static InetSocketAddress address(String host, int port) {
        InetSocketAddress bound = new InetSocketAddress(host, port);
        boolean everywhere = bound.getAddress() != null && bound.getAddress().isAnyLocalAddress();
        return everywhere ? new InetSocketAddress(InetAddress.getLoopbackAddress(), port) : bound;
    }

    /** @return what it is called */
    String name() {
        return name;
    }

    /** @return the key of its number */
    String key() {
        return key;
    }

    /** @return whether connections are taken, as of a few seconds ago; one that nobody answers in time is tried twice, since the machine may be busy */
    synchronized boolean takesConnections() {
        long now = System.nanoTime() / 1_000_000;
        if (open && now - tried >= TRUSTED_MILLIS) {
            tried = now;
            failures = failuresNow();
        }
        return failures < TRIES;
    }

    /** @return the same, of what was tried so far */
    boolean takenSoFar() {
        return failures < TRIES;
    }

    /** Any answer will do, a refusal too, and so does a connection that is closed: somebody has looked at it. */
    private int failuresNow() {
        try (Socket socket = new Socket()) {
            socket.connect(address, CONNECT_MILLIS);
            if (!asked) {
                return 0;
            }
            socket.setSoTimeout(ANSWER_MILLIS);
            try {
                socket.getOutputStream().write(QUESTION);
                socket.getInputStream().read();
                return 0;
            } catch (SocketTimeoutException e) {
                return failures + 1;
            } catch (IOException e) {
                return 0;
            }
        } catch (ConnectException e) {
            return TRIES;
        } catch (IOException e) {
            return failures + 1;
        }
    }
}
