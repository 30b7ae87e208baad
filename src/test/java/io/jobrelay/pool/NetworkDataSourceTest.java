package io.jobrelay.pool;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.zaxxer.hikari.HikariDataSource;
import com.zaxxer.hikari.SQLExceptionOverride;
import io.jobrelay.db.CheckedTemplate;
import io.jobrelay.db.Database;
import io.jobrelay.support.Http;
import io.jobrelay.support.Postgres;
import io.jobrelay.support.RelayFixture;
import io.jobrelay.support.Wire;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.SQLTransientConnectionException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import javax.sql.DataSource;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.dao.DataAccessException;
import org.springframework.jdbc.core.JdbcTemplate;

/**
 * A bad network before the database: nobody is told 200 for what is not stored, 503 comes in time, and when it is well again so is the relay.
 * One relay goes through all of it.
 */
class NetworkDataSourceTest {

    /** The driver's own bound is 20 s, and Hikari's pauses grow to 5 s. */
    private static final Duration SOON = Duration.ofSeconds(10);
    private static final String JOB = "{\"api\":\"summarize\",\"request\":{}}";
    private static final String OPEN = "{\"status\":\"Processing\"}";
    private static String direct;
    private static Wire wire;
    private static RelayFixture relay;
    private static String anyJob;

    @BeforeAll
    static void start() {
        direct = Postgres.newDatabase();
        wire = Wire.to(direct);
        relay = new RelayFixture().with("relay.db.url", wire.url(direct)).with("relay.db.username", "postgres").with("relay.db.password", "postgres")
                .with("relay.poll.interval", "1s").start();
        anyJob = relay.openJob(name());
    }

    @AfterAll
    static void stop() {
        relay.close();
        wire.close();
    }

    @AfterEach
    void heal() {
        wire.heal();
        await().atMost(SOON).until(() -> post(anyJob, OPEN) == 200);
    }

    private static String name() {
        return UUID.randomUUID().toString();
    }

    private static int post(String id, String body) {
        return relay.post(relay.callbackUrl(id), body).status();
    }

    private static long stored(String id) throws SQLException {
        try (Connection beside = DriverManager.getConnection(direct, "postgres", "postgres"); Statement statement = beside.createStatement();
                var rows = statement.executeQuery("SELECT COUNT(*) FROM relay_callback WHERE job = '" + id + "'")) {
            rows.next();
            return rows.getLong(1);
        }
    }

    // ---- a network that falls silent

    @ParameterizedTest
    @ValueSource(strings = {"swallows", "holds back", "loses the answers"})
    void while_the_way_is_silent_it_is_503_and_when_it_is_well_again_200_and_settled_once(String kind) {
        String id = relay.openJob(name());
        relay.sql("SELECT 1"); // there are connections
        switch (kind) {
            case "swallows" -> wire.swallow();
            case "holds back" -> wire.hold();
            default -> wire.loseAnswers();
        }
        for (int n = 0; n < 2; n++) {
            Http.Answer answer = relay.post(relay.callbackUrl(id), "{\"status\":\"Success\"}");
            assertThat(answer.status()).isEqualTo(503);
            assertThat(answer.header("retry-after")).matches("[1-9]\\d*");
        }
        wire.heal();
        await().atMost(SOON).until(() -> post(id, "{\"status\":\"Success\"}") == 200);
        await().until(() -> "Success".equals(relay.job(id).get("status")));
        assertThat(relay.deliveries(id)).hasSize(1);
        await().until(() -> wire.connections() <= NetworkDataSource.CONNECTIONS);
        await().until(() -> Thread.getAllStackTraces().keySet().stream().noneMatch(thread -> thread.getName().startsWith("relay-database-cut")));
    }

    @Test
    void a_request_of_the_admin_port_does_not_wait_for_ever_either() {
        wire.swallow();
        Http.Answer answer = relay.adminPost("/jobs", JOB);
        assertThat(answer.status()).isEqualTo(503);
    }

    // ---- one that cuts

    @Test
    void a_connection_cut_in_the_middle_of_a_statement_or_after_it_never_makes_a_false_200() throws SQLException {
        for (long bytes : new long[] {1, 40, 200, 700, 1_500, -1}) {
            String id = relay.openJob(name());
            if (bytes < 0) {
                wire.cutAnswer();
            } else {
                wire.cutAfter(bytes);
            }
            int status = post(id, "{\"status\":\"Processing\",\"more\":\"" + "x".repeat(1_000) + "\"}");
            assertThat(status).as("cut after " + bytes).isIn(200, 503);
            if (status == 200) {
                assertThat(stored(id)).isPositive();
            }
            await().until(() -> post(id, OPEN) == 200);
            assertThat(stored(id)).isPositive();
        }
    }

    // ---- connections that others hold

