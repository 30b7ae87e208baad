package io.jobrelay.promises.embedded;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.jobrelay.JobRelay;
import io.jobrelay.config.Keys;
import io.jobrelay.config.StartFailure;
import io.jobrelay.support.Http;
import io.jobrelay.support.RelayFixture;
import io.jobrelay.support.StandInApi;
import io.jobrelay.time.SteadyTimers;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import java.util.Properties;
import java.util.Queue;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import javax.sql.DataSource;
import org.apache.camel.CamelExecutionException;
import org.apache.camel.Exchange;
import org.apache.camel.Route;
import org.apache.camel.builder.RouteBuilder;
import org.apache.camel.component.platform.http.vertx.VertxPlatformHttpServer;
import org.apache.camel.component.platform.http.vertx.VertxPlatformHttpServerConfiguration;
import org.apache.camel.health.HealthCheckHelper;
import org.apache.camel.impl.DefaultCamelContext;
import org.h2.jdbcx.JdbcDataSource;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.jdbc.core.JdbcTemplate;

/** In a plain Camel context the relay works, and changes nothing of what the context does for others. */
class EmbedTest {

    @TempDir
    private Path folder;
    private final int port = RelayFixture.freePorts()[0];
    private final StandInApi api = new StandInApi();
    private final DefaultCamelContext context = new DefaultCamelContext();
    private final Properties keys = new Properties();
    private final Queue<Exchange> outcomes = new ConcurrentLinkedQueue<>();

    @BeforeEach
    void configure() throws Exception {
        set("camel.server.host", "127.0.0.1").set("camel.server.port", String.valueOf(port));
        set("relay.public-url", "http://127.0.0.1:" + port);
        set("relay.ringcentral.server-url", api.url()).set("relay.ringcentral.client-id", StandInApi.CLIENT_ID);
        set("relay.ringcentral.client-secret", StandInApi.CLIENT_SECRET).set("relay.ringcentral.jwt", StandInApi.JWT);
        set("relay.sinks", "mine").set("relay.poll.interval", "100ms").set("relay.admin.enabled", "true");
        context.getPropertiesComponent().setInitialProperties(keys);
        context.addRoutes(new RouteBuilder() {
            @Override
            public void configure() {
                from("direct:sink-mine").process(outcomes::add);
            }
        });
    }

    private EmbedTest set(String key, String value) {
        keys.setProperty(key, value);
        return this;
    }

    private DataSource hostDataSource() {
        JdbcDataSource h2 = new JdbcDataSource();
        h2.setUrl("jdbc:h2:file:" + folder.resolve("host"));
        h2.setUser("sa");
        context.getRegistry().bind("hostData", h2);
        return h2;
    }

    private void start() throws Exception {
        JobRelay.addTo(context);
        context.start();
    }

    @AfterEach
    void stop() {
        context.stop();
        api.close();
    }

    private String url(String path) {
        return "http://127.0.0.1:" + port + path;
    }

    private StandInApi.Job submit() {
        Http.Answer answer = Http.post(url("/relay/jobs"), "{\"api\":\"summarize\",\"request\":{\"texts\":[]},\"reference\":\"call-17\"}",
                "Content-Type", "application/x-www-form-urlencoded");
        assertThat(answer.status()).as(answer.text()).isEqualTo(202);
        assertThat(answer.header("Location")).startsWith("/relay/jobs/");
        RelayFixture.patiently().until(() -> api.jobs().size() == 1);
        return api.jobs().get(0);
    }

    /** As the API does it, which comes again where a slow machine said 503; as a form, which the body is not. */
    private static int call(StandInApi.Job job, byte[] body) {
        for (int tries = 1; true; tries++) {
            int status = Http.send("POST", job.webhook(), body, "Content-Type", "application/x-www-form-urlencoded").status();
            if (status != 503 || tries == 6) {
                return status;
            }
        }
    }

    @Test
    void its_ticks_go_by_running_time_and_the_hosts_timers_stay_as_they_are() throws Exception {
        hostDataSource();
        context.addRoutes(new RouteBuilder() {
            @Override
            public void configure() {
                from("timer:of-the-host?period=1000").to("log:of-the-host?level=TRACE");
            }
        });
        start();
        assertThat(context.getRoutes().stream().filter(route -> route.getRouteId().startsWith("tick-")).map(route -> route.getEndpoint().getComponent()))
                .hasSizeGreaterThan(3).hasOnlyElementsOfType(SteadyTimers.class);
        assertThat(context.getComponent("timer")).isNotInstanceOf(SteadyTimers.class);
    }

