package io.jobrelay.registry;

import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.apache.camel.CamelContext;
import org.apache.camel.health.HealthCheckRegistry;
import org.apache.camel.health.HealthCheckResultBuilder;
import org.apache.camel.impl.health.AbstractHealthCheck;

/** A health check that is never DOWN: it says what somebody should see to. */
public final class HealthNotice extends AbstractHealthCheck {

    private final Supplier<List<String>> sentences;

    /**
     * @param name such as {@code relay-sinks}
     * @param sentences asked at each check; none when all is well
     */
    public HealthNotice(String name, Supplier<List<String>> sentences) {
        super("relay", name);
        this.sentences = sentences;
    }

    /**
     * Adds a check that is always UP to those of the context, where it has a registry of checks.
     *
     * @param context not started yet
     * @param name such as {@code relay-routes}
     * @param sentences asked at each check; none when all is well
     */
    public static void add(CamelContext context, String name, Supplier<List<String>> sentences) {
        HealthCheckRegistry registry = HealthCheckRegistry.get(context);
        if (registry != null) {
            registry.register(new HealthNotice(name, sentences));
        }
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
