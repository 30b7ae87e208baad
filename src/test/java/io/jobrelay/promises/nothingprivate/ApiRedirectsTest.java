package io.jobrelay.promises.nothingprivate;

import static org.assertj.core.api.Assertions.assertThat;

import io.jobrelay.support.RawServer;
import io.jobrelay.support.RelayFixture;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/** Promise: a redirect of the API on its own host is followed as far as it keeps the request, and credentials never leave the host. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class ApiRedirectsTest {

    private static final String SUBMIT = "/ai/audio/v1/async/speech-to-text";
    private static final String STATUS = "/ai/status/v1/jobs/";
    private final Map<String, byte[]> answers = new ConcurrentHashMap<>();
    private RawServer elsewhere;
    private RawServer api;
    private RelayFixture relay;

    @BeforeAll
    void start() {
        elsewhere = new RawServer((request, out) -> {
            out.write(RawServer.reply("202 Accepted", "{\"jobId\":\"stolen\"}"));
            return false;
        });
        api = new RawServer((request, out) -> {
            String path = request.target().replaceFirst("\\?.*", "");
            out.write(answers.getOrDefault(path, path.equals("/restapi/oauth/token")
                    ? RawServer.reply("200 OK", "{\"access_token\":\"the-token\",\"expires_in\":3600}") : RawServer.reply("404 Not Found", "{}")));
            return false;
        });
        relay = new RelayFixture().withApi(api.url()).with("relay.ringcentral.requests-per-minute", "1000").start();
    }

    @AfterAll
    void stop() {
        relay.close();
        api.close();
        elsewhere.close();
    }

    @Test
    void a_submit_follows_307_and_308_with_its_body_and_its_query() {
        long before = relay.count("SELECT COUNT(*) FROM relay_api_call");
        answers.put(SUBMIT, RawServer.reply("307 Temporary Redirect", "", "Location: /moved~here?a=%7e"));
        answers.put("/moved~here", RawServer.reply("308 Permanent Redirect", "", "Location: " + api.url() + "/final"));
        answers.put("/final", RawServer.reply("202 Accepted", "{\"jobId\":\"moved\"}"));
        String id = due("{\"languageCode\":\"en-US\"}");
        relay.untilStatus(id, "InProgress");

        assertThat(relay.job(id)).containsEntry("job_id", "moved").containsEntry("attempts", 1);
        List<RawServer.Request> calls = api.requests().stream().filter(r -> r.text().contains("en-US")).toList();
        assertThat(calls).extracting(RawServer.Request::line).satisfiesExactly(first -> assertThat(first).startsWith("POST " + SUBMIT + "?webhook="),
                second -> assertThat(second).isEqualTo("POST /moved~here?a=%7e HTTP/1.1"), third -> assertThat(third).isEqualTo("POST /final HTTP/1.1"));
        assertThat(calls).allMatch(r -> r.head().contains("Authorization: Bearer the-token") && r.text().equals("{\"languageCode\":\"en-US\"}"));
        assertThat(calls).extracting(RawServer.Request::connection).doesNotHaveDuplicates();
        assertThat(relay.count("SELECT COUNT(*) FROM relay_api_call")).as("one place in the budget").isEqualTo(before + 1);
    }

    @Test
    void a_poll_follows_every_redirect_that_keeps_a_GET() {
        for (String status : List.of("301 Moved", "302 Found", "303 See Other", "307 Temporary", "308 Permanent")) {
            String jobId = "by-" + status.substring(0, 3);
            answers.put(STATUS + jobId, RawServer.reply(status, "", "Location: " + "/v2/" + jobId));
            answers.put("/v2/" + jobId, RawServer.reply("200 OK", "{\"jobId\":\"" + jobId + "\",\"status\":\"Success\"}"));
            String id = relay.openJob(jobId);
            pollNow(id);
            relay.untilStatus(id, "Success");
        }
    }

    @Test
    void credentials_never_go_to_another_host_or_port_and_lastError_names_the_way_without_its_query() {
        for (String location : List.of(elsewhere.url() + "/stolen?access_token=secret", "//127.0.0.1:" + elsewhere.port() + "/stolen",
                "http://localhost:" + api.port() + "/stolen", "https://127.0.0.1:" + elsewhere.port() + "/stolen",
                "http://user:pw@127.0.0.1:" + api.port() + "/stolen", "ftp://127.0.0.1/stolen", "javascript:1", "http://[stolen")) {
            answers.put(SUBMIT, RawServer.reply("307 Temporary Redirect", "", "Location: " + location));
            String id = due("{}");
            RelayFixture.patiently().until(() -> relay.job(id).get("last_error") != null && relay.job(id).get("claim") == null);
            assertThat(relay.job(id)).as(location).containsEntry("status", "Queued").containsEntry("in_doubt", false);
            assertThat((String) relay.job(id).get("last_error")).as(location).startsWith("the API answered 307 and leads to ")
                    .doesNotContain("secret", "pw@");
        }
        assertThat(elsewhere.requests()).isEmpty();
        assertThat(api.lines()).noneMatch(line -> line.contains("stolen"));
    }

    @Test
    void a_submit_follows_no_redirect_that_would_make_a_GET_of_it() {
        for (String status : List.of("301 Moved", "302 Found", "303 See Other", "300 Multiple Choices", "304 Not Modified")) {
            answers.put(SUBMIT, RawServer.reply(status, "", "Location: /final-" + status.substring(0, 3)));
            String id = due("{}");
            RelayFixture.patiently().until(() -> relay.job(id).get("last_error") != null && relay.job(id).get("claim") == null);
            assertThat(relay.job(id)).as(status).containsEntry("status", "Queued").containsEntry("in_doubt", false);
            assertThat((String) relay.job(id).get("last_error")).contains(status.substring(0, 3)).contains("/final-");
        }
        assertThat(api.lines()).noneMatch(line -> line.contains("/final-"));
    }

    @Test
    void a_circle_and_a_long_way_end_and_the_job_waits() {
        answers.put(STATUS + "circle", RawServer.reply("307 Temporary", "", "Location: " + STATUS + "circle"));
        for (int i = 0; i < 9; i++) {
            answers.put(STATUS + (i == 0 ? "long" : "long" + i), RawServer.reply("302 Found", "", "Location: " + STATUS + "long" + (i + 1)));
        }
        for (String jobId : List.of("circle", "long")) {
            String id = relay.openJob(jobId);
            pollNow(id);
            RelayFixture.patiently().until(() -> relay.job(id).get("last_error") != null);
            assertThat(relay.job(id)).containsEntry("status", "InProgress");
            assertThat((String) relay.job(id).get("last_error")).startsWith("the API answered 30");
        }
        assertThat(api.lines().stream().filter(line -> line.contains("/circle"))).hasSizeLessThanOrEqualTo(2);
        assertThat(api.lines().stream().filter(line -> line.contains("/long"))).hasSize(6);
    }

    private String due(String request) {
        return relay.insertJob(Map.of("status", "Queued", "request", request, "next_submit_at", relay.clock().millis()));
    }

    private void pollNow(String id) {
        relay.sql("UPDATE relay_job SET next_poll_at = ? WHERE id = ?", relay.clock().millis(), id);
    }
}
