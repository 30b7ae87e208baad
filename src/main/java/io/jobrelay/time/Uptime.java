package io.jobrelay.time;

import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;
import org.apache.camel.CamelContext;
import org.apache.camel.support.service.ServiceSupport;

/**
 * How long this process has run, in milliseconds: time in which its machine slept, or it was stopped, does not count, and no clock that is set
 * changes it. Looked at once a second.
 */
public final class Uptime extends ServiceSupport implements LongSupplier {

    private static final long LOOK_MILLIS = 1_000;
    private static final long MOST_BETWEEN_LOOKS = TimeUnit.MILLISECONDS.toNanos(3 * LOOK_MILLIS);
    private final CamelContext context;
    private final AtomicLong nanos = new AtomicLong();
    private long last;
    private ScheduledExecutorService thread;

    /** @param context whose life it shares */
    public Uptime(CamelContext context) {
        this.context = context;
    }

    @Override
    public long getAsLong() {
        return TimeUnit.NANOSECONDS.toMillis(nanos.get());
    }

    private void look() {
        long now = System.nanoTime();
        nanos.addAndGet(Math.min(now - last, MOST_BETWEEN_LOOKS));
        last = now;
    }

    @Override
    protected void doStart() {
        last = System.nanoTime();
        thread = context.getExecutorServiceManager().newSingleThreadScheduledExecutor(this, "relay-uptime");
        thread.scheduleWithFixedDelay(this::look, LOOK_MILLIS, LOOK_MILLIS, TimeUnit.MILLISECONDS);
    }

    @Override
    protected void doStop() {
        context.getExecutorServiceManager().shutdownNow(thread);
    }
}
