package io.jobrelay.ops;

import io.jobrelay.config.Folders;
import io.jobrelay.db.CommitProbe;
import io.jobrelay.db.Durability;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.apache.camel.CamelContext;
import org.apache.camel.health.HealthCheckRegistry;
import org.apache.camel.health.HealthCheckResultBuilder;
import org.apache.camel.impl.health.AbstractHealthCheck;

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
     * @param probe tells whether the database can be written
     * @param durability what it does with what was written
     * @param sinks whose routes may be missing
     * @param folders that may have become unwritable
     * @param traffic what was last heard of the API
     */
    public static void register(CamelContext context, CommitProbe probe, Durability durability, Sinks sinks, Folders folders, Traffic traffic) {
        HealthCheckRegistry registry = HealthCheckRegistry.get(context);
        if (registry != null) {
            durability.look();
            registry.register(new Writes(probe));
            registry.register(new Notice("relay-durability", durability::weak));
            registry.register(new Notice("relay-rights", durability::rights));
            registry.register(new Notice("relay-pooler", probe::losses));
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

    /** DOWN while nothing can be committed. */
    private static final class Writes extends AbstractHealthCheck {

        private final CommitProbe probe;

        Writes(CommitProbe probe) {
            super("relay", "relay-database");
            this.probe = probe;
        }

        @Override
        protected void doCall(HealthCheckResultBuilder builder, Map<String, Object> options) {
            builder.up();
            probe.trouble().ifPresent(sentence -> builder.down().message(sentence));
        }
    }
}
