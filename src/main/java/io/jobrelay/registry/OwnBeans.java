package io.jobrelay.registry;

import java.util.function.Supplier;
import org.apache.camel.CamelContext;

/**
 * Binds beans that are found by their name and in no other way. Camel looks for many things by type (a component for the only DataSource, a
 * server for the only VertxOptions), and in a host those are to be the host's.
 */
public final class OwnBeans {

    private final CamelContext context;

    /** @param context that holds them */
    public OwnBeans(CamelContext context) {
        this.context = context;
    }

    /**
     * @param name such as {@code relay-data-source}
     * @param bean found by that name, whatever type is asked for that it has
     */
    public void bind(String name, Object bean) {
        context.getRegistry().bind(name, Object.class, (Supplier<Object>) () -> bean);
    }
}
