package io.jobrelay.ops;

import static org.assertj.core.api.Assertions.assertThat;

import com.zaxxer.hikari.HikariDataSource;
import io.jobrelay.Http;
import io.jobrelay.RelayFixture;
import io.jobrelay.Reply;
import io.jobrelay.StandInApi;
import java.io.IOException;
import java.nio.file.Files;
import java.time.Duration;
import javax.sql.DataSource;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Health is DOWN when the database is away, and for no other reason. */
class HealthTest {

    private final RelayFixture relay = new RelayFixture();

    @AfterEach
    void stop() {
        relay.close();
    }

    @Test
    void all_is_well() {
        relay.start();
        for (String path : new String[] {"/observe/health", "/observe/health/ready", "/observe/health/live"}) {
            assertThat(health(path).status()).isEqualTo(200);
            assertThat(health(path).text()).contains("\"status\":\"UP\"").doesNotContain("message");
        }
    }

    @Test
    void the_database_away_is_down() {
        relay.start();
        ((HikariDataSource) relay.bean("relay-data-source", DataSource.class)).close();
        assertThat(health("/observe/health").status()).isEqualTo(503);
        assertThat(health("/observe/health").text()).contains("\"status\":\"DOWN\"", "relay-database");
        assertThat(health("/observe/health/ready").status()).isEqualTo(503);
    }

    @Test
    void a_process_whose_database_is_away_is_alive() {
        relay.with("relay.admin.api-key", "k3y").start();
        ((HikariDataSource) relay.bean("relay-data-source", DataSource.class)).close();
        assertThat(health("/observe/health/live").status()).isEqualTo(200);
        assertThat(health("/observe/health/live").text()).isEqualTo("{\"status\":\"UP\"}");
        assertThat(health("/observe/health/live", "Authorization", "Bearer k3y").text()).contains("context").doesNotContain("relay-database", "DOWN");
        assertThat(health("/observe/health/ready").status()).isEqualTo(503);
        assertThat(health("/observe/health/ready").text()).isEqualTo("{\"status\":\"DOWN\"}");
    }

    @Test
    void it_says_when_the_api_was_last_heard_of() {
        try (StandInApi api = new StandInApi(relay.clock())) {
            relay.withApi(api.url()).with("relay.admin.api-key", "k3y").start();
            assertThat(health("/observe/health", "Authorization", "Bearer k3y").text()).doesNotContain("lastCallback", "lastApiAnswer");
            api.nextSubmits(Reply.of(503));
            assertThat(relay.adminPost("/jobs", "{\"api\":\"punctuate\",\"request\":{}}", "Authorization", "Bearer k3y").status()).isEqualTo(202);
            RelayFixture.patiently().until(() -> relay.count("SELECT COUNT(*) FROM relay_job WHERE last_error IS NOT NULL") == 1);
            relay.post(relay.webhookUrl() + "/x", "{\"jobId\":\"unsigned\"}");
            assertThat(health("/observe/health", "Authorization", "Bearer k3y").text())
                    .contains("\"lastApiAnswer\":\"the API answered 503\"").doesNotContain("lastCallback");
            relay.post(relay.callbackUrl(relay.openJob("heard")), "{\"status\":\"Success\"}");
            relay.clock().advance(Duration.ofSeconds(90));
            assertThat(health("/observe/health", "Authorization", "Bearer k3y").text()).contains("\"lastCallbackAgeSeconds\":90");
            assertThat(health("/observe/health").text()).isEqualTo("{\"status\":\"UP\"}");
        }
    }

    @Test
    void a_sink_that_no_route_serves_a_folder_that_is_gone_and_a_stopped_route_are_told_and_leave_it_up() throws Exception {
        relay.with("relay.sinks", "file,mqtt").start();
        Files.delete(relay.results());
        relay.context().getRouteController().stopRoute("forward-tick");
        assertThat(health("/observe/health").status()).isEqualTo(200);
        assertThat(health("/observe/health").text()).contains("\"status\":\"UP\"", "mqtt", "relay.sink.file.directory").doesNotContain("DOWN");
    }

    @Test
    void the_details_are_for_who_has_the_key() throws IOException {
        relay.with("relay.admin.api-key", "k3y").with("relay.sinks", "mqtt").start();
        assertThat(health("/observe/health?exposureLevel=full&data=true").text()).isEqualTo("{\"status\":\"UP\"}");
        assertThat(health("/observe/health", "Authorization", "Bearer wrong").text()).isEqualTo("{\"status\":\"UP\"}");
        assertThat(health("/observe/health", "Authorization", "Bearer k3y").text()).contains("mqtt");
    }

    private Http.Answer health(String path, String... headers) {
        return Http.get(relay.adminUrl() + path, headers);
    }
}
