package io.jobrelay.pool;

import com.zaxxer.hikari.HikariDataSource;
import io.jobrelay.protocol.FatalErrors;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.SQLTransientConnectionException;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import javax.sql.DataSource;
import org.postgresql.core.BaseConnection;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.jdbc.datasource.DelegatingDataSource;

/**
 * The connections to a database that is reached over a network, which may fall silent without a word: nothing is refused or reset then, and
 * whoever waits would wait until the driver's last bound.
 *
 * <p>A connection that has not answered {@link PromptThread somebody in a hurry} for two seconds (more where much is written, or the way is far) is
 * given up: cut, and what it does on the server cancelled, so that nothing piles up there. Whoever may wait is given up only when the database
 * answers nobody: no connection, nor a login that is tried for the purpose. The others, the idle ones too, go with it if none has been answered
 * since: they lead where it led. So do those to a host that is not the one any more. A statement that was given up may have been done all the
 * same. Of the pool's connections some are kept for those in a hurry.
 *
 * <p>Of a host's pool only what somebody in a hurry holds is given up; all else in it is the host's.
 */
public final class NetworkDataSource extends DelegatingDataSource implements AutoCloseable {

    /** The size of the pool, and how many of it those without hurry may have. */
    public static final int CONNECTIONS = 20;
    private static final int MOST_WITHOUT_HURRY = 16;
    private static final Logger LOG = LoggerFactory.getLogger(NetworkDataSource.class);
    private static final long WAIT_MILLIS = 1_500;
    private static final long LOOK_MILLIS = 100;
    private static final long SILENCE_NANOS = TimeUnit.SECONDS.toNanos(2);
    private static final long ASK_NANOS = TimeUnit.SECONDS.toNanos(1);
    /** A process that stood still for so long knows nothing of who was silent meanwhile. */
    private static final long STOOD_STILL_NANOS = TimeUnit.SECONDS.toNanos(1);
    private static final long BETWEEN_EVICTIONS_NANOS = TimeUnit.SECONDS.toNanos(5);
    private static final long BETWEEN_LEAVINGS_NANOS = TimeUnit.SECONDS.toNanos(1);
    /** The slowest way that is waited for: 10 Mbit/s. A large body on it takes a minute. */
    private static final long NANOS_PER_BYTE = 800;
    private static final int WAYS = 8;

    private final HikariDataSource pool;
    private final DatabaseHosts hosts;
    private final Semaphore withoutHurry = new Semaphore(MOST_WITHOUT_HURRY, true);
    private final Set<Held> held = ConcurrentHashMap.newKeySet();
    private final Thread watch = new Thread(this::watch, "relay-database-line");
    private volatile long answered = System.nanoTime();
    private volatile long returned = answered;
    private volatile long moved = returned;
    private volatile long asked;
    private volatile boolean asking;
    private long told = System.nanoTime() - BETWEEN_EVICTIONS_NANOS;
    private long evicted = told;

    /**
     * @param pool of the relay's own
     * @param hosts where it has its connections from
     */
    public NetworkDataSource(HikariDataSource pool, DatabaseHosts hosts) {
        super(pool);
        this.pool = pool;
        this.hosts = hosts;
        hosts.opened(this::leave, this::move);
        begin();
    }

    /** @param host's pool, of an unknown kind and size */
    public NetworkDataSource(DataSource host) {
        super(host);
        this.pool = null;
        this.hosts = null;
        begin();
    }

    /** @return whether the pool is not the relay's own */
    public boolean ofHost() {
        return pool == null;
    }

    /** @return a sentence when the database is too far away; else none */
    public List<String> distance() {
        return hosts == null ? List.of() : hosts.distance().sentences();
    }

    private void begin() {
        watch.setDaemon(true);
        watch.start();
    }

    @Override
    public Connection getConnection() throws SQLException {
        Long bytes = PromptThread.here();
        boolean permitted = bytes == null && pool != null;
        if (permitted) {
            await();
        }
        Held taken = null;
        try {
            taken = new Held(super.getConnection(), bytes, permitted);
            held.add(taken);
            return taken.proxy();
        } catch (SQLTransientConnectionException e) {
            throw because(e);
        } finally {
            if (taken == null && permitted) {
                withoutHurry.release();
            }
        }
    }

    /** The pool names what it has met last, and that may be an old connection of its own that was closed; what stands is why there is no new one. */
    private SQLException because(SQLTransientConnectionException timeout) {
        SQLException failing = hosts == null ? null : hosts.failing();
        return failing == null ? timeout : new SQLTransientConnectionException(timeout.getMessage(), timeout.getSQLState(), failing);
    }

