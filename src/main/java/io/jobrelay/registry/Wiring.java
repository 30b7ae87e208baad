package io.jobrelay.registry;

import io.jobrelay.config.Keys;
import java.time.Clock;
import java.util.function.LongSupplier;
import org.apache.camel.CamelContext;

/**
 * What every room needs to bind its beans.
 *
 * @param context not started yet; its properties hold the {@code relay.*} keys
 * @param registry binds beans that are found by their name only
 * @param keys of that context
 * @param clock the relay's
 * @param nanos time that never jumps, from any beginning
 * @param inHost whether the relay is part of somebody else's application
 */
public record Wiring(CamelContext context, OwnBeans registry, Keys keys, Clock clock, LongSupplier nanos, boolean inHost) {
}
