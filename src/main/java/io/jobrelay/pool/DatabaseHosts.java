package io.jobrelay.pool;

import com.zaxxer.hikari.SQLExceptionOverride;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.Properties;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.springframework.jdbc.datasource.AbstractDataSource;

/**
 * Opens connections to PostgreSQL, where the URL names several hosts to the one that can be used. The driver's own search bounds all hosts
 * together, and one that is frozen (it accepts and says nothing) uses up the others' time; so each is called by itself here, with a bound of
 * its own on each answer, and the one that worked last is called first. One that failed is called last for a while.
 *
 * <p>While none can be used the thread that fills the pool stays here and goes on trying: Hikari by itself would come back less and less often.
 */
public final class DatabaseHosts extends AbstractDataSource implements SQLExceptionOverride, AutoCloseable {

    private static final Pattern SEVERAL = Pattern.compile("(jdbc:postgresql://)([^/?]*,[^/?]*)(.*)");
    /** Which of several it shall be is the driver's to choose there: by dice, or by what they are. */
    private static final Pattern CHOSEN_BY_THE_DRIVER = Pattern.compile("(?i)[?&](loadBalanceHosts=true|targetServerType=(secondary|slave|prefer))");
    /** read_only_sql_transaction, admin_shutdown, crash_shutdown, cannot_connect_now: this server is no primary, or not for long. */
    private static final Set<String> LEAVE = Set.of("25006", "57P01", "57P02", "57P03");
    /** disk_full, out_of_memory, io_error, undefined_file, data_corrupted, index_corrupted, database_dropped: a new connection may lead to another. */
    private static final Set<String> BROKEN = Set.of("53100", "53200", "58030", "58P01", "XX001", "XX002", "57P04");
    /** How long an answer may take is short while logging in, and then as the URL has it. */
    private static final Pattern SILENCE = Pattern.compile("(?<=[?&]socketTimeout=)\\d{1,9}");
    private static final String LOGIN_SILENCE_SECONDS = "2";
    private static final long FORGIVEN_NANOS = TimeUnit.SECONDS.toNanos(10);
    private static final long PAUSE_MILLIS = 250;
    /** A password that is wrong, a database that is not there: asking often only fills the server's log. */
    private static final long LONG_PAUSE_MILLIS = 2_500;
    private static final long PATIENCE_NANOS = TimeUnit.MINUTES.toNanos(5);
    /** For so long a login that failed says why the next waits: a login may take ten seconds, and the pause after it a few. */
    private static final long STANDS_NANOS = TimeUnit.SECONDS.toNanos(15);
    private static final long START = System.nanoTime();

    private final List<Host> hosts;
    private final Properties properties;
    private final int silenceMillis;
    private volatile String initSql;
    private final RoundTrip distance = new RoundTrip();
    private volatile Host worked;
    private volatile Failure failing;
    private volatile Runnable leave;
    private volatile Runnable move;
    private volatile boolean closed;

    private record Failure(SQLException why, long at) {
    }

    private static final class Host {
        private final String url;
        private volatile long failedAt;

        Host(String url) {
            this.url = url;
        }
    }

    /**
     * @param url of one database, on one host or several
     * @param properties of a connection, user and password among them; what the URL says wins
     * @param initSql what each connection begins with; null for nothing
     */
    public DatabaseHosts(String url, Properties properties, String initSql) {
        Matcher silence = SILENCE.matcher(url);
        String seconds = silence.find() ? silence.group() : properties.getProperty("socketTimeout", "0");
        this.silenceMillis = (int) Math.min(Integer.MAX_VALUE, TimeUnit.SECONDS.toMillis(Long.parseLong(seconds)));
        this.hosts = urls(silence.replaceAll(LOGIN_SILENCE_SECONDS)).stream().map(Host::new).toList();
        this.properties = new Properties();
        this.properties.putAll(properties);
        this.properties.values().removeIf(""::equals); // the driver looks for a password elsewhere then
        this.initSql = initSql;
        this.properties.setProperty("loginTimeout", "10"); // all answers together; from far away there are eight of them
        this.properties.setProperty("connectTimeout", "2");
        this.properties.setProperty("sslResponseTimeout", "1000");
        this.properties.setProperty("gssResponseTimeout", "1000");
        this.properties.setProperty("cancelSignalTimeout", "2");
        this.properties.setProperty("socketTimeout", LOGIN_SILENCE_SECONDS); // from then on it is longer
    }

    /** @return the same URL for each of its hosts; as it is where that cannot be, or need not be */
    static List<String> urls(String url) {
        Matcher several = SEVERAL.matcher(url);
        return several.matches() && !CHOSEN_BY_THE_DRIVER.matcher(several.group(3)).find()
                ? Arrays.stream(several.group(2).split(",")).filter(host -> !host.isBlank())
                        .map(host -> several.group(1) + host.strip() + several.group(3)).toList()
                : List.of(url);
    }

