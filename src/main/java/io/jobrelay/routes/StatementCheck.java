package io.jobrelay.routes;

import io.jobrelay.protocol.Redaction;
import java.io.IOException;
import java.sql.SQLException;
import java.util.Map;
import java.util.Set;
import javax.sql.DataSource;
import org.apache.camel.CamelContext;
import org.apache.camel.Endpoint;
import org.apache.camel.component.sql.SqlEndpoint;
import org.apache.camel.support.ResourceHelper;
import org.apache.camel.util.IOHelper;

/** Looks whether the statements that routes name are there, and whether the database takes them. */
final class StatementCheck {

    private StatementCheck() {
    }

    /**
     * @param files as they would be
     * @param made the names of those whose routes are made again
     * @param changed the names of those that differ
     * @throws RejectedFile naming the changed file that is at fault
     */
    static void exist(Map<String, RouteFile> files, Set<String> made, Set<String> changed) throws RejectedFile {
        for (String name : made) {
            for (String statement : files.get(name).statements()) {
                if (!files.containsKey(statement)) {
                    throw changed.contains(name) || !changed.contains(statement)
                            ? new RejectedFile(name, files.get(name).lineOf(RouteFile.statement(statement)),
                                    "the statement routes/" + statement + " is missing", statement)
                            : new RejectedFile(statement, 0, "it is gone, but " + name + " uses it");
                }
            }
        }
    }

    /**
     * Lets the database look at each statement that the routes of a context name.
     *
     * @param context with the routes
     * @param files as they would be
     * @param made the names of those whose routes are made again
     * @param changed the names of those that differ
     * @throws RejectedFile naming the file that is at fault
     * @throws SQLException when the database cannot be asked
     */
    static void prepare(CamelContext context, Map<String, RouteFile> files, Set<String> made, Set<String> changed)
            throws RejectedFile, SQLException {
        for (Endpoint endpoint : context.getEndpoints()) {
            if (!(endpoint instanceof SqlEndpoint sql) || sql.getQuery() == null || sql.getJdbcTemplate() == null) {
                continue;
            }
            DataSource dataSource = sql.getJdbcTemplate().getDataSource();
            RouteFile file = files.values().stream().filter(f -> f.isSql() && sql.getQuery().equals(f.location())).findFirst().orElse(null);
            String text;
            if (file != null) {
                text = file.text();
            } else if (ResourceHelper.hasScheme(sql.getQuery())) {
                try {
                    text = IOHelper.loadText(ResourceHelper.resolveMandatoryResourceAsInputStream(context, sql.getQuery()));
                } catch (IOException e) {
                    throw new RejectedFile(user(files, made, sql.getQuery()), 0, "the statement " + sql.getQuery() + " cannot be read");
                }
            } else {
                text = sql.getQuery();
            }
            try {
                StatementPreparation.prepare(dataSource, text);
            } catch (StatementPreparation.Refused e) {
                if (file != null && changed.contains(file.name())) {
                    throw new RejectedFile(file.name(), e.line(), "the database does not take it: " + Redaction.of(e.getMessage()));
                }
                String user = user(files, made, file == null ? sql.getQuery() : file.name());
                int line = files.get(user).lineOf(file == null ? text.strip().lines().findFirst().orElse(text) : file.statement());
                throw new RejectedFile(user, line, "the database does not take " + (file == null ? "a statement" : file.name()) + ": "
                        + Redaction.of(e.getMessage()));
            }
        }
    }

    private static String user(Map<String, RouteFile> files, Set<String> made, String statement) {
        return made.stream().filter(name -> files.get(name).uses(statement) || files.get(name).text().contains(statement)).findFirst()
                .orElseGet(() -> made.iterator().next());
    }
}
