package io.jobrelay.db;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.SQLTransientConnectionException;
import java.util.Set;
import javax.sql.DataSource;

/**
 * Notices a PgBouncer in transaction mode (or what does as it does) between the relay and PostgreSQL: a statement that was prepared on one
 * server connection is unknown on the next, or its name is taken there by another client's. PgBouncer 1.21 and later can follow them
 * (max_prepared_statements); in front of others statements must not be kept.
 */
final class Pooler {

    /** invalid_sql_statement_name, duplicate_prepared_statement. */
    private static final Set<String> SIGNS = Set.of("26000", "42P05");

    private Pooler() {
    }

    /**
     * @param pool connections that keep their statements prepared on the server
     * @return whether those get lost, or get into each other's way, between here and the server
     * @throws SQLException when the database fails for another reason
     */
    static boolean losesStatements(DataSource pool) throws SQLException {
        try (Connection one = pool.getConnection()) {
            ask(one);
            askBeside(one, pool);
            return false;
        } catch (SQLException e) {
            if (isSign(e)) {
                return true;
            }
            throw e;
        }
    }

    private static void askBeside(Connection one, DataSource pool) throws SQLException {
        try (Connection other = pool.getConnection()) {
            ask(other);
            ask(one);
        } catch (SQLTransientConnectionException e) {
            if (isSign(e)) {
                throw e;
            } // a server that has no second connection to spare now can be worked with, too
        }
    }

    /** @return whether a failure comes of statements that a pooler has lost */
    static boolean isSign(Throwable failure) {
        for (Throwable t = failure; t != null; t = t.getCause()) {
            if (t instanceof SQLException sql && sql.getSQLState() != null && SIGNS.contains(sql.getSQLState())) {
                return true;
            }
        }
        return false;
    }

    private static void ask(Connection connection) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement("SELECT 1")) {
            for (int i = 0; i < 2; i++) { // made, and found again
                statement.executeQuery().close();
            }
        }
    }
}
