package io.jobrelay.bench;

import io.jobrelay.support.RelayFixture;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.stream.Collectors;

/**
 * What a callback passes from the webhook until its outcome is a file: exchanges, steps, beans, statements. It does not depend on the machine,
 * and it is what a relay that has just started is slow with. Counted in a relay inside this process; of several rounds the least counts, since
 * timers pass now and then.
 */
final class Passes implements Part {

    private static final int ROUNDS = 11;
    private static final int GROUP = 32;
    private static final long QUIET_MILLIS = 300;
    private static final long LOOK_MILLIS = 20;

    @Override
    public String name() {
        return "passes";
    }

    @Override
    public void measure(Session session, Kind kind, Report report) throws Exception {
        RelayFixture relay = new RelayFixture().with("relay.webhook.secret", Jobs.SECRET).with("relay.poll.interval", "1h");
        try (relay; CountingDriver driver = new CountingDriver(kind == Kind.H2 ? "jdbc:h2:" : "jdbc:postgresql:");
                Counted counted = new Counted(kind == Kind.H2 ? relay.withFileDatabase() : relay.withPostgres(), driver)) {
            List<Map<String, Integer>> alone = new ArrayList<>();
            List<Map<String, Integer>> together = new ArrayList<>();
            for (int round = 0; round < Scale.rounds(ROUNDS); round++) {
                alone.add(counted.alone());
                together.add(counted.oneAndGroup());
            }
            Map<String, Double> one = least(alone);
            Map<String, Double> each = least(together);
            each.replaceAll((what, n) -> (n - one.getOrDefault(what, 0.0)) / GROUP);
            report.add(row("a callback alone", kind, one));
            report.add(row("a callback in a group of " + GROUP, kind, each));
        }
    }

    private static Row row(String which, Kind kind, Map<String, Double> counts) {
        String told = List.of("exchanges", "steps", "beans", "statements", "transactions").stream()
                .map(what -> Row.number(counts.getOrDefault(what, 0.0)) + " " + what).collect(Collectors.joining(", "));
        String routes = counts.entrySet().stream().filter(e -> e.getKey().startsWith(Passed.ROUTE) && Math.abs(e.getValue()) > 0.005)
                .map(e -> e.getKey().substring(Passed.ROUTE.length()) + " " + Row.number(e.getValue())).collect(Collectors.joining(", "));
        return Row.counted("what " + which + " passes from the webhook to its file, " + kind, told, "steps of each route: " + routes);
    }

    private static Map<String, Double> least(List<Map<String, Integer>> rounds) {
        return rounds.stream().flatMap(round -> round.keySet().stream()).distinct().collect(Collectors.toMap(what -> what, what -> {
            Series series = new Series();
            rounds.forEach(round -> series.add(round.getOrDefault(what, 0)));
            return series.min();
        }, (a, b) -> a, TreeMap::new));
    }

    /** A relay that counts. */
    private static final class Counted implements AutoCloseable {

        private final RelayFixture relay;
        private final CountingDriver driver;
        private final Passed passed = new Passed();
        private final Jobs jobs = new Jobs();
        private final ExecutorService senders = Executors.newFixedThreadPool(GROUP + 1);
        private int sent;

        Counted(RelayFixture fixture, CountingDriver driver) {
            this.relay = fixture.withBean("bench-passed", passed).start();
            this.driver = driver;
        }

        /** @return what one callback passed */
        Map<String, Integer> alone() {
            open(1);
            Map<String, Integer> before = counts();
            send().join();
            return since(before);
        }

        /** @return what a callback and a group passed that came while that was being stored */
        Map<String, Integer> oneAndGroup() {
            open(1 + GROUP);
            Map<String, Integer> before = counts();
            List<CompletableFuture<Void>> all = new ArrayList<>();
            driver.hold();
            try {
                all.add(send());
                await(before, 2); // its own and that of its group
                for (int i = 0; i < GROUP; i++) {
                    all.add(send());
                }
                await(before, 2 + GROUP);
            } finally {
                driver.goOn();
            }
            all.forEach(CompletableFuture::join);
            return since(before);
        }

        private void open(int count) {
            for (int n = sent; n < sent + count; n++) {
                relay.insertJob(Map.of("id", Jobs.id(n), "status", "InProgress", "job_id", Jobs.id(n)));
            }
        }

        private CompletableFuture<Void> send() {
            int n = sent++;
            return CompletableFuture.runAsync(() -> {
                try (Wire wire = new Wire(relay.publicPort())) {
                    int status = wire.send(jobs.request(n));
                    if (status != 200) {
                        throw new IllegalStateException("a callback was answered " + status);
                    }
                } catch (IOException e) {
                    throw new UncheckedIOException(e);
                }
            }, senders);
        }

        private void await(Map<String, Integer> before, int exchanges) {
            while (counts().get("exchanges") < before.getOrDefault("exchanges", 0) + exchanges) {
                Pause.millis(LOOK_MILLIS);
            }
            Pause.millis(LOOK_MILLIS); // until the last is where it waits
        }

        private Map<String, Integer> since(Map<String, Integer> before) {
            Map<String, Integer> now = counts();
            for (long quiet = 0; quiet < QUIET_MILLIS || relay.resultFiles().size() < sent; quiet += LOOK_MILLIS) {
                Pause.millis(LOOK_MILLIS);
                Map<String, Integer> then = now;
                now = counts();
                quiet = now.equals(then) ? quiet : 0;
            }
            Map<String, Integer> grown = now;
            before.forEach((what, n) -> grown.merge(what, -n, Integer::sum));
            return grown;
        }

        private Map<String, Integer> counts() {
            Map<String, Integer> counts = passed.counts();
            counts.put("statements", driver.statements());
            counts.put("transactions", driver.commits());
            return counts;
        }

        @Override
        public void close() {
            senders.shutdownNow();
        }
    }
}
