package io.jobrelay.db;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.jobrelay.Http;
import io.jobrelay.Postgres;
import io.jobrelay.RelayFixture;
import io.jobrelay.config.StartFailure;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.Test;
import org.postgresql.ds.PGSimpleDataSource;

/** A PostgreSQL that is not as the relay would make it: a pooler in front of it, another encoding. */
class BetweenPostgresTest {

    private static RelayFixture relay(String url) {
        return new RelayFixture().with("relay.db.url", url).with("relay.db.username", "postgres").with("relay.db.password", "postgres");
    }

    @Test
    void through_a_pgbouncer_in_transaction_mode_many_callbacks_at_once_are_stored_and_settled() throws Exception {
        try (PgBouncer bouncer = PgBouncer.inFrontOf(Postgres.newDatabase(), "transaction"); RelayFixture relay = relay(bouncer.url()).start()) {
            List<Integer> statuses = post(relay, 60, n -> "job-" + n);
            assertThat(statuses).hasSize(60).containsOnly(200);
            RelayFixture.patiently().until(() -> relay.count("SELECT COUNT(*) FROM relay_delivery WHERE status = 'Delivered'") == 60);
            assertThat(relay.adminGet("/audit").text()).contains("\"ok\":true");
        }
    }

    @Test
    void a_url_that_keeps_statements_prepared_behind_a_pgbouncer_is_refused_by_the_parameters_name() throws Exception {
        try (PgBouncer bouncer = PgBouncer.inFrontOf(Postgres.newDatabase(), "transaction");
                RelayFixture relay = relay(bouncer.url() + "?prepareThreshold=1")) {
            assertThatThrownBy(relay::start).hasStackTraceContaining("PgBouncer").hasStackTraceContaining("prepareThreshold=0");
        }
    }

    @Test
    void a_new_store_in_latin1_is_refused_with_the_statement_that_makes_another() throws Exception {
        try (RelayFixture relay = relay(latin1())) {
            assertThatThrownBy(relay::start).isInstanceOf(StartFailure.class).hasMessageContaining("LATIN1").hasMessageContaining("ENCODING 'UTF8'");
        }
    }

    @Test
    void in_an_old_store_of_latin1_one_callback_it_cannot_hold_fails_none_that_came_with_it() throws Exception {
        String url = latin1();
        PGSimpleDataSource dataSource = new PGSimpleDataSource();
        dataSource.setUrl(url);
        dataSource.setUser("postgres");
        dataSource.setPassword("postgres");
        Migrations.run(new Database(dataSource, Database.Kind.POSTGRESQL, false), 0);
        try (RelayFixture relay = relay(url).start()) {
            assertThat(relay.adminGet("/observe/health").text()).contains("encoded in LATIN1");
            List<Integer> statuses = post(relay, 20, n -> n % 10 == 3 ? "\u4f5c\u696d-" + n : "job-" + n);
            for (int n = 0; n < 20; n++) {
                assertThat(statuses.get(n)).as("callback " + n).isEqualTo(n % 10 == 3 ? 503 : 200);
            }
        }
    }

    private interface JobId {
        String of(int n);
    }

    /** @return the answers to signed callbacks of as many jobs, sent at once */
    private static List<Integer> post(RelayFixture relay, int jobs, JobId jobId) throws Exception {
        ExecutorService senders = Executors.newFixedThreadPool(jobs);
        try {
            List<CompletableFuture<Http.Answer>> answers = new ArrayList<>();
            List<String> urls = new ArrayList<>();
            for (int n = 0; n < jobs; n++) {
                urls.add(relay.callbackUrl(relay.openJob("api-" + n)));
            }
            for (int n = 0; n < jobs; n++) {
                String url = urls.get(n);
                String body = "{\"jobId\":\"" + jobId.of(n) + "\",\"status\":\"Success\",\"response\":{}}";
                answers.add(CompletableFuture.supplyAsync(() -> relay.post(url, body), senders));
            }
            return answers.stream().map(CompletableFuture::join).map(Http.Answer::status).toList();
        } finally {
            senders.shutdownNow();
        }
    }

    private static String latin1() throws Exception {
        String url = Postgres.newDatabase();
        String name = url.substring(url.lastIndexOf('/') + 1) + "_latin1";
        try (Connection connection = DriverManager.getConnection(url, "postgres", "postgres"); Statement statement = connection.createStatement()) {
            statement.execute("CREATE DATABASE " + name + " TEMPLATE template0 ENCODING 'LATIN1' LC_COLLATE 'C' LC_CTYPE 'C'");
        }
        return url + "_latin1";
    }
}
