package io.jobrelay.db;

import java.io.ByteArrayInputStream;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Types;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.sql.DataSource;
import org.apache.camel.CamelContext;
import org.apache.camel.Exchange;
import org.apache.camel.RuntimeExchangeException;
import org.apache.camel.component.sql.DefaultSqlPrepareStatementStrategy;
import org.apache.camel.component.sql.SqlEndpoint;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.core.SqlTypeValue;
import org.springframework.jdbc.core.StatementCreatorUtils;

/**
 * Camel's named parameters, at a fraction of the cost: a statement's names are searched once instead of for each row, a value is looked up
 * once, and the driver is never asked how many parameters there are, which is a round trip to PostgreSQL. A name is looked up as Camel does
 * it: in the body (or the row of a batch), then among the headers, then among the variables; and then among what every statement knows without
 * being told, such as the time. A column of a row that a variable holds is {@code :#${variable.job[id]}}, and what a bean says
 * {@code :#${bean:relay-hands-poll?method=most}}, as with Camel; statements that hold any other expression, or no name at all, are left to Camel.
 *
 * <p>A list, {@code :#in:job}, is more than Camel's: where the body is a list of rows with that column it is the column, each value once; rows of
 * one column, read into a variable, are their values; and one without values is {@code IN (NULL)}, which nothing equals.
 */
public final class NamedParameters extends DefaultSqlPrepareStatementStrategy {

    /** Camel hands a statement over with its placeholder {@code #} replaced: {@code :?job}, {@code :?in:ids}, {@code :?${variable.job[id]}}. */
    private static final Pattern NAME = Pattern.compile(
            ":\\?(in:)?(\\w+)|:\\?\\$\\{variable\\.(\\w+)\\[(\\w+)]}|:\\?(\\$\\{bean:[\\w-]+\\?method=\\w+})");
    private static final int MOST_REMEMBERED = 1_000;
    private static final int LARGE_BYTES = 64 * 1024;
    private static final Object NOWHERE = new Object();
    private final Map<String, Supplier<?>> known;
    private final Map<String, Statement> statements = new ConcurrentHashMap<>();

    private NamedParameters(Map<String, Supplier<?>> known) {
        this.known = known;
    }

    /** Where a statement's parameters stand. */
    private record Statement(boolean named, String positional, List<Parameter> parameters) {

        static Statement of(String query) {
            List<Parameter> parameters = new ArrayList<>();
            Matcher names = NAME.matcher(query);
            StringBuilder positional = new StringBuilder();
            boolean list = false;
            while (names.find()) {
                parameters.add(names.group(2) != null ? new Parameter(names.group(2), names.group(1) != null, null)
                        : names.group(5) != null ? new Parameter(names.group(5), false, null) : new Parameter(names.group(4), false, names.group(3)));
                list |= names.group(1) != null;
                names.appendReplacement(positional, "?");
            }
            names.appendTail(positional);
            boolean other = positional.indexOf("${") >= 0 || positional.indexOf("$simple{") >= 0;
            return new Statement(!parameters.isEmpty() && !other, list ? null : positional.toString(),
                    parameters);
        }
    }

    /** One of a row that a variable holds, where {@code variable} is not null; what a bean says, where the name is an expression. */
    private record Parameter(String name, boolean list, String variable) {

        boolean ofBean() {
            return name.startsWith("$");
        }
    }

    /** The values of one row, in the order of the parameters. */
    private record Values(List<Object> all) implements Iterator<Object> {

        @Override
        public boolean hasNext() {
            return false; // they are taken as a whole
        }

        @Override
        public Object next() {
            throw new java.util.NoSuchElementException();
        }
    }

    /**
     * Lets all statements on a database go this way, and their results be read by {@link RowReader}.
     *
     * @param context whose routes are not loaded yet
     * @param database of the relay; statements on any other are left as they are
     * @param known what a name means that nobody has set, looked up anew for each row: {@code now}
     */
    public static void use(CamelContext context, Database database, Map<String, Supplier<?>> known) {
        NamedParameters strategy = new NamedParameters(Map.copyOf(known));
        RowReader rows = new RowReader();
        DataSource dataSource = database.dataSource();
        JdbcTemplate checked = database.kind() == Database.Kind.POSTGRESQL ? new CheckedTemplate(database) : null;
        context.getCamelContextExtension().registerEndpointCallback((uri, endpoint) -> {
            if (endpoint instanceof SqlEndpoint sql && sql.getJdbcTemplate() != null && sql.getJdbcTemplate().getDataSource() == dataSource) {
                if (checked != null) {
                    sql.setJdbcTemplate(checked);
                }
                sql.setPrepareStatementStrategy(strategy);
                sql.setRowMapperFactory(rows);
                sql.setBatchAutoCommitDisabled(false); // else each batch commits by itself, in a transaction too
                sql.setParametersCount(1); // any number, so that the driver is not asked; they are counted here
            }
            return endpoint;
        });
    }

    @Override
    public String prepareQuery(String query, boolean allowNamedParameters, Exchange exchange) throws SQLException {
        Statement statement = statement(query);
        if (!statement.named()) {
            return super.prepareQuery(query, allowNamedParameters, exchange);
        }
        return statement.positional() != null ? statement.positional() : withLists(query, exchange);
    }

