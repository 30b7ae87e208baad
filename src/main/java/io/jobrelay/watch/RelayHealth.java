package io.jobrelay.watch;

import io.jobrelay.db.CommitProbe;
import io.jobrelay.db.Durability;
import io.jobrelay.folder.Folders;
import io.jobrelay.forward.Sinks;
import io.jobrelay.registry.HealthNotice;
import java.util.Map;
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
     * @param lastHeard what was last heard of the API
     */
    public static void register(CamelContext context, CommitProbe probe, Durability durability, Sinks sinks, Folders folders, LastHeard lastHeard) {
        HealthCheckRegistry registry = HealthCheckRegistry.get(context);
        if (registry != null) {
            durability.look();
            registry.register(new Writes(probe));
            registry.register(new HealthNotice("relay-durability", durability::weak));
            registry.register(new HealthNotice("relay-rights", durability::rights));
            registry.register(new HealthNotice("relay-pooler", probe::losses));
            registry.register(new HealthNotice("relay-sinks", () -> sinks.unserved().stream().map(name -> "relay.sinks names " + name
                    + ", but no route offers direct:sink-" + name + ": what is due there waits.").toList()));
            registry.register(new HealthNotice("relay-folders", folders::unwritable));
            registry.register(new Heard(lastHeard));
        }
    }

    /** Never DOWN; when the API was last heard of, for whoever wonders why nothing comes. */
    private static final class Heard extends AbstractHealthCheck {

        private final LastHeard lastHeard;

        Heard(LastHeard lastHeard) {
            super("relay", "relay-traffic");
            this.lastHeard = lastHeard;
        }

        @Override
        protected void doCall(HealthCheckResultBuilder builder, Map<String, Object> options) {
            builder.up();
            lastHeard.details().forEach(builder::detail);
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
