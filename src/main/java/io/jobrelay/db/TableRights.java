package io.jobrelay.db;

import io.jobrelay.config.StartFailure;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.springframework.jdbc.core.JdbcTemplate;

/**
 * What the relay's role may do with its tables in a PostgreSQL: SELECT, INSERT, UPDATE and DELETE are enough to run, CREATE on the schema is
 * needed to make them, and whoever owns them is needed to change them. What is missing is named as the statement that gives it.
 */
final class TableRights {

    private static final String SCHEMA = "SELECT quote_ident(current_user) AS role, quote_ident(current_schema()) AS name,"
            + " has_schema_privilege(current_schema(), 'CREATE') AS may_create, current_setting('search_path') AS path";
    /** Those of the search_path that are there and may not be looked into: PostgreSQL passes over them as if they were not. */
    private static final String CLOSED = "SELECT quote_ident(n.nspname) FROM regexp_split_to_table(current_setting('search_path'), '\\s*,\\s*') p (name)"
            + " JOIN pg_namespace n ON n.nspname = CASE btrim(p.name, '\"') WHEN '$user' THEN current_user ELSE btrim(p.name, '\"') END"
            + " WHERE NOT has_schema_privilege(n.oid, 'USAGE')";
    private static final String MISSING = "SELECT t.name AS name, r.name AS lacks FROM unnest(string_to_array(?, ',')) WITH ORDINALITY t (name, n)"
            + " CROSS JOIN (VALUES (1, 'SELECT'), (2, 'INSERT'), (3, 'UPDATE'), (4, 'DELETE')) r (n, name)"
            + " WHERE to_regclass(t.name) IS NOT NULL AND NOT has_table_privilege(to_regclass(t.name), r.name)"
            + " AND (t.name <> 'relay_schema' OR r.name = 'SELECT') ORDER BY t.n, r.n";
    private static final String OWNER = "SELECT quote_ident(pg_get_userbyid(c.relowner)) FROM pg_class c WHERE c.oid = to_regclass('relay_job')"
            + " AND NOT pg_has_role(c.relowner, 'USAGE')";

    private final JdbcTemplate jdbc;

    /** @param jdbc asks a PostgreSQL as the role that is meant */
    TableRights(JdbcTemplate jdbc) {
        this.jdbc = jdbc;
    }

    /** @return a sentence for each right that the role lacks to work with the tables that are there */
    List<String> missing() {
        Map<String, List<String>> tables = new LinkedHashMap<>();
        jdbc.query(MISSING, new RowReader(), String.join(",", Migrations.tables()))
                .forEach(row -> tables.computeIfAbsent(row.get("name").toString(), name -> new ArrayList<>()).add(row.get("lacks").toString()));
        Map<String, List<String>> byRights = new LinkedHashMap<>();
        tables.forEach((table, rights) -> byRights.computeIfAbsent(String.join(", ", rights), r -> new ArrayList<>()).add(table));
        String role = byRights.isEmpty() ? "" : role();
        return byRights.entrySet().stream().map(lacks -> "The relay's role lacks rights in the database: GRANT " + lacks.getKey() + " ON "
                + String.join(", ", lacks.getValue()) + " TO " + role + ".").toList();
    }

    /** @throws StartFailure when the role lacks a right on tables that are there */
    void check() {
        List<String> missing = missing();
        if (!missing.isEmpty()) {
            throw StartFailure.passing(String.join(" ", missing), null);
        }
    }

    /** @return that the schemas where the tables may be cannot be looked into, and what to do; empty when all can */
    Optional<String> closed() {
        List<String> closed = jdbc.queryForList(CLOSED, String.class);
        return closed.isEmpty() ? Optional.empty() : Optional.of("The relay's tables cannot be found, and its role may not look into a schema where they may be:"
                + " GRANT USAGE ON SCHEMA " + String.join(", ", closed) + " TO " + role() + ".");
    }

    /** @return why tables that are not found cannot be made, and what to do; empty when they can */
    List<String> hindrances() {
        Map<String, Object> schema = jdbc.queryForObject(SCHEMA, new RowReader());
        List<String> closed = jdbc.queryForList(CLOSED, String.class);
        if (schema.get("name") == null) {
            return List.of(closed.isEmpty() ? "No schema that the search_path of the relay's role names (" + schema.get("path") + ") is there:"
                    + " make one of them (CREATE SCHEMA), or name one that is there (ALTER ROLE " + schema.get("role") + " SET search_path = ...)."
                    : "The relay's role may not look into the schema where its tables belong: GRANT USAGE, CREATE ON SCHEMA "
                            + String.join(", ", closed) + " TO " + schema.get("role")
                            + ". Where the tables are there already, USAGE and SELECT, INSERT, UPDATE, DELETE on them are enough.");
        }
        if (!Boolean.TRUE.equals(schema.get("may_create"))) {
            return List.of("The relay's tables are not in the database, and its role may not make them: GRANT CREATE ON SCHEMA " + schema.get("name")
                    + " TO " + schema.get("role") + ", or let a role that may start the relay once and grant this one SELECT, INSERT, UPDATE, DELETE"
                    + " on the tables relay_*." + (closed.isEmpty() ? "" : " If they are in " + String.join(", ", closed)
                            + ": GRANT USAGE ON SCHEMA " + String.join(", ", closed) + " TO " + schema.get("role") + "."));
        }
        return List.of();
    }

    /** @return why tables that are there and older cannot be brought up to date, and what to do; empty when they can */
    List<String> hindrancesToChange() {
        return jdbc.queryForList(OWNER, String.class).stream().map(owner -> "The relay's tables are older than this program, and only their owner may bring"
                + " them up to date: start it once as " + owner + ", or GRANT " + owner + " TO " + role() + " until it has started.").toList();
    }

    private String role() {
        return jdbc.queryForObject("SELECT quote_ident(current_user)", String.class);
    }
}