    @Test
    void a_job_goes_from_submit_to_sink_on_the_hosts_database() throws Exception {
        DataSource host = hostDataSource();
        start();
        StandInApi.Job job = submit();
        job.succeed("{\"summary\":\"all is well\"}");
        assertThat(job.callBackLikeTheApi()).endsWith(200);
        RelayFixture.patiently().until(() -> outcomes.size() == 1);
        Exchange outcome = outcomes.remove();
        assertThat(outcome.getMessage().getBody(String.class)).contains("\"response\":{\"summary\":\"all is well\"}");
        assertThat(outcome.getMessage().getHeaders()).containsEntry("relay-job-id", job.jobId()).containsEntry("relay-reference", "call-17")
                .containsEntry("relay-status", "Success").containsKey("relay-id");
        assertThat(new JdbcTemplate(host).queryForObject("SELECT COUNT(*) FROM relay_job WHERE status = 'Success'", Integer.class)).isOne();
    }

    @Test
    void a_callback_whose_route_does_not_run_is_to_come_again() throws Exception {
        hostDataSource();
        set("relay.sink.mine.password", "a\\b\\");
        context.setAutoStartup(false);
        start();
        assertThat(new Keys(context).text("relay.sink.mine.password")).as("byte for byte").contains("a\\b\\");
        byte[] callback = "{\"jobId\":\"nobody's\"}".getBytes(StandardCharsets.UTF_8);
        Http.Answer none = Http.send("POST", url("/webhook"), callback);
        assertThat(none.status()).isEqualTo(503);
        assertThat(none.header("Retry-After")).isNotNull();
        context.getRouteController().startAllRoutes();
        assertThat(Http.send("POST", url("/webhook"), callback).status()).isEqualTo(200);
        context.getRouteController().stopRoute("intake-webhook");
        assertThat(Http.send("POST", url("/webhook"), callback).status()).isEqualTo(503);
    }

    @Test
    void without_a_data_source_of_the_host_it_opens_one_of_its_own() throws Exception {
        set("relay.db.url", "jdbc:h2:file:" + folder.resolve("own/relay"));
        start();
        submit();
        assertThat(folder.resolve("own/relay.mv.db")).exists();
        assertThat(context.getRegistry().findByType(DataSource.class)).as("the host has none now either").isEmpty();
    }

    @Test
    void what_arrives_at_the_webhook_is_treated_as_on_a_port_of_its_own() throws Exception {
        hostDataSource();
        set("relay.webhook.max-body", "64KiB");
        start();
        StandInApi.Job job = submit();
        assertThat(Http.get(job.webhook()).status()).isEqualTo(405);
        assertThat(Http.post(url("/webhook"), "").status()).isEqualTo(400);
        Http.Answer token = Http.post(url("/webhook"), "", "validation-token", "abc", "X-Echo", "no");
        assertThat(token.status()).isEqualTo(200);
        assertThat(token.header("Validation-Token")).isEqualTo("abc");
        assertThat(token.headers().map()).doesNotContainKey("x-echo");
        assertThat(call(job, ("{" + "x".repeat(70_000) + "}").getBytes())).isEqualTo(413);
        String left = job.webhook().replace("/webhook/", "/webhook;a=b//") + "/?c=d";
        assertThat(Http.post(left, "{\"x\":\"" + "x".repeat(60_000) + "\"}", "Content-Encoding", "gzip").status()).as("as a proxy left it").isEqualTo(200);
        assertThat(call(job, new byte[] {(byte) 0xff})).isEqualTo(400);
        job.succeed("{\"a\":\"b=c&d\"}");
        assertThat(call(job, job.document())).isEqualTo(200);
        RelayFixture.patiently().until(() -> outcomes.size() == 1);
        assertThat(outcomes.remove().getMessage().getBody(String.class)).contains("{\"a\":\"b=c&d\"}");
    }

