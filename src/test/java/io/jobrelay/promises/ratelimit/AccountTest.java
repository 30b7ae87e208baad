package io.jobrelay.promises.ratelimit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.jobrelay.support.OnBothDatabases;
import io.jobrelay.support.RelayFixture;
import io.jobrelay.support.Reply;
import io.jobrelay.support.StandInApi;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Promise: what the API says of the account fails no job. All calls wait, longer each time, and health says why until one succeeds. */
@OnBothDatabases
class AccountTest {

    private StandInApi api;
    private RelayFixture relay;

    @BeforeEach
    void start() {
        relay = new RelayFixture().withLastingDatabase();
        api = new StandInApi(relay.clock());
        relay.withApi(api.url()).with("relay.ringcentral.requests-per-minute", "100").start();
    }

    @AfterEach
    void stop() {
        relay.close();
        api.close();
    }

    @Test
    void payment_and_permissions_hold_up_submits_and_polls_a_minute_doubling_to_five() {
        String open = dueJob();
        relay.untilStatus(open, "InProgress");
        Reply forbidden = Reply.error(403, "CMN-401", "In order to call this API endpoint, application needs to have [AI] permission");
        api.nextSubmits(Reply.of(402));
        String id = dueJob();
        untilError(id, "the API answered 402, which speaks of account ringcentral");
        api.first(request -> request.path().startsWith("/ai/") ? forbidden : null);
        assertThat(health()).contains("\"status\":\"UP\"", "Account ringcentral: the API answered 402");
        String other = dueJob();
        relay.sql("UPDATE relay_job SET next_poll_at = ? WHERE id = ?", relay.clock().millis(), open);
        for (int seconds : new int[] {60, 120, 240, 300}) {
            await().until(this::nothingIsClaimed); // what has begun at that moment is no call of the next
            assertThat(waits()).isEqualTo(seconds * 1000L);
            int calls = api.book().size();
            relay.clock().advance(Duration.ofMillis(seconds * 1000L - 1));
            relay.run("submit-due");
            relay.run("poll-due");
            assertThat(api.book()).hasSize(calls);
            relay.restart(); // it is no secret of one process
            relay.run("submit-due");
            assertThat(api.book()).hasSize(calls);
            if (seconds < 300) {
                relay.clock().advance(Duration.ofMillis(1));
                await().until(() -> waits() > 1);
            }
        }
        assertThat(health()).contains("\"status\":\"UP\"", "Account ringcentral: the API answered 403");
        assertThat(relay.adminGet("/jobs/" + id + "/timeline").text()).contains("Account ringcentral waits: the API answered 403");
        assertThat(relay.job(open)).containsEntry("status", "InProgress");
        api.first(request -> null);
        relay.clock().advance(Duration.ofMillis(1));
        relay.untilStatus(id, "InProgress");
        relay.untilStatus(other, "InProgress");
        assertThat(health()).doesNotContain("ringcentral");
        assertThat(relay.job(id).get("last_error")).isNull();
    }

    @Test
    void a_call_refused_again_with_a_fresh_token_speaks_of_the_account_but_not_one_whose_token_was_replaced() {
        relay.untilStatus(dueJob(), "InProgress");
        api.nextSubmits(Reply.of(401), Reply.of(401));
        String id = dueJob();
        untilError(id, "the API answered 401 again, with a fresh access token, which speaks of account ringcentral");
        assertThat(api.tokenRequests()).hasSize(2);
        assertThat(health()).contains("Account ringcentral: the API answered 401 again");
        relay.clock().advance(Duration.ofSeconds(60));
        relay.untilStatus(id, "InProgress");
        assertThat(health()).doesNotContain("ringcentral");

        api.nextSubmits(job -> {
            relay.sql("UPDATE relay_api SET access_token = 'of-another-instance', token_refusals = 1"); // while the call is under way
            return Reply.of(401);
        });
        api.nextSubmits(job -> job.accepted());
        relay.sql("UPDATE relay_api SET token_refusals = 1");
        dueJob();
        await().until(() -> api.submits().size() >= 5);
        assertThat(waits()).isLessThanOrEqualTo(0);
    }

    @Test
    void refused_credentials_hold_up_submits_and_polls_and_both_say_so() {
        String open = relay.openJob("j-open");
        relay.sql("UPDATE relay_job SET next_poll_at = ? WHERE id = ?", relay.clock().millis() + 60_000, open);
        api.nextTokens(Reply.json(400, "{\"error\":\"invalid_grant\"}"), Reply.of(401), Reply.of(400));
        String id = dueJob();
        untilError(id, "the API refused the credentials (400 to the token request)");
        assertThat(health()).contains("\"status\":\"UP\"", "Account ringcentral: the API refused the credentials (400");
        for (int seconds : new int[] {60, 120, 240}) {
            await().until(() -> waits() == seconds * 1000L && nothingIsClaimed()); // else what is put back is put back at the new time
            relay.clock().advance(Duration.ofSeconds(seconds));
        }
        relay.untilStatus(id, "InProgress");
        assertThat((String) relay.job(open).get("last_error")).satisfiesAnyOf(
                error -> assertThat(error).startsWith("the API refused the credentials"), error -> assertThat(error).isNull());
        assertThat(api.tokenRequests()).hasSize(4);
        assertThat(health()).doesNotContain("ringcentral");
    }

    @Test
    void an_operator_may_try_at_once() {
        api.nextSubmits(Reply.of(403));
        String id = dueJob();
        untilError(id, "the API answered 403");
        assertThat(relay.adminPost("/resume?account=another", "").status()).isEqualTo(400);
        assertThat(waits()).isEqualTo(60_000);
        assertThat(relay.adminPost("/resume?account=ringcentral", "").status()).isEqualTo(202);
        relay.untilStatus(id, "InProgress");
        assertThat(relay.adminGet("/jobs/" + id + "/timeline").text()).contains("POST /resume lifted the pause of the account");
    }

    private long waits() {
        return (long) relay.sql("SELECT account_retry_at FROM relay_api WHERE server = ?", api.url()).get(0).get("account_retry_at")
                - relay.clock().millis();
    }

    private boolean nothingIsClaimed() {
        return relay.sql("SELECT id FROM relay_job WHERE claim IS NOT NULL").isEmpty();
    }

    private String health() {
        return relay.adminGet("/observe/health").text();
    }

    private String dueJob() {
        Map<String, Object> columns = new HashMap<>();
        columns.put("status", "Queued");
        columns.put("request", "{}");
        columns.put("next_submit_at", relay.clock().millis());
        return relay.insertJob(columns);
    }

    private void untilError(String id, String start) {
        await().untilAsserted(() -> assertThat((String) relay.job(id).get("last_error")).startsWith(start));
    }
}
