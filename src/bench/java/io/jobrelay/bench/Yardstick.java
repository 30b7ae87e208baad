package io.jobrelay.bench;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import java.sql.Connection;
import java.sql.Statement;
import org.apache.camel.builder.RouteBuilder;
import org.apache.camel.main.Main;

/**
 * What the relay is compared with, an application of camel-main: a platform-http route that answers 200 and stores nothing (the empty one), or
 * one camel-sql insert a request (the plain way). It has a pool as large as the relay's.
 */
public final class Yardstick {

    /** The table of the plain way; the same on both databases. */
    static final String TABLE = "CREATE TABLE IF NOT EXISTS plain_callback (id BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY, body TEXT)";

    private Yardstick() {
    }

    /**
     * @param args port; then the URL of the database to insert into, or nothing
     * @throws Exception when it cannot start
     */
    public static void main(String[] args) throws Exception {
        Main main = new Main();
        main.configure().withRoutesIncludePattern("false"); // not the relay's, which lie on the class path too
        main.addInitialProperty("camel.server.enabled", "true");
        main.addInitialProperty("camel.server.port", args[0]);
        boolean stores = args.length > 1;
        if (stores) {
            main.bind("plainDataSource", pool(args[1]));
        }
        main.configure().addRoutesBuilder(new RouteBuilder() {
            @Override
            public void configure() {
                var route = from("platform-http:/webhook?matchOnUriPrefix=true").convertBodyTo(String.class);
                if (stores) {
                    route.to("sql:INSERT INTO plain_callback (body) VALUES (:#${body})?dataSource=#plainDataSource");
                }
                route.removeHeaders("*").setBody().constant("").setHeader("CamelHttpResponseCode").constant(200);
            }
        });
        main.run();
    }

    private static HikariDataSource pool(String url) throws Exception {
        boolean h2 = url.startsWith("jdbc:h2");
        HikariConfig config = new HikariConfig();
        config.setJdbcUrl(url);
        config.setUsername(h2 ? "sa" : "postgres");
        config.setPassword(h2 ? "" : "postgres");
        config.setMaximumPoolSize(20);
        HikariDataSource pool = new HikariDataSource(config);
        try (Connection connection = pool.getConnection(); Statement statement = connection.createStatement()) {
            statement.execute(TABLE);
        }
        return pool;
    }
}
