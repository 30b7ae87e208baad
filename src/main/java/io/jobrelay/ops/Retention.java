package io.jobrelay.ops;

import java.time.Clock;
import java.time.Duration;

/** How long an ended job is kept. */
public final class Retention {

    private final Clock clock;
    private final Duration kept;

    /**
     * @param clock the relay's
     * @param kept {@code relay.retention}
     */
    public Retention(Clock clock, Duration kept) {
        this.clock = clock;
        this.kept = kept;
    }

    /** @return milliseconds since the epoch: a job that ended before then may leave */
    public long before() {
        return clock.millis() - kept.toMillis();
    }
}
