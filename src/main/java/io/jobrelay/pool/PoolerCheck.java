package io.jobrelay.pool;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.SQLTransientConnectionException;
import javax.sql.DataSource;

/**
 * Notices a PgBouncer (or what does as it does) between the relay and PostgreSQL that lends its server connections for a transaction each: a
 * statement that was prepared on one is unknown on the next, or its name is taken there by another client's, and what a session has set does
 * not come along. PgBouncer 1.21 and later can follow the statements (max_prepared_statements); in front of others they must not be kept.
 */
public final class PoolerCheck {

    /** What stands between. */
    public enum Between {
        /** Nothing, or what keeps a session together. */
        NOTHING,
        /** One that lends server connections and follows what is prepared on them, or finds nothing prepared. */
        LENDS,
        /** One that lends them and loses what is prepared. */
        LOSES_STATEMENTS
    }

    private static final int MOST_TIMES = 10;

    private PoolerCheck() {
    }

    /**
     * @param pool connections to look through
     * @param threshold the driver's {@code prepareThreshold}: that many times a statement is executed before it is kept on the server
     * @return what stands between here and the server
     * @throws SQLException when the database fails for another reason, a pooler in statement mode among them
     */
    public static Between look(DataSource pool, int threshold) throws SQLException {
        int times = Math.min(Math.max(2, threshold + 1), MOST_TIMES); // made, and found again
        try (Connection one = pool.getConnection()) {
            String process = ask(one, times);
            String beside = askBeside(pool, times);
            return process.equals(beside) || !ask(one, times).equals(process) ? Between.LENDS : Between.NOTHING;
        } catch (SQLException e) {
            if (DatabaseTrouble.isOfLostStatement(e)) {
                return Between.LOSES_STATEMENTS;
            }
            throw e;
        }
    }

    /** @return the server process of a transaction on another connection; empty where the server has no second one to spare, which can be worked with */
    private static String askBeside(DataSource pool, int times) throws SQLException {
        try (Connection other = pool.getConnection()) {
            other.setAutoCommit(false);
            String process = ask(other, times);
            other.commit();
            other.setAutoCommit(true);
            return process;
        } catch (SQLTransientConnectionException e) {
            if (DatabaseTrouble.isOfLostStatement(e) || DatabaseTrouble.isOfStatementMode(e)) {
                throw e;
            }
            return "";
        }
    }

    /** @return the server's process that answers */
    private static String ask(Connection connection, int times) throws SQLException {
        String process = "";
        try (PreparedStatement statement = connection.prepareStatement("SELECT pg_backend_pid()")) {
            for (int i = 0; i < times; i++) {
                try (ResultSet answer = statement.executeQuery()) {
                    answer.next();
                    process = answer.getString(1);
                }
            }
        }
        return process;
    }
}
