package io.jobrelay.db;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.springframework.jdbc.core.JdbcTemplate;

/**
 * The standbys of a PostgreSQL, and which of them have each callback that was answered 200: whoever promotes another loses some. A server
 * without any is as safe as its disk, and nothing is said of that.
 */
final class Standbys {

    /** Subscriptions, backups and archives are sent the same stream, but nobody promotes them. */
    private static final String CONNECTED = "SELECT r.application_name AS name, r.state AS state, r.sync_state AS sync FROM pg_stat_replication r"
            + " WHERE NOT EXISTS (SELECT 1 FROM pg_replication_slots s WHERE s.active_pid = r.pid AND s.slot_type = 'logical')"
            + " AND COALESCE(r.state, '') <> 'backup' AND r.application_name NOT IN ('pg_basebackup', 'pg_receivewal') ORDER BY r.application_name";
    private static final String SETTINGS = "SELECT current_setting('synchronous_standby_names', true) AS names,"
            + " current_setting('synchronous_commit', true) AS waits, quote_ident(current_user) AS role";

    private final JdbcTemplate jdbc;

    /** @param jdbc asks a PostgreSQL */
    Standbys(JdbcTemplate jdbc) {
        this.jdbc = jdbc;
    }

    /**
     * @return a sentence for each way in which losing the primary loses what was answered
     * @throws org.springframework.dao.DataAccessException where the server does not know of such things
     */
    List<String> weaknesses() {
        List<Map<String, Object>> standbys = jdbc.query(CONNECTED, new RowReader());
        Map<String, Object> settings = jdbc.queryForObject(SETTINGS, new RowReader());
        String waits = String.valueOf(settings.get("waits"));
        boolean named = !String.valueOf(settings.get("names")).isBlank();
        if (standbys.isEmpty() && !named || waits.equals("off")) { // what off means is said without them, too
            return List.of();
        }
        if (waits.equals("local")) {
            return List.of("synchronous_commit is local for the relay's sessions: a callback is answered 200 before any standby has it, and is lost when"
                    + " one is promoted without it. Set it to on for the server, the database, the role or the URL that has set it.");
        }
        List<String> found = new ArrayList<>();
        if (waits.equals("remote_write") && named) {
            found.add("synchronous_commit is remote_write for the relay's sessions: a standby has what was answered 200, but not yet on its disk, and it is"
                    + " lost where the machines of both stop at once. Set it to on for the server, the database, the role or the URL that has set it.");
        }
        if (standbys.stream().anyMatch(standby -> standby.get("state") == null)) {
            found.add("Whether the standbys (" + names(standbys) + ") have what was answered 200 cannot be seen by the relay's role: GRANT pg_monitor TO "
                    + settings.get("role") + ".");
            return found;
        }
        List<Map<String, Object>> behind = standbys.stream().filter(standby -> !isSafe(standby)).toList();
        if (!behind.isEmpty()) {
            found.add("Not waited for when a callback is answered 200: the standby " + names(behind) + " (sync_state "
                    + behind.stream().map(standby -> String.valueOf(standby.get("sync"))).distinct().collect(Collectors.joining(", "))
                    + "). Promoted, it would lack some: put it into synchronous_standby_names ("
                    + (standbys.size() > behind.size() ? "as in 'ANY ...', or promote only " + names(standbys.stream().filter(Standbys::isSafe).toList())
                            : "ALTER SYSTEM SET synchronous_standby_names = '" + list(behind) + "'; SELECT pg_reload_conf()") + ").");
        }
        return found;
    }

    /** @return for whom a commit waits, and what to do; empty where it waits for nobody */
    Optional<String> waitedFor() {
        String waiting = jdbc.queryForObject("SELECT current_setting('synchronous_standby_names', true)", String.class);
        if (waiting == null || waiting.isBlank()) {
            return Optional.empty();
        }
        List<Map<String, Object>> standbys = jdbc.query(CONNECTED, new RowReader());
        return Optional.of("A commit waits for a synchronous standby that does not answer (synchronous_standby_names = '" + waiting + "', "
                + (standbys.isEmpty() ? "none is connected" : "connected: " + names(standbys)) + "): start it, or take it out of them and call"
                + " pg_reload_conf().");
    }

    /** @return the names of those that have what was answered, for a sentence; empty where there is none */
    String safe() {
        List<Map<String, Object>> safe = jdbc.query(CONNECTED, new RowReader()).stream().filter(Standbys::isSafe).toList();
        return names(safe);
    }

    private static boolean isSafe(Map<String, Object> standby) {
        return "sync".equals(standby.get("sync")) || "quorum".equals(standby.get("sync"));
    }

    private static String names(List<Map<String, Object>> standbys) {
        return standbys.stream().map(standby -> String.valueOf(standby.get("name"))).distinct().collect(Collectors.joining(", "));
    }

    private static String list(List<Map<String, Object>> standbys) {
        String names = standbys.stream().map(standby -> String.valueOf(standby.get("name"))).distinct()
                .map(name -> name.matches("[a-z_][a-z0-9_]*") ? name : '"' + name.replace("\"", "\"\"") + '"').collect(Collectors.joining(", "));
        return standbys.size() > 1 ? "ANY 1 (" + names + ")" : names;
    }
}
