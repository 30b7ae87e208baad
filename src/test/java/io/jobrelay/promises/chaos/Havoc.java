package io.jobrelay.promises.chaos;

import io.jobrelay.support.RelayProcess;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** Kills, stops and restarts what the relays are made of, one after the other, at moments that the seed chooses. */
final class Havoc {

    private static final long LONGEST_START = Duration.ofSeconds(20).toNanos();
    /** What the shortest run on the slowest machine sees too: a kill, a database crash and a standstill. */
    private static final List<Integer> SURE = List.of(0, 60, 50);
    private final Dice dice;
    private final List<RelayProcess> relays;
    private final StoppablePostgres database;
    private final FaultyApi api;
    private int blows;
    private int kills;
    private int stops;
    private int crashes;
    private int freezes;
    private int revocations;

    /**
     * @param seed of the run
     * @param relays to kill
     * @param database to crash
     * @param api whose tokens to revoke
     */
    Havoc(long seed, List<RelayProcess> relays, StoppablePostgres database, FaultyApi api) {
        this.dice = new Dice(seed, 'H');
        this.relays = relays;
        this.database = database;
        this.api = api;
    }

    /**
     * Goes on for a while; afterwards everything is being started again.
     *
     * @param time it takes
     */
    void rage(Duration time) throws InterruptedException {
        long end = System.nanoTime() + time.toNanos();
        while (System.nanoTime() < end) {
            RelayProcess one = relays.get(dice.between(0, relays.size() - 1));
            int luck = blows < SURE.size() ? SURE.get(blows) : dice.percent();
            blows++;
            if (luck < 32) {
                kills++;
                one.kill();
            } else if (luck < 38) {
                kills += relays.size();
                relays.forEach(RelayProcess::kill);
            } else if (luck < 48) {
                stops++;
                one.stop();
            } else if (luck < 58) {
                freezes++;
                one.freeze();
                pause(1_000, 6_000); // its claims, of 3 s, run out or do not
                one.thaw();
            } else if (luck < 84) {
                crashes++;
                database.crash();
                pause(100, 2_500);
                database.start();
            } else if (api.revokeTokens()) {
                revocations++;
            }
            pause(0, 1_000);
            relays.forEach(RelayProcess::startThatMayEnd);
            if (dice.of(75)) {
                untilWell(one, Math.min(end, System.nanoTime() + LONGEST_START)); // else the next blow may fall while it starts
            }
            pause(300, 3_000);
        }
    }

    private static void untilWell(RelayProcess relay, long end) throws InterruptedException {
        while (!relay.isHealthy() && System.nanoTime() < end) {
            relay.startThatMayEnd(); // it gives up when it finds no database
            TimeUnit.MILLISECONDS.sleep(100);
        }
    }

    private void pause(int from, int to) throws InterruptedException {
        TimeUnit.MILLISECONDS.sleep(dice.between(from, to)); // what is random here is the moment
    }

    /** @return what was done, in a few words */
    String summary() {
        return kills + " kills, " + stops + " stops, " + freezes + " standstills, " + crashes + " database crashes, " + revocations + " revocations";
    }
}
