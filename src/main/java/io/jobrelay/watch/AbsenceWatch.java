package io.jobrelay.watch;

import io.jobrelay.db.Database;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.apache.camel.Body;
import org.apache.camel.Variable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Notices that nobody was there to take callbacks: at the start, when no other instance has been alive a moment ago, and when the database
 * comes back. On H2 there is only one instance, so every start counts.
 */
public final class AbsenceWatch {

    private static final Logger LOG = LoggerFactory.getLogger("io.jobrelay.ops");
    private static final Duration MOMENT = Duration.ofSeconds(5);
    private static final Duration STANDSTILL = Duration.ofSeconds(60);
    private final boolean alone;
    private final Clock clock;
    private final Supplier<List<String>> dead;
    private final Runnable released;
    private final String mine;
    private long before;
    private Long lastBeat;
    private int tries;
    private int absences;
    private int marking;
    private long marked;
    private boolean takenOver;
    private boolean missed;
    private boolean watching;

    /**
     * @param database that all instances share
     * @param clock the relay's
     */
    public AbsenceWatch(Database database, Clock clock) {
        this(database, clock, List::of, () -> { }, "%");
    }

    /**
     * @param database that all instances share
     * @param clock the relay's
     * @param dead what the claims of processes begin with of which it is certain that they are dead
     * @param released told once that what they had claimed has been released
     * @param mine what the claims of this process look like, as a pattern of SQL's LIKE
     */
    public AbsenceWatch(Database database, Clock clock, Supplier<List<String>> dead, Runnable released, String mine) {
        this.alone = database.alone();
        this.clock = clock;
        this.dead = dead;
        this.released = released;
        this.mine = mine;
        this.before = clock.millis();
    }

    /** Called before the database is asked; a beat that fails there is not followed by {@link #wasAway}. */
    public synchronized void trying() {
        tries++;
    }

    /**
     * Called with each beat of this instance that reached the database.
     *
     * @param alive when any instance was last alive, in milliseconds since the epoch as text; null when none ever was
     * @return whether callbacks may have been missed since; until {@link #marked} it stays so, since marking the jobs may fail or take long
     */
    public synchronized boolean wasAway(@Variable("alive") String alive) {
        long now = System.nanoTime(); // not the relay's clock: a step of that is not an absence
        boolean away = lastBeat == null ? alone || alive == null || alive.isBlank() || Math.abs(clock.millis() - Long.parseLong(alive)) > MOMENT.toMillis()
                : now - lastBeat > (tries > 1 ? MOMENT : STANDSTILL).toNanos(); // a busy machine beats late, but it was there
        if (away) {
            missed = true;
            watching = true;
            before = lastBeat == null ? before : clock.millis();
            absences++;
        }
        lastBeat = now;
        tries = 0;
        return missed;
    }

    /** @return whether jobs are to be marked that may have missed their callback */
    public synchronized boolean missed() {
        return missed;
    }

    /**
     * @param rows the group of jobs that was marked just now; anything else where the marking begins
     * @return where the next group is found: {@code after} that job's id, and accepted {@code before} that time, in milliseconds since the epoch;
     *     a job accepted later was submitted when this instance was there to take its callback
     */
    public synchronized Map<String, Object> next(@Body Object rows) {
        if (rows instanceof List<?> group && !group.isEmpty()) {
            marked += group.size();
            return Map.of("after", ((Map<?, ?>) group.get(group.size() - 1)).get("id"), "before", before);
        }
        marking = absences;
        marked = 0;
        return Map.of("after", "", "before", before);
    }

    /**
     * The jobs whose callbacks may have been missed are marked to be polled. Where there was another absence since that began, they have to be
     * marked again.
     *
     * @param rows the last group of them
     */
    public synchronized void marked(@Body List<?> rows) {
        missed &= marking != absences;
        if (marked + rows.size() > 0) {
            LOG.info("{} open jobs may have missed their callback while the relay or its database was away; they are polled first.",
                    marked + rows.size());
        }
    }

    /**
     * @return patterns of SQL's LIKE: what is claimed like {@code dead}, and not like {@code mine}, belongs to a dead process; none once that has
     *     been released
     */
    public synchronized List<Map<String, Object>> dead() {
        List<String> patterns = takenOver ? List.of() : alone ? List.of("%") : dead.get().stream().map(name -> name + "-%").toList();
        return patterns.stream().map(pattern -> Map.<String, Object>of("dead", pattern, "mine", mine)).toList();
    }

    /** What dead processes had claimed, if there are any, has been released. */
    public synchronized void tookOver() {
        if (!dead().isEmpty()) {
            takenOver = true;
            released.run();
        }
    }

    /** @return whether the jobs polled after an absence are still being counted */
    public synchronized boolean watching() {
        return watching && !missed; // before they are marked there is none to count
    }

    /**
     * The last of them has been polled.
     *
     * @param count {@code found}, how many of them had ended
     */
    public synchronized void seenThrough(@Body Map<String, Object> count) {
        watching = false;
        if (((Number) count.get("found")).longValue() > 0) {
            LOG.info("{} of the jobs polled after the absence had ended meanwhile.", count.get("found"));
        }
    }

    /**
     * @return whether the others are told that this instance is alive; not before all is marked: if it died in the midst of that, the next
     *     would take the absence for one that had been seen to
     */
    public synchronized boolean shared() {
        return !alone && !missed;
    }
}
