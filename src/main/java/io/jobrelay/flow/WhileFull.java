package io.jobrelay.flow;

import java.util.List;
import org.apache.camel.Exchange;
import org.apache.camel.NamedNode;
import org.apache.camel.Processor;
import org.apache.camel.Route;
import org.apache.camel.component.sql.SqlConstants;
import org.apache.camel.spi.Policy;

/**
 * Does the steps inside again while there may be more: as long as the rows they have found, or else those that the last statement changed, were
 * a full group. A million rows are taken so many at a time, and nobody else waits for them. Camel's own loop would have to be told before the
 * first round that there is something, and after each how much it was.
 */
public final class WhileFull implements Policy {

    /** How many rows a statement of {@code upkeep} takes at once, {@code :#group_size}; on H2 a larger group is slower for each row. */
    public static final int GROUP = 200;

    private final int full;

    /** @param full rows after which there may be more */
    public WhileFull(int full) {
        this.full = full;
    }

    @Override
    public void beforeWrap(Route route, NamedNode definition) {
        // the definition stays as it is
    }

    @Override
    public Processor wrap(Route route, Processor steps) {
        return exchange -> {
            do {
                steps.process(exchange);
            } while (exchange.getException() == null && rows(exchange) >= full);
        };
    }

    private static int rows(Exchange exchange) {
        return exchange.getMessage().getBody() instanceof List<?> found ? found.size()
                : exchange.getMessage().getHeader(SqlConstants.SQL_UPDATE_COUNT, 0, Integer.class);
    }
}
