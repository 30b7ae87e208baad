package io.jobrelay.db;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import io.jobrelay.config.Keys;
import io.jobrelay.config.ServerChoice;
import io.jobrelay.config.StartFailure;
import io.jobrelay.folder.Folders;
import io.jobrelay.pool.DatabaseHosts;
import io.jobrelay.pool.DatabaseTrouble;
import io.jobrelay.pool.H2Reopening;
import io.jobrelay.pool.HostDataSource;
import io.jobrelay.pool.NetworkDataSource;
import io.jobrelay.pool.PoolerCheck;
import io.jobrelay.protocol.Redaction;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Clock;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;
import java.util.Properties;
import java.util.regex.Pattern;
import javax.sql.DataSource;
import org.apache.camel.CamelContext;
import org.apache.camel.support.LifecycleStrategySupport;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.dao.DataAccessException;

/** Opens the database named by {@code relay.db.url} and brings its schema up to date. */
public final class DatabaseSetup {

    private static final Logger LOG = LoggerFactory.getLogger(DatabaseSetup.class);
    private static final Pattern MEMORY = Pattern.compile("jdbc:h2:(file:)?(mem|memFS|memLZF|nioMemFS|nioMemLZF):");
    private static final Pattern H2_NOT_ALONE = Pattern.compile("(?i)^jdbc:h2:(tcp|ssl):|;(AUTO_SERVER|ACCESS_MODE_DATA)=");
    private static final String SESSION = "SET idle_in_transaction_session_timeout = '20s'; SET enable_seqscan = off; SET enable_bitmapscan = off;"
            + " SET client_min_messages = warning";
    /** Whatever the database's default is: under another one requests that meet fail, and jobs wait for their claims. */
    private static final String ISOLATION = "; SET SESSION CHARACTERISTICS AS TRANSACTION ISOLATION LEVEL READ COMMITTED";
    private static final int H2_IN_USE = 90_020;
    private static final int H2_NOT_THERE = 90_146;

    private DatabaseSetup() {
    }

    /**
     * @param context closes the pool when it has stopped
     * @param keys {@code relay.db.*}
     * @param clock the relay's
     * @return the open database
     * @throws StartFailure when the URL is of another database, cannot keep what was answered, or cannot be opened
     */
    public static Database open(CamelContext context, Keys keys, Clock clock) {
        String url = keys.required("relay.db.url");
        Database.Kind kind = kind(url);
        if (MEMORY.matcher(url).lookingAt() && !keys.flag("relay.db.volatile")) {
            throw new StartFailure("relay.db.url names a database in memory, which forgets every job when the relay stops."
                    + " Name a file (jdbc:h2:file:./data/relay), or set relay.db.volatile=true if that is what you want.");
        }
        HikariConfig config = config(keys, url, kind);
        if (kind == Database.Kind.H2 && !MEMORY.matcher(url).lookingAt() && !H2_NOT_ALONE.matcher(url).find()) {
            H2Reopening reopening = new H2Reopening(url, connection(config), clock);
            config.setDataSource(reopening);
            config.setExceptionOverride(reopening);
        }
        if (kind == Database.Kind.POSTGRESQL) {
            // an instance that stands still, or whose machine is gone, in the middle of a transaction must not hold its locks against the others
            // every statement of the relay is made for one index: a plan made while a table was small must not stay when it has grown
            // a commit that is only half of one is told of by a warning
            lead(config, url, SESSION + ISOLATION);
        }
        return open(context, url, kind, config, "Stop that, or give this one a relay.db.url of its own.", database -> {
            if (kind == Database.Kind.H2) {
                writeAtOnce(database);
                keepSmallBodiesInTheirRows(database);
            } else {
                EncodingCheck.check(database);
            }
            Migrations.run(database, clock.millis());
            checkWrites(database);
        });
    }

