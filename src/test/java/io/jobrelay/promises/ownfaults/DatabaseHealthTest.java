package io.jobrelay.promises.ownfaults;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.jobrelay.support.Http;
import io.jobrelay.support.Postgres;
import io.jobrelay.support.RelayCommand;
import io.jobrelay.support.RelayFixture;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.Statement;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A PostgreSQL that answers and cannot be written is named by health and doctor in one sentence with the cure; callbacks are answered 503
 * meanwhile, and 200 again as soon as it is over, without a restart.
 */
class DatabaseHealthTest {

    private static String url;
    private static String database;
    private static String role;
    private static RelayFixture relay;

    @BeforeAll
    static void start() {
        url = Postgres.newDatabase();
        database = Postgres.name(url);
        role = Postgres.newRole(url);
        Postgres.execute(url, "GRANT CREATE ON SCHEMA public TO " + role);
        relay = new RelayFixture().with("relay.db.url", url).with("relay.db.username", role).with("relay.db.password", role).start();
    }

    @AfterAll
    static void stop() {
        relay.close();
    }

    /** What a test that failed has left as it was must not fail the others. */
    @AfterEach
    void heal() {
        Postgres.execute(url, "SET default_transaction_read_only = off", "ALTER DATABASE " + database + " RESET default_transaction_read_only");
    }

    @Test
    void one_made_read_only(@TempDir Path folder) throws Exception {
        Postgres.execute(url, "ALTER DATABASE " + database + " SET default_transaction_read_only = on");
        terminateSessions(url);
        isDown("default_transaction_read_only is on for the relay's sessions");
        try (RelayCommand doctor = RelayCommand.start(folder, Map.of("RELAY_DB_URL", url, "RELAY_DB_USERNAME", role, "RELAY_DB_PASSWORD", role),
                "doctor", "-Drelay.admin.port=" + RelayFixture.freePorts()[0])) {
            assertThat(doctor.exitStatus()).isEqualTo(1);
            assertThat(doctor.out()).containsPattern("failed +database +The database is read-only: default_transaction_read_only is on");
        }
        Postgres.execute(url, "SET default_transaction_read_only = off", "ALTER DATABASE " + database + " RESET default_transaction_read_only");
        isUpAgain();
    }

    @Test
    void a_right_taken_away() throws Exception {
        Postgres.execute(url, "REVOKE INSERT ON relay_callback FROM " + role);
        isDown("GRANT INSERT ON relay_callback TO " + role);
        Postgres.execute(url, "GRANT INSERT ON relay_callback TO " + role);
        isUpAgain();
    }

    @Test
    void a_right_that_callbacks_can_do_without_leaves_it_up_and_is_told() throws Exception {
        Postgres.execute(url, "REVOKE DELETE ON relay_event FROM " + role);
        RelayFixture.patiently().until(() -> health().text().contains("GRANT DELETE ON relay_event TO " + role));
        assertThat(health().status()).isEqualTo(200);
        assertThat(doctor().toString()).contains("\"ok\":false", "GRANT DELETE ON relay_event TO " + role);
        Postgres.execute(url, "GRANT DELETE ON relay_event TO " + role);
        RelayFixture.patiently().until(() -> doctor().path("ok").asBoolean());
    }

    @Test
    void a_schema_closed() throws Exception {
        Postgres.execute(url, "REVOKE USAGE ON SCHEMA public FROM " + role);
        isDown("GRANT USAGE ON SCHEMA public TO " + role);
        Postgres.execute(url, "GRANT USAGE ON SCHEMA public TO " + role);
        isUpAgain();
    }

    @Test
    void one_that_refuses_the_role_has_no_connection_left_or_is_gone() throws Exception {
        String server = url.replaceFirst("[^/]*$", "postgres");
        Postgres.execute(server, "ALTER ROLE " + role + " NOLOGIN");
        terminateSessions(server);
        isDown("28000", "relay.db.username");
        Postgres.execute(server, "ALTER ROLE " + role + " LOGIN CONNECTION LIMIT 0");
        isDown("53300", "CONNECTION LIMIT");
        Postgres.execute(server, "ALTER DATABASE " + database + " RENAME TO " + database + "_gone", "ALTER ROLE " + role + " CONNECTION LIMIT -1");
        isDown("3D000", "CREATE DATABASE");
        Postgres.execute(server, "ALTER DATABASE " + database + "_gone RENAME TO " + database);
        isUpAgain();
    }

    @Test
    void tables_that_are_locked() throws Exception {
        try (Connection other = DriverManager.getConnection(url, "postgres", "postgres"); Statement statement = other.createStatement()) {
            other.setAutoCommit(false);
            statement.execute("LOCK TABLE relay_callback IN EXCLUSIVE MODE");
            isDown("locked by another session", "pg_terminate_backend(");
            other.rollback();
        }
        isUpAgain();
    }

    private static void isDown(String... words) throws IOException {
        RelayFixture.patiently().untilAsserted(() -> assertThat(health().text()).contains("\"name\":\"relay-database\",\"status\":\"DOWN\"").contains(words));
        assertThat(health().status()).isEqualTo(503);
        assertThat(relay.adminGet("/observe/health/ready").status()).isEqualTo(503);
        assertThat(relay.adminGet("/observe/health/live").status()).isEqualTo(200);
        assertThat(callback()).isEqualTo(503);
        JsonNode doctor = doctor();
        assertThat(doctor.path("ok").asBoolean()).isFalse();
        assertThat(doctor.toString()).contains("{\"name\":\"database\",\"result\":\"failed\"").contains(words);
    }

    private static void isUpAgain() {
        RelayFixture.patiently().until(() -> health().status() == 200);
        RelayFixture.patiently().until(() -> callback() == 200);
        assertThat(relay.adminGet("/observe/health/ready").status()).isEqualTo(200);
    }

    /** One that tells nothing the relay knows, and is stored all the same. */
    private static int callback() {
        return relay.post(relay.callbackUrl("0191d7a0-0000-7000-8000-000000000000"), "{\"status\":\"Success\"}").status();
    }

    private static Http.Answer health() {
        return relay.adminGet("/observe/health");
    }

    private static JsonNode doctor() throws IOException {
        Http.Answer answer = relay.adminGet("/doctor");
        assertThat(answer.status()).isEqualTo(200);
        return new ObjectMapper().readTree(answer.bytes());
    }

    private static void terminateSessions(String from) {
        Postgres.execute(from, "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = '" + role + "'");
    }
}
