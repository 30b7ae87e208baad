package io.jobrelay.support;

import static org.awaitility.Awaitility.await;

import io.jobrelay.JobRelay;
import io.jobrelay.config.RouteLocations;
import io.jobrelay.config.Upstream;
import io.jobrelay.protocol.Capability;
import io.jobrelay.protocol.Sha256;
import io.jobrelay.reload.RouteStart;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import javax.sql.DataSource;
import org.apache.camel.CamelContext;
import org.apache.camel.Endpoint;
import org.apache.camel.Exchange;
import org.apache.camel.ProducerTemplate;
import org.apache.camel.component.timer.TimerEndpoint;
import org.apache.camel.main.Main;
import org.apache.camel.support.LifecycleStrategySupport;
import org.awaitility.Awaitility;
import org.awaitility.core.ConditionFactory;
import org.awaitility.pollinterval.PollInterval;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.datasource.DataSourceTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;

/**
 * A whole relay inside the test: the real routes and {@code application.properties}, real HTTP on two free ports, a real H2, folders of its
 * own, and a clock that the test moves. Nothing in it knows the relay's inside but its tables and the names of beans and routes.
 *
 * <pre>{@code
 * try (RelayFixture relay = new RelayFixture().with("relay.sinks", "file").start()) {
 *     String id = relay.openJob("jobId-of-the-api");
 *     relay.post(relay.callbackUrl(id), "{...}");
 *     relay.untilStatus(id, "Success");
 * }
 * }</pre>
 */
public final class RelayFixture implements AutoCloseable {

    /** How long a helper waits for what must happen; on a slow machine nothing fails that only took its time. */
    public static final Duration PATIENCE = Duration.ofSeconds(30);

    /** Every 10 ms at first and every 100 ms after a while: what is looked at, such as a page of the relay, costs more than a short wait is worth. */
    private static final PollInterval OFTEN = (times, last) -> Duration.ofMillis(Math.min(100, 10L * times));
    private static final int FIRST_PORT = 10_000;
    private static final int PORTS = 22_000;
    private static final AtomicInteger NEXT_PORT = new AtomicInteger(new Random().nextInt(PORTS));

    static {
        Awaitility.setDefaultTimeout(PATIENCE);
        Awaitility.setDefaultPollDelay(Duration.ofMillis(10));
        Awaitility.setDefaultPollInterval(OFTEN);
    }

    private final Map<String, String> keys = new LinkedHashMap<>();
    private final Map<String, Object> beans = new LinkedHashMap<>();
    private final List<Consumer<Main>> customizers = new ArrayList<>();
    private final List<Path> locations = new ArrayList<>();
    private final SettableClock clock = new SettableClock();
    private final Path folder;
    private final int publicPort;
    private final int adminPort;
    private String postgres;
    private Main main;
    private JdbcTemplate jdbc;
    private ProducerTemplate template;

