package io.jobrelay.db;

import static org.assertj.core.api.Assertions.assertThat;

import io.jobrelay.RelayFixture;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.Statement;
import java.util.Arrays;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.springframework.core.io.ClassPathResource;

/** The schema comes up whole, whatever a killed relay left of it. */
class MigrationsTest {

    @Test
    void a_start_that_was_killed_between_two_statements_is_made_good_by_the_next() throws Exception {
        String script = new ClassPathResource("io/jobrelay/db/h2/V001__relay.sql").getContentAsString(StandardCharsets.UTF_8);
        List<String> statements = Arrays.stream(script.split(";\\s*\n")).filter(s -> !s.isBlank()).toList();
        String url = "jdbc:h2:mem:" + UUID.randomUUID();
        for (int done : List.of(1, 5, statements.size() - 1)) {
            try (Connection connection = DriverManager.getConnection(url + done, "sa", ""); Statement sql = connection.createStatement()) {
                for (String statement : statements.subList(0, done)) {
                    sql.execute(statement);
                }
                try (RelayFixture relay = new RelayFixture().with("relay.db.url", url + done).with("relay.db.username", "sa")
                        .with("relay.db.password", "").with("relay.db.volatile", "true").start()) {
                    assertThat(relay.count("SELECT COUNT(*) FROM relay_schema")).isEqualTo(1);
                    assertThat(relay.count("SELECT COUNT(*) FROM relay_sandbox_job")).isZero();
                }
            }
        }
    }
}
