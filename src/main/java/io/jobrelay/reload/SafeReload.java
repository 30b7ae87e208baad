package io.jobrelay.reload;

import io.jobrelay.config.Layers;
import io.jobrelay.config.StartFailure;
import io.jobrelay.http.Turnstile;
import io.jobrelay.ops.Redaction;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.apache.camel.CamelContext;
import org.apache.camel.support.LifecycleStrategySupport;
import org.apache.camel.support.ResourceReloadStrategySupport;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Lets edited files of {@code routes/} take effect while the relay runs. A change is checked first ({@link RouteCheck}); what does not pass
 * changes nothing, is told in one line, and stays in the health report until it is repaired. What passes takes the place of what that file held
 * before, and of nothing else ({@link RouteExchange}). The files are looked at four times a second, and taken when they have been quiet.
 */
public final class SafeReload extends ResourceReloadStrategySupport {

    /** The routes that Java calls by name: no edit may take them away. */
    static final Set<String> CALLED_FROM_JAVA = Set.of("intake-store", "poll-soon", "ops-gauges", "settle-callbacks", "submit-due", "poll-due",
            "forward-delivered", "forward-due", "ops-missed", "api-call", "ops-audit-laws", "sandbox-result-due", "sandbox-callback-due");

    private static final Logger LOG = LoggerFactory.getLogger(SafeReload.class);
    private static final long LOOK_MILLIS = 250;
    private static final Duration QUIET = Duration.ofMillis(300);
    private static final Duration LONGEST_QUIET = Duration.ofSeconds(2);
    private static final Duration PATIENCE = Duration.ofMillis(1_500); // less than a callback waits to be stored
    private static final Duration MOST_PATIENCE = Duration.ofSeconds(60);

    private final Watched watched;
    private final boolean enabled;
    private final List<Turnstile> turnstiles;
    private final Map<String, String> rejected = new TreeMap<>();
    private final Set<String> rebuild = new TreeSet<>();
    private ExchangeableDirect direct;
    private RouteCheck check;
    private RouteExchange exchange;
    private RouteCheck.World world;
    private Map<String, RouteFile> baseline;
    private Map<String, RouteFile> looked = Map.of();
    private long firstChange;
    private long lastChange;
    private boolean stirring;
    private boolean again;
    private Duration patience = PATIENCE;
    private String trouble = "";
    private ScheduledExecutorService timer;

    /**
     * What the files hold now is what runs: to be made before Camel reads them.
     *
     * @param layers where the files lie
     * @param enabled {@code relay.routes.reload}; if false nothing is watched
     * @param turnstiles in front of the HTTP ports
     * @throws IOException when the files cannot be read
     */
    public SafeReload(Layers layers, boolean enabled, List<Turnstile> turnstiles) throws IOException {
        this.watched = new Watched(layers);
        this.enabled = enabled && !layers.files().isEmpty(); // files of the class path do not change
        this.turnstiles = turnstiles;
        this.baseline = this.enabled ? watched.read() : Map.of();
    }

    /**
     * Adds it to a context.
     *
     * @param context not started yet
     * @throws Exception when the context does not take the service
     */
    public void addTo(CamelContext context) throws Exception {
        if (enabled) {
            direct = new ExchangeableDirect();
            context.addComponent("direct", direct);
        }
        context.addService(this);
        context.addLifecycleStrategy(new LifecycleStrategySupport() {
            @Override
            public void onContextStarted(CamelContext started) {
                begin(started);
            }
        });
    }

    private synchronized void begin(CamelContext context) {
        MeterRegistry meters = context.getRegistry().findSingleByType(MeterRegistry.class);
        if (meters != null) {
            Gauge.builder("relay.routes.rejected", this, reload -> reload.rejected().size())
                    .description("route and SQL files whose edit was not taken").register(meters);
        }
        if (enabled) {
            check = new RouteCheck(context);
            exchange = new RouteExchange(context, direct, turnstiles);
            looked = baseline;
            timer = context.getExecutorServiceManager().newScheduledThreadPool(this, "relay-reload", 1);
            timer.scheduleWithFixedDelay(this::look, LOOK_MILLIS, LOOK_MILLIS, TimeUnit.MILLISECONDS);
        }
    }

