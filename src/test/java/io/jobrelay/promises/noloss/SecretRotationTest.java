package io.jobrelay.promises.noloss;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.jobrelay.config.StartFailure;
import io.jobrelay.support.OnBothDatabases;
import io.jobrelay.support.RelayFixture;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** Promise: a new signing secret, put in front of the old one, loses no callback; secrets that share nothing are noticed at the start. */
@OnBothDatabases
class SecretRotationTest {

    private static final String SUCCESS = "{\"status\":\"Success\"}";

    @Test
    void a_callback_signed_with_the_old_secret_counts_while_that_is_kept_behind_the_new_one() {
        try (RelayFixture relay = new RelayFixture().withLastingDatabase().with("relay.webhook.secret", "old-secret-of-sixteen").start()) {
            String id = relay.openJob("rotated");
            String url = relay.callbackUrl(id);
            relay.with("relay.webhook.secret", "new-secret-of-sixteen, old-secret-of-sixteen").restart();
            assertThat(relay.callbackUrl(id)).isNotEqualTo(url);
            assertThat(relay.post(url, SUCCESS).status()).isEqualTo(200);
            relay.untilDelivered(id);
        }
    }

    @Test
    void the_secret_made_at_the_first_start_stays_good_behind_one_that_is_configured_later() {
        try (RelayFixture relay = new RelayFixture().withLastingDatabase().start()) {
            String id = relay.openJob("made");
            String url = relay.callbackUrl(id);
            relay.with("relay.webhook.secret", "configured-of-sixteen").restart();
            assertThat(relay.post(url, SUCCESS).status()).isEqualTo(200);
            relay.untilDelivered(id);
        }
    }

    @Test
    void secrets_that_share_nothing_with_those_of_open_jobs_stop_the_start() {
        try (RelayFixture relay = new RelayFixture().withLastingDatabase().with("relay.webhook.secret", "one-of-sixteen-bytes").start()) {
            String id = relay.openJob("open");
            relay.stop();
            relay.with("relay.webhook.secret", "two-of-sixteen-bytes");
            assertThatThrownBy(relay::start).satisfies(e -> assertThat(StartFailure.sentence(e))
                    .contains("relay.webhook.secret").contains("Put the old secret behind the new one").doesNotContain("sixteen"));
            relay.with("relay.webhook.secret", "two-of-sixteen-bytes,one-of-sixteen-bytes").start();
            relay.post(relay.callbackUrl(id), SUCCESS);
            relay.untilDelivered(id);
            relay.clock().advance(Duration.ofSeconds(5)); // or this one, just stopped, could be another instance that runs
            relay.with("relay.webhook.secret", "three-of-sixteen-bytes").restart();
        }
    }
}
