package io.jobrelay.db;

import io.jobrelay.config.StartFailure;
import org.springframework.jdbc.core.JdbcTemplate;

/** Keeps new stores out of a PostgreSQL that cannot hold every character: it would refuse a callback for one letter in its jobId. */
final class EncodingCheck {

    private EncodingCheck() {
    }

    /**
     * @param database a PostgreSQL whose tables have not been looked at; one that holds a store already goes on, and {@link Durability} says so
     * @throws StartFailure when it is empty, and not encoded in UTF-8
     */
    static void check(Database database) {
        JdbcTemplate jdbc = new JdbcTemplate(database.dataSource());
        String encoding = jdbc.queryForObject("SELECT current_setting('server_encoding', true)", String.class);
        if (encoding != null && !encoding.equals("UTF8") && jdbc.queryForObject("SELECT to_regclass('relay_schema')", String.class) == null) {
            throw new StartFailure(sentence(encoding));
        }
    }

    /** @return what is wrong with it, and what to do */
    static String sentence(String encoding) {
        return "The database is encoded in " + encoding + ", which has not every character that a job or a callback may hold: such ones are refused."
                + " Make another (CREATE DATABASE relay TEMPLATE template0 ENCODING 'UTF8' LOCALE 'C.UTF-8') and name it in relay.db.url.";
    }
}
