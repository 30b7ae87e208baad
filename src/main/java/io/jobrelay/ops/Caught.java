package io.jobrelay.ops;

import io.jobrelay.db.DatabaseTrouble;
import java.util.function.Consumer;
import org.apache.camel.Exchange;

/** Says for the log what a policy has caught. A database repeats the row it refused, and with it what somebody submitted. */
public final class Caught {

    private final Consumer<Throwable> seen;

    /** @param seen is shown each failure */
    public Caught(Consumer<Throwable> seen) {
        this.seen = seen;
    }

    /**
     * @param exchange whose step failed
     * @return what went wrong, in one redacted line; what is wrong with the database itself with the cure
     */
    public String told(Exchange exchange) {
        Throwable failure = exchange.getProperty(Exchange.EXCEPTION_CAUGHT, Throwable.class);
        seen.accept(failure);
        return DatabaseTrouble.told(failure);
    }
}
