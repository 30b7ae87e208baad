package io.jobrelay.db;

import io.jobrelay.registry.HealthNotice;
import io.jobrelay.registry.OwnBeans;
import io.jobrelay.registry.RelaySql;
import io.jobrelay.registry.Wiring;
import javax.sql.DataSource;
import org.apache.camel.CamelContext;

/**
 * The database and what asks it.
 *
 * @param database the one there is
 * @param settings what all instances agree on
 * @param durability what the database does with what was written
 * @param probe whether it can be written
 */
public record StoreBeans(Database database, SharedSettings settings, Durability durability, CommitProbe probe) {

    /**
     * Opens the database, brings its schema up to date and binds what the routes' statements need.
     *
     * @param wiring of the relay
     * @param hosts a host's to be used; null opens {@code relay.db.url}
     * @return what other rooms need of it
     * @throws io.jobrelay.config.StartFailure when the database cannot be used
     */
    public static StoreBeans bind(Wiring wiring, DataSource hosts) {
        CamelContext context = wiring.context();
        Database database = hosts == null ? DatabaseSetup.open(context, wiring.keys(), wiring.clock())
                : DatabaseSetup.adopt(context, hosts, wiring.keys(), wiring.clock());
        if (!wiring.inHost()) {
            RelaySql.in(context, database.dataSource());
        }
        OwnBeans registry = wiring.registry();
        registry.bind("relay-database", database);
        registry.bind("relay-data-source", database.dataSource());
        registry.bind("relay-transaction", new Transaction(database));
        registry.bind("relay-prompt-transaction", Transaction.prompt(database));
        registry.bind("relay-batch-transaction", Transaction.ofOneBatch(database));
        HealthNotice.add(context, "relay-database-distance", database::distance);
        Durability durability = new Durability(database);
        CommitProbe probe = new CommitProbe(database, context.getExecutorServiceManager().newSingleThreadExecutor(StoreBeans.class, "relay-health"),
                durability::look);
        return new StoreBeans(database, new SharedSettings(database, wiring.clock()), durability, probe);
    }
}