    /**
     * Takes a host's database, with the relay's own tables in it. Whoever opened it closes it.
     *
     * @param context whose end is that of what is begun here
     * @param found the host's DataSource
     * @param keys {@code relay.db.volatile}
     * @param clock the relay's
     * @return the open database
     * @throws StartFailure when it is of another kind, cannot keep what was answered, or cannot be used
     */
    public static Database adopt(CamelContext context, DataSource found, Keys keys, Clock clock) {
        DataSource dataSource = new HostDataSource(found);
        try {
            Database database;
            String url;
            try (Connection connection = dataSource.getConnection()) {
                url = String.valueOf(connection.getMetaData().getURL());
                String product = connection.getMetaData().getDatabaseProductName();
                Database.Kind kind = kindOf(product);
                database = new Database(dataSource, kind, kind == Database.Kind.H2 && !H2_NOT_ALONE.matcher(url).find());
                if (MEMORY.matcher(url).lookingAt() && !keys.flag("relay.db.volatile")) {
                    throw new StartFailure("The application's DataSource leads to a database in memory, which forgets every job when it stops."
                            + " Name another with relay.db.data-source or relay.db.url, or set relay.db.volatile=true if that is what you want.");
                }
            }
            if (database.kind() == Database.Kind.H2) {
                makeDurable(database);
            } else {
                EncodingCheck.check(database);
                ServerChoice.warnings(url, "The URL of the application's DataSource").forEach(LOG::warn);
            }
            Migrations.run(database, clock.millis());
            checkWrites(database);
            if (database.kind() == Database.Kind.POSTGRESQL) {
                NetworkDataSource line = new NetworkDataSource(dataSource);
                closeWith(context, null, line);
                return new Database(line, database.kind(), false);
            }
            return database;
        } catch (SQLException | DataAccessException e) {
            throw new StartFailure("The application's DataSource cannot be used: " + DatabaseTrouble.known(e).orElseGet(() ->
                    Redaction.of(e).replaceFirst("\\.$", "") + ". The relay makes tables relay_* in it."), e);
        }
    }

    /** A start that goes on would end at the first write, in words that help nobody. */
    private static void checkWrites(Database database) {
        new CommitProbe(database, Runnable::run, connection -> { }).trouble().ifPresent(sentence -> {
            throw StartFailure.passing(sentence, null);
        });
    }

    /** Both need H2's ADMIN right, and without them nothing that was answered would be safe. */
    private static void makeDurable(Database database) throws SQLException {
        try {
            writeAtOnce(database);
            database.flush();
        } catch (SQLException e) {
            throw new StartFailure("The application's H2 database cannot be made to keep what was answered ("
                    + Redaction.of(String.valueOf(e.getMessage())) + "). Let its user have ADMIN rights, or name another database.", e);
        }
    }

    /** As it comes, H2 loses half a second of commits to a killed process. */
    private static void writeAtOnce(Database database) throws SQLException {
        try (Connection connection = database.dataSource().getConnection(); Statement statement = connection.createStatement()) {
            statement.execute("SET WRITE_DELAY 0");
        }
    }

    /** As it comes, H2 stores whatever is longer than 256 bytes apart, which costs a callback more than all else. */
    private static void keepSmallBodiesInTheirRows(Database database) throws SQLException {
        try (Connection connection = database.dataSource().getConnection(); Statement statement = connection.createStatement()) {
            statement.execute("SET MAX_LENGTH_INPLACE_LOB 8192");
        }
    }

    private static Database.Kind kindOf(String product) {
        return switch (product) {
            case "H2" -> Database.Kind.H2;
            case "PostgreSQL" -> Database.Kind.POSTGRESQL;
            default -> throw new StartFailure("The application's DataSource leads to " + product + ", which the relay does not speak."
                    + " Name one of H2 or PostgreSQL with relay.db.data-source, or set relay.db.url.");
        };
    }

    /**
     * Opens the database of a relay that does not run, to be read: none is made, and its schema is left as it is.
     *
     * @param context closes the pool when it has stopped
     * @param keys {@code relay.db.*}
     * @return the open database
     * @throws StartFailure when there is none, another process holds it, or it is not of this version
     */
    public static Database openExisting(CamelContext context, Keys keys) {
        return openExisting(context, keys, true, Migrations::check);
    }

    /**
     * Opens the database of a relay that does not run, whatever it holds. A PostgreSQL may be written, so that it can be tried whether it can.
     *
     * @param context closes the pool when it has stopped
     * @param keys {@code relay.db.*}
     * @return the open database
     * @throws StartFailure when there is none, or another process holds it
     */
    public static Database openToExamine(CamelContext context, Keys keys) {
        return openExisting(context, keys, false, database -> { });
    }

