package io.jobrelay.time;

import io.jobrelay.api.ApiAnswer;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongSupplier;
import java.util.stream.Collectors;
import org.apache.camel.Body;
import org.apache.camel.NamedNode;
import org.apache.camel.Processor;
import org.apache.camel.Route;
import org.apache.camel.Variable;
import org.apache.camel.spi.Policy;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Says what is to be done when the clock was put forward or back: while this process runs it notices by a time that never jumps, at a start by
 * the latest time that any instance has seen, and so it does where another instance's clock was ahead. Put back: nothing waits for longer than
 * it was to. Put forward: what must not end early (a submit in doubt, a pause, a claim, a place in the budget) waits on, and nothing old is
 * removed before that much time has passed, or the API's {@code Date} shows that the clock was right before and is right now.
 */
public final class ClockJumps implements Policy {

    private static final Logger LOG = LoggerFactory.getLogger(ClockJumps.class);
    private static final Duration LOOK = Duration.ofMinutes(1);
    private static final Duration TOLD = Duration.ofHours(1);
    /** So much the clocks of two machines may differ, and nobody minds. */
    private static final long SKEW_MILLIS = 5_000;
    /** The latest time seen is noted once a minute: a relay that was away for less was not away. */
    private static final long ABSENCE_MILLIS = 120_000;
    private static final long AGREES_MILLIS = 300_000;
    /** A tenth of the time that something is kept for is a difference that matters. */
    private static final int PARTS = 10;
    private static final long PATIENCE_SECONDS = 5;
    private static final long DAY_MILLIS = Duration.ofDays(1).toMillis();

    /** How long what is removed one day is kept until then; empty where it stays. */
    public record Kept(Duration jobs, Optional<Duration> results, Optional<Duration> done) {
    }

    private final RelayClock clock;
    private final LongSupplier nanos;
    private final long lease;
    private final long longestCall;
    private final boolean alone;
    private final Kept kept;
    private final ReentrantLock looking = new ReentrantLock();
    private boolean compared;
    private boolean backAgain;
    private long lookedAt;
    private long putAt;
    private long putBy;
    private boolean right;
    private boolean explainable;
    private Boolean agrees;
    private String told;
    private long toldAt;
    private Long othersAt;

    /**
     * @param clock the relay's
     * @param nanos a time that never jumps
     * @param lease the length of a claim
     * @param longestCall how long a call can hold its place in the budget
     * @param sandbox whether the API is the relay's own, whose {@code Date} is of this clock and shows nothing
     * @param kept how long what has ended stays
     */
    public ClockJumps(RelayClock clock, LongSupplier nanos, Duration lease, Duration longestCall, boolean sandbox, Kept kept) {
        this.clock = clock;
        this.nanos = nanos;
        this.lease = lease.toMillis();
        this.longestCall = longestCall.toMillis();
        this.alone = sandbox;
        this.kept = kept;
    }

    @Override
    public void beforeWrap(Route route, NamedNode definition) {
        // the definition stays as it is
    }

