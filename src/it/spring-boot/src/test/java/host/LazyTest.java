package host;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import org.apache.camel.CamelContext;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.context.SpringBootTest.WebEnvironment;
import org.springframework.test.context.DynamicPropertyRegistry;
import org.springframework.test.context.DynamicPropertySource;

/** An application whose beans are made when they are asked for serves the webhook all the same, and a route that does not run is no 404. */
@SpringBootTest(webEnvironment = WebEnvironment.DEFINED_PORT, properties = {"spring.main.lazy-initialization=true",
        "spring.datasource.url=jdbc:h2:file:./target/lazy", "server.servlet.context-path=/app"})
class LazyTest {

    @Autowired
    private CamelContext camel;
    @Value("${server.port}")
    private int port;

    @DynamicPropertySource
    static void keys(DynamicPropertyRegistry keys) throws IOException {
        try (ServerSocket socket = new ServerSocket(0)) {
            int free = socket.getLocalPort();
            keys.add("server.port", () -> free);
        }
    }

    private HttpResponse<String> callback() throws Exception {
        return HttpClient.newHttpClient().send(HttpRequest.newBuilder(URI.create("http://localhost:" + port + "/app/webhook"))
                .POST(BodyPublishers.ofString("{\"jobId\":\"nobody's\"}")).build(), BodyHandlers.ofString());
    }

    @Test
    void callbacks_are_answered_and_never_not_found() throws Exception {
        assertThat(callback().statusCode()).isEqualTo(200);
        camel.getRouteController().stopRoute("intake-webhook");
        HttpResponse<String> stopped = callback();
        assertThat(stopped.statusCode()).isEqualTo(503);
        assertThat(stopped.headers().firstValue("Retry-After")).isPresent();
        camel.getRouteController().startRoute("intake-webhook");
        assertThat(callback().statusCode()).isEqualTo(200);
    }
}
