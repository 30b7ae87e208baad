package io.jobrelay.db;

import org.apache.camel.Exchange;
import org.apache.camel.NamedNode;
import org.apache.camel.Processor;
import org.apache.camel.Route;
import org.apache.camel.spi.Policy;
import org.springframework.jdbc.datasource.DataSourceTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;

/**
 * Runs the steps inside a {@code policy} as one database transaction: all of them count, or none. Camel's own {@code transacted} replaces the
 * error handler of the whole route and logs each rollback with its stack; here the route keeps the policy it names.
 */
public final class Transaction implements Policy {

    private final TransactionTemplate template;

    /** @param database whose connection the steps share */
    public Transaction(Database database) {
        this.template = new TransactionTemplate(new DataSourceTransactionManager(database.dataSource()));
    }

    @Override
    public void beforeWrap(Route route, NamedNode definition) {
        // the definition stays as it is
    }

    @Override
    public Processor wrap(Route route, Processor steps) {
        return exchange -> template.executeWithoutResult(status -> {
            run(steps, exchange);
            if (exchange.getException() != null) {
                status.setRollbackOnly();
            }
        });
    }

    private static void run(Processor steps, Exchange exchange) {
        try {
            steps.process(exchange);
        } catch (Exception e) {
            exchange.setException(e);
        }
    }
}
