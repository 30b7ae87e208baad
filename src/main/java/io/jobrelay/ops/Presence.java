package io.jobrelay.ops;

import io.jobrelay.db.Database;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.function.Supplier;
import org.apache.camel.Body;
import org.apache.camel.Variable;

/**
 * Notices that nobody was there to take callbacks: at the start, when no other instance has been alive a moment ago, and when the database
 * comes back. On H2 there is only one instance, so every start counts.
 */
public final class Presence {

    private static final Duration MOMENT = Duration.ofSeconds(5);
    private static final Duration STANDSTILL = Duration.ofSeconds(60);
    private final boolean alone;
    private final Clock clock;
    private final Supplier<List<String>> dead;
    private long before;
    private Long lastBeat;
    private int tries;
    private int absences;
    private boolean takenOver;
    private boolean missed;
    private boolean watching;

    /**
     * @param database that all instances share
     * @param clock the relay's
     */
    public Presence(Database database, Clock clock) {
        this(database, clock, List::of);
    }

    /**
     * @param database that all instances share
     * @param clock the relay's
     * @param dead what the claims of processes begin with of which it is certain that they are dead
     */
    public Presence(Database database, Clock clock, Supplier<List<String>> dead) {
        this.alone = database.alone();
        this.clock = clock;
        this.dead = dead;
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

    /**
     * @param count of jobs marked so far
     * @param rows marked now
     * @return how many they are together
     */
    public int plus(@Variable("count") int count, @Body List<?> rows) {
        return count + rows.size();
    }

    /** @return whether jobs are to be marked that may have missed their callback */
    public synchronized boolean missed() {
        return missed;
    }

    /** @return the number of the last absence, for {@link #marked} */
    public synchronized int absence() {
        return absences;
    }

    /**
     * The jobs whose callbacks may have been missed are marked to be polled.
     *
     * @param absence after which they were; where there was another since, they have to be marked again
     */
    public synchronized void marked(@Variable("absence") int absence) {
        missed &= absence != absences;
    }

    /** @return patterns of SQL's LIKE: what is claimed so, and not by this process, belongs to a dead one; none once that has been released */
    public synchronized List<String> dead() {
        return takenOver ? List.of() : alone ? List.of("%") : dead.get().stream().map(name -> name + "-%").toList();
    }

    /** What dead processes had claimed has been released. */
    public synchronized void tookOver() {
        takenOver = true;
    }

    /** @return what is written for the others to see: the milliseconds since the epoch, as text */
    public String beat() {
        return String.valueOf(clock.millis());
    }

    /** @return milliseconds since the epoch: a job accepted later was submitted when this instance was there to take its callback */
    public synchronized long before() {
        return before;
    }

    /** @return whether the jobs polled after an absence are still being counted */
    public synchronized boolean watching() {
        return watching && !missed; // before they are marked there is none to count
    }

    /** The last of them has been polled. */
    public synchronized void seenThrough() {
        watching = false;
    }

    /**
     * @return whether the others are told that this instance is alive; not before all is marked: if it died in the midst of that, the next
     *     would take the absence for one that had been seen to
     */
    public synchronized boolean shared() {
        return !alone && !missed;
    }
}
