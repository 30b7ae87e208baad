package io.jobrelay.config;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.UnknownHostException;

/** Looks whether the relay's two ports are free. Vert.x would only log that it cannot listen, and the relay would run and hear nothing. */
final class PortCheck {

    private PortCheck() {
    }

    /**
     * @param keys that name hosts and ports
     * @throws StartFailure when a port is taken, a host is not an address of this machine, both ports are the same, or the admin port would
     *         be open to others without a key
     */
    static void check(Keys keys) {
        int publicPort = keys.number("camel.server.port");
        int adminPort = keys.number("relay.admin.port");
        if (publicPort == adminPort) {
            throw new StartFailure("camel.server.port and relay.admin.port are both " + adminPort
                    + ": what is private would be served to the world. Give them different numbers.");
        }
        String adminHost = keys.required("relay.admin.host");
        if (!address(adminHost, "relay.admin.host").isLoopbackAddress() && keys.text("relay.admin.api-key").isEmpty()) {
            throw new StartFailure("relay.admin.host is " + adminHost + ", which others can reach, but relay.admin.api-key is not set."
                    + " Set a key, or use 127.0.0.1.");
        }
        free(keys.text("camel.server.host").orElse("0.0.0.0"), "camel.server.host", publicPort, "camel.server.port");
        free(adminHost, "relay.admin.host", adminPort, "relay.admin.port");
        if (Upstream.of(keys).sandbox() && !reachesSandbox(address(adminHost, "relay.admin.host"))) {
            throw new StartFailure("relay.admin.host is " + adminHost + ", but the sandbox answers at 127.0.0.1 only. Use 127.0.0.1 or 0.0.0.0,"
                    + " or set relay.ringcentral.server-url (RC_SERVER_URL) to use an account.");
        }
    }

    private static boolean reachesSandbox(InetAddress address) {
        return address.isAnyLocalAddress() || address.getHostAddress().equals("127.0.0.1");
    }

    private static void free(String host, String hostKey, int port, String portKey) {
        InetAddress address = address(host, hostKey);
        try (ServerSocket probe = new ServerSocket()) {
            probe.setReuseAddress(true);
            probe.bind(new InetSocketAddress(address, port));
        } catch (IOException e) {
            if (String.valueOf(e.getMessage()).contains("assign")) {
                throw StartFailure.passing(hostKey + " is " + host + ", which is not an address of this machine.", e);
            }
            throw StartFailure.passing("Port " + port + " (" + portKey + ") cannot be opened: " + e.getMessage()
                    + ". Stop what uses it, perhaps another relay, or choose another port.", e);
        }
    }

    private static InetAddress address(String host, String key) {
        try {
            return InetAddress.getByName(host);
        } catch (UnknownHostException e) {
            throw StartFailure.passing(key + " is " + host + ", a name that cannot be found. Use the name or an address of this machine.", e);
        }
    }
}
