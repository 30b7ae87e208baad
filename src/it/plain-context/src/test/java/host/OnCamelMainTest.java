package host;

import static org.assertj.core.api.Assertions.assertThat;

import io.jobrelay.JobRelay;
import java.net.ServerSocket;
import org.apache.camel.CamelConfiguration;
import org.apache.camel.CamelContext;
import org.apache.camel.Route;
import org.apache.camel.main.Main;
import org.junit.jupiter.api.Test;

/** camel-main finds the routes in the jar by itself, as Spring Boot does: each is there once, and its options are the application's. */
class OnCamelMainTest {

    @Test
    void an_application_on_camel_main_has_each_route_once() throws Exception {
        try (ServerSocket socket = new ServerSocket(0)) {
            System.setProperty("it.port", String.valueOf(socket.getLocalPort()));
        }
        Main main = new Main();
        main.setPropertyPlaceholderLocations("classpath:application.properties");
        main.addOverrideProperty("relay.db.url", "jdbc:h2:file:./target/on-camel-main");
        main.configure().addConfiguration(new CamelConfiguration() {
            @Override
            public void configure(CamelContext camel) throws Exception {
                JobRelay.addTo(camel);
            }
        });
        main.start();
        try {
            assertThat(main.getCamelContext().getRoutes().stream().map(Route::getRouteId)).doesNotHaveDuplicates()
                    .contains("intake-webhook", "admin-jobs").noneMatch(id -> id.startsWith("sandbox-"));
            assertThat(main.getCamelContext().getName()).as("camel.main.name is the application's").isNotEqualTo("relay");
        } finally {
            main.stop();
        }
    }
}