    @Test
    void those_who_may_wait_leave_connections_to_callbacks() throws Exception {
        DataSource pool = relay.bean("relay-data-source", DataSource.class);
        String id = relay.openJob(name());
        List<Connection> held = new ArrayList<>();
        try {
            assertThatThrownBy(() -> {
                while (held.size() < NetworkDataSource.CONNECTIONS) {
                    held.add(pool.getConnection());
                }
            }).isInstanceOf(SQLTransientConnectionException.class);
            for (int n = 0; n < 3; n++) {
                assertThat(post(id, OPEN)).isEqualTo(200);
            }
        } finally {
            for (Connection connection : held) {
                connection.close();
            }
        }
        assertThat(held).hasSizeGreaterThan(10);
        try (Connection again = pool.getConnection()) {
            assertThat(again.isValid(1)).isTrue();
        }
    }

    // ---- statements that take long

    private static long slept(double seconds, Long hurriedBytes) throws Exception {
        Callable<Long> sleep = () -> relay.count("SELECT 1 FROM (SELECT pg_sleep(" + seconds + ")) AS s");
        return hurriedBytes == null ? sleep.call() : PromptThread.with(hurriedBytes, sleep);
    }

    @Test
    void who_is_in_a_hurry_is_given_up_after_two_seconds_but_not_what_is_large_nor_who_is_in_none() throws Exception {
        CompletableFuture<Long> large = CompletableFuture.supplyAsync(() -> sleptUnchecked(5_000_000L));
        CompletableFuture<Long> noHurry = CompletableFuture.supplyAsync(() -> sleptUnchecked(null));
        assertThatThrownBy(() -> slept(3.5, 0L)).hasStackTraceContaining("PSQLException");
        assertThat(large.get(30, TimeUnit.SECONDS)).isEqualTo(1);
        assertThat(noHurry.get(30, TimeUnit.SECONDS)).isEqualTo(1);
    }

