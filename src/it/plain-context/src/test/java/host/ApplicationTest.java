package host;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import org.apache.camel.CamelContext;
import org.apache.camel.Route;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** The relay works in the application, and the application works as it did without it. */
class ApplicationTest {

    private static final Application APPLICATION = new Application();
    private static CamelContext camel;
    private static int port;

    @BeforeAll
    static void start() throws Exception {
        try (ServerSocket socket = new ServerSocket(0)) {
            port = socket.getLocalPort();
        }
        System.setProperty("it.port", String.valueOf(port));
        camel = APPLICATION.start();
        camel.addRoutes(new StandInApi());
    }

    @AfterAll
    static void stop() {
        camel.stop();
    }

    private static HttpResponse<String> post(String path, String body) throws Exception {
        return HttpClient.newHttpClient().send(HttpRequest.newBuilder(URI.create("http://localhost:" + port + path))
                .POST(BodyPublishers.ofString(body)).build(), BodyHandlers.ofString());
    }

    @Test
    void a_job_goes_from_submit_to_the_hosts_sink() throws Exception {
        HttpResponse<String> answer = post("/relay/jobs", "{\"api\":\"summarize\",\"request\":{},\"reference\":\"call-17\"}");
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(202);
        await().atMost(Duration.ofMinutes(1)).until(() -> !APPLICATION.outcomes.isEmpty());
        assertThat(APPLICATION.outcomes.remove()).startsWith("call-17 {\"jobId\":\"job-1\"")
                .contains("\"response\":{\"summary\":\"Grüße\"}", "\"receivedVia\":\"webhook\"");
    }

    @Test
    void the_hosts_own_routes_keep_their_error_handling() {
        assertThat(camel.createProducerTemplate().requestBody("direct:hello", "", String.class)).isEqualTo("after 3 attempts");
    }

    @Test
    void what_was_not_asked_for_is_not_there() throws Exception {
        assertThat(camel.getRoutes().stream().map(Route::getRouteId)).contains("my-sink", "intake-webhook")
                .doesNotContain("inbox-take", "inbox-media").noneMatch(id -> id.startsWith("sandbox-"));
        assertThat(post("/sandbox/restapi/oauth/token", "").statusCode()).isEqualTo(404);
        assertThat(post("/jobs", "{}").statusCode()).isEqualTo(404);
    }
}
