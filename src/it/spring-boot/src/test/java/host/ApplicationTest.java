package host;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import javax.sql.DataSource;
import org.apache.camel.CamelContext;
import org.apache.camel.Route;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.context.SpringBootTest.WebEnvironment;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.test.context.DynamicPropertyRegistry;
import org.springframework.test.context.DynamicPropertySource;

/** The relay works in the application, and the application works as it did without it. */
@SpringBootTest(webEnvironment = WebEnvironment.DEFINED_PORT)
class ApplicationTest {

    @Autowired
    private CamelContext camel;
    @Autowired
    private JdbcTemplate jdbc;
    @Autowired
    private List<DataSource> dataSources;
    @Value("${server.port}")
    private int port;

    @DynamicPropertySource
    static void keys(DynamicPropertyRegistry keys) throws IOException {
        try (ServerSocket socket = new ServerSocket(0)) {
            int free = socket.getLocalPort();
            keys.add("server.port", () -> free);
            keys.add("relay.webhook.max-body", () -> "1MB");
        }
    }

    private HttpResponse<String> send(String method, String path, String body, String... headers) throws Exception {
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create("http://localhost:" + port + path))
                .method(method, body == null ? BodyPublishers.noBody() : BodyPublishers.ofString(body));
        if (headers.length > 0) {
            request.headers(headers);
        }
        return HttpClient.newHttpClient().send(request.build(), BodyHandlers.ofString());
    }

    @Test
    void a_job_goes_from_submit_to_the_hosts_sink() throws Exception {
        HttpResponse<String> answer = send("POST", "/relay/jobs", "{\"api\":\"summarize\",\"request\":{},\"reference\":\"call-17\"}",
                "Content-Type", "application/x-www-form-urlencoded");
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(202);
        await().atMost(Duration.ofMinutes(1)).until(() -> !jdbc.queryForList("SELECT * FROM customer_call").isEmpty());
        Map<String, Object> row = jdbc.queryForList("SELECT * FROM customer_call").get(0);
        assertThat(row).containsEntry("NAME", "call-17").containsEntry("JOB_ID", "job-1");
        assertThat(row.get("OUTCOME").toString()).contains("\"response\":{\"summary\":\"Grüße\"}", "\"receivedVia\":\"webhook\"");
        HttpResponse<String> job = send("GET", answer.headers().firstValue("Location").orElseThrow(), null);
        assertThat(job.body()).contains("\"status\":\"Success\"");
        assertThat(send("GET", "/relay/jobs?status=Nonsense", null).statusCode()).isEqualTo(400);

        String webhook = StandInApi.webhook.substring(("http://localhost:" + port).length());
        String again = "{\"jobId\":\"job-1\",\"status\":\"Success\",\"response\":\"a=b&c=%20\"}";
        assertThat(send("POST", webhook, again, "Content-Type", "application/x-www-form-urlencoded").statusCode()).isEqualTo(200);
        assertThat(send("POST", webhook, "{\"x\":\"" + "x".repeat(1_000_000) + "\"}").statusCode()).isEqualTo(413);
        assertThat(send("POST", "/webhook", "{\"jobId\":\"nobody's\",\"x\":\"" + "x".repeat(70_000) + "\"}").statusCode()).as("unsigned").isEqualTo(413);
        for (String left : new String[] {webhook + "/", webhook + ";jsessionid=1?a=b", webhook.replace(".", "%2E"), webhook.replace("/webhook/", "/webhook//")}) {
            assertThat(send("POST", left, "{\"x\":\"" + "x".repeat(70_000) + "\"}").statusCode()).as("as a proxy left it, and still signed").isEqualTo(200);
        }
        assertThat(send("POST", webhook, again, "Content-Encoding", "gzip").statusCode()).as("it says so only").isEqualTo(200);
        assertThat(send("POST", webhook, again, "Content-Encoding", "deflate", "Validation-Token", "a", "Validation-Token", "b").headers()
                .firstValue("Validation-Token")).contains("a");
        jdbc.execute("ALTER TABLE relay_callback RENAME TO hidden");
        HttpResponse<String> away = send("POST", webhook, again);
        jdbc.execute("ALTER TABLE hidden RENAME TO relay_callback");
        assertThat(away.statusCode()).isEqualTo(503);
        assertThat(away.headers().firstValue("Retry-After")).isPresent();
        assertThat(away.body()).isEmpty();
    }

    @Test
    void the_dashboard_lies_below_the_admin_path() throws Exception {
        HttpResponse<String> page = send("GET", "/relay/", null);
        assertThat(page.statusCode()).isEqualTo(200);
        assertThat(page.headers().firstValue("Content-Type").orElseThrow()).startsWith("text/html");
        assertThat(page.headers().firstValue("Content-Security-Policy").orElseThrow()).contains("default-src 'none'");
        assertThat(page.body()).contains("\"dashboard/dashboard.js\"").doesNotContain("src=\"/", "href=\"/");
        for (String path : new String[] {"dashboard/dashboard.js", "dashboard/dashboard.css", "overview", "openapi.json", "jobs"}) {
            assertThat(send("GET", "/relay/" + path, null).statusCode()).as(path).isEqualTo(200);
        }
        assertThat(send("GET", "/relay/jobs/none/timeline", null).statusCode()).isEqualTo(404);
    }

    @Test
    void the_webhook_keeps_its_promises_behind_servlets() throws Exception {
        assertThat(send("POST", "/webhook", "").statusCode()).isEqualTo(400);
        assertThat(send("GET", "/webhook", null).statusCode()).isEqualTo(405);
        HttpResponse<String> token = send("POST", "/webhook?x=y", "", "validation-token", "abc", "X-Echo", "no");
        assertThat(token.statusCode()).isEqualTo(200);
        assertThat(token.headers().firstValue("Validation-Token")).contains("abc");
        assertThat(token.headers().map()).doesNotContainKeys("X-Echo", "x-echo", "x");
        assertThat(send("POST", "/webhook", "{\"jobId\":\"nobody's\"}", "Content-Type", "application/x-www-form-urlencoded").statusCode())
                .isEqualTo(200);
    }

    @Test
    void the_hosts_own_routes_keep_their_error_handling() throws Exception {
        assertThat(send("GET", "/hello", null).body()).isEqualTo("after 3 attempts");
    }

    @Test
    void nothing_of_the_relay_is_anybody_elses() {
        assertThat(dataSources).hasSize(1);
        assertThat(camel.getRegistry().findByType(DataSource.class)).hasSize(1);
        assertThat(camel.getRoutes().stream().map(Route::getRouteId)).contains("my-sink", "intake-webhook", "sink-file")
                .doesNotContain("inbox-take", "inbox-media").noneMatch(id -> id.startsWith("sandbox-"));
        assertThat(jdbc.queryForList("SELECT table_name FROM information_schema.tables WHERE table_schema = 'PUBLIC'", String.class))
                .contains("CUSTOMER_CALL", "RELAY_JOB").allMatch(name -> name.equals("CUSTOMER_CALL") || name.startsWith("RELAY_"));
    }

    /** {@code src/main/resources/routes/sink/sink-http.camel.yaml} here, in place of the relay's. */
    @Test
    void a_file_of_the_hosts_replaces_the_relays_of_the_same_name() {
        assertThat(camel.getRoute("sink-http").getDescription()).isEqualTo("The host's own");
    }
}