    @Test
    void the_hosts_own_server_serves_the_webhook() throws Exception {
        hostDataSource();
        int own = RelayFixture.freePorts()[0];
        VertxPlatformHttpServerConfiguration configuration = new VertxPlatformHttpServerConfiguration();
        configuration.setBindHost("127.0.0.1");
        configuration.setBindPort(own);
        context.addService(new VertxPlatformHttpServer(configuration));
        set("relay.public-url", "http://127.0.0.1:" + own);
        start();
        assertThatThrownBy(() -> Http.get(url("/"))).as("there is no second one").isInstanceOf(UncheckedIOException.class);
        Http.Answer answer = Http.post("http://127.0.0.1:" + own + "/relay/jobs", "{\"api\":\"summarize\",\"request\":{}}",
                "Content-Type", "application/x-www-form-urlencoded");
        assertThat(answer.status()).isEqualTo(202);
        RelayFixture.patiently().until(() -> api.jobs().size() == 1);
        api.jobs().get(0).succeed("{\"a\":\"b=c&d\"}");
        assertThat(call(api.jobs().get(0), api.jobs().get(0).document())).isEqualTo(200);
        RelayFixture.patiently().until(() -> outcomes.size() == 1);
    }

    @Test
    void nothing_of_it_is_anybody_elses() throws Exception {
        DataSource host = hostDataSource();
        Clock clock = Clock.systemUTC();
        context.getRegistry().bind("hostClock", clock);
        context.addRoutes(new RouteBuilder() {
            @Override
            public void configure() {
                onException(IllegalStateException.class).handled(true).setBody(constant("handled by the host"));
                from("direct:failing").throwException(new IllegalStateException("mine"));
                from("platform-http:/host").setBody(constant("the host's"));
                from("direct:mine").to("sql:SELECT 1 AS ONE?outputType=SelectOne");
            }
        });
        context.addRoutes(new RouteBuilder() {
            @Override
            public void configure() {
                from("direct:unhandled").throwException(new IllegalStateException("not handled"));
            }
        });
        start();
        var template = context.createProducerTemplate();
        assertThat(template.requestBody("direct:failing", "")).isEqualTo("handled by the host");
        assertThatThrownBy(() -> template.requestBody("direct:unhandled", "")).isInstanceOf(CamelExecutionException.class);
        assertThat(template.requestBody("direct:mine", null, Integer.class)).as("the only DataSource is autowired").isOne();
        assertThat(Http.get(url("/host")).text()).isEqualTo("the host's");
        assertThat(context.getRegistry().findByType(DataSource.class)).containsExactly(host);
        assertThat(context.getRegistry().findByType(Clock.class)).containsExactly(clock);
        assertThat(context.getRouteConfigurationDefinitions()).allMatch(policy -> policy.getId().startsWith("relay-"));
        assertThat(context.getRoutes().stream().map(Route::getRouteId)).contains("intake-webhook", "settle-callbacks", "sink-file")
                .noneMatch(id -> id.startsWith("sandbox-") || id.equals("inbox-take") || id.equals("inbox-media"));
        assertThat(HealthCheckHelper.invoke(context)).filteredOn(result -> "relay".equals(result.getCheck().getGroup()))
                .extracting(result -> result.getCheck().getId()).isNotEmpty().allMatch(id -> id.startsWith("relay-"));
        assertThat(new JdbcTemplate(host).queryForList("SELECT table_name FROM information_schema.tables WHERE table_schema = 'PUBLIC'", String.class))
                .isNotEmpty().allMatch(table -> table.toLowerCase().startsWith("relay_"));
        assertThat(context.resolvePropertyPlaceholders("{{?camel.main.name}}")).as("its options of camel-main").isNull();
    }

    @Test
    void an_error_handler_of_the_hosts_own_is_not_the_relays() throws Exception {
        hostDataSource();
        context.getCamelContextExtension().setErrorHandlerFactory(new RouteBuilder() {
            @Override
            public void configure() {
                // only makes the builder below
            }
        }.deadLetterChannel("direct:dead").maximumRedeliveries(5).redeliveryDelay(60_000));
        context.addRoutes(new RouteBuilder() {
            @Override
            public void configure() {
                from("direct:dead").process(outcomes::add);
                from("direct:sink-bad").errorHandler(noErrorHandler()).throwException(new IllegalStateException("later"));
            }
        });
        set("relay.sinks", "bad").set("relay.delivery.max-attempts", "1");
        start();
        StandInApi.Job job = submit();
        DataSource relay = context.getRegistry().lookupByNameAndType("relay-data-source", DataSource.class);
        new JdbcTemplate(relay).execute("ALTER TABLE relay_callback RENAME TO hidden");
        job.succeed("{}");
        assertThat(job.callBack()).as("nobody else handled that it could not be stored").isEqualTo(503);
        new JdbcTemplate(relay).execute("ALTER TABLE hidden RENAME TO relay_callback");
        assertThat(job.callBackLikeTheApi()).endsWith(200);
        RelayFixture.patiently().until(() -> new JdbcTemplate(relay).queryForList("SELECT status FROM relay_delivery", String.class), List.of("Dead")::equals);
        assertThat(outcomes).isEmpty();
    }

