package io.jobrelay.forward;

import io.jobrelay.db.Database;
import java.time.Clock;
import java.util.List;
import org.apache.camel.CamelContext;
import org.apache.camel.Route;
import org.springframework.dao.ConcurrencyFailureException;
import org.springframework.dao.DuplicateKeyException;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.datasource.DataSourceTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;

/** The sinks named in {@code relay.sinks}, and which of them a route serves at this moment. */
public final class Sinks {

    private final CamelContext context;
    private final JdbcTemplate jdbc;
    private final List<String> names;

    /**
     * Enters the names for all instances: those that stay keep their row, so that no job ends meanwhile without its deliveries.
     *
     * @param context that holds the {@code direct:sink-*} routes
     * @param database whose {@code relay_sink} all instances settle by
     * @param names {@code relay.sinks}
     * @param clock the relay's
     */
    public Sinks(CamelContext context, Database database, List<String> names, Clock clock) {
        this.context = context;
        this.jdbc = new JdbcTemplate(database.dataSource());
        this.names = List.copyOf(names);
        try {
            remember(database);
        } catch (DuplicateKeyException | ConcurrencyFailureException e) {
            remember(database); // another instance starts at this moment, and was first
        }
        // read only now: whoever settles by a clock that shows this or more has seen the row. What ended before does not count, whoever's
        // clock it went by
        jdbc.update("UPDATE relay_sink SET since = GREATEST(CAST(? AS BIGINT), COALESCE((SELECT MAX(ended_at) + 1 FROM relay_job), 0))"
                + " WHERE since IS NULL", clock.millis());
    }

    /** In one transaction: what other instances settle meanwhile must find either the sinks of before or those of now, never none. */
    private void remember(Database database) {
        new TransactionTemplate(new DataSourceTransactionManager(database.dataSource())).executeWithoutResult(status -> {
            List<String> known = jdbc.queryForList("SELECT name FROM relay_sink", String.class);
            known.stream().filter(name -> !names.contains(name)).forEach(name -> jdbc.update("DELETE FROM relay_sink WHERE name = ?", name));
            names.stream().distinct().filter(name -> !known.contains(name))
                    .forEach(name -> jdbc.update("INSERT INTO relay_sink (name) VALUES (?)", name));
            jdbc.update("UPDATE relay_delivery SET status = 'Dead', next_attempt_at = NULL, claim = NULL, last_error = 'no longer configured'"
                    + " WHERE status = 'Pending' AND sink NOT IN (SELECT name FROM relay_sink)");
        });
    }

    /** @return the names in {@code relay.sinks} that some route offers as {@code direct:sink-<name>} */
    public List<String> served() {
        return context.getRoutes().stream().map(Route::getEndpoint).map(e -> e.getEndpointUri())
                .filter(uri -> uri.startsWith("direct://sink-")).map(uri -> uri.substring("direct://sink-".length()).replaceFirst("\\?.*", ""))
                .filter(names::contains).toList();
    }

    /** @return the names in {@code relay.sinks} */
    public List<String> names() {
        return names;
    }

    /** @return the names in {@code relay.sinks} that no route serves; their deliveries stay Pending */
    public List<String> unserved() {
        List<String> served = served();
        return names.stream().filter(name -> !served.contains(name)).toList();
    }
}