    /** The steps inside are done where it is time to look, by one thread at a time; another waits for it a little. */
    @Override
    public Processor wrap(Route route, Processor steps) {
        return exchange -> {
            if (due() && looking.tryLock(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
                try {
                    if (due()) {
                        steps.process(exchange);
                        settled(exchange.getException() == null);
                    }
                } finally {
                    looking.unlock();
                }
            }
        };
    }

    /** Whether to look: at the start, a minute after the last time, and when the clock has stepped or was found right or wrong */
    private synchronized boolean due() {
        return !compared || clock.step() != null || agrees != null && agrees != right || nanos.getAsLong() - lookedAt >= LOOK.toNanos();
    }

    /** @return whether the clock has been compared with what was seen of it before: until then nothing is sent again that is in doubt */
    public synchronized boolean compared() {
        return compared;
    }

    /**
     * @param rows {@code name} and {@code n} of what the instances have seen
     * @return what is to be done, {@code ahead}, {@code away} or {@code back}, with the times that the statements name, in milliseconds;
     *     and what is to be noted of it, {@code latest}, {@code put}, {@code put_by} and {@code right}, null where it is noted so
     */
    public synchronized Map<String, Object> look(@Body List<Map<String, Object>> rows) {
        Map<String, Long> stored = rows.stream().collect(Collectors.toMap(r -> (String) r.get("name"), r -> ((Number) r.get("n")).longValue()));
        long seen = stored.getOrDefault("clock.seen", 0L);
        putAt = stored.getOrDefault("clock.put", 0L);
        putBy = stored.getOrDefault("clock.put.by", 0L);
        right = compared ? right : stored.getOrDefault("clock.right", 0L) == 1;
        RelayClock.Step step = clock.step();
        if (step != null && step.by() < 0) {
            step = clock.follow(step); // at once: whoever sets a time from now on sets it by the clock as it is
        }
        long now = step == null ? clock.millis() : step.now();
        long gap = compared || seen == 0 ? 0 : now - seen;
        long by = step != null ? step.by() : gap > ABSENCE_MILLIS || gap < -SKEW_MILLIS ? gap : 0;
        boolean another = by == 0 && compared && seen - now > SKEW_MILLIS;
        boolean back = by < 0 || another || backAgain && by == 0;
        Map<String, Object> plan = new HashMap<>();
        plan.put("ahead", step != null && by > 0);
        plan.put("away", step == null && by > 0);
        plan.put("back", back);
        plan.put("seen", seen);
        plan.put("taken", step);
        times(plan, step != null && by > 0 ? step : new RelayClock.Step(now, now), by);
        believe(by > 0 ? by : by < 0 ? by : another ? now - seen : 0, now);
        plan.put("latest", back || now > seen ? now : null);
        plan.put("put", changed(putAt, stored.get("clock.put")));
        plan.put("put_by", changed(putBy, stored.get("clock.put.by")));
        plan.put("right", changed(right ? 1 : 0, stored.get("clock.right")));
        tell(by, step == null, another ? seen - now : 0);
        backAgain = by < 0 || by > 0 && backAgain; // once more in a minute: somebody may have set a time just before, and written it since
        lookedAt = nanos.getAsLong();
        return plan;
    }

    private void times(Map<String, Object> plan, RelayClock.Step step, long by) {
        plan.put("old", step.shown());
        plan.put("now", step.now());
        plan.put("step", by);
        plan.put("leases_until", step.shown() + lease);
        plan.put("calls_until", step.shown() + longestCall);
    }

    /** How sure it is how old what has ended is. */
    private void believe(long by, long now) {
        if (by > 0) {
            explainable = right;
            right = false;
            agrees = null;
            putBy += by;
            putAt = now;
        } else if (by < 0) {
            right = false;
            agrees = null;
            putBy = Math.max(0, putBy + by);
            putAt = Math.min(putAt, now);
        } else if (agrees != null) {
            right = agrees;
            if (right && explainable) { // it was right before, and is right now: the time has passed indeed
                putBy = 0;
            }
            explainable = false;
        }
        if (putBy < ABSENCE_MILLIS) {
            putBy = 0;
            putAt = 0;
        }
    }

    private static Long changed(long is, Long was) {
        return was != null && was == is ? null : is;
    }

    private void tell(long by, boolean start, long others) {
        if (by < 0) {
            say("The clock of this machine " + (start ? "is behind what it was when a relay ran last, by " : "was put back by ") + span(-by)
                    + ". Nothing waits for longer than it was to.");
        } else if (by > 0 && !start) {
            say("The clock of this machine went ahead by " + span(by) + " at once. What is in doubt, paused or in hand waits on as it was to, and"
                    + " nothing old is removed before it is certain how old it is.");
        } else if (others > 0 && (othersAt == null || nanos.getAsLong() - othersAt > TOLD.toNanos())) {
            othersAt = nanos.getAsLong();
            say("The clock of another instance is, or was, " + span(others) + " ahead of this machine's. Nothing waits for longer than it was to.");
        }
    }

    private void say(String sentence) {
        LOG.warn(sentence);
        told = sentence;
        toldAt = nanos.getAsLong();
    }

    /** @return for health: what was said of the clock in the last hour */
    public synchronized List<String> sentences() {
        return told == null || nanos.getAsLong() - toldAt > TOLD.toNanos() ? List.of() : List.of(told);
    }

    /**
     * The clock is followed when what must not end early has been seen to.
     *
     * @param plan from {@link #look}, with the times as they are at this moment from now on: what was set meanwhile is seen to after that
     */
    public void follow(@Body Map<String, Object> plan) {
        if (plan.get("taken") instanceof RelayClock.Step step) {
            RelayClock.Step followed = clock.follow(step);
            times(plan, followed, followed.by());
        }
    }

    private synchronized void settled(boolean done) {
        compared |= done;
    }

    /**
     * Hears what the time is by the API's clock.
     *
     * @param answer that came
     */
    public synchronized void heard(@Variable("answer") ApiAnswer answer) {
        if (!alone && answer.code() != 0) {
            long now = clock.millis();
            answer.date(clock).ifPresent(date -> agrees = Math.abs(date.toEpochMilli() - now) < AGREES_MILLIS);
        }
    }

    /** @return whether it is certain that jobs which seem old enough to leave are so old */
    public boolean sureOfJobs() {
        return sure(kept.jobs().toMillis());
    }

    /** @return the same of the files of the file sink; what was left half written stays for a day */
    public boolean sureOfResults() {
        return sure(kept.results().map(Duration::toMillis).orElse(DAY_MILLIS));
    }

    /** @return the same of the files in the inbox's {@code .done} */
    public boolean sureOfDone() {
        return sure(kept.done().map(Duration::toMillis).orElse(DAY_MILLIS));
    }

    private synchronized boolean sure(long stays) {
        return compared && (putBy < stays / PARTS || clock.millis() - putAt >= stays);
    }

    private static String span(long millis) {
        Duration span = Duration.ofMillis(millis + 500);
        return span.toDays() > 1 ? span.toDays() + " days" : span.toHours() > 1 ? span.toHours() + " hours"
                : span.toMinutes() > 1 ? span.toMinutes() + " minutes" : span.toSeconds() + " seconds";
    }
}
