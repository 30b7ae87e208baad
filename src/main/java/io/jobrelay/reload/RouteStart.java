package io.jobrelay.reload;

import io.jobrelay.config.Keys;
import io.jobrelay.config.RouteLocations;
import io.jobrelay.config.StartFailure;
import io.jobrelay.folder.Folders;
import io.jobrelay.protocol.Redaction;
import io.jobrelay.routes.RejectedFile;
import io.jobrelay.routes.RouteCheck;
import io.jobrelay.routes.RouteFile;
import io.jobrelay.routes.RouteLoading;
import io.jobrelay.routes.UsableFiles;
import io.jobrelay.routes.WatchedFiles;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import org.apache.camel.CamelContext;
import org.apache.camel.Consumer;
import org.apache.camel.Route;
import org.apache.camel.Service;
import org.apache.camel.main.BaseMainSupport;
import org.apache.camel.main.MainListenerSupport;
import org.apache.camel.support.LifecycleStrategySupport;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Chooses the form of each route file that a start runs: the one in the folders where it can be used, else the last one that ran, else the
 * packaged one, else none. Files that are as they ran last are not looked at again, so that this costs nothing at most starts. What shows
 * only when a route starts ends that start; the next one, in the same process, goes on without the form that was to blame ({@link #again}).
 */
public final class RouteStart extends MainListenerSupport {

    private static final Logger LOG = LoggerFactory.getLogger(RouteStart.class);
    private static final int MOST_STARTS = 20;

    private final RouteLocations locations;
    private final Map<String, RouteFile> packaged;
    private final WatchedFiles watched;
    private final List<Refused> refused = new ArrayList<>();
    private Throwable failure;
    private int starts;
    private volatile Route starting;
    private LastRunFiles lastRun;
    private Map<String, RouteFile> ran;
    private Map<String, RouteFile> disk;
    private Map<String, RouteFile> chosen;
    private RouteCheck.World world;
    private Map<String, String> rejected;

    /** A form of a file that this process could not start with. */
    private record Refused(RouteFile file, RejectedFile why) {
    }

    /** @param locations where the files lie */
    public RouteStart(RouteLocations locations) {
        this.locations = locations;
        this.packaged = RouteFile.packaged();
        this.watched = new WatchedFiles(locations, packaged);
    }

    /** @return where the files lie */
    public RouteLocations locations() {
        return locations;
    }

    /**
     * Puts the routes into the context, which is configured and not started.
     *
     * @param main whose context it is
     * @throws StartFailure when a route that the relay ships can be used in no form
     */
    @Override
    public void afterConfigure(BaseMainSupport main) {
        CamelContext context = main.getCamelContext();
        Keys keys = new Keys(context);
        lastRun = new LastRunFiles(store(keys), instance(keys), version(), packaged);
        context.addLifecycleStrategy(new LifecycleStrategySupport() {
            @Override
            public void onServiceAdd(CamelContext starts, Service service, Route route) {
                starting = service instanceof Consumer && route != null ? route : starting;
            }
        });
        try {
            choose(new RouteCheck(context));
            starting = null;
            pin(chosen, disk());
            RouteLoading.load(context, chosen.values().stream().filter(file -> !file.isSql()).toList(), (file, builder) -> { }, (file, builder) -> { });
        } catch (SQLException e) {
            throw new StartFailure("The database cannot be asked whether the routes can be used: " + Redaction.of(e), e);
        } catch (RejectedFile e) {
            throw new IllegalStateException(e); // the next start goes on without it
        } catch (RuntimeException e) {
            throw e instanceof StartFailure ? e : new StartFailure(StartFailure.sentence(e), e);
        }
    }

    /**
     * To be asked after a start that failed, when all that it had begun has been stopped.
     *
     * @param failed what stopped it
     * @return whether another start may succeed, since a route file may be to blame
     */
    public boolean again(Throwable failed) {
        for (Throwable t = failed; t != null; t = t.getCause()) {
            if (t instanceof StartFailure) {
                return false;
            }
        }
        failure = failed;
        return chosen != null && ++starts < MOST_STARTS;
    }

    // ---- which form of each

    private void choose(RouteCheck check) throws SQLException {
        Throwable before = failure;
        failure = null;
        disk = onDisk();
        ran = lastRun.read();
        boolean sound = before == null && refused.isEmpty();
        among(check);
        while (!sound) {
            Optional<RejectedFile> found = unusable(check);
            if (found.isEmpty() && before == null) {
                return;
            }
            refuse(found.isPresent() ? found.get() : blamed(before));
            before = null;
            among(check);
        }
    }

    /** @return null when a folder cannot be read */
    private Map<String, RouteFile> onDisk() {
        rejected = new TreeMap<>();
        for (int i = 0; i < MOST_STARTS; i++) {
            try {
                return watched.read();
            } catch (NoSuchFileException e) {
                LOG.debug("A file went while it was looked at: {}", e.getMessage());
            } catch (StartFailure e) {
                rejected.put("", e.getMessage());
                return null;
            }
        }
        throw new StartFailure("The files in routes/ change all the time. Start the relay when they have been written.");
    }

    private void among(RouteCheck check) throws SQLException {
        while (true) {
            Map<String, RouteFile> base = base();
            Map<String, RouteFile> wanted = disk == null ? base : disk;
            base.replaceAll((name, file) -> file.equals(wanted.get(name)) ? wanted.get(name) : file);
            Map<String, RejectedFile> known = new LinkedHashMap<>();
            wanted.forEach((name, file) -> refusal(file).ifPresent(why -> known.put(name, why)));
            Set<String> pending = UsableFiles.different(base, wanted);
            chosen = base;
            world = null;
            try {
                if (!known.keySet().containsAll(pending)) {
                    world = new RouteCheck.World(base, check.read(base.values().stream().filter(file -> !file.isSql()).toList()));
                    UsableFiles choice = UsableFiles.of(check, world, wanted, known);
                    world = choice.world();
                    chosen = world.files();
                    known.putAll(choice.failures());
                }
                known.keySet().retainAll(pending);
                rejected.keySet().removeIf(name -> !name.isEmpty());
                known.forEach((name, why) -> rejected.put(name, why.getMessage()));
                return;
            } catch (RejectedFile e) {
                refuse(e); // what ran last cannot even be read here
            }
        }
    }

    /** What ran last, as far as it can be used here. */
    private Map<String, RouteFile> base() {
        Map<String, RouteFile> base = new TreeMap<>();
        for (RouteFile last : ran.values()) {
            RouteFile own = packaged.get(last.name());
            if (refusal(last).isEmpty()) {
                base.put(last.name(), last);
            } else if (own != null && refusal(own).isEmpty()) {
                base.put(own.name(), own);
            } else if (own != null) {
                throw new StartFailure("routes/" + refusal(own).get().getMessage() + " The relay cannot be without this file, and no other form of"
                        + " it can be used. Install the relay again, or see to what is missing.");
            }
        }
        return base;
    }

    private Optional<RejectedFile> refusal(RouteFile file) {
        return refused.stream().filter(other -> other.file().equals(file)).map(Refused::why).findFirst();
    }

    private void refuse(RejectedFile why) {
        RouteFile file = chosen.get(why.file());
        if (file == null || refusal(file).isPresent()) {
            throw new StartFailure("routes/" + why.getMessage());
        }
        refused.add(new Refused(file, why));
    }

    /** All that is to run is looked at, as if nothing were known of it. */
    private Optional<RejectedFile> unusable(RouteCheck check) throws SQLException {
        try {
            world = check.check(new RouteCheck.World(Map.of(), Map.of()), new HashMap<>(chosen), chosen.keySet());
            return Optional.empty();
        } catch (RejectedFile e) {
            return Optional.of(e);
        } catch (RuntimeException e) {
            LOG.debug("The routes could not be looked at all at once", e);
            return Optional.empty(); // what goes wrong when they start tells more
        }
    }

    /** Nothing is wrong with any file by itself: the one is to blame whose route could not be started. */
    private RejectedFile blamed(Throwable before) {
        for (Throwable t = before; t != null; t = t.getCause()) {
            if (t instanceof RejectedFile told) {
                return told;
            }
        }
        RejectedFile.Route blamed = RejectedFile.Route.of(before);
        Route last = starting;
        if (blamed.id() == null && last != null && last.getProperties().containsKey("route.start.exception")) {
            blamed = new RejectedFile.Route(last.getRouteId(), "", "started", blamed.root());
        }
        String id = blamed.id();
        Optional<RouteFile> holder = id == null || world == null ? Optional.empty() : world.contents().entrySet().stream()
                .filter(file -> file.getValue().routes.containsKey(id)).map(file -> chosen.get(file.getKey())).findFirst();
        if (holder.isEmpty()) {
            throw new StartFailure(StartFailure.sentence(before), before);
        }
        return blamed.rejected(holder.get(), 0);
    }

    // ---- what the running relay goes on from

    /** @return the files that were chosen, by name */
    Map<String, RouteFile> chosen() {
        return chosen;
    }

    /** @return the same with what each holds; null where nobody had to look */
    RouteCheck.World world() {
        return world;
    }

    /** @return what lay in the folders when it was chosen; nothing when they could not be read */
    Map<String, RouteFile> disk() {
        return disk == null ? Map.of() : disk;
    }

    /** @return a sentence for each file that does not run as it lies in the folders, by name */
    Map<String, String> rejected() {
        return rejected;
    }

    /** @return the files that can be watched */
    WatchedFiles watched() {
        return watched;
    }

    /** @return where what runs is kept */
    LastRunFiles lastRun() {
        return lastRun;
    }

    /** Says what does not run as it lies in the folders. */
    void tell() {
        rejected.forEach((name, sentence) -> {
            RouteFile file = chosen.get(name);
            if (name.isEmpty()) {
                LOG.warn("What ran last runs: {}", sentence);
            } else if (file == null) {
                LOG.warn("Left out, since no form of it can be used: routes/{}", sentence);
            } else if (file.equals(packaged.get(name))) {
                LOG.warn("Not taken, the packaged one runs instead: routes/{}", sentence);
            } else {
                LOG.warn("Not taken, what ran last runs instead: routes/{}", sentence);
            }
        });
    }

    /**
     * Lets statements that run otherwise than they lie in the folders be read where they are kept.
     *
     * @param files that run
     * @param lie in the folders
     * @return the names of those that can be read
     */
    Set<String> pin(Map<String, RouteFile> files, Map<String, RouteFile> lie) {
        Map<String, String> pins = new HashMap<>();
        files.forEach((name, file) -> {
            if (file.isSql() && !file.equals(lie.get(name))) {
                lastRun.location(file).ifPresent(location -> pins.put(name, location));
            }
        });
        locations.pin(pins);
        return pins.keySet();
    }

    // ---- where it is kept

    private Path store(Keys keys) {
        return keys.text("relay.db.url").flatMap(Folders::h2File).map(Path::getParent).orElseGet(() -> locations.current().resolve("data"));
    }

    private static String instance(Keys keys) {
        return keys.text("relay.db.url").flatMap(Folders::h2File).map(file -> file.getFileName().toString())
                .orElseGet(() -> keys.required("camel.server.port") + "-" + keys.required("relay.admin.port"));
    }

    private static String version() {
        String version = RouteStart.class.getPackage().getImplementationVersion();
        return version == null ? "(not packaged)" : version;
    }
}
