package io.jobrelay;

import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.UUID;

/** One real PostgreSQL for all tests of this JVM, from the server's binaries in a Maven dependency; a database of its own for each relay. */
public final class Postgres {

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

    private static void stop() {
        try {
            server.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
