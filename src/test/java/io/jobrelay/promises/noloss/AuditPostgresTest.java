package io.jobrelay.promises.noloss;

import static org.assertj.core.api.Assertions.assertThat;

import io.jobrelay.support.Postgres;
import io.jobrelay.support.RelayFixture;
import java.time.Clock;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;

/** The audit on PostgreSQL, which several relays may share. */
class AuditPostgresTest extends AuditLaws {

    @Override
    RelayFixture fixture() {
        return new RelayFixture().withPostgres();
    }

    @Override
    void dropForeignKeys() {
        relay.sql("ALTER TABLE relay_job_id DROP CONSTRAINT relay_job_id_job_fkey");
        relay.sql("ALTER TABLE relay_delivery DROP CONSTRAINT relay_delivery_job_fkey");
    }

    @Test
    void a_sink_that_another_instance_brings_is_owed_from_then_on_and_at_no_moment_too_early() throws Exception {
        relay.close();
        String database = Postgres.newDatabase();
        relay = sharing(database).start();
        AtomicBoolean busy = new AtomicBoolean(true);
        ExecutorService thread = Executors.newSingleThreadExecutor();
        try (RelayFixture other = sharing(database)) {
            Future<?> settling = thread.submit(() -> {
                for (int i = 0; busy.get(); i++) {
                    relay.insertCallback(relay.openJob("job-" + i), "poll", "Success", "{\"status\":\"Success\"}");
                    relay.run("settle-callbacks");
                }
            });
            for (int round = 0; round < 4; round++) {
                other.with("relay.sinks", round % 2 == 0 ? "file,later" : "file").restart();
                for (int i = 0; i < 5; i++) {
                    assertThat(broken()).isEmpty();
                }
            }
            other.with("relay.sinks", "file,later").restart();
            long owed = relay.count("SELECT MAX(since) FROM relay_sink");
            while (relay.count("SELECT COUNT(*) FROM relay_job WHERE ended_at >= ?", owed) == 0) {
                assertThat(broken()).isEmpty();
            }
            busy.set(false);
            settling.get();
            assertThat(broken()).isEmpty();
            relay.sql("DELETE FROM relay_delivery WHERE sink = 'later'");
            assertThat(broken()).isNotEmpty().allMatch(row -> row.endsWith("has no delivery to sink later"));
        } finally {
            busy.set(false);
            thread.shutdownNow();
        }
    }

    private static RelayFixture sharing(String database) {
        return new RelayFixture().with("relay.db.url", database).with("relay.db.username", "postgres").with("relay.db.password", "postgres")
                .withBean("relay-clock", Clock.systemUTC());
    }
}
