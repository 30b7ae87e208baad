package io.jobrelay.ops;

import org.apache.camel.CamelContext;
import org.apache.camel.Processor;
import org.apache.camel.Service;

/**
 * Binds a step that many routes share and that has threads of its own. Routes get it as a processor that is no service: Camel stops the
 * services a route holds when the route is stopped or exchanged, and this one belongs to all of them.
 */
public final class SharedStep {

    private SharedStep() {
    }

    /**
     * @param context whose life the step shares
     * @param name that routes use in {@code process: ref:}
     * @param step to bind
     * @throws Exception when it cannot be started
     */
    public static <T extends Processor & Service> void bind(CamelContext context, String name, T step) throws Exception {
        new OwnBeans(context).bind(name, (Processor) step::process);
        context.addService(step);
    }
}
