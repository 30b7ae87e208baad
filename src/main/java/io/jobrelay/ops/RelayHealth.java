package io.jobrelay.ops;

import io.jobrelay.config.Folders;
import io.jobrelay.db.Database;
import io.jobrelay.db.Durability;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;
import org.apache.camel.CamelContext;
import org.apache.camel.health.HealthCheckRegistry;
import org.apache.camel.health.HealthCheckResultBuilder;
import org.apache.camel.impl.health.AbstractHealthCheck;
import org.springframework.jdbc.core.JdbcTemplate;

/**
 * What {@code /observe/health} says. The database makes it DOWN, and what only another start of the relay cures ({@link Liveness}): taking it
 * out of a load balancer cures nothing else, and would keep callbacks from being stored. The database counts for readiness alone: a process that
 * is restarted because its database is away finds it away again. All other trouble is a message of a check that stays UP.
 */
public final class RelayHealth {

    private RelayHealth() {
    }

    /**
     * Adds the relay's checks to those of the context, where it has a registry of checks.
     *
     * @param context not started yet
     * @param database asked with a statement that may take two seconds
     * @param sinks whose routes may be missing
     * @param folders that may have become unwritable
     * @param traffic what was last heard of the API
     */
    public static void register(CamelContext context, Database database, Sinks sinks, Folders folders, Traffic traffic) {
        HealthCheckRegistry registry = HealthCheckRegistry.get(context);
        if (registry != null) {
            ExecutorService asker = context.getExecutorServiceManager().newSingleThreadExecutor(RelayHealth.class, "relay-health");
            Durability durability = new Durability(database);
            durability.look();
            registry.register(new Answers(asker, database, durability));
            registry.register(new Notice("relay-durability", durability::weak));
            registry.register(new Notice("relay-database-distance", database::distance));
            registry.register(new Notice("relay-sinks", () -> sinks.unserved().stream().map(name -> "relay.sinks names " + name
                    + ", but no route offers direct:sink-" + name + ": what is due there waits.").toList()));
            registry.register(new Notice("relay-folders", folders::unwritable));
            registry.register(new Heard(traffic));
        }
    }

    /**
     * Adds a check that is always UP to those of the context, where it has a registry of checks.
     *
     * @param context not started yet
     * @param name such as {@code relay-routes}
     * @param sentences asked at each check; none when all is well
     */
    public static void notice(CamelContext context, String name, Supplier<List<String>> sentences) {
        HealthCheckRegistry registry = HealthCheckRegistry.get(context);
        if (registry != null) {
            registry.register(new Notice(name, sentences));
        }
    }

    /** Never DOWN; says what somebody should see to. */
    public static final class Notice extends AbstractHealthCheck {

        private final Supplier<List<String>> sentences;

        /**
         * @param name such as {@code relay-sinks}
         * @param sentences asked at each check; none when all is well
         */
        public Notice(String name, Supplier<List<String>> sentences) {
            super("relay", name);
            this.sentences = sentences;
        }

        @Override
        protected void doCall(HealthCheckResultBuilder builder, Map<String, Object> options) {
            List<String> found = sentences.get();
            builder.up();
            if (!found.isEmpty()) {
                builder.message(String.join(" ", found));
            }
        }
    }

    /** Never DOWN; when the API was last heard of, for whoever wonders why nothing comes. */
    private static final class Heard extends AbstractHealthCheck {

        private final Traffic traffic;

        Heard(Traffic traffic) {
            super("relay", "relay-traffic");
            this.traffic = traffic;
        }

        @Override
        protected void doCall(HealthCheckResultBuilder builder, Map<String, Object> options) {
            builder.up();
            traffic.details().forEach(builder::detail);
        }
    }

    /** DOWN when the database does not answer in time, or cannot write. A question still unanswered is not asked again, so that no threads pile up. */
    private static final class Answers extends AbstractHealthCheck {

        private final ExecutorService asker;
        private final Database database;
        private final Durability durability;
        private final JdbcTemplate jdbc;
        private Future<?> asked;

        Answers(ExecutorService asker, Database database, Durability durability) {
            super("relay", "relay-database");
            this.asker = asker;
            this.database = database;
            this.durability = durability;
            this.jdbc = new JdbcTemplate(database.dataSource());
            this.jdbc.setQueryTimeout(2);
        }

        @Override
        protected synchronized void doCall(HealthCheckResultBuilder builder, Map<String, Object> options) {
            Optional<String> broken = database.broken();
            if (broken.isPresent()) {
                builder.down().message("The database cannot be used: " + broken.get());
                return;
            }
            try {
                if (asked == null || asked.isDone()) {
                    asked = asker.submit(() -> {
                        jdbc.queryForObject("SELECT 1", Integer.class);
                        durability.look();
                    });
                }
                asked.get(2, TimeUnit.SECONDS);
                builder.up();
            } catch (ExecutionException e) {
                Fatal.see(e);
                builder.down().message("The database cannot be used: " + Redaction.of(e));
            } catch (TimeoutException e) {
                builder.down().message("The database does not answer.");
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                builder.unknown();
            }
        }
    }
}