    private String withLists(String query, Exchange exchange) {
        Matcher names = NAME.matcher(query);
        StringBuilder positional = new StringBuilder();
        while (names.find()) {
            int n = names.group(1) == null ? 1 : list(names.group(2), exchange, exchange.getMessage().getBody(), query).size();
            names.appendReplacement(positional, String.join(",", java.util.Collections.nCopies(n, "?")));
        }
        return names.appendTail(positional).toString();
    }

    @Override
    public Iterator<?> createPopulateIterator(String query, String preparedQuery, int ignored, Exchange exchange, Object row) throws SQLException {
        Statement statement = statement(query);
        if (!statement.named()) {
            return super.createPopulateIterator(query, preparedQuery, (int) preparedQuery.chars().filter(c -> c == '?').count(), exchange, row);
        }
        List<Object> values = new ArrayList<>(statement.parameters().size());
        for (Parameter parameter : statement.parameters()) {
            if (parameter.list()) {
                values.addAll(list(parameter.name(), exchange, row, query));
            } else if (parameter.ofBean()) {
                values.add(exchange.getContext().resolveLanguage("simple").createExpression(parameter.name()).evaluate(exchange, Object.class));
            } else {
                values.add(parameter.variable() == null ? value(parameter.name(), exchange, row, query)
                        : exchange.getVariable(parameter.variable(), Map.class).get(parameter.name()));
            }
        }
        return new Values(values);
    }

    @Override
    public void populateStatement(PreparedStatement statement, Iterator<?> values, int ignored) throws SQLException {
        if (values instanceof Values row) {
            for (int i = 0; i < row.all().size(); i++) {
                set(statement, i + 1, row.all().get(i));
            }
        } else {
            super.populateStatement(statement, values, statement.getParameterMetaData().getParameterCount());
        }
    }

    private static void set(PreparedStatement statement, int i, Object value) throws SQLException {
        if (value == null) {
            statement.setNull(i, Types.NULL);
        } else if (value instanceof String text) {
            statement.setString(i, text);
        } else if (value instanceof Long number) {
            statement.setLong(i, number);
        } else if (value instanceof byte[] bytes) {
            set(statement, i, bytes);
        } else {
            StatementCreatorUtils.setParameterValue(statement, i, SqlTypeValue.TYPE_UNKNOWN, value);
        }
    }

    /** Drivers copy an array and not a stream: 50 MB should stand in memory once. */
    private static void set(PreparedStatement statement, int i, byte[] bytes) throws SQLException {
        if (bytes.length > LARGE_BYTES) {
            statement.setBinaryStream(i, new ByteArrayInputStream(bytes), bytes.length);
        } else {
            statement.setBytes(i, bytes);
        }
    }

    private Statement statement(String query) {
        Statement known = statements.get(query);
        if (known == null) {
            if (statements.size() >= MOST_REMEMBERED) {
                statements.clear(); // of a relay whose statements are edited without end
            }
            known = Statement.of(query);
            statements.put(query, known);
        }
        return known;
    }

    private Object value(String name, Exchange exchange, Object body, String query) {
        Object value = find(name, exchange, body);
        if (value == NOWHERE) {
            throw new RuntimeExchangeException("The statement's :#" + name + " is neither in the body nor among headers and variables: " + query,
                    exchange);
        }
        return value;
    }

    private Object find(String name, Exchange exchange, Object body) {
        if (body instanceof Map<?, ?> row) {
            Object value = row.get(name);
            if (value != null || row.containsKey(name)) {
                return value;
            }
        }
        Object value = exchange.getMessage().getHeader(name);
        if (value != null) {
            return value;
        }
        value = exchange.getVariable(name);
        if (value != null || exchange.hasVariables() && exchange.getVariables().containsKey(name)
                || exchange.getMessage().hasHeaders() && exchange.getMessage().getHeaders().containsKey(name)) {
            return value;
        }
        Supplier<?> ambient = known.get(name);
        return ambient == null ? NOWHERE : ambient.get();
    }

    /** Filled up with its last value to a power of two, so that the driver and the database know few forms of one statement, not hundreds. */
    private List<Object> list(String name, Exchange exchange, Object body, String query) {
        List<Object> list = new ArrayList<>();
        if (body instanceof Collection<?> rows && areRows(rows, name)) {
            rows.stream().map(row -> ((Map<?, ?>) row).get(name)).filter(Objects::nonNull).distinct().forEach(list::add);
        } else if (!(body instanceof Collection<?> rows && rows.isEmpty() && find(name, exchange, body) == NOWHERE)) {
            createInParameterIterator(value(name, exchange, body, query)).forEachRemaining(value -> list.add(single(value)));
        }
        if (list.isEmpty()) {
            list.add(null);
        }
        while (Integer.bitCount(list.size()) > 1) {
            list.add(list.get(list.size() - 1));
        }
        return list;
    }

    private static boolean areRows(Collection<?> body, String column) {
        return body.stream().anyMatch(row -> row instanceof Map<?, ?> columns && columns.containsKey(column));
    }

    private static Object single(Object value) {
        return value instanceof Map<?, ?> row && row.size() == 1 ? row.values().iterator().next() : value;
    }
}
