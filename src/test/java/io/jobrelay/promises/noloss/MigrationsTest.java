package io.jobrelay.promises.noloss;

import static org.assertj.core.api.Assertions.assertThat;

import io.jobrelay.protocol.Sha256;
import io.jobrelay.support.Postgres;
import io.jobrelay.support.RelayFixture;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.UUID;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.springframework.core.io.ClassPathResource;
import org.springframework.jdbc.datasource.init.ScriptUtils;

/** The schema comes up whole, whatever a killed relay left of it. */
class MigrationsTest {

    @Test
    void a_start_that_was_killed_between_two_statements_is_made_good_by_the_next() throws Exception {
        List<String> scripts = new ArrayList<>();
        try (Stream<Path> files = Files.list(Path.of("src/main/resources/io/jobrelay/db/h2"))) {
            for (Path file : files.sorted().toList()) {
                scripts.add(Files.readString(file));
            }
        }
        List<String> statements = scripts.stream().flatMap(script -> Arrays.stream(script.split(";\\s*\n"))).filter(s -> !s.isBlank()).toList();
        String url = "jdbc:h2:mem:" + UUID.randomUUID();
        for (int done : List.of(1, 5, statements.size() - 3, statements.size() - 2, statements.size() - 1, statements.size())) {
            try (Connection connection = DriverManager.getConnection(url + done, "sa", ""); Statement sql = connection.createStatement()) {
                for (String statement : statements.subList(0, done)) {
                    sql.execute(statement);
                }
                try (RelayFixture relay = new RelayFixture().with("relay.db.url", url + done).with("relay.db.username", "sa")
                        .with("relay.db.password", "").with("relay.db.volatile", "true").start()) {
                    assertThat(relay.count("SELECT COUNT(*) FROM relay_schema")).isEqualTo(scripts.size());
                    assertThat(relay.count("SELECT COUNT(*) FROM relay_sandbox_job")).isZero();
                }
            }
        }
    }

    @Test
    void what_an_older_relay_left_is_kept_and_goes_on() throws Exception {
        String h2 = "jdbc:h2:mem:" + UUID.randomUUID();
        String postgres = Postgres.newDatabase();
        for (List<String> database : List.of(List.of(h2, "sa", "", "h2"), List.of(postgres, "postgres", "postgres", "postgresql"))) {
            try (Connection connection = DriverManager.getConnection(database.get(0), database.get(1), database.get(2))) {
                ScriptUtils.executeSqlScript(connection, new ClassPathResource("io/jobrelay/db/" + database.get(3) + "/V001__relay.sql"));
                try (Statement sql = connection.createStatement()) {
                    sql.execute("CREATE TABLE relay_schema (script VARCHAR(100) PRIMARY KEY, ran_at BIGINT NOT NULL)");
                    sql.execute("INSERT INTO relay_schema VALUES ('V001__relay', 1)");
                    sql.execute("INSERT INTO relay_callback (job, via, received_at, verdict, status, body, body_size, body_sha256, settled_at)"
                            + " VALUES ('old', 'relay', 1, 'Settled', 'Expired', CAST('{}' AS BYTEA), 2, '" + Sha256.of("{}".getBytes()) + "', 1)");
                    sql.execute("INSERT INTO relay_job (id, status, job_id, accepted_at, ended_at, received_via, callback_id)"
                            + " VALUES ('old', 'Expired', 'j-old', 1, 1, 'relay', 1)");
                    sql.execute("INSERT INTO relay_job_id (job_id, job) VALUES ('j-old', 'old')");
                    sql.execute("INSERT INTO relay_delivery (job, sink, status, next_attempt_at) VALUES ('old', 'file', 'Pending', 1)");
                    sql.execute("UPDATE relay_tally SET n = 1 WHERE name = 'accepted'");
                }
                try (RelayFixture relay = new RelayFixture().with("relay.db.url", database.get(0)).with("relay.db.username", database.get(1))
                        .with("relay.db.password", database.get(2)).with("relay.db.volatile", "true").start()) {
                    relay.untilDelivered("old");
                    assertThat(relay.post(relay.callbackUrl("old"), "{\"jobId\":\"j-old\",\"status\":\"Success\"}").status()).isEqualTo(200);
                    relay.forward();
                    assertThat(relay.deliveries("old")).hasSize(2).allMatch(d -> "Delivered".equals(d.get("status")));
                    assertThat(new String(relay.result("j-old"), StandardCharsets.UTF_8)).contains("\"outcome\":2");
                    assertThat(relay.adminGet("/audit").text()).contains("\"ok\":true");
                }
            }
        }
    }
}
