package io.jobrelay.db;

import io.jobrelay.pool.DatabaseHosts;
import io.jobrelay.pool.NetworkDataSource;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.SQLWarning;
import java.sql.Statement;
import org.postgresql.util.PSQLWarning;
import org.postgresql.util.ServerErrorMessage;
import org.springframework.jdbc.core.JdbcTemplate;

/**
 * Runs statements on PostgreSQL and believes no commit that is only half of one: when somebody cancels the wait for a synchronous standby, the
 * server says that all is well and adds a warning that the standby may not have it. What was answered on such a word would be lost with the
 * machine.
 */
public final class CheckedTemplate extends JdbcTemplate {

    /** The function of the server that waits; unlike the text it is the same in all languages and versions. */
    private static final String WAIT = "SyncRepWaitForLSN";

    private final NetworkDataSource line;

    /** @param database a PostgreSQL, whose connections commit each statement outside of a transaction */
    public CheckedTemplate(Database database) {
        super(database.dataSource());
        this.line = database.dataSource() instanceof NetworkDataSource known ? known : null;
    }

    @Override
    protected void handleWarnings(Statement statement) throws SQLException {
        if (line != null) {
            line.answered();
        }
        check(statement.getWarnings());
    }

    /** A pool of the relay's own gives up by itself a connection to a server that cannot be written to ({@link DatabaseHosts}); a host's has to be helped. */
    @Override
    protected void handleWarnings(Statement statement, SQLException failure) {
        if (line != null && line.ofHost() && DatabaseHosts.isToLeave(failure)) {
            try {
                Connection connection = statement.getConnection();
                if (connection.getAutoCommit()) { // a transaction ends by itself first, and its connection goes another time
                    connection.abort(Runnable::run);
                }
            } catch (SQLException e) {
                logger.debug("As it should be: it is closed already", e);
            }
        }
    }

    /**
     * @param first what the server has said beside its answer to a commit, or to a statement that was one; or null
     * @throws SQLException when it says that the commit is not on the standby; it may get there all the same
     */
    static void check(SQLWarning first) throws SQLException {
        for (SQLWarning warning = first; warning != null; warning = warning.getNextWarning()) {
            ServerErrorMessage message = warning instanceof PSQLWarning told ? told.getServerErrorMessage() : null;
            if (message != null && WAIT.equals(message.getRoutine())) {
                throw new SQLException("The commit is not known to be on the synchronous standby: somebody has cancelled the wait for it", "08007");
            }
        }
    }
}
