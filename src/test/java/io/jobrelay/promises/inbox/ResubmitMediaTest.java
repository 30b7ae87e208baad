package io.jobrelay.promises.inbox;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import io.jobrelay.support.AdminClient;
import io.jobrelay.support.Http;
import io.jobrelay.support.InboxRelay;
import io.jobrelay.support.OnBothDatabases;
import io.jobrelay.support.RelayFixture;
import java.nio.file.Files;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Promise: a job whose media came by the inbox can be submitted again for as long as the file is there. */
@OnBothDatabases
class ResubmitMediaTest {

    private static String failed(InboxRelay inbox, AdminClient admin, String name) {
        inbox.drop(name, "audio of " + name);
        String id = (String) inbox.jobOf(name).get("id");
        inbox.relay.untilStatus(id, "InProgress");
        admin.callBack(id, "Fail", "{}");
        inbox.untilDone(inbox.done().resolve(name));
        return id;
    }

    @Test
    void the_api_can_fetch_the_file_again_until_the_new_job_has_ended() throws Exception {
        try (InboxRelay inbox = new InboxRelay().start()) {
            AdminClient admin = new AdminClient(inbox.relay);
            String id = failed(inbox, admin, "call 1.mp3");
            String url = inbox.api.jobs().get(0).contentUri();
            assertThat(Http.get(url).status()).isEqualTo(404);

            JsonNode again = admin.post(id, "resubmit");
            assertThat(again.path("reference").textValue()).isEqualTo("call 1.mp3");
            String newId = again.path("id").textValue();
            inbox.relay.untilStatus(newId, "InProgress");
            await().atMost(RelayFixture.PATIENCE).until(() -> inbox.api.jobs().size() == 2);
            Http.Answer media = Http.get(inbox.api.jobs().get(1).contentUri());
            assertThat(media.status()).isEqualTo(200);
            assertThat(media.text()).isEqualTo("audio of call 1.mp3");

            admin.callBack(newId, "Success", "{}");
            await().atMost(RelayFixture.PATIENCE).until(() -> Http.get(inbox.api.jobs().get(1).contentUri()).status() == 404);
            inbox.sweepTwice();
            assertThat(InboxRelay.names(inbox.done())).containsExactly("call 1.mp3");
        }
    }

    @Test
    void a_file_that_should_go_stays_while_a_job_that_was_submitted_again_needs_it() {
        try (InboxRelay inbox = new InboxRelay().with(r -> r.with("relay.inbox.done-retention", "7d")).start()) {
            AdminClient admin = new AdminClient(inbox.relay);
            String id = failed(inbox, admin, "old.mp3");
            inbox.relay.clock().advance(Duration.ofDays(8));
            String newId = admin.post(id, "resubmit").path("id").textValue();
            inbox.relay.run("inbox-retention");
            assertThat(inbox.done().resolve("old.mp3")).exists();

            inbox.relay.untilStatus(newId, "InProgress");
            admin.callBack(newId, "Success", "{}");
            inbox.relay.untilStatus(newId, "Success");
            inbox.relay.run("inbox-retention");
            assertThat(inbox.done().resolve("old.mp3")).doesNotExist();
        }
    }

    @Test
    void a_file_that_is_gone_is_answered_409_and_makes_no_job() throws Exception {
        try (InboxRelay inbox = new InboxRelay().start()) {
            AdminClient admin = new AdminClient(inbox.relay);
            String id = failed(inbox, admin, "gone.mp3");
            Files.delete(inbox.done().resolve("gone.mp3"));
            AdminClient.problem(inbox.relay.adminPost("/jobs/" + id + "/resubmit", ""), 409, "not-resubmittable");
            assertThat(inbox.jobs()).hasSize(1);
        }
    }

    @Test
    void without_an_inbox_a_job_with_media_is_answered_409() {
        try (RelayFixture relay = new RelayFixture().with("relay.inbox.directory", "").start()) {
            String id = relay.insertJob(Map.of("intake", "00000000-0000-7000-8000-000000000000", "media", "a.mp3"));
            new AdminClient(relay).callBack(id, "Fail", "{}");
            AdminClient.problem(relay.adminPost("/jobs/" + id + "/resubmit", ""), 409, "not-resubmittable");
        }
    }
}