    @Override
    protected void doStop() {
        if (timer != null) {
            timer.shutdownNow();
        }
    }

    /** @return whether files are watched */
    public boolean enabled() {
        return enabled;
    }

    /** @return a sentence for each file whose edit was not taken, with line and cause; none when all are as they run */
    public List<String> rejected() {
        synchronized (rejected) {
            return List.copyOf(rejected.values());
        }
    }

    /**
     * Looks at the files at once, without waiting for quiet.
     *
     * @param source who asks for it
     */
    @Override
    public void onReload(Object source) {
        if (enabled && check != null) {
            look(true);
        }
    }

    private void look() {
        look(false);
    }

    private synchronized void look(boolean now) {
        if (getCamelContext().isStopping() || getCamelContext().isStopped()) {
            return;
        }
        try {
            Map<String, RouteFile> files = watched.read();
            long time = System.nanoTime();
            if (!files.equals(looked)) {
                firstChange = stirring ? firstChange : time;
                lastChange = time;
                stirring = true;
                looked = files;
            }
            if (stirring && (now || time - lastChange >= QUIET.toNanos() || time - firstChange >= LONGEST_QUIET.toNanos())) {
                stirring = false;
                again = true;
            }
            if (again) {
                again = false;
                take(files);
            }
            told("");
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (SQLException e) {
            again = true;
            told("Edited routes wait for the database: " + Redaction.of(e));
        } catch (NoSuchFileException e) {
            LOG.debug("A file went while it was looked at: {}", e.getMessage());
        } catch (IOException | StartFailure e) {
            told("The routes cannot be watched at this moment: " + Redaction.of(e));
        } catch (Exception | LinkageError e) {
            incFailedCounter();
            LOG.error("An edit of the routes failed in a way that was not foreseen; what ran keeps running", e);
        }
    }

    private void told(String now) {
        if (!now.isEmpty() && !now.equals(trouble)) {
            LOG.warn(now);
        }
        trouble = now;
    }

    private void take(Map<String, RouteFile> disk) throws SQLException, InterruptedException, Rejected {
        if (world == null) {
            world = new RouteCheck.World(baseline, check.read(routeFiles(baseline.values())));
        }
        Set<String> pending = different(world.files(), disk);
        Set<String> taken = new TreeSet<>(pending);
        Map<String, Rejected> failures = new LinkedHashMap<>();
        RouteCheck.World next = null;
        while (!taken.isEmpty() && next == null) {
            try {
                withoutBroken(taken, pending, disk);
                next = check.check(world, changed(world.files(), disk, taken), taken);
            } catch (Rejected e) {
                failures.put(e.file(), e);
                if (!taken.remove(e.file())) { // a file that has not changed cannot be made again
                    taken.forEach(name -> failures.put(name, e));
                    taken.clear();
                }
            }
        }
        if (next != null && !put(next, taken, failures)) {
            again = true;
        }
        tell(failures, next == null ? Set.of() : taken);
        rebuild(pending);
    }

    /** A statement that is not taken stands on the disk all the same: routes that use it cannot be made now. */
    private static void withoutBroken(Set<String> taken, Set<String> pending, Map<String, RouteFile> disk) throws Rejected {
        for (String name : taken) {
            RouteFile file = disk.get(name);
            if (file != null && !file.isSql()) {
                for (String statement : file.statements()) {
                    if (pending.contains(statement) && !taken.contains(statement)) {
                        throw new Rejected(name, 0, "it uses routes/" + statement + ", which was not taken");
                    }
                }
            }
        }
    }

    /** @return false when work is under way; nothing has changed then */
    private boolean put(RouteCheck.World next, Set<String> taken, Map<String, Rejected> failures) throws InterruptedException {
        Set<String> names = new TreeSet<>(taken);
        names.removeIf(name -> name.endsWith(".sql"));
        try {
            if (!names.isEmpty() && !exchange.exchange(side(world, names), side(next, names), patience)) {
                later(names);
                return false;
            }
        } catch (Rejected e) {
            taken.forEach(name -> failures.put(name, e));
            return true;
        }
        rebuild.addAll(RouteCheck.dependents(world, next.contents(), next.files(), taken));
        rebuild.removeAll(names);
        world = next;
        patience = PATIENCE;
        incSucceededCounter();
        LOG.info("In effect: {}", String.join(", ", taken.stream().map(name -> "routes/" + name + (next.files().containsKey(name) ? "" : " (gone)")).toList()));
        return true;
    }

    private void rebuild(Set<String> pending) throws InterruptedException {
        for (String name : List.copyOf(rebuild)) {
            RouteFile file = world.files().get(name);
            if (file == null) {
                rebuild.remove(name);
                continue;
            }
            if (file.statements().stream().anyMatch(statement -> pending.contains(statement) && !Objects.equals(world.files().get(statement), looked.get(statement)))) {
                again = true; // its statement is broken on the disk
                continue;
            }
            try {
                RouteCheck.World one = world;
                RouteExchange.Side old = side(one, Set.of(name));
                RouteExchange.Side same = new RouteExchange.Side(List.of(RouteCheck.withoutBeans(file)), old.contents());
                if (exchange.exchange(same, same, patience)) {
                    rebuild.remove(name);
                } else {
                    later(Set.of(name));
                    again = true;
                }
            } catch (Rejected e) {
                rebuild.remove(name);
                reject(name, e.getMessage());
            }
        }
    }

    private void later(Set<String> names) {
        if (patience.equals(PATIENCE)) {
            LOG.info("Waiting for work that is under way in routes/{}", String.join(", routes/", names));
        }
        patience = patience.multipliedBy(2).compareTo(MOST_PATIENCE) > 0 ? MOST_PATIENCE : patience.multipliedBy(2);
    }

    private void tell(Map<String, Rejected> failures, Set<String> taken) {
        Set<String> repaired;
        synchronized (rejected) {
            repaired = new TreeSet<>(rejected.keySet());
            repaired.removeAll(failures.keySet());
            rejected.keySet().removeAll(repaired);
        }
        repaired.removeAll(taken);
        if (!repaired.isEmpty()) {
            LOG.info("As what runs again: routes/{}", String.join(", routes/", repaired));
        }
        failures.forEach((name, failure) -> reject(name, failure.getMessage()));
    }

    private void reject(String name, String sentence) {
        boolean known;
        synchronized (rejected) {
            known = sentence.equals(rejected.put(name, sentence));
        }
        if (!known) {
            incFailedCounter();
            setLastError(new IllegalArgumentException(sentence));
            LOG.warn("Not taken, what ran keeps running: routes/{}", sentence);
        }
    }

    private static RouteExchange.Side side(RouteCheck.World world, Set<String> names) {
        List<RouteFile> files = new ArrayList<>();
        List<Contents> contents = new ArrayList<>();
        for (String name : names) {
            if (world.files().containsKey(name)) {
                files.add(world.files().get(name));
                contents.add(world.contents().get(name));
            }
        }
        return new RouteExchange.Side(files, contents);
    }

    private static Collection<RouteFile> routeFiles(Collection<RouteFile> files) {
        return files.stream().filter(file -> !file.isSql()).toList();
    }

    private static Set<String> different(Map<String, RouteFile> a, Map<String, RouteFile> b) {
        Set<String> names = new TreeSet<>(a.keySet());
        names.addAll(b.keySet());
        names.removeIf(name -> Objects.equals(a.get(name), b.get(name)));
        return names;
    }

    private static Map<String, RouteFile> changed(Map<String, RouteFile> from, Map<String, RouteFile> to, Set<String> names) {
        Map<String, RouteFile> files = new TreeMap<>(from);
        for (String name : names) {
            if (to.containsKey(name)) {
                files.put(name, to.get(name));
            } else {
                files.remove(name);
            }
        }
        return new HashMap<>(files);
    }
}