    private static Database openExisting(CamelContext context, Keys keys, boolean readOnly, Preparation preparation) {
        String url = keys.required("relay.db.url");
        Database.Kind kind = kind(url);
        if (MEMORY.matcher(url).lookingAt()) {
            throw new StartFailure("relay.db.url names a database in memory, which is there only while its relay runs.");
        }
        HikariConfig config = config(keys, url, kind);
        config.setMaximumPoolSize(2);
        config.setReadOnly(readOnly || kind == Database.Kind.H2);
        if (kind == Database.Kind.POSTGRESQL) {
            config.addDataSourceProperty("socketTimeout", "600"); // whoever reads a whole store may take his time
            lead(config, url, null);
        }
        if (kind == Database.Kind.H2) {
            config.addDataSourceProperty("IFEXISTS", "TRUE");
            if (!H2_NOT_ALONE.matcher(url).find()) {
                config.addDataSourceProperty("ACCESS_MODE_DATA", "r"); // or H2 rewrites the file when it closes it
            }
        }
        return open(context, url, kind, config, "If it is a relay, let relay.admin.host and relay.admin.port lead to it.", preparation);
    }

    private interface Preparation {
        void prepare(Database database) throws SQLException;
    }

    private static HikariConfig config(Keys keys, String url, Database.Kind kind) {
        HikariConfig config = new HikariConfig();
        config.setPoolName("relay");
        config.setJdbcUrl(url);
        keys.text("relay.db.username").ifPresent(config::setUsername);
        keys.text("relay.db.password").ifPresent(config::setPassword);
        config.setMaximumPoolSize(NetworkDataSource.CONNECTIONS);
        config.setConnectionTimeout(1_500);
        if (kind == Database.Kind.H2) {
            config.setInitializationFailTimeout(1); // what hinders H2 now will hinder it in a moment too
            if (!url.toUpperCase(Locale.ROOT).contains(";TRACE_LEVEL_FILE=")) {
                config.addDataSourceProperty("TRACE_LEVEL_FILE", "0"); // or H2 writes stack traces beside its file
            }
            if (!H2_NOT_ALONE.matcher(url).find() && !url.toUpperCase(Locale.ROOT).contains(";DB_CLOSE_ON_EXIT=")) {
                config.addDataSourceProperty("DB_CLOSE_ON_EXIT", "FALSE"); // or H2 closes it at a signal, while what is under way is finished
            } else if (url.toUpperCase(Locale.ROOT).contains(";DB_CLOSE_ON_EXIT=TRUE")) {
                LOG.warn("relay.db.url says DB_CLOSE_ON_EXIT=TRUE: when the relay is stopped, H2 closes the database at once, and work that is under way fails"
                        + " and is done again after the next start. Without it the relay closes the database when it has finished.");
            }
        } else {
            config.setInitializationFailTimeout(5_000);
            config.setValidationTimeout(1_000); // an idle one whose other end is gone must not use up the time of whoever wants one
            // a connection whose other end is gone without a word must not hold a thread for ever; what the URL says wins
            config.addDataSourceProperty("socketTimeout", "20");
            config.addDataSourceProperty("tcpKeepAlive", "true");
            config.addDataSourceProperty("prepareThreshold", "-1"); // binary from the first time on: as text a body of 50 MB is 150 MB for a moment
            config.addDataSourceProperty("reWriteBatchedInserts", "true"); // a group is one statement: its constraints are read once, not for each row
            config.addDataSourceProperty("ApplicationName", "ai-job-relay");
        }
        return config;
    }

    private static void lead(HikariConfig config, String url, String initSql) {
        DatabaseHosts hosts = new DatabaseHosts(url, connection(config), initSql);
        config.setDataSource(hosts);
        config.setExceptionOverride(hosts);
    }

    private static Properties connection(HikariConfig config) {
        Properties properties = new Properties();
        properties.putAll(config.getDataSourceProperties());
        properties.setProperty("user", Objects.requireNonNullElse(config.getUsername(), ""));
        properties.setProperty("password", Objects.requireNonNullElse(config.getPassword(), ""));
        return properties;
    }