    /**
     * @param property of a connection; what the URL says wins
     * @param value that it has from now on
     */
    public void set(String property, String value) {
        properties.setProperty(property, value);
    }

    /** @param sql what each connection that begins with something begins with instead from now on */
    public void beginLess(String sql) {
        initSql = initSql == null ? null : sql;
    }

    /** @return how far away the database is */
    RoundTrip distance() {
        return distance;
    }

    /**
     * From now on whoever wants a connection waits until there is one.
     *
     * @param leaving called when the server that the connections lead to is none to write to any more
     * @param moving called when another host than before is found to be the one
     */
    void opened(Runnable leaving, Runnable moving) {
        move = moving;
        leave = leaving;
    }

    @java.lang.Override
    public Connection getConnection() throws SQLException {
        long until = System.nanoTime() + PATIENCE_NANOS;
        while (true) {
            try {
                Connection connection = any();
                failing = null;
                return connection;
            } catch (SQLException e) {
                boolean told = failing != null && String.valueOf(e.getMessage()).equals(failing.why().getMessage());
                failing = new Failure(e, System.nanoTime());
                if (leave == null || closed || !told || System.nanoTime() > until) {
                    throw e;
                }
                pause(e);
            }
        }
    }

    /** @return why there is no new connection at the moment; null where there is one, or nobody asks for one */
    SQLException failing() {
        Failure last = failing;
        return last == null || System.nanoTime() - last.at() > STANDS_NANOS ? null : last.why();
    }

    private static void pause(SQLException failure) throws SQLException {
        boolean passing = failure.getSQLState() == null || failure.getSQLState().matches("(08|53|57).*");
        try {
            TimeUnit.MILLISECONDS.sleep(passing ? PAUSE_MILLIS : LONG_PAUSE_MILLIS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw failure;
        }
    }

    @java.lang.Override
    public Connection getConnection(String user, String password) throws SQLException {
        return getConnection(); // they stand in the properties
    }

    /**
     * Logs in at the first host that can be used.
     *
     * @return an open connection
     * @throws SQLException when there is none now
     */
    Connection any() throws SQLException {
        SQLException failure = null;
        for (Host host : inOrder()) {
            try {
                Connection connection = login(host);
                if (worked != host) {
                    moved(host);
                }
                return connection;
            } catch (SQLException e) {
                host.failedAt = now();
                if (failure != null) {
                    e.addSuppressed(failure);
                }
                failure = e;
            }
        }
        throw Objects.requireNonNull(failure);
    }

    private synchronized void moved(Host host) {
        Host before = worked;
        worked = host;
        if (before != null && before != host && move != null) {
            move.run();
        }
    }

    private List<Host> inOrder() {
        List<Host> order = new ArrayList<>(hosts);
        long forgiven = now() - FORGIVEN_NANOS;
        order.sort(Comparator.comparingLong(host -> host.failedAt < forgiven ? 0 : host.failedAt));
        Host last = worked;
        if (last != null && last.failedAt < forgiven) {
            order.remove(last);
            order.add(0, last);
        }
        return order;
    }

    private Connection login(Host host) throws SQLException {
        Connection connection = DriverManager.getConnection(host.url, properties);
        try {
            if (initSql != null) {
                long asked = System.nanoTime();
                try (Statement statement = connection.createStatement()) {
                    statement.execute(initSql);
                }
                distance.measured(System.nanoTime() - asked);
            }
            connection.setNetworkTimeout(Runnable::run, silenceMillis);
            return connection;
        } catch (SQLException e) {
            connection.close();
            throw e;
        }
    }

    /** Always above 0, which is never. */
    private static long now() {
        return System.nanoTime() - START + FORGIVEN_NANOS + 1;
    }

    /** The host that worked last has fallen silent: the next login asks the others first. */
    void doubt() {
        Host last = worked;
        if (last != null) {
            last.failedAt = now();
        }
    }

    /** @return whether another connection may lead to a server that can be written to, and this one does not */
    public static boolean isToLeave(SQLException failure) {
        String state = failure.getSQLState();
        return state != null && (LEAVE.contains(state) || BROKEN.contains(state));
    }

    @java.lang.Override
    public Override adjudicate(SQLException failure) {
        if (isToLeave(failure) && LEAVE.contains(failure.getSQLState())) {
            Host last = worked;
            Runnable leaving = leave;
            if (last != null && leaving != null) {
                last.failedAt = now();
                leaving.run();
            }
        }
        return isToLeave(failure) ? Override.MUST_EVICT : Override.CONTINUE_EVICT;
    }

    @java.lang.Override
    public void setLoginTimeout(int seconds) {
        // each answer has its own, above
    }

    /** How long a pool that is closed waits for a login that is under way. */
    @java.lang.Override
    public int getLoginTimeout() {
        return 3;
    }

    /** Nobody waits here from now on. */
    @java.lang.Override
    public void close() {
        closed = true;
    }
}
