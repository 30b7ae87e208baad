package io.jobrelay.promises.ownfaults;

import static org.assertj.core.api.Assertions.assertThat;

import com.zaxxer.hikari.HikariDataSource;
import io.jobrelay.flow.StageProgress;
import io.jobrelay.support.Http;
import io.jobrelay.support.RelayFixture;
import io.jobrelay.support.Reply;
import io.jobrelay.support.StandInApi;
import java.io.IOException;
import java.nio.file.Files;
import java.sql.Connection;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;
import javax.sql.DataSource;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Health is DOWN when the database is away, or when only another start of the relay helps, and for no other reason. */
class HealthTest {

    private final AtomicLong running = new AtomicLong();
    private final RelayFixture relay = new RelayFixture().withBean("relay-uptime", (LongSupplier) running::get);

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
    void what_it_asks_in_a_hurry_hurries_no_other_statement() throws Exception {
        relay.start();
        for (int i = 0; i < 3; i++) {
            for (String path : new String[] {"/observe/health", "/observe/health/live"}) {
                assertThat(health(path).status()).isEqualTo(200);
            }
        }
        List<Connection> all = new ArrayList<>();
        try {
            for (int i = 0; i < 5; i++) {
                all.add(relay.bean("relay-data-source", DataSource.class).getConnection());
                try (Statement statement = all.get(i).createStatement()) { // H2 keeps it for the connection
                    assertThat(statement.getQueryTimeout()).isZero();
                }
            }
        } finally {
            for (Connection connection : all) {
                connection.close();
            }
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
        relay.with("relay.admin.api-key", "k3y-of-the-relay").start();
        ((HikariDataSource) relay.bean("relay-data-source", DataSource.class)).close();
        assertThat(health("/observe/health/live").status()).isEqualTo(200);
        assertThat(health("/observe/health/live").text()).isEqualTo("{\"status\":\"UP\"}");
        assertThat(health("/observe/health/live", "Authorization", "Bearer k3y-of-the-relay").text()).contains("context").doesNotContain("relay-database", "DOWN");
        assertThat(health("/observe/health/ready").status()).isEqualTo(503);
        assertThat(health("/observe/health/ready").text()).isEqualTo("{\"status\":\"DOWN\"}");
    }

    @Test
    void a_stage_that_has_work_and_does_not_get_on_is_down_and_named() throws Exception {
        relay.start();
        relay.context().getRouteController().stopRoute("tick-due");
        relay.context().getRouteController().stopRoute("tick-presence"); // for which this hour is an absence, after which all is polled
        running.addAndGet(3_600_000);
        assertThat(health("/observe/health/live").status()).as("nothing is due").isEqualTo(200);

        String silent = relay.insertJob(Map.of("status", "InProgress", "job_id", "silent", "next_poll_at", relay.clock().millis()));
        relay.insertJob(Map.of("status", "Queued", "next_submit_at", relay.clock().millis()));
        assertThat(relay.adminPost("/pause", "").status()).isEqualTo(202);
        for (String path : List.of("/observe/health/live", "/observe/health")) {
            assertThat(health(path).status()).isEqualTo(503);
            assertThat(health(path).text()).contains("Nothing has been polled for 36", "Only another start")
                    .doesNotContain("submitted", "settled", "delivered", "in the inbox", "from the inbox");
        }
        relay.sql("UPDATE relay_api SET paused_until = ?", relay.clock().millis() + 60_000);
        assertThat(health("/observe/health/live").status()).as("the API has asked for it").isEqualTo(200);
        relay.sql("UPDATE relay_api SET paused_until = 0");
        assertThat(health("/observe/health/live").status()).isEqualTo(503);

        relay.context().getRouteController().startRoute("tick-due");
        RelayFixture.patiently().until(() -> health("/observe/health/live").status() == 200);
        relay.untilStatus(silent, "InProgress");
    }

    @Test
    void a_long_round_that_gets_on_is_not_stuck_and_one_that_waits_for_a_database_is_not_either() throws Exception {
        relay.start();
        relay.context().getRouteController().stopRoute("tick-due");
        relay.insertJob(Map.of("status", "InProgress", "job_id", "silent", "next_poll_at", relay.clock().millis()));
        StageProgress progress = relay.bean("relay-note-progress", StageProgress.class);
        for (int i = 0; i < 5; i++) {
            running.addAndGet(59_000);
            assertThat(health("/observe/health/live").status()).isEqualTo(200);
            progress.made("poll-due");
        }
        running.addAndGet(61_000);
        assertThat(health("/observe/health/live").status()).isEqualTo(503);
        ((HikariDataSource) relay.bean("relay-data-source", DataSource.class)).close();
        assertThat(health("/observe/health/live").status()).isEqualTo(200);
    }

    @Test
    void it_says_when_the_api_was_last_heard_of() {
        try (StandInApi api = new StandInApi(relay.clock())) {
            relay.withApi(api.url()).with("relay.admin.api-key", "k3y-of-the-relay").start();
            assertThat(health("/observe/health", "Authorization", "Bearer k3y-of-the-relay").text()).doesNotContain("lastCallback", "lastApiAnswer");
            api.nextSubmits(Reply.of(503));
            assertThat(relay.adminPost("/jobs", "{\"api\":\"punctuate\",\"request\":{}}", "Authorization", "Bearer k3y-of-the-relay").status()).isEqualTo(202);
            RelayFixture.patiently().until(() -> relay.count("SELECT COUNT(*) FROM relay_job WHERE last_error IS NOT NULL") == 1);
            relay.post(relay.webhookUrl() + "/x", "{\"jobId\":\"unsigned\"}");
            assertThat(health("/observe/health", "Authorization", "Bearer k3y-of-the-relay").text())
                    .contains("\"lastApiAnswer\":\"the API answered 503\"").doesNotContain("lastCallback");
            relay.post(relay.callbackUrl(relay.openJob("heard")), "{\"status\":\"Success\"}");
            relay.clock().advance(Duration.ofSeconds(90));
            assertThat(health("/observe/health", "Authorization", "Bearer k3y-of-the-relay").text()).contains("\"lastCallbackAgeSeconds\":90");
            assertThat(health("/observe/health").text()).isEqualTo("{\"status\":\"UP\"}");
        }
    }

    @Test
    void a_sink_that_no_route_serves_a_folder_that_is_gone_and_a_stopped_route_are_told_and_leave_it_up() throws Exception {
        relay.with("relay.sinks", "file,mqtt").start();
        Files.delete(relay.results());
        relay.context().getRouteController().stopRoute("tick-due");
        assertThat(health("/observe/health").status()).isEqualTo(200);
        assertThat(health("/observe/health").text()).contains("\"status\":\"UP\"", "mqtt", "relay.sink.file.directory").doesNotContain("DOWN");
    }

    @Test
    void the_details_are_for_who_has_the_key() throws IOException {
        relay.with("relay.admin.api-key", "k3y-of-the-relay").with("relay.sinks", "mqtt").start();
        assertThat(health("/observe/health?exposureLevel=full&data=true").text()).isEqualTo("{\"status\":\"UP\"}");
        assertThat(health("/observe/health", "Authorization", "Bearer wrong").text()).isEqualTo("{\"status\":\"UP\"}");
        assertThat(health("/observe/health", "Authorization", "Bearer k3y-of-the-relay").text()).contains("mqtt");
    }

    private Http.Answer health(String path, String... headers) {
        return Http.get(relay.adminUrl() + path, headers);
    }
}
