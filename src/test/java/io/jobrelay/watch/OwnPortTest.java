package io.jobrelay.watch;

import static org.assertj.core.api.Assertions.assertThat;

import io.jobrelay.config.Keys;
import io.jobrelay.support.RelayFixture;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.Properties;
import org.apache.camel.impl.DefaultCamelContext;
import org.junit.jupiter.api.Test;

/** A port takes connections when somebody in the process looks at them; that the system has taken one says nothing. */
class OwnPortTest {

    private final int number = RelayFixture.freePorts()[0];

    @Test
    void nobody_listens() throws IOException {
        assertThat(port("camel.server.port").takesConnections()).isFalse();
        try (ServerSocket closes = new ServerSocket(number, 5, InetAddress.getLoopbackAddress())) {
            Thread thread = new Thread(() -> closeEach(closes));
            thread.start();
            assertThat(port("camel.server.port").takesConnections()).as("whoever closes it has looked at it").isTrue();
            assertThat(port("relay.admin.port").takesConnections()).isTrue();
        }
    }

    @Test
    void one_that_nobody_looks_at_is_tried_twice() throws IOException {
        try (ServerSocket silent = new ServerSocket(number, 50, InetAddress.getLoopbackAddress())) {
            assertThat(silent.isBound()).isTrue();
            OwnPort port = port("camel.server.port");
            assertThat(port.takesConnections()).as("the machine may be busy").isTrue();
            RelayFixture.patiently().until(() -> !port.takesConnections());
            assertThat(port.takenSoFar()).isFalse();
        }
    }

    private static void closeEach(ServerSocket server) {
        try {
            while (true) {
                server.accept().close();
            }
        } catch (IOException e) {
            // the test is over
        }
    }

    private OwnPort port(String key) {
        DefaultCamelContext context = new DefaultCamelContext();
        Properties keys = new Properties();
        keys.setProperty("camel.server.enabled", "true");
        keys.setProperty("camel.management.enabled", "true");
        keys.setProperty("camel.server.host", "0.0.0.0");
        keys.setProperty("relay.admin.host", "localhost");
        keys.setProperty(key, String.valueOf(number));
        context.getPropertiesComponent().setInitialProperties(keys);
        return new OwnPort("one", key, new Keys(context));
    }
}
