package io.jobrelay.support;

import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.UUID;

/** One real PostgreSQL for all tests of this JVM, from the server's binaries in a Maven dependency; a database of its own for each relay. */
public final class Postgres {

    private static final Deque<String> LEFT = new ArrayDeque<>();
    private static EmbeddedPostgres server;

    private Postgres() {
    }

    /** @return the URL of a new, empty database; user and password are both {@code postgres} */
    public static synchronized String newDatabase() {
        try {
            if (server == null) {
                server = EmbeddedPostgres.builder().setServerConfig("max_connections", "300")
                        .setServerConfig("fsync", "on").setServerConfig("synchronous_commit", "on") // it starts with both off
                        .start();
                Runtime.getRuntime().addShutdownHook(new Thread(Postgres::stop));
            }
            String name = "relay_" + UUID.randomUUID().toString().replace('-', '_');
            try (Connection connection = server.getPostgresDatabase().getConnection(); Statement statement = connection.createStatement()) {
                statement.execute("CREATE DATABASE " + name);
            }
            return "jdbc:postgresql://localhost:" + server.getPort() + "/" + name;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    /** @return the URL of an empty database, which a relay may have been on before: a new one makes the server write all it has to the disk */
    static synchronized String emptyDatabase() {
        return LEFT.stream().filter(Postgres::madeEmpty).findFirst().map(url -> {
            LEFT.remove(url);
            return url;
        }).orElseGet(Postgres::newDatabase);
    }

    /** @param url as {@link #emptyDatabase} gave it, to be given to somebody else as soon as nobody is in it any more */
    static synchronized void leave(String url) {
        LEFT.add(url);
    }

    private static boolean madeEmpty(String url) {
        try (Connection connection = DriverManager.getConnection(url, "postgres", "postgres"); Statement statement = connection.createStatement()) {
            try (ResultSet others = statement.executeQuery("SELECT 1 FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()")) {
                if (others.next()) {
                    return false;
                }
            }
            statement.execute("DROP SCHEMA public CASCADE; CREATE SCHEMA public; GRANT ALL ON SCHEMA public TO PUBLIC");
            return true;
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    /**
     * Does something as the server's superuser.
     *
     * @param url of a database, as {@link #newDatabase} gives it
     * @param statements one after the other, each for itself
     */
    public static void execute(String url, String... statements) {
        try (Connection connection = DriverManager.getConnection(url, "postgres", "postgres"); Statement statement = connection.createStatement()) {
            for (String one : statements) {
                statement.execute(one);
            }
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    /**
     * @param url as {@link #newDatabase} gives it
     * @return the database's name
     */
    public static String name(String url) {
        return url.replaceFirst("\\?.*", "").replaceFirst(".*/", "");
    }

    /**
     * Makes a role that may do nothing in particular, named after the database; its password is its name.
     *
     * @param url as {@link #newDatabase} gives it
     * @return its name
     */
    public static String newRole(String url) {
        String role = "role_of_" + name(url);
        execute(url, "CREATE ROLE " + role + " LOGIN PASSWORD '" + role + "'", "REVOKE ALL ON SCHEMA public FROM PUBLIC",
                "GRANT USAGE ON SCHEMA public TO " + role);
        return role;
    }

    private static void stop() {
        try {
            server.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
