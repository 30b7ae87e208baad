package io.jobrelay.chaos;

import java.io.IOException;
import java.net.ServerSocket;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Ports for servers that go and come back: below the range the system takes for outgoing connections, so that none of those sits on a port
 * while its server is away.
 */
final class Ports {

    private static final AtomicInteger NEXT = new AtomicInteger(20_000 + (int) (ProcessHandle.current().pid() * 7 % 10_000));

    private Ports() {
    }

    /** @return a port nobody listens on at this moment */
    static int free() {
        while (true) {
            int port = 20_000 + NEXT.getAndIncrement() % 10_000;
            try (ServerSocket probe = new ServerSocket(port)) {
                return port;
            } catch (IOException e) {
                // taken: the next one
            }
        }
    }
}
