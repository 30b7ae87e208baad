package io.jobrelay.config;

import org.apache.camel.spi.PropertiesFunction;

/** Lets a route name its statement as <code>{{sql:job-insert}}</code>, wherever the file of that name lies (see {@link RouteLocations}). */
public final class SqlFunction implements PropertiesFunction {

    private final RouteLocations locations;

    /** @param locations where route and SQL files lie */
    public SqlFunction(RouteLocations locations) {
        this.locations = locations;
    }

    @Override
    public String getName() {
        return "sql";
    }

    /**
     * @param name of the statement with its folder and without its ending, such as {@code settle/job-end}; one without a folder lies in
     *     {@code sql/}
     * @return the resource URI of its file, such as {@code file:routes/settle/job-end.sql}, as it has to stand in an endpoint's URI
     */
    @Override
    public String apply(String name) {
        return inUri(locations.locate(file(name)));
    }

    /**
     * @param name as routes give it
     * @return its file below {@code routes/}
     */
    public static String file(String name) {
        return (name.contains("/") ? name : "sql/" + name) + ".sql";
    }

    /**
     * @param location of a resource
     * @return the same, to be put into an endpoint's URI, whose path Camel decodes twice
     */
    public static String inUri(String location) {
        return location.replace("%", "%2525");
    }
}
