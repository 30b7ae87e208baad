package io.jobrelay.bench;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * A statement of {@code routes/} for JDBC, in whatever folder it lies: camel-sql's {@code :#name}, {@code :#in:name},
 * {@code :#${variable.row[name]}} and {@code :#${bean:x?method=name}} become question marks.
 */
final class RouteSql {

    private static final Pattern PARAMETER = Pattern.compile(":#(?:in:)?(?:\\$\\{(?:variable\\.\\w+\\[|bean:[\\w-]+\\?method=))?(\\w+)(?:]?})?");
    private final String text;
    private final List<Object> values = new ArrayList<>();

    /**
     * @param name of the file, without its ending
     * @param parameters by name; a collection for {@code :#in:name}
     */
    RouteSql(String name, Map<String, ?> parameters) {
        Matcher found = PARAMETER.matcher(read(name));
        StringBuilder jdbc = new StringBuilder();
        while (found.find()) {
            Object value = parameters.get(found.group(1));
            if (value == null) {
                throw new IllegalStateException(name + ".sql has a parameter " + found.group(1) + " that the benchmark does not know");
            }
            List<Object> all = value instanceof Collection<?> many ? new ArrayList<>(many) : List.of(value);
            values.addAll(all);
            found.appendReplacement(jdbc, String.join(", ", all.stream().map(v -> "?").toList()));
        }
        text = found.appendTail(jdbc).toString();
    }

    private static String read(String name) {
        try (Stream<Path> files = Files.walk(Path.of("routes"))) {
            Path file = files.filter(path -> path.endsWith(name + ".sql")).findFirst()
                    .orElseThrow(() -> new IllegalStateException("There is no " + name + ".sql below routes/"));
            return Files.readAllLines(file).stream().filter(line -> !line.startsWith("--")).collect(Collectors.joining("\n"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** @return its rows, by column names in small letters */
    List<Map<String, Object>> query(Connection connection) throws SQLException {
        List<Map<String, Object>> found = new ArrayList<>();
        try (PreparedStatement statement = connection.prepareStatement(text)) {
            bind(statement);
            try (ResultSet rows = statement.executeQuery()) {
                while (rows.next()) {
                    Map<String, Object> row = new HashMap<>();
                    for (int i = 1; i <= rows.getMetaData().getColumnCount(); i++) {
                        row.put(rows.getMetaData().getColumnLabel(i).toLowerCase(Locale.ROOT), rows.getObject(i));
                    }
                    found.add(row);
                }
            }
        }
        return found;
    }

    /** @return how many rows it changed */
    int update(Connection connection) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(text)) {
            bind(statement);
            return statement.executeUpdate();
        }
    }

    private void bind(PreparedStatement statement) throws SQLException {
        for (int i = 0; i < values.size(); i++) {
            statement.setObject(i + 1, values.get(i));
        }
    }

    /** Runs a statement as one batch, once for each row, whose columns are parameters beside the others. */
    static void batch(Connection connection, String name, Map<String, ?> parameters, List<Map<String, Object>> rows) throws SQLException {
        PreparedStatement statement = null;
        try {
            for (Map<String, Object> row : rows) {
                Map<String, Object> both = new HashMap<>(row);
                both.putAll(parameters);
                RouteSql one = new RouteSql(name, both);
                if (statement == null) {
                    statement = connection.prepareStatement(one.text);
                }
                one.bind(statement);
                statement.addBatch();
            }
            if (statement != null) {
                statement.executeBatch();
            }
        } finally {
            if (statement != null) {
                statement.close();
            }
        }
    }
}
