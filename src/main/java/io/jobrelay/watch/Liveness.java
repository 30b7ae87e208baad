package io.jobrelay.watch;

import io.jobrelay.config.Keys;
import io.jobrelay.db.Database;
import io.jobrelay.flow.StageProgress;
import io.jobrelay.forward.Sinks;
import io.jobrelay.protocol.FatalErrors;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.camel.CamelContext;
import org.apache.camel.health.HealthCheck;
import org.apache.camel.health.HealthCheckRegistry;
import org.apache.camel.health.HealthCheckResultBuilder;
import org.apache.camel.impl.health.AbstractHealthCheck;
import org.springframework.jdbc.core.namedparam.NamedParameterJdbcTemplate;

/**
 * What {@code /observe/health/live} says of a relay that runs by itself: DOWN where only another start helps. That is when a stage has not got
 * on for long while it has work and the database can be used, or when one of the two ports takes no connection. Work is only looked for where
 * a stage is late, and each question is asked on another thread, so that health answers whatever hangs.
 */
public final class Liveness extends AbstractHealthCheck {

    private static final Duration LEAST = Duration.ofSeconds(30);
    private static final int ROUNDS = 3;
    private static final long PATIENCE_NANOS = TimeUnit.MILLISECONDS.toNanos(900);
    /** While the API has asked for a pause, or somebody has paused submits, what is due there waits rightly. */
    private static final String CALLED = " AND NOT EXISTS (SELECT 1 FROM relay_api a WHERE a.server = :server AND a.paused_until > :now)";

    private final CamelContext context;
    private final StageProgress progress;
    private final Clock clock;
    private final long limit;
    private final Path inbox;
    private final Sinks sinks;
    private final String server;
    private final NamedParameterJdbcTemplate jdbc;
    private final List<OwnPort> ports;
    private final ExecutorService asker;
    private final List<Stage> stages = new ArrayList<>();
    private final Map<String, Future<Boolean>> asked = new HashMap<>();

    /** The route that does a stage's work, what is done then, and whether there is some to do. */
    private record Stage(String route, String done, Callable<Boolean> due) {
    }

    private Liveness(CamelContext context, StageProgress progress, Database database, Sinks sinks, String server, Keys keys, Clock clock) {
        super("relay", "relay-progress");
        this.context = context;
        this.progress = progress;
        this.clock = clock;
        this.sinks = sinks;
        this.server = server;
        this.limit = limit(keys).toMillis();
        this.inbox = keys.text("relay.inbox.directory").map(Path::of).orElse(null);
        this.jdbc = new NamedParameterJdbcTemplate(database.dataSource());
        this.jdbc.getJdbcTemplate().setQueryTimeout(database.bound(1));
        this.ports = List.of(new OwnPort("public", "camel.server.port", keys), new OwnPort("admin", "relay.admin.port", keys));
        this.asker = context.getExecutorServiceManager().newCachedThreadPool(this, "relay-liveness");
        stages.add(new Stage("settle-callbacks", "settled", () -> any("SELECT 1 FROM relay_callback WHERE verdict = 'New' LIMIT 1")));
        stages.add(new Stage("submit-due", "submitted", () -> any("SELECT 1 FROM relay_job WHERE next_submit_at <= :now AND status = 'Queued'"
                + " AND NOT EXISTS (SELECT 1 FROM relay_setting s WHERE s.name = 'paused')" + CALLED + " LIMIT 1")));
        stages.add(new Stage("poll-due", "polled", () -> any("SELECT 1 FROM relay_job WHERE next_poll_at BETWEEN 0 AND :now"
                + " AND COALESCE(status, '') = 'InProgress' AND job_id IS NOT NULL AND server = :server" + CALLED + " LIMIT 1")));
        stages.add(new Stage("forward-due", "delivered", () -> any("SELECT 1 FROM relay_delivery WHERE next_attempt_at BETWEEN 0 AND :now"
                + " AND COALESCE(status, '') = 'Pending' AND COALESCE(sink, '') IN (:served) LIMIT 1")));
        if (inbox != null) {
            stages.add(new Stage("inbox-take", "taken from the inbox", () -> any(inbox, false)));
            stages.add(new Stage("tick-inbox", "moved on in the inbox", () -> any(inbox.resolve(".open"), true)));
        }
    }

