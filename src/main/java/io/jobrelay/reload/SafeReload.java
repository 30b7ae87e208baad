package io.jobrelay.reload;

import io.jobrelay.config.StartFailure;
import io.jobrelay.protocol.Backoff;
import io.jobrelay.protocol.Redaction;
import io.jobrelay.routes.RejectedFile;
import io.jobrelay.routes.RouteCheck;
import io.jobrelay.routes.RouteFile;
import io.jobrelay.routes.RouteFileContents;
import io.jobrelay.routes.RouteReading;
import io.jobrelay.routes.UsableFiles;
import io.jobrelay.server.RequestGate;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.nio.file.NoSuchFileException;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.apache.camel.CamelContext;
import org.apache.camel.support.LifecycleStrategySupport;
import org.apache.camel.support.ResourceReloadStrategySupport;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Lets edited files of {@code routes/} take effect while the relay runs. A change is checked first ({@link RouteCheck}); what does not pass
 * changes nothing, is told in one line, and stays in the health report until it is repaired. What passes takes the place of what that file held
 * before, and of nothing else ({@link RouteSwap}). The files are looked at four times a second, and taken when they have been quiet. Camel's own
 * reload removes every route first, and where one file cannot be loaded there are none.
 */
public final class SafeReload extends ResourceReloadStrategySupport {

    private static final Logger LOG = LoggerFactory.getLogger(SafeReload.class);
    private static final long LOOK_MILLIS = 250;
    private static final Duration QUIET = Duration.ofMillis(300);
    private static final Duration LONGEST_QUIET = Duration.ofSeconds(2);
    private static final Duration PATIENCE = Duration.ofMillis(1_500); // less than a callback waits to be stored
    private static final Duration MOST_PATIENCE = Duration.ofSeconds(60);
    private static final Duration TRY_AGAIN = Duration.ofSeconds(30); // a file may be refused for what is around it; doubling
    private static final Duration LEAST_OFTEN = Duration.ofMinutes(10);
    private static final int LOOKS_FOR_UNREAD = 12;

    private final RouteStart start;
    private final boolean enabled;
    private final List<RequestGate> gates;
    private final Map<String, String> rejected = new TreeMap<>();
    private volatile ProfileReload profiles = ProfileReload.none();
    private final Set<String> rebuild = new TreeSet<>();
    private SwappableDirect direct;
    private RouteCheck check;
    private RouteSwap exchange;
    private RouteCheck.World world;
    private Map<String, RouteFile> looked = Map.of();
    private boolean first = true;
    private long lastTry;
    private Duration tryAgain = TRY_AGAIN;
    private long firstChange;
    private long lastChange;
    private boolean stirring;
    private boolean again;
    private Duration patience = PATIENCE;
    private String trouble = "";
    private Set<String> unread = Set.of();
    private int looks;
    private ScheduledExecutorService timer;

    /**
     * @param start that chooses what runs first
     * @param enabled {@code relay.routes.reload}; if false nothing is watched
     * @param gates in front of the HTTP ports
     */
    public SafeReload(RouteStart start, boolean enabled, List<RequestGate> gates) {
        this.start = start;
        this.enabled = enabled && !start.locations().folders().isEmpty(); // files of the class path do not change
        this.gates = gates;
    }

    /**
     * Adds it to a context.
     *
     * @param context not started yet
     * @throws Exception when the context does not take the service
     */
    public void addTo(CamelContext context) throws Exception {
        if (enabled) {
            direct = new SwappableDirect();
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
                    .description("route files, SQL files and profiles whose edit was not taken").register(meters);
        }
        synchronized (rejected) {
            rejected.putAll(start.rejected());
        }
        start.tell();
        profiles = ProfileReload.in(context);
        profiles.tell();
        tellUnread();
        timer = context.getExecutorServiceManager().newScheduledThreadPool(this, "relay-reload", 1);
        timer.execute(this::keep);
        if (enabled) {
            check = new RouteCheck(context);
            exchange = new RouteSwap(context, direct, gates);
            world = start.world();
            looked = start.disk();
            lastTry = System.nanoTime();
            timer.scheduleWithFixedDelay(this::look, LOOK_MILLIS, LOOK_MILLIS, TimeUnit.MILLISECONDS);
        } else {
            timer.shutdown();
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
            return Stream.concat(rejected.values().stream(), profiles.refused().values().stream()).toList();
        }
    }

