package io.jobrelay.promises.noloss;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.jobrelay.support.OnBothDatabases;
import io.jobrelay.support.RelayFixture;
import java.time.Duration;
import org.apache.camel.builder.AdviceWith;
import org.junit.jupiter.api.Test;

/** Promise: what has ended and reached its sinks leaves after its time, and nothing else ever does. */
@OnBothDatabases
class RetentionTest {

    @Test
    void an_ended_job_leaves_with_all_its_rows_but_not_while_a_delivery_is_pending() {
        try (RelayFixture relay = new RelayFixture().with("relay.sinks", "file,unserved").start()) {
            String done = relay.openJob("done");
            String pending = relay.openJob("pending");
            String open = relay.openJob("open");
            for (String id : new String[] {done, pending}) {
                relay.post(relay.callbackUrl(id), "{\"status\":\"Success\"}");
                await().until(() -> relay.deliveries(id).stream().anyMatch(d -> "Delivered".equals(d.get("status"))));
            }
            relay.sql("UPDATE relay_delivery SET status = 'Dead', next_attempt_at = NULL WHERE job = ? AND sink = 'unserved'", done);
            relay.clock().advance(Duration.ofDays(30).minusMillis(1));
            relay.run("upkeep-retention");
            assertThat(relay.job(done)).isNotNull();
            relay.clock().advance(Duration.ofMillis(1));
            relay.run("upkeep-retention");
            assertThat(relay.sql("SELECT id FROM relay_job ORDER BY job_id")).extracting(r -> r.get("id")).containsExactly(open, pending);
            assertThat(relay.callbacks(done)).isEmpty();
            assertThat(relay.deliveries(done)).isEmpty();
            assertThat(relay.count("SELECT COUNT(*) FROM relay_job_id WHERE job_id = 'done'")).isZero();
        }
    }

    @Test
    void a_job_that_is_to_be_delivered_again_at_that_moment_stays_whole() throws Exception {
        try (RelayFixture relay = new RelayFixture().start()) {
            String id = relay.openJob("again");
            relay.post(relay.callbackUrl(id), "{\"status\":\"Success\"}");
            relay.untilDelivered(id);
            relay.clock().advance(Duration.ofDays(31));
            AdviceWith.adviceWith(relay.context(), "upkeep-purge", advice -> advice.weaveById("purge-jobs").before()
                    .process(e -> relay.sql("UPDATE relay_delivery SET status = 'Pending', delivered_at = NULL, next_attempt_at = 1")));
            relay.run("upkeep-retention");
            assertThat(relay.job(id)).containsEntry("status", "Success");
            assertThat(relay.callbacks(id)).hasSize(1);
            relay.untilDelivered(id);
        }
    }

    @Test
    void of_what_is_kept_for_inspection_only_the_newest_thousand_stay() {
        try (RelayFixture relay = new RelayFixture().start()) {
            String columns = "(job, via, received_at, verdict, body, body_size, body_sha256)";
            relay.sql("INSERT INTO relay_callback " + columns + " VALUES ('gone', 'webhook', 1, 'Refused', CAST('' AS BYTEA), 0, 'x')");
            for (int rows = 1; rows < 2048; rows *= 2) {
                relay.sql("INSERT INTO relay_callback " + columns
                        + " SELECT job, via, received_at + " + rows + ", verdict, body, body_size, body_sha256 FROM relay_callback ORDER BY id");
            }
            relay.clock().advance(Duration.ofSeconds(10));
            await().until(() -> relay.count("SELECT COUNT(*) FROM relay_callback") == 1000);
            assertThat(relay.count("SELECT MIN(received_at) FROM relay_callback")).isEqualTo(1049);
        }
    }
}
