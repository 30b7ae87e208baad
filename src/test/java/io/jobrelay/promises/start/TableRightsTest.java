package io.jobrelay.promises.start;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.jobrelay.config.StartFailure;
import io.jobrelay.db.Database;
import io.jobrelay.db.Migrations;
import io.jobrelay.support.Postgres;
import io.jobrelay.support.RelayCommand;
import io.jobrelay.support.RelayFixture;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.postgresql.ds.PGSimpleDataSource;

/** What a role needs in a PostgreSQL: to work with tables that are there, no more than that; and what it lacks is named as it is granted. */
class TableRightsTest {

    private final String url = Postgres.newDatabase();
    private String role;

    @BeforeEach
    void makeRole() {
        role = Postgres.newRole(url);
    }

    @Test
    void tables_that_are_there_and_current_need_no_more_than_to_be_worked_with() throws Exception {
        madeBySomebodyElse();
        Postgres.execute(url, "GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO " + role);
        try (RelayFixture relay = relay().start()) {
            String id = relay.openJob("of-a-role-without-rights");
            assertThat(relay.post(relay.callbackUrl(id), "{\"status\":\"Success\"}").status()).isEqualTo(200);
            relay.untilDelivered(id);
            assertThat(relay.adminGet("/doctor").text()).contains("PostgreSQL: each commit is flushed.");
        }
        Postgres.execute(url, "REVOKE DELETE, UPDATE ON relay_job, relay_delivery FROM " + role, "REVOKE INSERT ON relay_event FROM " + role);
        refused("GRANT UPDATE, DELETE ON relay_job, relay_delivery TO " + role, "GRANT INSERT ON relay_event TO " + role);
        Postgres.execute(url, "REVOKE USAGE ON SCHEMA public FROM " + role);
        refused("GRANT USAGE, CREATE ON SCHEMA public TO " + role);
    }

    @Test
    void tables_that_are_missing_need_the_right_to_make_them_and_start_and_doctor_name_it(@TempDir Path folder) {
        refused("GRANT CREATE ON SCHEMA public TO " + role);
        try (RelayCommand doctor = RelayCommand.start(folder, Map.of("RELAY_DB_URL", url, "RELAY_DB_USERNAME", role, "RELAY_DB_PASSWORD", role),
                "doctor", "-Drelay.admin.port=" + RelayFixture.freePorts()[0])) {
            assertThat(doctor.exitStatus()).isEqualTo(1);
            assertThat(doctor.out()).containsPattern("failed +database .*GRANT CREATE ON SCHEMA public TO " + role);
        }
    }

    @Test
    void a_search_path_that_leads_nowhere_is_named() {
        Postgres.execute(url, "ALTER ROLE " + role + " SET search_path = nowhere");
        refused("search_path", "nowhere", "CREATE SCHEMA");
    }

    @Test
    void older_tables_are_brought_up_to_date_by_their_owner() throws Exception {
        madeBySomebodyElse();
        Postgres.execute(url, "GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO " + role,
                "DELETE FROM relay_schema WHERE script <> 'V001__relay'");
        refused("older than this program", "start it once as postgres");
    }

    private void madeBySomebodyElse() throws Exception {
        PGSimpleDataSource dataSource = new PGSimpleDataSource();
        dataSource.setUrl(url);
        dataSource.setUser("postgres");
        dataSource.setPassword("postgres");
        Migrations.run(new Database(dataSource, Database.Kind.POSTGRESQL, false), 0);
    }

    private RelayFixture relay() {
        return new RelayFixture().with("relay.db.url", url).with("relay.db.username", role).with("relay.db.password", role);
    }

    private void refused(String... words) {
        try (RelayFixture relay = relay()) {
            assertThatThrownBy(relay::start).isInstanceOf(StartFailure.class).message().contains(words)
                    .satisfies(sentence -> assertThat(List.of("Exception", "SELECT pg_", "null")).noneMatch(sentence::contains));
        }
    }
}