    /**
     * Adds this check to those of the context, where it has a registry of checks.
     *
     * @param context not started yet
     * @param progress of the stages
     * @param database that holds their work
     * @param sinks those that are served
     * @param server whose jobs are polled
     * @param keys {@code relay.poll.interval}, {@code relay.claim.lease}, hosts and ports
     * @param clock the relay's
     */
    public static void register(CamelContext context, StageProgress progress, Database database, Sinks sinks, String server, Keys keys, Clock clock) {
        HealthCheckRegistry registry = HealthCheckRegistry.get(context);
        if (registry != null) {
            registry.register(new Liveness(context, progress, database, sinks, server, keys, clock));
        }
    }

    private static Duration limit(Keys keys) {
        Duration rounds = keys.duration("relay.poll.interval").multipliedBy(ROUNDS);
        Duration lease = keys.duration("relay.claim.lease");
        Duration longer = rounds.compareTo(lease) > 0 ? rounds : lease;
        return longer.compareTo(LEAST) > 0 ? longer : LEAST;
    }

    @Override
    public boolean isLiveness() {
        return true;
    }

    @Override
    protected synchronized void doCall(HealthCheckResultBuilder builder, Map<String, Object> options) {
        builder.up();
        if (!context.isStarted()) {
            return; // it is starting or stopping, and there is nothing to restart
        }
        List<Stage> late = stages.stream().filter(stage -> progress.since(stage.route()) >= limit).toList();
        ports.forEach(port -> ask(port.key(), port::takesConnections));
        late.forEach(stage -> ask(stage.route(), () -> databaseUp() && stage.due().call()));
        long until = System.nanoTime() + PATIENCE_NANOS;
        List<String> wrong = new ArrayList<>();
        for (OwnPort port : ports) {
            if (!answer(port.key(), until, port.takenSoFar())) {
                wrong.add("The " + port.name() + " port (" + port.key() + ") takes no connection.");
            }
        }
        for (Stage stage : late) {
            if (answer(stage.route(), until, false)) {
                wrong.add("Nothing has been " + stage.done() + " for " + progress.since(stage.route()) / 1000 + " s, although something is due.");
            }
        }
        if (!wrong.isEmpty()) {
            builder.down().message(String.join(" ", wrong) + " Only another start of the relay helps; what is under way is taken up again then.");
        }
    }

    /** Never because of the database: a relay that is started again would find it as it is. */
    private boolean databaseUp() {
        return HealthCheckRegistry.get(context).getCheck("relay-database").map(check -> check.call().getState() == HealthCheck.State.UP).orElse(true);
    }

    /** What has not answered is not asked anew. */
    private void ask(String name, Callable<Boolean> question) {
        asked.computeIfAbsent(name, key -> asker.submit(question));
    }

    private boolean answer(String name, long until, boolean otherwise) {
        try {
            boolean said = asked.get(name).get(Math.max(0, until - System.nanoTime()), TimeUnit.NANOSECONDS);
            asked.remove(name);
            return said;
        } catch (ExecutionException e) {
            FatalErrors.see(e);
            asked.remove(name);
        } catch (TimeoutException e) {
            // its answer counts the next time
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        return otherwise;
    }

    private boolean any(String query) {
        return !jdbc.queryForList(query, Map.of("now", clock.millis(), "server", server, "served", sinks.served()), Integer.class).isEmpty();
    }

    private static boolean any(Path folder, boolean folders) throws IOException {
        try (DirectoryStream<Path> files = Files.newDirectoryStream(folder,
                file -> folders == Files.isDirectory(file) && !file.getFileName().toString().startsWith("."))) {
            return files.iterator().hasNext();
        }
    }
}
