package io.jobrelay.audit;

import io.jobrelay.config.Keys;
import io.jobrelay.config.RouteLocations;
import io.jobrelay.config.SqlFunction;
import io.jobrelay.config.StartFailure;
import io.jobrelay.db.Database;
import io.jobrelay.db.DatabaseSetup;
import io.jobrelay.db.NamedParameters;
import io.jobrelay.protocol.Redaction;
import io.jobrelay.registry.RelaySql;
import io.jobrelay.flow.WhileFull;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import org.apache.camel.CamelContext;
import org.apache.camel.Exchange;
import org.apache.camel.ProducerTemplate;
import org.apache.camel.support.PluginHelper;
import org.apache.camel.support.ResourceHelper;

/** The store of a relay that does not run, looked at with the routes of its audit and nothing else: no port, no timer, no claim. */
public final class StoppedRelay {

    private static final List<String> ROUTES = List.of("errors", "audit/audit-laws");

    private StoppedRelay() {
    }

    /**
     * @param context built and not started; it is started here
     * @param keys {@code relay.db.*}
     * @param locations where route and SQL files lie
     * @return the report as JSON
     * @throws StartFailure when the database cannot be opened or read
     */
    static byte[] audit(CamelContext context, Keys keys, RouteLocations locations) throws Exception {
        Database database = DatabaseSetup.openExisting(context, keys);
        context.getPropertiesComponent().addPropertiesFunction(new SqlFunction(locations));
        RelaySql.in(context, database.dataSource());
        NamedParameters.use(context, database, Map.of());
        context.getRegistry().bind("relay-audit", new Audit(Clock.systemUTC(), false));
        context.getRegistry().bind("relay-while-any", new WhileFull(1));
        start(context, locations, ROUTES);
        try (ProducerTemplate template = context.createProducerTemplate()) {
            Exchange done = template.send("direct:audit-laws", exchange -> { });
            if (done.getException() != null) {
                throw new StartFailure("The audit could not be finished: " + Redaction.of(done.getException()), done.getException());
            }
            return done.getVariable("report", AuditReport.class).json();
        }
    }

    /**
     * @param context built and not started; it is started here
     * @param locations where route files lie
     * @param routes the few files that are wanted, relative to {@code routes/} and without their ending
     */
    public static void start(CamelContext context, RouteLocations locations, List<String> routes) throws Exception {
        for (String route : routes) {
            PluginHelper.getRoutesLoader(context)
                    .loadRoutes(ResourceHelper.resolveMandatoryResource(context, locations.locate(route + ".camel.yaml")));
        }
        context.start();
    }
}
