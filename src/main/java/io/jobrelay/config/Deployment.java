package io.jobrelay.config;

import java.util.function.IntSupplier;
import javax.sql.DataSource;

/**
 * Where a relay runs.
 *
 * @param inHost whether in somebody else's application
 * @param dataSource the host's to be used; null opens {@code relay.db.url}
 * @param port of the server that serves the webhook; null where {@code camel.server.port} says it
 */
public record Deployment(boolean inHost, DataSource dataSource, IntSupplier port) {

    /** A relay that runs by itself. */
    public static final Deployment OWN = new Deployment(false, null, null);
}
