package io.jobrelay.routes;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.sql.DataSource;

/** Lets the database itself say whether a statement can be run: it is prepared, never executed. */
final class StatementPreparation {

    /** What camel-sql takes for a parameter: {@code :#name}, {@code :#in:names}, {@code :#${expression}}. */
    private static final Pattern PARAMETER = Pattern.compile(":#(?:in:)?(?:\\w+|\\$(?:simple)?\\{[^}]*})|#");
    private static final Pattern COMMENT = Pattern.compile("(?m)^[ \\t]*--.*$");
    private static final Pattern QUOTED = Pattern.compile("\"([^\"]+)\"");

    private static final String H2_NEWLINE = "\\\\000[ad]|\\R";
    private static final Pattern SYNTAX = Pattern.compile("(?s)^Syntax error in SQL statement \".*?\\[\\*](.*?)\"(; expected [^;]*)?(?:;.*)?$");

    /** Classes of SQLSTATE that tell of the connection, of resources and of an operator, not of the statement. */
    private static final Set<String> AWAY = Set.of("08", "53", "57", "58");

    private StatementPreparation() {
    }

    /**
     * @param dataSource whose database compiles it
     * @param sql as it stands in its file
     * @throws Refused when the database does not take it
     * @throws SQLException when the database cannot be asked
     */
    static void prepare(DataSource dataSource, String sql) throws Refused, SQLException {
        String statement = PARAMETER.matcher(COMMENT.matcher(sql).replaceAll("")).replaceAll("?");
        if (statement.isBlank()) {
            throw new Refused(1, "it holds no statement");
        }
        try (Connection connection = dataSource.getConnection()) {
            try (PreparedStatement prepared = connection.prepareStatement(statement)) {
                prepared.getParameterMetaData(); // PostgreSQL compiles when it is asked for the parameters
            } catch (SQLException e) {
                if (e.getSQLState() == null || AWAY.contains(e.getSQLState().substring(0, 2)) || !connection.isValid(2)) {
                    throw e; // it is the database that fails, not the statement
                }
                throw new Refused(line(statement, e), cause(e));
            } finally {
                if (!connection.getAutoCommit()) {
                    connection.rollback();
                }
            }
        }
    }

    private static String cause(SQLException e) {
        Matcher syntax = SYNTAX.matcher(e.getMessage());
        if (syntax.find()) { // the whole statement is repeated there
            String rest = syntax.group(1).strip();
            return "Syntax error at \"" + rest.substring(0, Math.min(rest.length(), 30)).replaceFirst("(?s)" + H2_NEWLINE + ".*", "") + "\"" + syntax.group(2);
        }
        return e.getMessage().replaceFirst("(?s);\\s*SQL statement:.*$", "").replaceFirst("(?s)\\s+Position: \\d+.*$", "");
    }

    /** H2 repeats the statement with a mark where it stopped, PostgreSQL tells the position; both quote the name they do not know. */
    private static int line(String statement, SQLException e) {
        String message = e.getMessage();
        int mark = message.indexOf("[*]");
        if (mark >= 0) {
            int begin = message.indexOf('"') + 1;
            return lines(message.substring(begin, mark).replaceAll(H2_NEWLINE, "\n")) - 1 + lines(statement.substring(0, Math.max(statement.indexOf(statement.strip()), 0)));
        }
        Matcher position = Pattern.compile("Position: (\\d+)").matcher(message);
        if (position.find()) {
            return lines(statement.substring(0, Math.min(Integer.parseInt(position.group(1)), statement.length())));
        }
        Matcher name = QUOTED.matcher(message);
        if (name.find()) {
            Matcher place = Pattern.compile("(?i)\\b" + Pattern.quote(name.group(1).replaceFirst("^.*\\.", "")) + "\\b").matcher(statement);
            return place.find() ? lines(statement.substring(0, place.start())) : 0;
        }
        return 0;
    }

    private static int lines(String before) {
        return (int) before.chars().filter(c -> c == '\n').count() + 1;
    }

    /** The database does not take the statement. */
    static final class Refused extends Exception {

        private final int line;

        Refused(int line, String cause) {
            super(cause);
            this.line = line;
        }

        /** @return the line, from 1; 0 when it is not known */
        int line() {
            return line;
        }
    }
}