    private static long sleptUnchecked(Long hurriedBytes) {
        try {
            return slept(3.5, hurriedBytes);
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }

    @Test
    void what_was_given_up_does_not_pile_up_on_the_server() throws Exception {
        String id = relay.openJob(name());
        try (Connection beside = DriverManager.getConnection(direct, "postgres", "postgres"); Statement statement = beside.createStatement()) {
            beside.setAutoCommit(false);
            statement.execute("LOCK TABLE relay_callback IN ACCESS EXCLUSIVE MODE");
            for (int n = 0; n < 3; n++) {
                assertThat(post(id, OPEN)).isEqualTo(503);
            }
            await().untilAsserted(() -> {
                try (var waiting = statement.executeQuery("SELECT COUNT(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock'"
                        + " AND query LIKE 'INSERT INTO relay_callback%'")) {
                    waiting.next();
                    assertThat(waiting.getInt(1)).isZero();
                }
            });
            beside.rollback();
        }
        await().atMost(SOON).until(() -> post(id, OPEN) == 200);
    }

    // ---- a server that answers and is none to write to

    @Test
    void connections_that_are_read_only_are_given_up_as_soon_as_they_say_so() throws Exception {
        String id = relay.openJob(name());
        String database = direct.replaceFirst(".*/", "");
        try (Connection beside = DriverManager.getConnection(direct, "postgres", "postgres"); Statement statement = beside.createStatement()) {
            statement.execute("ALTER DATABASE " + database + " SET default_transaction_read_only = on");
            wire.cut();
            await().until(() -> readOnly(post(id, OPEN)));
            statement.execute("SET default_transaction_read_only = off");
            statement.execute("ALTER DATABASE " + database + " RESET default_transaction_read_only");
        }
        await().atMost(SOON).until(() -> post(id, OPEN) == 200);
    }

    private static boolean readOnly(int status) {
        assertThat(status).isEqualTo(503);
        try {
            relay.sql("UPDATE relay_setting SET value_text = value_text WHERE name = 'none'");
            return false;
        } catch (DataAccessException e) {
            return String.valueOf(e.getMessage()).contains("read-only");
        }
    }

    @ParameterizedTest
    @CsvSource({"25006, MUST_EVICT", "57P01, MUST_EVICT", "57P02, MUST_EVICT", "57P03, MUST_EVICT", "53100, MUST_EVICT", "58030, MUST_EVICT",
        "23505, CONTINUE_EVICT", "40001, CONTINUE_EVICT", "57014, CONTINUE_EVICT", ", CONTINUE_EVICT"})
    void what_the_server_itself_suffers_from_costs_it_the_connection(String state, SQLExceptionOverride.Override verdict) {
        try (DatabaseHosts hosts = new DatabaseHosts(direct, new Properties(), null)) {
            assertThat(hosts.adjudicate(new SQLException("no", state))).isEqualTo(verdict);
        }
    }

    // ---- a server far away

    @Test
    void four_hundred_milliseconds_away_callbacks_are_answered_200_and_health_tells_the_distance() throws Exception {
        ExecutorService senders = Executors.newFixedThreadPool(12);
        List<String> ids = new ArrayList<>();
        for (int n = 0; n < 12; n++) {
            ids.add(relay.openJob(name()));
        }
        assertThat(relay.adminGet("/observe/health").text()).doesNotContain("ms away");
        wire.delay(Duration.ofMillis(400));
        assertThat(post(ids.get(0), OPEN)).isEqualTo(200);
        await().until(() -> { // a statement that is new to a connection takes one way more
            List<CompletableFuture<Integer>> answers = ids.stream().map(id -> CompletableFuture.supplyAsync(() -> post(id, OPEN), senders)).toList();
            return answers.stream().allMatch(answer -> answer.join() == 200);
        });
        senders.shutdown();
        wire.cut(); // it is measured with each login
        await().until(() -> relay.adminGet("/observe/health").text().contains("ms away, there and back"));
    }

    // ---- several hosts

    @Test
    void of_two_hosts_one_that_is_frozen_leaves_the_other_its_time() throws Exception {
        try (Wire frozen = Wire.to(direct); Wire other = Wire.to(direct)) {
            String both = direct.replaceFirst("//[^/]*/", "//127.0.0.1:" + frozen.port() + ",127.0.0.1:" + other.port() + "/")
                    + "?targetServerType=primary&socketTimeout=60";
            try (RelayFixture two = new RelayFixture().with("relay.db.url", both).with("relay.db.username", "postgres")
                    .with("relay.db.password", "postgres").with("relay.poll.interval", "1s").start()) {
                String url = two.callbackUrl(two.openJob(name()));
                assertThat(two.post(url, OPEN).status()).isEqualTo(200);
                assertThat(other.accepted()).as("the first is good").isZero();
                frozen.swallow();
                await().atMost(SOON).until(() -> two.post(url, OPEN).status() == 200);
                frozen.heal(); // it does not take them back: it may be a primary of yesterday
                other.cut();
                await().atMost(SOON).until(() -> two.post(url, OPEN).status() == 200);
            }
        }
    }

    @Test
    void a_url_of_several_hosts_is_one_for_each_unless_the_driver_is_to_choose() {
        assertThat(DatabaseHosts.urls("jdbc:postgresql://a:1,[::1]:2/db?x=y,z"))
                .containsExactly("jdbc:postgresql://a:1/db?x=y,z", "jdbc:postgresql://[::1]:2/db?x=y,z");
        for (String whole : List.of("jdbc:postgresql://a/db", "jdbc:postgresql:db", "jdbc:postgresql://a,b/db?loadBalanceHosts=true",
                "jdbc:postgresql://a,b/db?targetServerType=preferPrimary")) {
            assertThat(DatabaseHosts.urls(whole)).containsExactly(whole);
        }
    }

    // ---- a host's pool

    @Test
    void of_a_hosts_pool_a_silent_connection_is_given_up_and_one_that_is_read_only_too() throws Exception {
        try (HikariDataSource pool = new HikariDataSource()) {
            pool.setJdbcUrl(direct);
            pool.setUsername("postgres");
            pool.setPassword("postgres");
            pool.setMaximumPoolSize(1);
            try (NetworkDataSource line = new NetworkDataSource(pool)) {
                JdbcTemplate host = new CheckedTemplate(new Database(line, Database.Kind.POSTGRESQL, false));
                assertThatThrownBy(() -> PromptThread.with(0L, () -> host.queryForObject("SELECT 1 FROM (SELECT pg_sleep(5)) AS s", Long.class)))
                        .isInstanceOf(DataAccessException.class);
                host.execute("SET default_transaction_read_only = on");
                String change = "UPDATE relay_setting SET value_text = value_text WHERE name = ?";
                assertThatThrownBy(() -> host.update(change, "none")).hasStackTraceContaining("read-only");
                assertThat(host.update(change, "none")).as("on another connection").isZero();
            }
        }
    }

    // ---- a standby that is waited for

    @Test
    void a_commit_whose_wait_for_the_standby_was_cancelled_is_none() throws Exception {
        String callback = relay.openJob(name());
        try (Connection beside = DriverManager.getConnection(direct, "postgres", "postgres"); Statement statement = beside.createStatement()) {
            statement.execute("SET synchronous_commit = local");
            statement.execute("ALTER SYSTEM SET synchronous_standby_names = 'gone'");
            statement.execute("SELECT pg_reload_conf()");
            try {
                CompletableFuture<Integer> job = CompletableFuture.supplyAsync(() -> relay.adminPost("/jobs", JOB).status());
                CompletableFuture<Integer> answer = CompletableFuture.supplyAsync(() -> post(callback, OPEN));
                await().until(() -> {
                    try (var cancelled = statement.executeQuery(
                            "SELECT COUNT(pg_cancel_backend(pid)) FROM pg_stat_activity WHERE wait_event = 'SyncRep'")) {
                        cancelled.next();
                    }
                    return answer.isDone() && job.isDone();
                });
                assertThat(Map.of("callback", answer.get(), "job", job.get())).isEqualTo(Map.of("callback", 503, "job", 503));
                assertThat(stored(callback)).as("though it is there, as far as this server goes").isPositive();
            } finally {
                statement.execute("ALTER SYSTEM RESET synchronous_standby_names");
                statement.execute("SELECT pg_reload_conf()");
            }
        }
        await().atMost(SOON).until(() -> post(callback, OPEN) == 200);
        assertThat(relay.adminPost("/jobs", JOB).status()).isEqualTo(202);
    }
}
