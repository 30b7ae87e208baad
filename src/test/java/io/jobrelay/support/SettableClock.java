package io.jobrelay.support;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.concurrent.atomic.AtomicReference;

/**
 * The relay's one clock, moved by hand: it starts at the real time, in whole milliseconds, and stands still until it is told to move. When it
 * is advanced, running time goes on with it; when it is set, or jumps, it is only the clock that is wrong or was put right.
 */
public final class SettableClock extends Clock {

    /** Both at once, so that nobody sees time that has passed on one of them only. */
    private record Moment(Instant time, long nanos) {
    }

    private final AtomicReference<Moment> now = new AtomicReference<>(new Moment(Instant.ofEpochMilli(System.currentTimeMillis()), 0));

    /** @param step by which time goes on; may be negative */
    public void advance(Duration step) {
        now.updateAndGet(m -> new Moment(m.time().plus(step), m.nanos() + Math.max(0, step.toNanos())));
    }

    /** @param step by which the clock is put forward, or back where it is negative, while no time passes */
    public void jump(Duration step) {
        now.updateAndGet(m -> new Moment(m.time().plus(step), m.nanos()));
    }

    /** @return running time, as {@link System#nanoTime} */
    public long nanos() {
        return now.get().nanos();
    }

    /** @param time it is from now on */
    public void set(Instant time) {
        now.updateAndGet(m -> new Moment(time, m.nanos()));
    }

    @Override
    public Instant instant() {
        return now.get().time();
    }

    @Override
    public ZoneId getZone() {
        return ZoneOffset.UTC;
    }

    @Override
    public Clock withZone(ZoneId zone) {
        return this;
    }
}
