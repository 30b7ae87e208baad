package io.jobrelay.time;

import java.time.Clock;
import java.time.Instant;
import java.time.ZoneId;
import java.util.function.LongSupplier;

/**
 * The machine's clock, whose steps nobody sees before they have been seen to: when it is put forward or back, this one goes on as if nothing
 * had happened until {@link #follow}. What a clock that is slewed does, or a leap second, is no step.
 */
public final class RelayClock extends Clock {

    /** A smaller difference is an inaccuracy: whatever is waited for waits that much longer or shorter. */
    private static final long LEAST_STEP_MILLIS = 2_000;
    /** Two readings that lie further apart do not belong together: the thread has been waiting in between. */
    private static final long SAME_MOMENT_NANOS = 50_000_000;
    private static final int MOST_READINGS = 20;
    private final Clock machine;
    private final LongSupplier nanos;
    private long shown;
    private long read;
    private long at;

    /** A step: the time as it is shown, and what the machine's clock says instead; milliseconds since the epoch. */
    public record Step(long shown, long now) {

        /** @return milliseconds by which the clock was put forward; negative where it was put back */
        public long by() {
            return now - shown;
        }
    }

    /**
     * @param machine the machine's clock
     * @param nanos a time that never jumps, from any beginning: {@link System#nanoTime}
     */
    public RelayClock(Clock machine, LongSupplier nanos) {
        this.machine = machine;
        this.nanos = nanos;
        this.at = nanos.getAsLong();
        this.read = machine.millis();
        this.shown = read;
    }

    private void look() {
        long before;
        long now;
        long after;
        int readings = 0;
        do {
            before = nanos.getAsLong();
            now = machine.millis();
            after = nanos.getAsLong();
        } while (after - before > SAME_MOMENT_NANOS && ++readings < MOST_READINGS);
        long passed = (after - at) / 1_000_000;
        shown += Math.abs(now - read - passed) < LEAST_STEP_MILLIS ? now - read : passed;
        read = now;
        at = after;
        if (Math.abs(read - shown) < LEAST_STEP_MILLIS) {
            shown = read; // no step, or it is where it was before
        }
    }

    /** @return the step that has not been followed yet, as of now; null when there is none */
    public synchronized Step step() {
        look();
        return read == shown ? null : new Step(shown, read);
    }

    /**
     * Shows from now on what the machine's clock says.
     *
     * @param step that has been seen to; where the clock has been put elsewhere since, that is a step again
     * @return the step as it was at this moment
     */
    public synchronized Step follow(Step step) {
        look();
        long by = read - shown;
        if (Math.abs(by - step.by()) < LEAST_STEP_MILLIS) {
            Step followed = new Step(shown, read);
            shown = read;
            return followed;
        }
        return step; // another thread has followed it, or there is another step
    }

    @Override
    public synchronized long millis() {
        look();
        return shown;
    }

    @Override
    public Instant instant() {
        return Instant.ofEpochMilli(millis());
    }

    @Override
    public ZoneId getZone() {
        return machine.getZone();
    }

    @Override
    public Clock withZone(ZoneId zone) {
        return this; // what is told is told in UTC
    }
}
