package io.jobrelay.promises.ownfaults;

import static io.jobrelay.support.AdminClient.problem;
import static org.assertj.core.api.Assertions.assertThat;

import io.jobrelay.support.AdminClient;
import io.jobrelay.support.Http;
import io.jobrelay.support.RelayFixture;
import java.io.Closeable;
import java.io.IOException;
import java.util.List;
import javax.sql.DataSource;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Promise: every error of the admin port is problem+json that says what to do, and the relay's own faults never look like the caller's. */
class AdminProblemsTest {

    private static RelayFixture relay;

    @BeforeAll
    static void start() {
        relay = new RelayFixture().start();
    }

    @AfterAll
    static void stop() {
        relay.close();
    }

    private static Http.Answer send(String method, String path) {
        return Http.send(method, relay.adminUrl() + path, method.equals("GET") ? null : new byte[0]);
    }

    @ParameterizedTest
    @CsvSource({"GET,/nope", "POST,/nope", "DELETE,/jobs/x/y/z", "GET,/jobs/x/nope", "GET,/jobsx", "GET,/webhook", "GET,/JOBS"})
    void other_paths_are_answered_404(String method, String path) {
        problem(send(method, path), 404, "unknown-path");
    }

    @ParameterizedTest
    @CsvSource({"DELETE,/jobs,'GET, HEAD, POST'", "PUT,/jobs,'GET, HEAD, POST'", "PATCH,/jobs/x,'GET, HEAD'", "POST,/jobs/x,'GET, HEAD'", "POST,/jobs/x/result,'GET, HEAD'",
        "GET,/jobs/x/poll,POST", "GET,/jobs/x/cancel,POST", "GET,/jobs/x/redeliver,POST", "GET,/jobs/x/resubmit,POST",
                "GET,/redeliver,POST",
        "GET,/pause,POST", "DELETE,/resume,POST"})
    void other_methods_are_answered_405_with_those_that_are_taken(String method, String path, String allow) {
        Http.Answer answer = send(method, path);
        problem(answer, 405, "method-not-allowed");
        assertThat(answer.header("Allow")).isEqualTo(allow);
    }

    @Test
    void camels_own_pages_stay() {
        assertThat(send("GET", "/observe/health").status()).isEqualTo(200);
        assertThat(send("GET", "/observe/metrics").status()).isEqualTo(200);
    }

    @Test
    void the_public_port_serves_nothing_of_it() {
        for (String path : List.of("/jobs", "/jobs/x", "/pause", "/redeliver")) {
            assertThat(relay.get(path).status()).isEqualTo(404);
            assertThat(relay.post(path, "{}").status()).isEqualTo(404);
        }
    }

    @Test
    void with_the_database_away_everything_is_answered_503() throws IOException {
        try (RelayFixture away = new RelayFixture().start()) {
            String id = away.openJob("j-1");
            ((Closeable) away.bean("relay-data-source", DataSource.class)).close();
            for (String path : List.of("/jobs", "/jobs?status=Queued", "/jobs?reference=x", "/jobs/" + id, "/jobs/" + id + "/result")) {
                away(away.adminGet(path));
            }
            for (String path : List.of("/jobs/" + id + "/poll", "/jobs/" + id + "/cancel", "/jobs/" + id + "/redeliver", "/jobs/" + id
                    + "/resubmit",
                    "/redeliver?sink=file", "/pause", "/resume")) {
                away(away.adminPost(path, ""));
            }
            away(away.adminPost("/jobs", "{\"api\":\"punctuate\",\"request\":{}}"));
            away(away.adminPost("/jobs", "{\"jobId\":\"x\"}"));
            assertThat(away.adminPost("/jobs", "{\"api\":\"punctuate\"}").status()).isEqualTo(400);
            assertThat(away.adminGet("/jobs?limit=0").status()).isEqualTo(400);
        }
    }

    private static void away(Http.Answer answer) {
        problem(answer, 503, "database-away");
        assertThat(answer.header("Retry-After")).isEqualTo("5");
        assertThat(answer.text().toLowerCase()).doesNotContain("hikari").doesNotContain("sql").doesNotContain("exception");
    }

    @Test
    void a_fault_of_the_relays_own_is_answered_500_and_shows_nothing_of_the_inside() {
        String id = relay.openJob("broken-1");
        new AdminClient(relay).callBack(id, "Success", "{}");
        relay.sql("UPDATE relay_callback SET body = ? WHERE job = ?", new byte[1], id);
        Http.Answer answer = relay.adminGet("/jobs/" + id + "/result");
        problem(answer, 500, "internal");
        assertThat(answer.text().toLowerCase(java.util.Locale.ROOT)).doesNotContain("exception").doesNotContain("java")
                .doesNotContain("index");
    }
}
