package io.jobrelay.time;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.function.LongSupplier;
import org.apache.camel.Body;

/**
 * How long a relay has been running on this database, whatever its clock says: a clock may be days ahead for a moment, and a relay may have
 * been stopped for a week, but neither is time in which somebody could have answered. The sum is kept in the database, so that it goes on over
 * restarts; where several instances run they count the same minutes once.
 */
public final class RunningTime {

    private static final Duration STEP = Duration.ofMinutes(1);
    /** A process that was frozen for longer did not run meanwhile, though its time went on. */
    private static final Duration LONGEST_STEP = Duration.ofHours(1);
    private final LongSupplier nanos;
    private long total = -1;
    private long at;

    /** @param nanos a time that never jumps, from any beginning: {@link System#nanoTime} */
    public RunningTime(LongSupplier nanos) {
        this.nanos = nanos;
    }

    /** @return whether it is to be counted: a minute after the last time, and at the start */
    public synchronized boolean due() {
        return total < 0 || nanos.getAsLong() - at >= STEP.toNanos();
    }

    /** @return whether it has been read once: until then it says nothing, and nobody is asked for a job */
    public synchronized boolean known() {
        return total >= 0;
    }

    /**
     * Counts what has passed here since the last time, less what other instances have counted meanwhile.
     *
     * @param stored rows of {@code relay_tally}, among them {@code running}, the sum in milliseconds
     * @return {@code seen}, that sum, and {@code running}, the sum from now on
     */
    public synchronized Map<String, Object> count(@Body List<Map<String, Object>> stored) {
        long seen = stored.stream().filter(row -> row.get("name").equals("running")).mapToLong(row -> ((Number) row.get("n")).longValue()).sum();
        total = total < 0 ? seen : Math.max(seen, total) + Math.max(0, passed() - Math.max(0, seen - total));
        at = nanos.getAsLong();
        return Map.of("seen", seen, "running", total);
    }

    /** @return milliseconds that a relay has been running so far */
    public synchronized long now() {
        return total < 0 ? 0 : total + passed();
    }

    private long passed() {
        return Math.min(LONGEST_STEP.toMillis(), Math.max(0, nanos.getAsLong() - at) / 1_000_000);
    }
}
