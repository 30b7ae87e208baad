package io.jobrelay.promises.noloss;

import static io.jobrelay.support.RelayFixture.PATIENCE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.jobrelay.support.Http;
import io.jobrelay.support.Postgres;
import io.jobrelay.support.Received;
import io.jobrelay.support.RelayProcess;
import io.jobrelay.support.Reply;
import io.jobrelay.support.Sink;
import io.jobrelay.support.StandInApi;
import io.jobrelay.support.StandInApi.OnSubmit;
import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Promise P1 at the worst moments: a real relay is killed with SIGKILL while the API, or a sink, holds its answer back. */
class KilledRelayTest {

    private static final String JOB = "{\"api\":\"speech-to-text\",\"request\":{\"contentUri\":\"https://media.example/1.mp3\",\"encoding\":\"Mpeg\"},"
            + "\"reference\":\"call-1\"}";
    private final StandInApi api = new StandInApi();
    private final Sink sink = new Sink();
    private RelayProcess relay;

    @TempDir
    private Path folder;

    @AfterEach
    void stop() {
        relay.close();
        api.close();
        sink.close();
    }

    @ParameterizedTest
    @ValueSource(strings = {"h2", "postgresql"})
    void killed_between_the_submit_and_its_answer_it_is_in_doubt_and_two_jobs_of_the_api_make_one_outcome(String database) throws Exception {
        start(database);
        api.nextSubmits(OnSubmit.takeAndStaySilent());
        String id = post();
        await().atMost(PATIENCE).until(() -> api.jobs().size() == 1);
        JsonNode sent = job(id);
        assertThat(sent.path("status").asText()).isEqualTo("Queued");
        assertThat(sent.path("attempts").asInt()).isEqualTo(1);
        assertThat(sent.path("lastError").asText()).startsWith("in doubt");
        relay.kill();
        relay.startUntilHealthy(PATIENCE);

        await().atMost(PATIENCE).until(() -> "InProgress".equals(job(id).path("status").asText()));
        assertThat(job(id).path("attempts").asInt()).isEqualTo(2);
        assertThat(api.jobs()).hasSize(2);
        StandInApi.Job first = api.jobs().get(0);
        StandInApi.Job second = api.jobs().get(1);
        assertThat(job(id).path("jobId").asText()).isEqualTo(second.jobId());

        first.succeed("{\"sent\":\"first\"}");
        second.succeed("{\"sent\":\"second\"}");
        assertThat(first.callBack()).isEqualTo(200);
        await().atMost(PATIENCE).until(() -> "Delivered".equals(job(id).path("deliveries").path(0).path("status").asText()));
        assertThat(second.callBack()).isEqualTo(200);
        assertThat(job(id).path("jobId").asText()).isEqualTo(first.jobId());
        assertThat(job(second.jobId())).isEqualTo(job(first.jobId())).isEqualTo(job(id));
        assertThat(sink.requests()).singleElement().satisfies(r -> assertThat(r.text()).contains("\"sent\":\"first\""));
    }

    @Test
    void killed_right_after_each_answer_it_has_lost_nothing() throws Exception {
        start("h2");
        String id = post();
        relay.kill();
        relay.startUntilHealthy(PATIENCE);
        await().atMost(PATIENCE).until(() -> "InProgress".equals(job(id).path("status").asText()));

        StandInApi.Job job = api.jobs().get(0);
        job.succeed("{}");
        assertThat(job.callBack()).isEqualTo(200);
        relay.kill();
        relay.startUntilHealthy(PATIENCE);
        await().atMost(PATIENCE).until(() -> !sink.requests().isEmpty());
        assertThat(job(id).path("status").asText()).isEqualTo("Success");
    }

    @Test
    void killed_while_a_sink_thinks_it_delivers_again_under_the_same_id() throws Exception {
        start("h2");
        sink.next(Reply.silence());
        String id = post();
        await().atMost(PATIENCE).until(() -> api.jobs().size() == 1);
        api.jobs().get(0).succeed("{}");
        assertThat(api.jobs().get(0).callBack()).isEqualTo(200);
        await().atMost(PATIENCE).until(() -> sink.requests().size() == 1);
        relay.kill();
        relay.startUntilHealthy(PATIENCE);
        await().atMost(PATIENCE).until(() -> "Delivered".equals(job(id).path("deliveries").path(0).path("status").asText()));
        assertThat(sink.requests()).hasSize(2).extracting(r -> r.header("webhook-id")).containsOnly(id);
        assertThat(sink.requests()).extracting(Received::text).containsOnly(sink.requests().get(0).text());
    }

    private void start(String database) throws IOException {
        Map<String, String> keys = new LinkedHashMap<>(Map.of(
                "relay.ringcentral.server-url", api.url(), "relay.ringcentral.client-id", StandInApi.CLIENT_ID,
                "relay.ringcentral.client-secret", StandInApi.CLIENT_SECRET, "relay.ringcentral.jwt", StandInApi.JWT,
                "relay.sinks", "http", "relay.sink.http.url", sink.url(), "relay.poll.interval", "100ms",
                "relay.claim.lease", "3s", "relay.submit.in-doubt-wait", "2s", "relay.routes.reload", "true"));
        if (database.equals("postgresql")) {
            keys.putAll(Map.of("relay.db.url", Postgres.newDatabase(), "relay.db.username", "postgres", "relay.db.password", "postgres"));
        }
        relay = new RelayProcess(folder.resolve("relay")).with(keys);
        relay.startUntilHealthy(PATIENCE);
    }

    private String post() throws IOException {
        Http.Answer answer = Http.post(relay.adminUrl() + "/jobs", JOB, "Content-Type", "application/json");
        assertThat(answer.status()).as(answer.text()).isEqualTo(202);
        return new ObjectMapper().readTree(answer.bytes()).path("id").asText();
    }

    private JsonNode job(String ref) throws IOException {
        return new ObjectMapper().readTree(Http.get(relay.adminUrl() + "/jobs/" + ref).bytes());
    }
}
