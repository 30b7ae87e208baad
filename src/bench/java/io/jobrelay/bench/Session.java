package io.jobrelay.bench;

import java.io.IOException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/** What the parts of one run share: the process that sends, applications that are warm, and what was found out so far. */
final class Session implements AutoCloseable {

    private final Path data;
    private final List<Kind> kinds;
    private final Report report;
    private final Map<Kind, Double> answersPerSecond = new EnumMap<>(Kind.class);
    private int folders;
    private Helper load;
    private App empty;
    private Trio trio;
    private Held held;
    private String postgresVersion;

    /**
     * @param data where all that runs leaves its files
     * @param kinds of databases that are measured
     * @param report gets notes about the log of each relay
     */
    Session(Path data, List<Kind> kinds, Report report) {
        this.data = data;
        this.kinds = kinds;
        this.report = report;
    }

    /** @return the databases that are measured, one after the other */
    List<Kind> kinds() {
        return kinds;
    }

    /** @return a folder nobody has used */
    synchronized Path folder(String name) {
        return data.resolve(name + "-" + ++folders);
    }

    /** @return the process that sends callbacks */
    Helper load() {
        if (load == null) {
            load = new Helper(Load.class);
        }
        return load;
    }

    /** @return the empty application, warm; it idles between its rounds and is the same for both databases */
    App empty() {
        if (empty == null) {
            empty = App.empty(folder("empty"));
            Warm.up(empty, () -> load().load(List.of(empty.port), 32, 0, Integer.MAX_VALUE, Warm.seconds(), 0).orFail());
        }
        return empty;
    }

    /** @return relay and yardsticks on that database, warm; those of the other one are stopped */
    Trio trio(Kind kind) throws SQLException, IOException {
        if (trio == null || trio.kind != kind) {
            closeTrio();
            trio = new Trio(this, kind, App.HOME);
        }
        return trio;
    }

    /** @return results that wait for a sink in that database, for all parts that need some */
    Held held(Kind kind) throws Exception {
        if (held == null || held.kind() != kind) {
            held = new Held(this, kind);
        }
        return held;
    }

    /** Stops relay and yardsticks, where they run. */
    void closeTrio() {
        if (trio != null) {
            trio.close();
            listen(trio.relay, "loaded relay on " + trio.kind);
            trio = null;
        }
    }

    /** Notes what a relay that has been stopped complained about. */
    void listen(App relay, String which) {
        var complaints = relay.complaints();
        if (!complaints.isEmpty()) {
            report.note("log of the " + which + ": " + complaints.size() + " warnings or errors, the first: `" + complaints.get(0) + "`");
        }
    }

    /** Remembers the most answers a second that a relay gave. */
    void saturation(Kind kind, double rate) {
        answersPerSecond.merge(kind, rate, Math::max);
    }

    /** @return the most answers a second that a relay on that database gave; measured now where it was not */
    double saturation(Kind kind) throws SQLException, IOException {
        if (!answersPerSecond.containsKey(kind)) {
            for (int round = 0; round < Scale.rounds(3); round++) {
                saturation(kind, trio(kind).relay(32, Scale.seconds(2), 0).perSecond());
                trio(kind).drain();
            }
        }
        return answersPerSecond.get(kind);
    }

    /** Remembers the version of the server, and makes sure that it flushes what it commits. */
    void seen(Store store) throws SQLException {
        if (store.kind() == Kind.POSTGRESQL && postgresVersion == null) {
            if (store.number("SELECT COUNT(*) FROM pg_settings WHERE name IN ('fsync', 'synchronous_commit') AND setting = 'on'") != 2) {
                throw new IllegalStateException("this PostgreSQL does not flush what it commits");
            }
            try (Connection connection = store.connect()) {
                postgresVersion = connection.getMetaData().getDatabaseProductVersion();
            }
        }
    }

    /** @return the version of PostgreSQL, or null when no part has used it */
    String postgresVersion() {
        return postgresVersion;
    }

    @Override
    public void close() {
        closeTrio();
        if (empty != null) {
            empty.close();
        }
        if (load != null) {
            load.close();
        }
    }
}
