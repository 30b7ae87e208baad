package io.jobrelay.watch;

import io.jobrelay.pool.DatabaseTrouble;
import java.util.function.Consumer;
import org.apache.camel.Exchange;

/** Says for the log what a policy has caught. A database repeats the row it refused, and with it what somebody submitted. */
public final class CaughtFailures {

    private static final long SILENCE_NANOS = 1_000_000_000;
    private final Consumer<Throwable> seen;
    private long said = System.nanoTime() - SILENCE_NANOS;
    private long unsaid;

    /** @param seen is shown each failure */
    public CaughtFailures(Consumer<Throwable> seen) {
        this.seen = seen;
    }

    /**
     * Many senders learn of one trouble: a line a second says it.
     *
     * @param exchange whose step failed
     * @return whether it is to be said now; what is not is counted
     */
    public synchronized boolean news(Exchange exchange) {
        seen.accept(exchange.getProperty(Exchange.EXCEPTION_CAUGHT, Throwable.class));
        boolean news = System.nanoTime() - said >= SILENCE_NANOS;
        if (news) {
            said = System.nanoTime();
        } else {
            unsaid++;
        }
        return news;
    }

    /** @return how many were not said since the last time, in brackets; nothing when none */
    public synchronized String unsaid() {
        String count = unsaid == 0 ? "" : " (and " + unsaid + " others since the last such line)";
        unsaid = 0;
        return count;
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
