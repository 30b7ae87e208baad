package io.jobrelay.promises.noloss;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import io.jobrelay.db.Durability;
import io.jobrelay.support.Http;
import io.jobrelay.support.Postgres;
import io.jobrelay.support.RelayFixture;
import io.jobrelay.support.StandInStandby;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

/** A PostgreSQL that answers a commit before it is on the disk is used all the same, and log and health say what that can cost. */
class DurabilityTest {

    private final ListAppender<ILoggingEvent> log = new ListAppender<>();

    @BeforeEach
    void listen() {
        log.start();
        ((Logger) LoggerFactory.getLogger(Durability.class)).addAppender(log);
    }

    @AfterEach
    void stop() {
        ((Logger) LoggerFactory.getLogger(Durability.class)).detachAppender(log);
    }

    @Test
    void a_server_that_flushes_needs_no_word() {
        try (RelayFixture relay = on(Postgres.newDatabase()).start()) {
            assertThat(health(relay)).contains("\"name\":\"relay-durability\",\"status\":\"UP\"");
            assertThat(warnings()).isEmpty();
        }
    }

    @Test
    void a_server_without_fsync_is_a_warning() throws IOException {
        try (EmbeddedPostgres server = EmbeddedPostgres.builder().setServerConfig("synchronous_commit", "on").start(); // always without fsync
                RelayFixture relay = on(server.getJdbcUrl("postgres", "postgres")).start()) {
            assertThat(health(relay)).contains("fsync is off").doesNotContain("synchronous_commit");
            assertThat(warnings()).singleElement().asString().contains("fsync is off");
        }
    }

    @Test
    void what_counts_is_what_the_relays_own_sessions_have() throws SQLException {
        for (String other : List.of("local", "remote_write")) {
            try (RelayFixture relay = on(Postgres.newDatabase() + "?options=-c%20synchronous_commit%3D" + other).start()) {
                assertThat(health(relay)).doesNotContain("synchronous_commit");
            }
        }
        try (RelayFixture relay = on(Postgres.newDatabase() + "?options=-c%20synchronous_commit%3Doff").start()) {
            assertThat(health(relay)).contains("synchronous_commit is off for the relay's sessions").doesNotContain("fsync");
        }
        String database = Postgres.newDatabase();
        try (var connection = DriverManager.getConnection(database, "postgres", "postgres"); var statement = connection.createStatement()) {
            statement.execute("ALTER ROLE postgres IN DATABASE " + database.substring(database.lastIndexOf('/') + 1) + " SET synchronous_commit = off");
        }
        try (RelayFixture relay = on(database).start()) {
            assertThat(health(relay)).contains("synchronous_commit is off");
            assertThat(relay.adminGet("/observe/health").status()).isEqualTo(200);
        }
        assertThat(warnings()).as("once a start, however often health is asked").hasSize(2);
    }

    @Test
    void each_standby_that_no_commit_waits_for_is_named_and_one_that_does_not_answer_is_down() throws Exception {
        try (EmbeddedPostgres server = EmbeddedPostgres.builder().setServerConfig("synchronous_commit", "on").setServerConfig("fsync", "on").start()) {
            String url = server.getJdbcUrl("postgres", "postgres").replaceFirst("\\?.*", ""); // or the user in it wins
            String role = Postgres.newRole(url);
            Postgres.execute(url, "GRANT CREATE ON SCHEMA public TO " + role);
            try (RelayFixture relay = on(url).with("relay.db.username", role).with("relay.db.password", role).start()) {
                assertThat(health(relay)).doesNotContain("standby", "synchronous");
                try (StandInStandby reader = new StandInStandby(url, "reader")) {
                    until(relay, "Whether the standbys (reader)", "GRANT pg_monitor TO " + role);
                    Postgres.execute(url, "GRANT pg_monitor TO " + role);
                    until(relay, "the standby reader (sync_state async)", "synchronous_standby_names = 'reader'");
                    assertThat(relay.adminGet("/doctor").text()).contains("the standby reader (sync_state async)").doesNotContain("each commit is flushed");

                    Postgres.execute(url, "ALTER SYSTEM SET synchronous_standby_names = 'reader'", "SELECT pg_reload_conf()");
                    isDown(relay, "connected: reader");
                    reader.confirm();
                    RelayFixture.patiently().until(() -> relay.adminGet("/observe/health").status() == 200);
                    assertThat(relay.adminGet("/doctor").text()).contains("PostgreSQL: each commit is flushed, and waits for reader.");

                    sessionsHave(relay, url, role, "remote_write");
                    until(relay, "synchronous_commit is remote_write", "not yet on its disk");
                    sessionsHave(relay, url, role, "local");
                    until(relay, "synchronous_commit is local", "before any standby has it");
                    sessionsHave(relay, url, role, "on");
                }
                isDown(relay, "synchronous_standby_names = 'reader'", "none is connected");
                Postgres.execute(url, "ALTER SYSTEM RESET synchronous_standby_names", "SELECT pg_reload_conf()");
                RelayFixture.patiently().until(() -> relay.adminGet("/observe/health").status() == 200);
                assertThat(callback(relay)).isEqualTo(200);
                until(relay, "\"status\":\"UP\"");
                assertThat(health(relay)).doesNotContain("standby", "synchronous");
            }
        }
    }

    private static void sessionsHave(RelayFixture relay, String url, String role, String waits) {
        Postgres.execute(url, "ALTER ROLE " + role + " SET synchronous_commit = " + waits,
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = '" + role + "'");
        RelayFixture.patiently().until(() -> relay.adminGet("/observe/health").status() == 200);
    }

    private static void until(RelayFixture relay, String... words) {
        RelayFixture.patiently().untilAsserted(() -> assertThat(health(relay)).contains(words));
    }

    /** While a commit does not come back, no callback is answered 200, and health and doctor say so in their time. */
    private static void isDown(RelayFixture relay, String... words) {
        RelayFixture.patiently().until(() -> relay.adminGet("/observe/health").status() == 503);
        RelayFixture.patiently().untilAsserted(() -> assertThat(relay.adminGet("/observe/health").text())
                .contains("A commit waits for a synchronous standby that does not answer").contains(words));
        assertThat(callback(relay)).isEqualTo(503);
        Http.Answer doctor = relay.adminGet("/doctor");
        assertThat(doctor.status()).isEqualTo(200);
        assertThat(doctor.text()).contains("{\"name\":\"database\",\"result\":\"failed\"").contains(words);
    }

    private static int callback(RelayFixture relay) {
        return relay.post(relay.callbackUrl("0191d7a0-0000-7000-8000-000000000000"), "{\"status\":\"Success\"}").status();
    }

    private List<String> warnings() {
        return List.copyOf(log.list).stream().map(ILoggingEvent::getFormattedMessage).toList();
    }

    private static String health(RelayFixture relay) {
        Http.Answer answer = relay.adminGet("/observe/health");
        assertThat(answer.status()).isEqualTo(200);
        return answer.text();
    }

    private static RelayFixture on(String url) {
        return new RelayFixture().with("relay.db.url", url).with("relay.db.username", "postgres").with("relay.db.password", "postgres");
    }
}
