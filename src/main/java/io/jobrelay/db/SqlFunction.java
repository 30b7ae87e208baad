package io.jobrelay.db;

import io.jobrelay.config.Layers;
import org.apache.camel.spi.PropertiesFunction;

/** Lets a route name its statement as <code>{{sql:job-insert}}</code>, wherever the file of that name lies (see {@link Layers}). */
public final class SqlFunction implements PropertiesFunction {

    private final Layers layers;

    /** @param layers where route and SQL files lie */
    public SqlFunction(Layers layers) {
        this.layers = layers;
    }

    @Override
    public String getName() {
        return "sql";
    }

    /**
     * @param name of the statement, without folder and ending
     * @return the resource URI of its file, such as {@code file:routes/sql/job-insert.sql}, as it has to stand in an endpoint's URI
     */
    @Override
    public String apply(String name) {
        return inUri(layers.locate("sql/" + name + ".sql"));
    }

    /**
     * @param location of a resource
     * @return the same, to be put into an endpoint's URI, whose path Camel decodes twice
     */
    public static String inUri(String location) {
        return location.replace("%", "%2525");
    }
}