    @Test
    void the_admin_routes_and_the_inbox_are_there_only_when_asked_for() throws Exception {
        hostDataSource();
        set("relay.admin.enabled", "false");
        start();
        assertThat(Http.get(url("/relay/jobs")).status()).isEqualTo(404);
        assertThat(Http.get(url("/jobs")).status()).isEqualTo(404);
        assertThat(context.getRoutes().stream().map(Route::getRouteId)).doesNotContain("admin-jobs", "intake-jobs", "inbox-take");
    }

    @Test
    void an_inbox_is_there_when_its_folder_is_named() throws Exception {
        hostDataSource();
        set("relay.inbox.directory", folder.resolve("in").toString()).set("relay.inbox.still-for", "0s");
        start();
        Files.write(folder.resolve("in/call.mp3"), new byte[] {1, 2, 3});
        RelayFixture.patiently().until(() -> api.jobs().size() == 1);
        assertThat(Http.get(api.jobs().get(0).contentUri()).bytes()).containsExactly(1, 2, 3);
    }

    @Test
    void what_hinders_the_start_is_told_in_a_sentence() {
        set("relay.ringcentral.server-url", "").set("relay.ringcentral.client-id", "").set("relay.ringcentral.client-secret", "")
                .set("relay.ringcentral.jwt", "");
        refused("relay.ringcentral.server-url is not set", "sandbox");
    }

    @Test
    void an_unknown_key_is_named() {
        set("relay.pol.interval", "1s");
        refused("relay.pol.interval", "relay.poll.interval");
    }

    @Test
    void a_database_in_memory_is_refused() {
        JdbcDataSource h2 = new JdbcDataSource();
        h2.setUrl("jdbc:h2:mem:" + UUID.randomUUID());
        context.getRegistry().bind("hostData", h2);
        refused("in memory", "relay.db.volatile");
    }

    @Test
    void among_several_data_sources_one_must_be_named() throws Exception {
        hostDataSource();
        JdbcDataSource other = new JdbcDataSource();
        other.setUrl("jdbc:h2:file:" + folder.resolve("other"));
        context.getRegistry().bind("other", other);
        refused("several DataSources: hostData, other", "relay.db.data-source");
        set("relay.db.data-source", "#nobody");
        refused("#nobody", "hostData, other");
        set("relay.db.data-source", "#other");
        start();
        assertThat(folder.resolve("other.mv.db")).exists();
        assertThat(folder.resolve("host.mv.db")).doesNotExist();
    }

    @Test
    void a_started_context_is_refused() {
        hostDataSource();
        context.start();
        refused("after", "before");
    }

    private void refused(String... words) {
        assertThatThrownBy(() -> JobRelay.addTo(context)).isInstanceOf(StartFailure.class).message().contains(words)
                .matches("[^\n]+[.?]");
    }

    /** What lies at the root of a jar is everybody's: a host's own file of the same name would be hidden. */
    @Test
    void the_jar_has_nothing_at_its_root_but_folders_of_its_own() throws Exception {
        try (Stream<Path> files = Files.list(Path.of("target/classes"))) {
            assertThat(files.map(file -> file.getFileName().toString()).collect(Collectors.toSet())).isEqualTo(Set.of("io", "META-INF"));
        }
        try (Stream<Path> files = Files.walk(Path.of("target/classes/META-INF"))) {
            assertThat(files.filter(Files::isRegularFile).map(file -> file.getFileName().toString()))
                    .isSubsetOf(List.of("org.springframework.boot.autoconfigure.AutoConfiguration.imports", "spring.factories"));
        }
        assertThat(new String(Files.readAllBytes(Path.of("target/classes/io/jobrelay/routes/errors.camel.yaml")), StandardCharsets.UTF_8)).contains("relay-refuse");
    }
}