    /** Not started yet: H2 in memory, a sandbox as the API, one file sink, no reload, ticks every 100 ms. */
    public RelayFixture() {
        int[] ports = freePorts();
        publicPort = ports[0];
        adminPort = ports[1];
        try {
            folder = Files.createTempDirectory("relay-test");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        with("camel.server.host", "127.0.0.1").with("camel.server.port", String.valueOf(publicPort));
        with("relay.admin.port", String.valueOf(adminPort));
        with("relay.public-url", "http://127.0.0.1:" + publicPort);
        with("relay.ringcentral.server-url", "").with("relay.ringcentral.client-id", "")
                .with("relay.ringcentral.client-secret", "").with("relay.ringcentral.jwt", "");
        with("relay.inbox.directory", inbox().toString()).with("relay.sink.file.directory", results().toString());
        with("relay.poll.interval", "100ms").with("relay.routes.reload", "false");
        if ("postgresql".equals(System.getProperty("test.database"))) {
            withPostgres();
        } else {
            withMemoryDatabase();
        }
        beans.put("relay-clock", clock);
        beans.put("relay-nanos", (LongSupplier) clock::nanos);
        beans.put("test-first-tick", new FirstTick());
    }

    /** Camel lets every timer begin after a second: here what ticks more often does so from the beginning, since most tests wait for it. */
    private static final class FirstTick extends LifecycleStrategySupport {

        @Override
        public void onEndpointAdd(Endpoint endpoint) {
            if (endpoint instanceof TimerEndpoint timer) {
                timer.setDelay(Math.min(timer.getDelay(), timer.getPeriod()));
            }
        }
    }

    /**
     * @param key of {@code application.properties}, or of Camel
     * @param value that it has instead
     * @return this
     */
    public RelayFixture with(String key, String value) {
        keys.put(key, value);
        return this;
    }

    /** @return this, whose timers begin after a second, as Camel has it: until then nothing happens by itself */
    public RelayFixture withQuietStart() {
        beans.remove("test-first-tick");
        return this;
    }

    /** @return this, with H2 in memory, also where the tests run on PostgreSQL */
    public RelayFixture withMemoryDatabase() {
        return with("relay.db.url", "jdbc:h2:mem:" + UUID.randomUUID() + ";DB_CLOSE_DELAY=-1").with("relay.db.volatile", "true")
                .with("relay.db.username", "sa").with("relay.db.password", "");
    }

    /** @return this, with H2 in a file of the fixture's folder instead of in memory */
    public RelayFixture withFileDatabase() {
        return with("relay.db.url", "jdbc:h2:file:" + folder.resolve("data/relay")).with("relay.db.volatile", "false")
                .with("relay.db.username", "sa").with("relay.db.password", "");
    }

    /** @return this, with a database that outlives {@link #restart}: a PostgreSQL where the test runs on one, else H2 in a file */
    public RelayFixture withLastingDatabase() {
        return keys.get("relay.db.url").startsWith("jdbc:h2:") ? withFileDatabase() : this;
    }

    /** @return this, on an empty database of a real PostgreSQL instead of H2 */
    public RelayFixture withPostgres() {
        postgres = postgres == null ? Postgres.emptyDatabase() : postgres;
        return with("relay.db.url", postgres).with("relay.db.username", "postgres").with("relay.db.password", "postgres");
    }

    /**
     * @param api that the relay submits to and polls, instead of the sandbox
     * @return this
     */
    public RelayFixture withApi(String api) {
        return with("relay.ringcentral.server-url", api).with("relay.ringcentral.client-id", "test-client")
                .with("relay.ringcentral.client-secret", "test-secret").with("relay.ringcentral.jwt", "test-jwt");
    }

    /**
     * @param name of a bean, bound before the relay binds its own
     * @param bean such as another clock, whose running time comes with it
     * @return this
     */
    public RelayFixture withBean(String name, Object bean) {
        beans.put(name, bean);
        if (name.equals("relay-clock")) {
            beans.put("relay-nanos", bean instanceof SettableClock settable ? (LongSupplier) settable::nanos : (LongSupplier) System::nanoTime);
        }
        return this;
    }

    /**
     * @param customizer called with each {@link Main} before it starts, for instance to add a route builder with a sink
     * @return this
     */
    public RelayFixture withMain(Consumer<Main> customizer) {
        customizers.add(customizer);
        return this;
    }

    /**
     * Lets the relay run on a copy of the real files, {@code routes()}, that the test may edit; edits take effect.
     *
     * @param upper folders whose {@code routes/} lie over the copy, the one that wins first
     * @return this
     */
    public RelayFixture withOwnRoutes(Path... upper) {
        try (Stream<Path> files = Files.walk(Path.of("routes"))) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                Path copy = folder.resolve(file);
                Files.createDirectories(copy.getParent());
                Files.copy(file, copy);
            }
            Files.copy(Path.of("application.properties"), folder.resolve("application.properties"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        locations.addAll(List.of(upper));
        locations.add(folder);
        return with("relay.routes.reload", "true");
    }

    /** @return the copy of {@code routes/} */
    public Path routes() {
        return folder.resolve("routes");
    }

    /**
     * Starts the relay; all that stops the start comes out as it was thrown.
     *
     * @return this, running
     */
    public RelayFixture start() {
        RouteStart routes = new RouteStart(locations.isEmpty() ? RouteLocations.ofThisProcess() : new RouteLocations(locations));
        while (true) {
            main = new Main();
            JobRelay.configure(main, routes);
            keys.forEach(main::addOverrideProperty);
            beans.forEach(main::bind);
            customizers.forEach(c -> c.accept(main));
            try {
                main.start();
                break;
            } catch (Exception | LinkageError e) {
                if (!routes.again(e)) {
                    throw e instanceof RuntimeException same ? same : new IllegalStateException(e);
                }
                stop();
            }
        }
        template = context().createProducerTemplate();
        jdbc = new JdbcTemplate(bean("relay-data-source", DataSource.class));
        return this;
    }

    /** Stops the relay and keeps its database and folders, for {@link #start()}. */
    public void stop() {
        if (main != null) {
            main.stop();
            main = null;
        }
    }

    /** Stops the relay and starts it on the same database, folders and ports, with the keys as they are now. */
    public void restart() {
        stop();
        start();
    }

    @Override
    public void close() {
        try {
            if (main != null && keys.get("relay.db.url").startsWith("jdbc:h2:mem:")) {
                forgetMemory();
            }
        } finally {
            stop();
            if (postgres != null) {
                Postgres.leave(postgres);
                postgres = null;
            }
            delete(folder);
        }
    }

    private void forgetMemory() {
        try {
            jdbc.execute("SET DB_CLOSE_DELAY 0"); // it goes with the last connection
        } catch (RuntimeException e) {
            // the test has closed the pool
        }
    }

    // ---- what it is made of

    /** @return the clock the relay goes by */
    public SettableClock clock() {
        return clock;
    }

    /** @return the running context */
    public CamelContext context() {
        return main.getCamelContext();
    }

    /**
     * @param name of a bean such as {@code relay-webhook}
     * @param type it has
     * @return the bean
     */
    public <T> T bean(String name, Class<T> type) {
        return context().getRegistry().lookupByNameAndType(name, type);
    }

    /** @return a folder that is gone after the test */
    public Path folder() {
        return folder;
    }

    /** @return the inbox */
    public Path inbox() {
        return folder.resolve("inbox");
    }

    /** @return where the file sink writes */
    public Path results() {
        return folder.resolve("results");
    }

    /** @return the public port */
    public int publicPort() {
        return publicPort;
    }

    /** @return the admin port */
    public int adminPort() {
        return adminPort;
    }

    // ---- HTTP

    /** @return the URL of the public port, without a trailing slash */
    public String publicUrl() {
        return "http://127.0.0.1:" + publicPort;
    }

    /** @return the URL of the admin port, without a trailing slash */
    public String adminUrl() {
        return "http://127.0.0.1:" + adminPort;
    }

    /** @return the webhook as the world sees it without a signature */
    public String webhookUrl() {
        return publicUrl() + keys.getOrDefault("relay.webhook.path", "/webhook");
    }

    /**
     * @param id the relay's own id of a job
     * @return the callback URL the relay would give to the API for it
     */
    public String callbackUrl(String id) {
        return webhookUrl() + "/" + bean("relay-callback-capability", Capability.class).sign(id);
    }

    /**
     * @param url absolute, or a path of the public port
     * @param body to send as UTF-8
     * @param headers names and values in turn
     * @return the answer
     */
    public Http.Answer post(String url, String body, String... headers) {
        return Http.post(absolute(publicUrl(), url), body, headers);
    }

    /**
     * @param url absolute, or a path of the public port
     * @param headers names and values in turn
     * @return the answer
     */
    public Http.Answer get(String url, String... headers) {
        return Http.get(absolute(publicUrl(), url), headers);
    }

    /**
     * @param path of the admin port
     * @param body JSON to send
     * @param headers names and values in turn
     * @return the answer
     */
    public Http.Answer adminPost(String path, String body, String... headers) {
        List<String> all = new ArrayList<>(List.of("Content-Type", "application/json"));
        all.addAll(List.of(headers));
        return Http.post(absolute(adminUrl(), path), body, all.toArray(String[]::new));
    }

    /**
     * @param path of the admin port
     * @param headers names and values in turn
     * @return the answer
     */
    public Http.Answer adminGet(String path, String... headers) {
        return Http.get(absolute(adminUrl(), path), headers);
    }

    private static String absolute(String base, String url) {
        return url.startsWith("http") ? url : base + url;
    }

    // ---- the database

    /**
     * @param statement a query, or what changes rows
     * @param values of its question marks
     * @return the rows, columns in any case; of a change one row with the {@code count}
     */
    public List<Map<String, Object>> sql(String statement, Object... values) {
        return statement.stripLeading().regionMatches(true, 0, "SELECT", 0, 6)
                ? jdbc.queryForList(statement, values)
                : List.of(Map.of("count", jdbc.update(statement, values)));
    }

    /**
     * @param query of one number
     * @param values of its question marks
     * @return the number
     */
    public long count(String query, Object... values) {
        Long n = jdbc.queryForObject(query, Long.class, values);
        return n == null ? 0 : n;
    }

    /**
     * @param id the relay's own id of a job
     * @return its row
     */
    public Map<String, Object> job(String id) {
        return jdbc.queryForMap("SELECT * FROM relay_job WHERE id = ?", id);
    }

    /**
     * @param id the relay's own id of a job
     * @return its rows of {@code relay_callback}, in the order they came
     */
    public List<Map<String, Object>> callbacks(String id) {
        return jdbc.queryForList("SELECT * FROM relay_callback WHERE job = ? ORDER BY id", id);
    }

    /**
     * @param id the relay's own id of a job
     * @return its rows of {@code relay_delivery}, by sink
     */
    public List<Map<String, Object>> deliveries(String id) {
        return jdbc.queryForList("SELECT * FROM relay_delivery WHERE job = ? ORDER BY sink", id);
    }

    /** @return the relay's id of a job that waits to be submitted, an hour from now unless the test says otherwise */
    public String queuedJob() {
        return insertJob(Map.of("status", "Queued"));
    }

    /**
     * @param jobId the API gave for it
     * @return the relay's id of a job that was submitted a moment ago and is first polled in ten minutes
     */
    public String openJob(String jobId) {
        return insertJob(Map.of("status", "InProgress", "job_id", jobId));
    }

    /**
     * Inserts a job as the relay itself would have left it, and its jobId where it has one.
     *
     * @param columns that differ from a speech-to-text job accepted now; null values count
     * @return the relay's id of the job
     */
    public String insertJob(Map<String, ?> columns) {
        Map<String, Object> row = new HashMap<>();
        long now = clock.millis();
        boolean queued = "Queued".equals(columns.get("status"));
        row.put("id", UUID.randomUUID().toString());
        row.put("api", "/ai/audio/v1/async/speech-to-text");
        row.put("server", bean("relay-upstream", Upstream.class).server());
        row.put("request", "{\"contentUri\":\"https://media.example/a.mp3\",\"encoding\":\"Mpeg\",\"languageCode\":\"en-US\"}");
        row.put("accepted_at", now);
        row.put("status", "InProgress");
        row.put("attempts", queued ? 0 : 1);
        row.put("next_submit_at", queued ? now + Duration.ofHours(1).toMillis() : null);
        row.put("next_poll_at", queued ? null : now + Duration.ofMinutes(10).toMillis());
        row.put("expires_at", queued ? null : now + Duration.ofDays(7).toMillis());
        row.putAll(columns);
        List<String> names = List.copyOf(row.keySet());
        new TransactionTemplate(new DataSourceTransactionManager(jdbc.getDataSource())).executeWithoutResult(status -> {
            jdbc.update("INSERT INTO relay_job (" + String.join(", ", names) + ") VALUES (" + "?, ".repeat(names.size() - 1) + "?)",
                    names.stream().map(row::get).toArray());
            if (row.get("job_id") != null) {
                jdbc.update("INSERT INTO relay_job_id (job_id, job) VALUES (?, ?)", row.get("job_id"), row.get("id"));
            }
            jdbc.update("UPDATE relay_tally SET n = n + 1 WHERE name = 'accepted'");
        });
        return (String) row.get("id");
    }

    /**
     * Inserts what a job is to be ended by, as polls, refusals and expiries of the relay itself do; {@link #settle()} then ends it.
     *
     * @param job the relay's own id
     * @param via {@code webhook}, {@code poll}, {@code submit} or {@code relay}
     * @param status that the job will have
     * @param body the status resource
     */
    public void insertCallback(String job, String via, String status, String body) {
        byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
        jdbc.update("INSERT INTO relay_callback (job, via, received_at, verdict, status, body, body_size, body_sha256)"
                + " VALUES (?, ?, ?, 'New', ?, ?, ?, ?)", job, via, clock.millis(), status, bytes, bytes.length, Sha256.of(bytes));
    }

    /**
     * Takes the database away without an error: every statement of the relay on its jobs waits, as with a disk that hangs.
     *
     * @return gives it back when closed
     */
    public Pause pauseDatabase() {
        boolean h2 = keys.get("relay.db.url").startsWith("jdbc:h2:");
        try {
            Connection holder = h2 ? bean("relay-data-source", DataSource.class).getConnection() // not of the pool, which gives up what hangs
                    : DriverManager.getConnection(keys.get("relay.db.url"), keys.get("relay.db.username"), keys.get("relay.db.password"));
            holder.setAutoCommit(h2);
            holder.createStatement().execute(h2 ? "SET EXCLUSIVE 1"
                    : "LOCK TABLE relay_job, relay_job_id, relay_callback, relay_delivery IN ACCESS EXCLUSIVE MODE");
            return () -> {
                try (holder) {
                    holder.createStatement().execute(h2 ? "SET EXCLUSIVE FALSE" : "ROLLBACK");
                } catch (SQLException e) {
                    throw new IllegalStateException(e);
                }
            };
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    /** A database that hangs until this is closed. */
    public interface Pause extends AutoCloseable {
        @Override
        void close();
    }

    // ---- what runs in it

    /**
     * Runs a route once, in this thread, to its end.
     *
     * @param route such as {@code settle-callbacks}, called at {@code direct:<route>}
     */
    public void run(String route) {
        run(route, null);
    }

    /**
     * Runs a route once, in this thread, to its end; what it threw comes out.
     *
     * @param route such as {@code forward-delivery}, called at {@code direct:<route>}
     * @param body it gets
     * @return the exchange as it came out
     */
    public Exchange run(String route, Object body) {
        Exchange done = template.send("direct:" + route, e -> e.getMessage().setBody(body));
        if (done.getException() != null) {
            throw new IllegalStateException(route + " failed", done.getException());
        }
        return done;
    }

    /** Settles every callback that is stored, and returns when it is done. */
    public void settle() {
        run("settle-callbacks");
        patiently().until(() -> count("SELECT COUNT(*) FROM relay_callback WHERE verdict = 'New'") == 0);
    }

    /** Settles every callback and hands every delivery that is due to its sink, and returns when none is due any more. */
    public void forward() {
        settle();
        run("forward-due");
        patiently().until(() ->
                count("SELECT COUNT(*) FROM relay_delivery WHERE claim IS NOT NULL OR next_attempt_at <= ?", clock.millis()) == 0);
    }

    /**
     * Waits until a job has a status.
     *
     * @param id the relay's own
     * @param status such as {@code Success}
     */
    public void untilStatus(String id, String status) {
        patiently().until(() -> job(id).get("status"), status::equals);
    }

    /**
     * Waits until a job's outcome has reached every sink.
     *
     * @param id the relay's own
     */
    public void untilDelivered(String id) {
        patiently().until(() -> {
            List<Map<String, Object>> deliveries = deliveries(id);
            return !deliveries.isEmpty() && deliveries.stream().allMatch(d -> "Delivered".equals(d.get("status")));
        });
    }

    /** @return a wait of at most {@link #PATIENCE} that looks at once, then often, and after half a second ten times a second */
    public static ConditionFactory patiently() {
        return await().pollDelay(Duration.ZERO).pollInterval(OFTEN).atMost(PATIENCE);
    }

    /** @return the names of the result files that can be seen, sorted */
    public List<String> resultFiles() {
        if (!Files.isDirectory(results())) {
            return List.of();
        }
        try (Stream<Path> files = Files.list(results())) {
            return files.map(f -> f.getFileName().toString()).filter(n -> !n.startsWith(".")).sorted().toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /**
     * @param jobId a plain one
     * @return its result file as the file sink wrote it
     */
    public byte[] result(String jobId) {
        try {
            return Files.readAllBytes(results().resolve(jobId + ".json"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    // ---- small things other tests need too

    /**
     * Below those that the system gives to clients, so that no connection takes one before the relay does. Each process of tests goes through
     * them from anywhere, one after the other, so that two seldom come to the same one: what is free now is still so when the relay binds it.
     *
     * @return two ports nobody listens on at this moment, and that no other caller here is given soon
     */
    public static int[] freePorts() {
        return IntStream.generate(() -> FIRST_PORT + Math.floorMod(NEXT_PORT.getAndIncrement(), PORTS)).filter(RelayFixture::isFree)
                .limit(2).toArray();
    }

    /**
     * @param port of this machine
     * @return whether nobody listens there at this moment
     */
    public static boolean isFree(int port) {
        try (ServerSocket probe = new ServerSocket(port)) {
            return true;
        } catch (IOException e) {
            return false;
        }
    }

    /**
     * @param folder to delete with all that is in it; files that vanish meanwhile do not matter
     */
    public static void delete(Path folder) {
        try (Stream<Path> files = Files.walk(folder)) {
            files.sorted(Comparator.reverseOrder()).forEach(f -> f.toFile().delete());
        } catch (IOException | UncheckedIOException e) {
            // a temporary folder: what is left is the system's to clean
        }
    }
}