    private void await() throws SQLException {
        try {
            if (!withoutHurry.tryAcquire(WAIT_MILLIS, TimeUnit.MILLISECONDS)) {
                throw new SQLTransientConnectionException("All connections to the database are in use");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new SQLException("Interrupted while waiting for a connection", e);
        }
    }

    /** A connection in somebody's hands. */
    private final class Held {
        private final Connection connection;
        private final Long bytes;
        private final boolean permitted;
        private volatile long since = System.nanoTime();
        private volatile boolean over;

        Held(Connection connection, Long bytes, boolean permitted) {
            this.connection = connection;
            this.bytes = bytes;
            this.permitted = permitted;
        }

        Connection proxy() {
            return (Connection) Proxy.newProxyInstance(NetworkDataSource.class.getClassLoader(), new Class<?>[] {Connection.class}, (proxy, method, args) -> {
                switch (method.getName()) {
                    case "close":
                        close();
                        return null;
                    case "equals":
                        return proxy == args[0];
                    case "hashCode":
                        return System.identityHashCode(proxy);
                    default:
                }
                try {
                    return method.invoke(connection, args);
                } catch (InvocationTargetException e) {
                    throw over && e.getCause() instanceof SQLException failure
                            ? new SQLException("The database did not answer in time, and the connection was given up", "08006", failure) : e.getCause();
                }
            });
        }

        private void close() throws SQLException {
            boolean mine = held.remove(this);
            boolean well;
            synchronized (this) {
                well = !over;
                over = true;
            }
            try {
                if (well && mine && !connection.isClosed()) {
                    answered();
                }
                if (well || pool == null || connection.isClosed()) {
                    connection.close();
                } else {
                    pool.evictConnection(connection); // it is about to be cut, and must not be so in the next one's hands
                }
            } finally {
                if (mine && permitted) {
                    withoutHurry.release();
                }
            }
        }

        private boolean tooLong(long now) {
            long age = now - since;
            if (bytes != null) {
                return age > SILENCE_NANOS + bytes * NANOS_PER_BYTE + ways();
            }
            return pool != null && age > SILENCE_NANOS && (since - moved < 0 || silent(now));
        }

        /** Nobody else has the connection before this has come to its end. */
        private void giveUp() {
            Connection raw;
            synchronized (this) {
                if (over) {
                    return;
                }
                over = true;
                raw = raw();
            }
            Thread thread = new Thread(() -> cut(raw), "relay-database-cut");
            thread.setDaemon(true);
            thread.start(); // an encrypted connection that is being written to takes its time to close
        }

        private Connection raw() {
            try {
                return pool == null ? connection : connection.unwrap(BaseConnection.class);
            } catch (SQLException e) {
                return connection;
            }
        }
    }

    private static void cut(Connection connection) {
        try {
            connection.abort(Runnable::run);
            if (connection instanceof BaseConnection postgres) {
                postgres.getQueryExecutor().sendQueryCancel(); // it has a way of its own, and answers nobody
            }
        } catch (SQLException | RuntimeException e) {
            LOG.debug("As it should be: it is closed already", e);
        }
    }

    /** That the database has answered somebody, on a connection of the pool. */
    public void answered() {
        returned = System.nanoTime();
        lives();
    }

    private void lives() {
        answered = System.nanoTime();
        asked = 0;
    }

    /** Whether nobody has been answered for two seconds, though somebody has asked. */
    private boolean silent(long now) {
        long since = asked;
        return now - answered > SILENCE_NANOS && since != 0 && now - since > ASK_NANOS + ways();
    }

    /** What a login takes, or a few statements, when the way is far. */
    private long ways() {
        return hosts == null ? 0 : WAYS * hosts.distance().nanos();
    }

    private void watch() {
        long looked = System.nanoTime();
        try {
            while (!Thread.currentThread().isInterrupted()) {
                TimeUnit.MILLISECONDS.sleep(LOOK_MILLIS);
                long now = System.nanoTime();
                if (now - looked > STOOD_STILL_NANOS) {
                    held.forEach(one -> one.since = now);
                    answered = now;
                    asked = 0;
                }
                looked = now;
                look(now);
            }
        } catch (InterruptedException e) {
            LOG.debug("The line is closed");
        } catch (Throwable t) {
            FatalErrors.see(t);
            throw t;
        }
    }

    private void look(long now) {
        for (Held one : held) {
            if (one.tooLong(now)) {
                boolean all = returned < one.since;
                evict(now, BETWEEN_EVICTIONS_NANOS, "The database does not answer: connections that wait for it are given up", all);
                if (all && pool != null) {
                    hosts.doubt();
                    held.stream().filter(other -> now - other.since > SILENCE_NANOS).forEach(Held::giveUp);
                }
                one.giveUp();
            }
        }
        if (pool != null && now - answered > ASK_NANOS && held.stream().anyMatch(one -> now - one.since > ASK_NANOS)) {
            ask(now);
        }
    }

    /** Logs in beside the pool: a slow statement is none to give up while the database answers others. */
    private void ask(long now) {
        if (asked == 0) {
            asked = now;
        }
        if (!asking) {
            asking = true;
            Thread thread = new Thread(() -> {
                try (Connection connection = hosts.any()) {
                    lives();
                } catch (SQLException e) {
                    if (e.getSQLState() != null && !e.getSQLState().startsWith("08")) {
                        lives(); // no, but an answer
                    }
                } finally {
                    asking = false;
                }
            }, "relay-database-ask");
            thread.setDaemon(true);
            thread.start();
        }
    }

    private void move() {
        moved = System.nanoTime();
        evict(moved, 0, "The database is at another host now", true);
    }

    private void leave() {
        evict(System.nanoTime(), BETWEEN_LEAVINGS_NANOS, "The database cannot be written to there: all connections are made anew", true);
    }

    private synchronized void evict(long now, long between, String why, boolean idleToo) {
        if (now - told > between) {
            told = now;
            LOG.warn(why);
        }
        if (idleToo && now - evicted > between && pool != null && !pool.isClosed()) {
            evicted = now;
            pool.getHikariPoolMXBean().softEvictConnections();
        }
    }

    /** Stops to look; the pool is closed by whoever opened it. */
    @Override
    public void close() {
        watch.interrupt();
        if (hosts != null) {
            hosts.close();
        }
    }
}
