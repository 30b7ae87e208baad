package io.jobrelay.promises.start;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.zaxxer.hikari.HikariDataSource;
import io.jobrelay.config.StartFailure;
import io.jobrelay.db.CommitProbe;
import io.jobrelay.db.Database;
import io.jobrelay.db.Durability;
import io.jobrelay.db.Migrations;
import io.jobrelay.pool.HostDataSource;
import io.jobrelay.support.Http;
import io.jobrelay.support.PgBouncer;
import io.jobrelay.support.Postgres;
import io.jobrelay.support.RelayFixture;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import javax.sql.DataSource;
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
    void a_prepare_threshold_that_is_reached_only_later_is_refused_too() throws Exception {
        try (PgBouncer bouncer = PgBouncer.inFrontOf(Postgres.newDatabase(), "transaction");
                RelayFixture relay = relay(bouncer.url() + "?prepareThreshold=5")) {
            assertThatThrownBy(relay::start).hasStackTraceContaining("prepareThreshold=0");
        }
    }

    @Test
    void a_pgbouncer_in_statement_mode_is_refused_by_its_name() throws Exception {
        try (PgBouncer bouncer = PgBouncer.inFrontOf(Postgres.newDatabase(), "statement"); RelayFixture relay = relay(bouncer.url())) {
            assertThatThrownBy(relay::start).isInstanceOf(StartFailure.class).hasMessageContaining("pool_mode = transaction")
                    .matches(failure -> StartFailure.exitStatus(failure, 0) == StartFailure.REFUSED);
        }
    }

    @Test
    void a_pgbouncer_that_loses_statements_only_later_is_named_with_the_parameter() throws Exception {
        try (PgBouncer bouncer = PgBouncer.inFrontOf(Postgres.newDatabase(), "session"); RelayFixture relay = relay(bouncer.url()).start()) {
            assertThat(relay.adminGet("/observe/health").status()).isEqualTo(200);
            bouncer.change("transaction");
            relay.bean("relay-data-source", DataSource.class).unwrap(HikariDataSource.class).getHikariPoolMXBean().softEvictConnections();
            // what is asked here is also what makes its statements be lost
            RelayFixture.patiently().pollInterval(Duration.ofMillis(10)).until(() -> {
                relay.adminGet("/jobs");
                return relay.adminGet("/observe/health").text().contains("write prepareThreshold=0");
            });
        }
    }

    @Test
    void the_databases_isolation_counts_for_none_but_who_comes_through_a_pgbouncer_and_that_is_told() throws Exception {
        String url = Postgres.newDatabase();
        Postgres.execute(url, "ALTER DATABASE " + Postgres.name(url) + " SET default_transaction_isolation = 'serializable'");
        try (RelayFixture relay = relay(url).start()) {
            assertThat(relay.sql("SELECT current_setting('transaction_isolation') AS level").get(0)).containsEntry("level", "read committed");
            assertThat(relay.adminGet("/observe/health").text()).doesNotContain("isolation");
        }
        try (PgBouncer bouncer = PgBouncer.inFrontOf(url, "transaction"); RelayFixture relay = relay(bouncer.url()).start()) {
            String cure = "ALTER ROLE postgres SET default_transaction_isolation = 'read committed'";
            assertThat(relay.adminGet("/observe/health").status()).isEqualTo(200);
            assertThat(relay.adminGet("/observe/health").text()).contains(cure);
            assertThat(relay.adminGet("/doctor").text()).contains("{\"name\":\"database\",\"result\":\"warning\"", cure);
        }
        PGSimpleDataSource host = new PGSimpleDataSource();
        host.setUrl(url);
        host.setUser("postgres");
        host.setPassword("postgres");
        assertThat(new Durability(new Database(new HostDataSource(host), Database.Kind.POSTGRESQL, false)).ask()).singleElement().asString()
                .contains("ALTER ROLE postgres SET default_transaction_isolation = 'read committed'", "application's pool");
    }

    @Test
    void a_hosts_data_source_is_asked_to_write_too() throws Exception {
        String url = Postgres.newDatabase();
        PGSimpleDataSource host = new PGSimpleDataSource();
        host.setUrl(url);
        host.setUser("postgres");
        host.setPassword("postgres");
        Database database = new Database(new HostDataSource(host), Database.Kind.POSTGRESQL, false);
        Migrations.run(database, 0);
        assertThat(new CommitProbe(database, Runnable::run, one -> { }).trouble()).isEmpty();
        Postgres.execute(url, "ALTER DATABASE " + Postgres.name(url) + " SET default_transaction_read_only = on");
        assertThat(new CommitProbe(database, Runnable::run, one -> { }).trouble()).get().asString().startsWith("The database is read-only");
        Postgres.execute(url, "SET default_transaction_read_only = off", "ALTER DATABASE " + Postgres.name(url) + " RESET default_transaction_read_only");
        assertThat(new CommitProbe(database, Runnable::run, one -> { }).trouble()).isEmpty();
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
