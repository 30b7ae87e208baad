package io.jobrelay.db;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import io.jobrelay.Http;
import io.jobrelay.Postgres;
import io.jobrelay.RelayFixture;
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
