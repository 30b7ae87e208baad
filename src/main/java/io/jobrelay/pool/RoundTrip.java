package io.jobrelay.pool;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** How far away the database is: the shortest of the last times that a question took there and back. */
final class RoundTrip {

    private static final int REMEMBERED = 5;
    /** A callback takes three ways to the database, four when it has waited for others, and is answered 503 after 1.8 s. */
    private static final long FAR_MILLIS = 250;
    private static final long TOO_FAR_MILLIS = 450;
    private final Deque<Long> measured = new ArrayDeque<>();
    private volatile long nanos;

    /** @param took there and back, in nanoseconds */
    synchronized void measured(long took) {
        if (measured.size() == REMEMBERED) {
            measured.removeFirst();
        }
        measured.addLast(took);
        nanos = measured.stream().mapToLong(Long::longValue).min().orElse(0);
    }

    /** @return the time there and back, in nanoseconds; 0 while it is not known */
    long nanos() {
        return nanos;
    }

    /** @return a sentence when callbacks suffer from it, with what was measured; else none */
    List<String> sentences() {
        long millis = TimeUnit.NANOSECONDS.toMillis(nanos);
        return millis < FAR_MILLIS ? List.of() : List.of("The database is " + millis + " ms away, there and back, and a callback takes three such"
                + " ways: " + (millis < TOO_FAR_MILLIS ? "it is answered late, and 503 when many come." : "it is mostly answered 503.")
                + " Let the relay run nearer to its database; below 100 ms nobody notices.");
    }
}