    /** @return the same, and what keeps the next start from knowing what runs */
    public List<String> notices() {
        List<String> notices = new ArrayList<>(rejected());
        start.lastRun().trouble().ifPresent(notices::add);
        return notices;
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
            Map<String, RouteFile> files = start.watched().read();
            boolean profilesDiffer = profiles.differ();
            long time = System.nanoTime();
            if (first) {
                first = false;
                readMeanwhile(looked.isEmpty() ? Set.of() : UsableFiles.different(looked, files));
            }
            if (profilesDiffer || !files.equals(looked)) {
                firstChange = stirring ? firstChange : time;
                lastChange = time;
                stirring = true;
                looked = files;
                tryAgain = TRY_AGAIN;
            }
            if (stirring && (now || time - lastChange >= QUIET.toNanos() || time - firstChange >= LONGEST_QUIET.toNanos())) {
                stirring = false;
                again = true;
            }
            boolean due = time - lastTry >= tryAgain.toNanos() && !notices().isEmpty();
            if (again || due) {
                again = false;
                profiles.take(this::incSucceededCounter, this::notTaken);
                take(files);
                lastTry = System.nanoTime();
            }
            if (++looks % LOOKS_FOR_UNREAD == 0) {
                tellUnread();
            }
            if (due) {
                tryAgain = Backoff.next(tryAgain, TRY_AGAIN, LEAST_OFTEN);
                keep();
            }
            told("");
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (SQLException e) {
            again = true;
            told("Edited routes wait for the database: " + Redaction.of(e));
        } catch (NoSuchFileException e) {
            LOG.debug("A file went while it was looked at: {}", e.getMessage());
        } catch (StartFailure e) {
            told("The routes cannot be watched at this moment: " + Redaction.of(e));
        } catch (Exception | LinkageError | AssertionError | StackOverflowError e) {
            incFailedCounter();
            LOG.error("An edit of the routes failed in a way that was not foreseen; what ran keeps running", e);
        }
    }

    /** Whoever puts a file there means it to be read. */
    private void tellUnread() {
        Map<String, String> now = start.locations().unread();
        now.forEach((name, sentence) -> {
            if (!unread.contains(name)) {
                LOG.warn(sentence);
            }
        });
        unread = Set.copyOf(now.keySet());
    }

    private void told(String now) {
        if (!now.isEmpty() && !now.equals(trouble)) {
            LOG.warn(now);
        }
        trouble = now;
    }

    /** Camel reads statements when it makes a route: whoever uses one that changed since it was chosen may have got either. */
    private void readMeanwhile(Set<String> different) {
        for (RouteFile file : start.chosen().values()) {
            if (!file.isSql() && file.statements().stream().anyMatch(different::contains)) {
                rebuild.add(file.name());
            }
        }
    }

    private void take(Map<String, RouteFile> disk) throws SQLException, InterruptedException, RejectedFile {
        if (world == null) {
            world = new RouteCheck.World(start.chosen(), check.read(routeFiles(start.chosen().values())));
        }
        Map<String, RouteFile> here = new TreeMap<>(world.files());
        here.replaceAll((name, file) -> file.isSql() && file.equals(disk.get(name)) ? disk.get(name) : file); // it may have moved
        world = new RouteCheck.World(here, world.contents());
        Set<String> pending = UsableFiles.different(world.files(), disk);
        Map<String, RejectedFile> failures = Map.of();
        UsableFiles choice;
        do {
            choice = UsableFiles.of(check, world, disk, failures);
            failures = choice.failures();
        } while (!choice.taken().isEmpty() && !put(choice, disk, failures));
        Set<String> pinned = start.pin(world.files(), disk);
        tell(failures, choice.taken());
        rebuild(pending, pinned);
    }

