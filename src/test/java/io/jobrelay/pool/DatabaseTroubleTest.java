package io.jobrelay.pool;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.sql.SQLException;
import java.sql.SQLTransientConnectionException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.dao.DataAccessResourceFailureException;

/** What the database says by a code is told as what it means and what to do, however deep it lies, in whatever language its words are. */
class DatabaseTroubleTest {

    @ParameterizedTest
    @CsvSource({"25006,read-only", "26000,prepareThreshold=0", "42P05,prepareThreshold=0", "28P01,relay.db.password", "3D000,CREATE DATABASE",
        "42501,GRANT", "53100,make room", "53300,max_connections", "57014,pg_locks", "57P03,starts", "08006,does not answer", "08007,synchronous_standby_names",
        "40001,default_transaction_isolation"})
    void a_code_is_a_sentence_with_the_cure(String state, String cure) {
        SQLException failure = new SQLException("FEHLER: etwas anderes\n  Wo: SQL-Anweisung mit password=geheim", state);
        assertThat(DatabaseTrouble.known(new DataAccessResourceFailureException("x", new SQLTransientConnectionException("y", state, failure)))).get()
                .asString().contains(cure, state + ": FEHLER: etwas anderes)").doesNotContain("geheim", "SQL-Anweisung");
    }

    @Test
    void what_a_pooler_says_in_its_own_words_is_understood() {
        assertThat(DatabaseTrouble.of(new SQLException("ERROR: transaction blocks not allowed in statement pooling mode", "08P01")))
                .contains("pool_mode = transaction");
        assertThat(DatabaseTrouble.of(new SQLException("ERROR: bind message supplies 1 parameters, but prepared statement \"S_5\" requires 2", "08P01")))
                .contains("prepareThreshold=0");
    }

    @Test
    void an_h2_that_is_read_only_is_told_and_anything_else_keeps_its_words() {
        assertThat(DatabaseTrouble.of(new SQLException("The database is read only", "90097", 90_097))).contains("ACCESS_MODE_DATA=r");
        assertThat(DatabaseTrouble.known(new SQLException("something", "22001"))).isEmpty();
        assertThat(DatabaseTrouble.known(new IOException("x"))).isEmpty();
        assertThat(DatabaseTrouble.of(new SQLException("something", "22001"))).contains("SQLException: something");
    }
}
