package io.jobrelay.pool;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.SQLException;
import javax.sql.DataSource;
import org.springframework.jdbc.datasource.DelegatingDataSource;

/**
 * A host's DataSource as the relay uses it. Its connections commit each statement outside of a transaction, whatever the host has set; and
 * since it is another object than the host's, no transaction of the host's is the relay's: what is answered 200 is committed.
 */
public final class HostDataSource extends DelegatingDataSource {

    /** @param host the host's */
    public HostDataSource(DataSource host) {
        super(host);
    }

    @Override
    public Connection getConnection() throws SQLException {
        return committing(super.getConnection());
    }

    @Override
    public Connection getConnection(String username, String password) throws SQLException {
        return committing(super.getConnection(username, password));
    }

    private static Connection committing(Connection connection) throws SQLException {
        if (connection.getAutoCommit()) {
            return connection;
        }
        connection.setAutoCommit(true);
        return (Connection) Proxy.newProxyInstance(HostDataSource.class.getClassLoader(), new Class<?>[] {Connection.class}, (proxy, method, args) -> {
            if (method.getName().equals("close") && !connection.isClosed()) {
                connection.setAutoCommit(false); // it goes back to the host's pool as it came
            }
            try {
                return method.invoke(connection, args);
            } catch (InvocationTargetException e) {
                throw e.getCause();
            }
        });
    }
}
