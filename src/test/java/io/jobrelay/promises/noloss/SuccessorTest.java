package io.jobrelay.promises.noloss;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.jobrelay.config.Keys;
import io.jobrelay.protocol.Capability;
import io.jobrelay.support.Http;
import io.jobrelay.support.RelayFixture;
import io.jobrelay.support.RelayProcess;
import io.jobrelay.support.Reply;
import io.jobrelay.support.Sink;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A relay on PostgreSQL that was killed and is started again goes on with what it had in hand at once, and leaves another's alone. */
class SuccessorTest {

    private static final String SECRET = "the-secret-of-both-relays";
    @TempDir
    private Path folder;

    @Test
    void what_a_killed_relay_had_claimed_is_due_at_once_and_what_a_living_one_has_is_not() throws Exception {
        try (RelayFixture other = new RelayFixture().withPostgres(); RelayProcess killed = new RelayProcess(folder); Sink sink = new Sink()) {
            Map<String, String> keys = Map.of("relay.webhook.secret", SECRET, "relay.claim.lease", "1h", "relay.sinks", "http",
                    "relay.sink.http.url", sink.url(), "relay.sink.http.timeout", "5m", "relay.poll.initial-delay", "1h");
            keys.forEach(other::with);
            keys.forEach(killed::with);
            other.with("relay.poll.interval", "1h").start();
            for (String key : List.of("relay.db.url", "relay.db.username", "relay.db.password")) {
                killed.with(key, other.bean("relay-keys", Keys.class).text(key).orElseThrow());
            }
            sink.next(Reply.silence(), Reply.silence());
            String living = other.openJob("in-the-hands-of-the-living");
            other.post(other.callbackUrl(living), "{\"status\":\"Success\"}");
            await().until(() -> sink.requests().size() == 1);
            Object claim = other.deliveries(living).get(0).get("claim");
            killed.start();
            String dead = other.openJob("in-the-hands-of-the-dead");
            Http.send("POST", killed.publicUrl() + "/webhook/" + new Capability("callback", List.of(SECRET)).sign(dead),
                    "{\"status\":\"Success\"}".getBytes(StandardCharsets.UTF_8), "Content-Type", "application/json");
            await().until(() -> sink.requests().size() == 2);
            String name = String.valueOf(other.deliveries(dead).get(0).get("claim")).substring(0, 8);
            assertThat(Files.readString(folder.resolve("data/instance-" + killed.publicPort()))).endsWith(name + "\n");
            Map<String, Object> doubt = new HashMap<>(Map.of("status", "Queued", "in_doubt", true, "claim", name + "-1234", "attempts", 1));
            doubt.put("next_submit_at", other.clock().millis() + 600_000);
            String sent = other.insertJob(doubt);
            killed.kill();
            killed.start();
            other.untilDelivered(dead);
            assertThat(other.deliveries(living).get(0)).containsEntry("status", "Pending").containsEntry("claim", claim);
            assertThat(other.job(sent)).containsEntry("in_doubt", true).containsEntry("next_submit_at", doubt.get("next_submit_at"));
            assertThat(sink.requests()).hasSize(3);
        }
    }
}
