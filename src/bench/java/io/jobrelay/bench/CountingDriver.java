package io.jobrelay.bench;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.Driver;
import java.sql.DriverManager;
import java.sql.DriverPropertyInfo;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Properties;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.logging.Logger;

/** A JDBC driver in front of the real one, for as long as it is open: counts what is sent to the database, and can hold it back. */
final class CountingDriver implements Driver, AutoCloseable {

    private final Driver real;
    private final AtomicInteger statements = new AtomicInteger();
    private final AtomicInteger commits = new AtomicInteger();
    private volatile CountDownLatch gate = new CountDownLatch(0);

    /** @param url of the database whose driver it takes the place of */
    CountingDriver(String url) throws SQLException {
        real = DriverManager.getDriver(url);
        DriverManager.deregisterDriver(real);
        DriverManager.registerDriver(this);
    }

    /** @return how many were executed so far; a batch is one */
    int statements() {
        return statements.get();
    }

    /** @return how many transactions of several statements were committed so far; a statement outside of one commits by itself */
    int commits() {
        return commits.get();
    }

    /** Lets every statement wait that is executed from now on, until {@link #goOn}. */
    void hold() {
        gate = new CountDownLatch(1);
    }

    /** Ends the waiting. */
    void goOn() {
        gate.countDown();
    }

    @Override
    public Connection connect(String url, Properties info) throws SQLException {
        Connection connection = real.connect(url, info);
        return connection == null ? null : (Connection) counted(Connection.class, connection);
    }

    /** Whatever statement comes out of it is counted, too. */
    private Object counted(Class<?> type, Object target) {
        return Proxy.newProxyInstance(type.getClassLoader(), new Class<?>[] {type}, (proxy, method, arguments) -> {
            if (method.getName().startsWith("execute")) {
                gate.await();
                statements.incrementAndGet();
            } else if (method.getName().equals("commit")) {
                commits.incrementAndGet();
            }
            try {
                Object result = method.invoke(target, arguments);
                return Statement.class.isAssignableFrom(method.getReturnType()) ? counted(method.getReturnType(), result) : result;
            } catch (InvocationTargetException e) {
                throw e.getCause();
            }
        });
    }

    @Override
    public boolean acceptsURL(String url) throws SQLException {
        return real.acceptsURL(url);
    }

    @Override
    public DriverPropertyInfo[] getPropertyInfo(String url, Properties info) throws SQLException {
        return real.getPropertyInfo(url, info);
    }

    @Override
    public int getMajorVersion() {
        return real.getMajorVersion();
    }

    @Override
    public int getMinorVersion() {
        return real.getMinorVersion();
    }

    @Override
    public boolean jdbcCompliant() {
        return real.jdbcCompliant();
    }

    @Override
    public Logger getParentLogger() {
        return Logger.getLogger(CountingDriver.class.getName());
    }

    @Override
    public void close() throws SQLException {
        DriverManager.deregisterDriver(this);
        DriverManager.registerDriver(real);
    }
}
