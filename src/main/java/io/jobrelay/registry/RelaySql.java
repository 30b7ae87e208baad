package io.jobrelay.registry;

import io.jobrelay.config.StartFailure;
import javax.sql.DataSource;
import org.apache.camel.CamelContext;
import org.apache.camel.component.sql.SqlComponent;

/** The database that a statement runs on which names none: the relay's. In a host, whose {@code sql} is its own, each names it. */
public final class RelaySql {

    private RelaySql() {
    }

    /**
     * @param context of a relay that runs by itself; no route is loaded yet
     * @param dataSource of the relay
     * @throws StartFailure when somebody has given the component another one
     */
    public static void in(CamelContext context, DataSource dataSource) {
        SqlComponent sql = context.getComponent("sql", SqlComponent.class);
        if (sql.getDataSource() != null && sql.getDataSource() != dataSource) {
            throw new StartFailure("The component sql has a data source that is not the relay's (camel.component.sql.data-source). Name it at the"
                    + " endpoints that use it instead: sql:...?dataSource=#name.");
        }
        sql.setDataSource(dataSource);
    }
}