    private static Database open(CamelContext context, String url, Database.Kind kind, HikariConfig config, String inUse, Preparation preparation) {
        HikariDataSource pool = null;
        NetworkDataSource line = null;
        try {
            pool = new HikariDataSource(config);
            PoolerCheck.Between between = kind == Database.Kind.H2 ? PoolerCheck.Between.NOTHING : PoolerCheck.look(pool, ServerChoice.prepareThreshold(url));
            if (between != PoolerCheck.Between.NOTHING) {
                pool.close();
                pool = throughPooler(config, between);
            }
            boolean alone = kind == Database.Kind.H2 && !H2_NOT_ALONE.matcher(url).find();
            Database database = new Database(pool, kind, alone, Optional::empty, between != PoolerCheck.Between.NOTHING);
            if (config.getExceptionOverride() instanceof H2Reopening reopening) {
                reopening.of(pool);
                database = new Database(pool, kind, alone, reopening::broken);
            }
            if (config.getDataSource() instanceof DatabaseHosts hosts && !config.isReadOnly()) {
                line = new NetworkDataSource(pool, hosts);
                database = new Database(line, kind, alone, Optional::empty, between != PoolerCheck.Between.NOTHING);
            }
            preparation.prepare(database);
            closeWith(context, pool, line);
            return database;
        } catch (SQLException | RuntimeException e) {
            close(pool, line);
            if (e instanceof StartFailure told) {
                throw told;
            }
            if (DatabaseTrouble.isOfStatementMode(e)) {
                throw new StartFailure(DatabaseTrouble.of(e), e);
            }
            Folders.unreadable(url).ifPresent(sentence -> {
                throw StartFailure.passing(sentence, e);
            });
            throw StartFailure.passing("The database " + Redaction.of(url) + " (relay.db.url) cannot be opened: " + why(e, inUse), e);
        }
    }

    /** One that works through a PgBouncer in transaction mode; what the URL says of {@code prepareThreshold} wins. */
    private static HikariDataSource throughPooler(HikariConfig config, PoolerCheck.Between between) throws SQLException {
        DatabaseHosts hosts = (DatabaseHosts) config.getDataSource();
        hosts.beginLess(SESSION); // others would get the rest, and not all of ours
        if (between == PoolerCheck.Between.LOSES_STATEMENTS) {
            if (config.getJdbcUrl().contains("prepareThreshold=")) {
                throw new StartFailure("A pooler such as PgBouncer in transaction mode stands in front of the database, and relay.db.url keeps statements"
                        + " prepared all the same. Write prepareThreshold=0 there, or take it out.");
            }
            LOG.info("A pooler such as PgBouncer in transaction mode stands in front of the database: statements are not kept prepared (prepareThreshold=0)");
            hosts.set("prepareThreshold", "0");
        }
        HikariDataSource pool = new HikariDataSource(config);
        try {
            PoolerCheck.look(pool, 0);
            return pool;
        } catch (SQLException e) {
            pool.close();
            throw e;
        }
    }

    private static String why(Throwable failure, String inUse) {
        Optional<String> known = DatabaseTrouble.known(failure);
        if (known.isPresent()) {
            return known.get();
        }
        for (Throwable t = failure; t != null; t = t.getCause()) {
            if (t instanceof SQLException sql && "No suitable driver".equals(sql.getMessage())) {
                return "there is no driver for it. Put the jar of its JDBC driver into lib/.";
            }
            if (t instanceof SQLException sql) {
                return switch (sql.getErrorCode()) {
                    case H2_IN_USE -> "another process, perhaps another relay, has it open. " + inUse;
                    case H2_NOT_THERE -> "it does not exist.";
                    default -> Redaction.of(String.valueOf(sql.getMessage())).replaceFirst("\\.$", "") + ". Check relay.db.url, relay.db.username and relay.db.password.";
                };
            }
        }
        return Redaction.of(failure) + ". Check relay.db.url, relay.db.username and relay.db.password.";
    }

    private static Database.Kind kind(String url) {
        if (url.startsWith("jdbc:h2:")) {
            return Database.Kind.H2;
        }
        if (url.startsWith("jdbc:postgresql:")) {
            return Database.Kind.POSTGRESQL;
        }
        throw new StartFailure("relay.db.url names a database the relay does not speak. It takes jdbc:h2:... and jdbc:postgresql:...");
    }

    private static void closeWith(CamelContext context, HikariDataSource pool, NetworkDataSource line) {
        context.addLifecycleStrategy(new LifecycleStrategySupport() {
            @Override
            public void onContextStopped(CamelContext stopped) {
                close(pool, line);
            }
        });
    }

    private static void close(HikariDataSource pool, NetworkDataSource line) {
        if (line != null) {
            line.close();
        }
        if (pool == null) {
            return;
        }
        pool.close();
        if (pool.getExceptionOverride() instanceof H2Reopening reopening) {
            reopening.close();
        }
    }
}