    /** @return false when some of it could not be put in place, which is a failure more then; work under way is waited for */
    private boolean put(UsableFiles choice, Map<String, RouteFile> disk, Map<String, RejectedFile> failures) throws InterruptedException {
        RouteCheck.World next = choice.world();
        Set<String> taken = choice.taken();
        Set<String> names = new TreeSet<>(taken);
        names.removeIf(name -> name.endsWith(".sql"));
        start.pin(next.files(), disk);
        try {
            if (!names.isEmpty() && !exchange.exchange(side(world, names), side(next, names), patience)) {
                later(names);
                again = true;
                return true;
            }
        } catch (RejectedFile e) {
            if (taken.contains(e.file())) {
                failures.put(e.file(), e);
            } else {
                taken.forEach(name -> failures.put(name, e));
            }
            return false;
        }
        rebuild.addAll(RouteCheck.dependents(world, next.contents(), next.files(), taken));
        rebuild.removeAll(names);
        world = next;
        patience = PATIENCE;
        incSucceededCounter();
        LOG.info("In effect: {}", String.join(", ", taken.stream().map(name -> "routes/" + name + (next.files().containsKey(name) ? "" : " (gone)")).toList()));
        keep();
        return true;
    }

    private synchronized void keep() {
        start.lastRun().keep(world == null ? start.chosen() : world.files());
    }

    private void rebuild(Set<String> pending, Set<String> pinned) throws InterruptedException {
        for (String name : List.copyOf(rebuild)) {
            RouteFile file = world.files().get(name);
            if (file == null) {
                rebuild.remove(name);
                continue;
            }
            if (file.statements().stream().anyMatch(statement -> pending.contains(statement) && !pinned.contains(statement)
                    && !Objects.equals(world.files().get(statement), looked.get(statement)))) {
                again = true; // its statement is broken on the disk, and could not be kept elsewhere
                continue;
            }
            try {
                RouteCheck.World one = world;
                RouteSwap.Side old = side(one, Set.of(name));
                RouteSwap.Side same = new RouteSwap.Side(List.of(RouteReading.withoutBeans(file)), old.contents());
                if (exchange.exchange(same, same, patience)) {
                    rebuild.remove(name);
                } else {
                    later(Set.of(name));
                    again = true;
                }
            } catch (RejectedFile e) {
                rebuild.remove(name);
                reject(name, e.getMessage());
            }
        }
    }

    private void later(Set<String> names) {
        if (patience.equals(PATIENCE)) {
            LOG.info("Waiting for work that is under way in routes/{}", String.join(", routes/", names));
        }
        patience = Backoff.next(patience, PATIENCE, MOST_PATIENCE);
    }

    private void tell(Map<String, RejectedFile> failures, Set<String> taken) {
        Set<String> repaired;
        synchronized (rejected) {
            repaired = new TreeSet<>(rejected.keySet());
            repaired.removeAll(failures.keySet());
            rejected.keySet().removeAll(repaired);
        }
        repaired.removeAll(taken);
        if (repaired.remove("")) {
            LOG.info("The folders can be read again");
        }
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
            notTaken(sentence);
        }
    }

    private void notTaken(String sentence) {
        incFailedCounter();
        setLastError(new IllegalArgumentException(sentence));
        LOG.warn("Not taken, what ran keeps running: routes/{}", sentence);
    }

    private static RouteSwap.Side side(RouteCheck.World world, Set<String> names) {
        List<RouteFile> files = new ArrayList<>();
        List<RouteFileContents> contents = new ArrayList<>();
        for (String name : names) {
            if (world.files().containsKey(name)) {
                files.add(world.files().get(name));
                contents.add(world.contents().get(name));
            }
        }
        return new RouteSwap.Side(files, contents);
    }

    private static Collection<RouteFile> routeFiles(Collection<RouteFile> files) {
        return files.stream().filter(file -> !file.isSql()).toList();
    }
}
