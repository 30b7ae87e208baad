package io.jobrelay.support;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** The fixture is a whole relay: what every other test stands on. */
class RelayFixtureTest {

    @Test
    void a_callback_goes_all_the_way_to_a_file_and_survives_a_restart() {
        try (RelayFixture relay = new RelayFixture().start()) {
            String id = relay.openJob("job-1");
            String url = relay.callbackUrl(id);
            assertThat(relay.post(url, "{\"jobId\":\"job-1\",\"status\":\"Success\",\"response\":{}}").status()).isEqualTo(200);
            relay.untilStatus(id, "Success");
            relay.untilDelivered(id);
            assertThat(relay.resultFiles()).containsExactly("job-1.json");

            relay.restart();
            assertThat(relay.callbackUrl(id)).isEqualTo(url);
            assertThat(relay.job(id)).containsEntry("status", "Success");
        }
    }

    @Test
    void a_file_database_and_any_key_can_be_set() {
        try (RelayFixture relay = new RelayFixture().withFileDatabase().with("relay.webhook.path", "/hook").start()) {
            String id = relay.openJob("job-1");
            assertThat(relay.post(relay.callbackUrl(id), "{\"status\":\"Fail\"}").status()).isEqualTo(200);
            relay.forward();
            assertThat(relay.job(id)).containsEntry("status", "Fail");
            assertThat(relay.resultFiles()).containsExactly("job-1.json");
        }
    }
}
