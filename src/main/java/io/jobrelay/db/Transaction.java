package io.jobrelay.db;

import io.jobrelay.pool.PromptThread;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Collection;
import java.util.Map;
import javax.sql.DataSource;
import org.apache.camel.Exchange;
import org.apache.camel.NamedNode;
import org.apache.camel.Processor;
import org.apache.camel.Route;
import org.apache.camel.spi.Policy;
import org.springframework.jdbc.datasource.DataSourceTransactionManager;
import org.springframework.jdbc.datasource.JdbcTransactionObjectSupport;
import org.springframework.transaction.TransactionDefinition;
import org.springframework.transaction.support.DefaultTransactionStatus;
import org.springframework.transaction.support.TransactionTemplate;

/**
 * Runs the steps inside a {@code policy} as one database transaction: all of them count, or none. Camel's own {@code transacted} replaces the
 * error handler of the whole route and logs each rollback with its stack; here the route keeps the policy it names.
 */
public final class Transaction implements Policy {

    private final TransactionTemplate template;
    private boolean prompt;
    private boolean ofOneBatch;
    private boolean remote;

    /** @param database whose connection the steps share */
    public Transaction(Database database) {
        this.template = new TransactionTemplate(new Checked(database.dataSource()));
    }

    /**
     * @param database whose connection the steps share
     * @return one for somebody who waits for his answer: where the database does not give one in time it is given up ({@link PromptThread})
     */
    public static Policy prompt(Database database) {
        Transaction whole = new Transaction(database);
        whole.prompt = true;
        return whole;
    }

    /**
     * For steps that write no more than one batch, the rows of the body.
     *
     * @param database whose connection the steps share
     * @return a transaction on H2, but for a row that is alone; none on PostgreSQL, where a batch is committed as one anyway, and begin and
     *         commit would be two more ways to it: there the steps share a connection, so that it is asked once whether it lives
     */
    public static Policy ofOneBatch(Database database) {
        Transaction batch = new Transaction(database);
        batch.ofOneBatch = true;
        batch.remote = database.kind() == Database.Kind.POSTGRESQL;
        if (batch.remote) {
            batch.template.setPropagationBehavior(TransactionDefinition.PROPAGATION_SUPPORTS);
        }
        return batch;
    }

    /** Believes no commit that is only half of one, see {@link CheckedTemplate}. */
    private static final class Checked extends DataSourceTransactionManager {

        Checked(DataSource dataSource) {
            super(dataSource);
        }

        @Override
        protected void doCommit(DefaultTransactionStatus status) {
            super.doCommit(status);
            Connection connection = ((JdbcTransactionObjectSupport) status.getTransaction()).getConnectionHolder().getConnection();
            try {
                CheckedTemplate.check(connection.getWarnings());
            } catch (SQLException e) {
                throw translateException("JDBC commit", e);
            }
        }
    }

    @Override
    public void beforeWrap(Route route, NamedNode definition) {
        // the definition stays as it is
    }

    @Override
    public Processor wrap(Route route, Processor steps) {
        return prompt ? exchange -> PromptThread.with(size(exchange.getMessage().getBody()), () -> {
            whole(steps, exchange);
            return null;
        }) : exchange -> {
            if (ofOneBatch && !remote && exchange.getMessage().getBody() instanceof Collection<?> rows && rows.size() == 1) {
                steps.process(exchange);
            } else {
                whole(steps, exchange);
            }
        };
    }

    /** About the bytes that rows take on the way. */
    private static long size(Object rows) {
        return rows instanceof Collection<?> all ? all.stream().mapToLong(row -> row instanceof Map<?, ?> columns ? columns.values().stream()
                .mapToLong(value -> value instanceof CharSequence text ? 2L * text.length() : 8).sum() : 0).sum() : 0;
    }

    private void whole(Processor steps, Exchange exchange) {
        template.executeWithoutResult(status -> {
            boolean before = answered(exchange);
            run(steps, exchange);
            // where the route's policy has answered a failure it is none any more, but half of the steps were not done
            if (exchange.getException() != null || !before && answered(exchange)) {
                status.setRollbackOnly();
            }
        });
    }

    private static boolean answered(Exchange exchange) {
        return Boolean.TRUE.equals(exchange.getExchangeExtension().getErrorHandlerHandled());
    }

    private static void run(Processor steps, Exchange exchange) {
        try {
            steps.process(exchange);
        } catch (Exception e) {
            exchange.setException(e);
        }
    }
}
