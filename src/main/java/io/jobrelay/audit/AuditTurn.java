package io.jobrelay.audit;

import io.jobrelay.protocol.Problem;
import io.jobrelay.protocol.Problem.Kind;
import java.util.concurrent.Semaphore;
import org.apache.camel.NamedNode;
import org.apache.camel.Processor;
import org.apache.camel.Route;
import org.apache.camel.spi.Policy;

/**
 * Lets one audit run at a time: each reads the whole store, and those of an impatient monitor would pile up until the webhook has no thread left.
 * Not Camel's {@code throttle} of concurrent requests: ten seconds after an audit has ended 4.18 forgets its count, even while the next one
 * runs, and lets a second one in; besides, it keeps the turn until a slow reader has the whole answer, and begins anew with each edit of the route.
 */
public final class AuditTurn implements Policy {

    private final Semaphore turn = new Semaphore(1);

    @Override
    public void beforeWrap(Route route, NamedNode definition) {
        // the definition stays as it is
    }

    @Override
    public Processor wrap(Route route, Processor steps) {
        return exchange -> {
            if (!turn.tryAcquire()) {
                throw new Problem(Kind.AUDIT_UNDER_WAY, "Another audit is under way. Ask again when it is done.");
            }
            try {
                steps.process(exchange);
            } finally {
                turn.release();
            }
        };
    }
}
