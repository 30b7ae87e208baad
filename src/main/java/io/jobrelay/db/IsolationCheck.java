package io.jobrelay.db;

import java.sql.Connection;
import java.util.Optional;
import org.springframework.jdbc.core.ConnectionCallback;
import org.springframework.jdbc.core.JdbcTemplate;

/**
 * Says when transactions of the relay's are not READ COMMITTED. Its own connections are, whatever the database's default; those of an
 * application are as that has them, and behind a pooler that lends them they are as the database's default is.
 */
final class IsolationCheck {

    /** What a session begins with, whatever one that had this connection before has set. */
    private static final String DEFAULT = "SELECT reset_val FROM pg_settings WHERE name = 'default_transaction_isolation'";

    private IsolationCheck() {
    }

    /**
     * @param jdbc asks the database
     * @param database that is asked
     * @return what it costs, and what to do; empty where it is READ COMMITTED
     */
    static Optional<String> sentence(JdbcTemplate jdbc, Database database) {
        boolean weak = Boolean.TRUE.equals(jdbc.execute((ConnectionCallback<Boolean>) connection ->
                connection.getTransactionIsolation() > Connection.TRANSACTION_READ_COMMITTED));
        if (!weak && database.lent()) {
            weak = !"read committed".equals(jdbc.queryForObject(DEFAULT, String.class));
        }
        if (!weak) {
            return Optional.empty();
        }
        String cure = database.kind() == Database.Kind.H2 ? "let the application's pool take READ COMMITTED."
                : "ALTER ROLE " + jdbc.queryForObject("SELECT quote_ident(current_user)", String.class)
                        + " SET default_transaction_isolation = 'read committed'" + (database.lent() ? ", and let the pooler reconnect."
                        : ", or let the application's pool take it.");
        return Optional.of("The relay's transactions are not READ COMMITTED: requests that meet are answered 503, and jobs wait for claims to end: " + cure);
    }
}
