package io.jobrelay.time;

import io.jobrelay.config.Keys;
import io.jobrelay.config.Upstream;
import io.jobrelay.registry.HealthNotice;
import io.jobrelay.registry.Wiring;
import java.time.Clock;
import java.time.Duration;
import java.util.function.LongSupplier;
import org.apache.camel.CamelContext;

/** Binds the clocks, which go on as if nothing had happened when the machine's is put forward or back. */
public final class TimeBeans {

    private TimeBeans() {
    }

    /**
     * @param context that a test may have given another one
     * @return time that never jumps
     */
    public static LongSupplier nanos(CamelContext context) {
        LongSupplier nanos = context.getRegistry().lookupByNameAndType("relay-nanos", LongSupplier.class);
        return nanos == null ? System::nanoTime : nanos;
    }

    /**
     * @param context that a test may have given another one
     * @return the machine's clock, whose steps the relay sees when they have been seen to
     */
    public static RelayClock clock(CamelContext context) {
        Clock machine = context.getRegistry().lookupByNameAndType("relay-clock", Clock.class);
        return new RelayClock(machine == null ? Clock.systemUTC() : machine, nanos(context));
    }

    /**
     * @param wiring of the relay
     * @param clock the same as its clock
     * @param upstream whether the API is the relay's own
     * @param longestPlace how long a call can hold its place in the budget
     * @return how long jobs have been waited for while this relay ran
     */
    public static RunningTime bind(Wiring wiring, RelayClock clock, Upstream upstream, Duration longestPlace) {
        Keys keys = wiring.keys();
        wiring.registry().bind("relay-clock", clock);
        if (!wiring.inHost()) {
            wiring.context().addComponent("timer", new SteadyTimers());
        }
        ClockJumps steps = new ClockJumps(clock, wiring.nanos(), keys.duration("relay.claim.lease"), longestPlace, upstream.sandbox(),
                new ClockJumps.Kept(keys.duration("relay.retention"), keys.durationOrKeep("relay.sink.file.retention"),
                        keys.durationOrKeep("relay.inbox.done-retention")));
        wiring.registry().bind("relay-clock-steps", steps);
        HealthNotice.add(wiring.context(), "relay-clock", steps::sentences);
        RunningTime running = new RunningTime(wiring.nanos());
        wiring.registry().bind("relay-running-time", running);
        return running;
    }

    /**
     * @param wiring of the relay
     * @return for how many milliseconds this process has run; in a host, whose end and whose health are its own, always 0
     * @throws Exception when the service cannot be added to the context
     */
    public static LongSupplier uptime(Wiring wiring) throws Exception {
        LongSupplier known = wiring.context().getRegistry().lookupByNameAndType("relay-uptime", LongSupplier.class);
        if (known != null || wiring.inHost()) {
            return known == null ? () -> 0 : known;
        }
        Uptime own = new Uptime(wiring.context());
        wiring.context().addService(own);
        return own;
    }
}
