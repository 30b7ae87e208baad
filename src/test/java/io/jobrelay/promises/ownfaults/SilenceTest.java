package io.jobrelay.promises.ownfaults;

import static org.assertj.core.api.Assertions.assertThat;

import io.jobrelay.support.Http;
import io.jobrelay.support.OnBothDatabases;
import io.jobrelay.support.RelayFixture;
import io.jobrelay.support.Reply;
import io.jobrelay.support.Sink;
import io.jobrelay.support.StandInApi;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Promise: a few calls that nobody answers hold up no other, neither submits nor polls nor deliveries, and health tells of them. */
@OnBothDatabases
class SilenceTest {

    private static final int SILENT = 20;
    private final AtomicInteger silentPolls = new AtomicInteger();
    private final RelayFixture relay = new RelayFixture();
    private final StandInApi api = new StandInApi(relay.clock());

    @BeforeEach
    void configure() {
        relay.withApi(api.url()).with("relay.ringcentral.requests-per-minute", "1000");
        api.first(request -> {
            String jobId = request.path().replaceFirst(".*/jobs/", "");
            return !jobId.startsWith("polled-") ? null : silentPolls.getAndDecrement() > 0 ? Reply.silence()
                    : Reply.json(200, "{\"jobId\":\"" + jobId + "\",\"status\":\"Success\",\"response\":{}}");
        });
    }

    @AfterEach
    void stop() {
        api.close();
        relay.close();
    }

    @Test
    void submits_that_wait_for_an_answer_hold_up_neither_the_others_nor_polls() {
        relay.start();
        api.nextSubmits(Collections.nCopies(SILENT, Reply.silence()).toArray(Reply[]::new));
        List<String> jobs = queued(SILENT + 20);
        RelayFixture.patiently().until(() -> in("InProgress", jobs) == 20);
        RelayFixture.patiently().until(() -> health().contains(SILENT + " submits to the API have waited for an answer"));
        String polled = polled(1).get(0);
        relay.untilStatus(polled, "Success");
        assertThat(jobs.stream().map(relay::job).filter(job -> job.get("status").equals("Queued"))).as("all of them still wait for their first answer")
                .allMatch(job -> job.get("attempts").equals(1) && "in doubt: sent, and no answer has come yet".equals(job.get("last_error")));
    }

    @Test
    void polls_that_wait_for_an_answer_hold_up_neither_the_others_nor_submits() {
        relay.start();
        silentPolls.set(SILENT);
        List<String> jobs = polled(SILENT + 20);
        RelayFixture.patiently().until(() -> in("Success", jobs) == 20);
        RelayFixture.patiently().until(() -> health().contains(SILENT + " polls of the API have waited for an answer"));
        queued(1).forEach(id -> relay.untilStatus(id, "InProgress"));
    }

    @Test
    void one_silent_sink_holds_up_no_other_and_not_even_itself_when_it_answers_again() throws Exception {
        byte[] large = ("{\"status\":\"Success\",\"response\":\"" + "w".repeat(20_000_000) + "\"}").getBytes(StandardCharsets.UTF_8);
        try (Sink sink = new Sink().always(Reply.silence())) {
            relay.with("relay.sinks", "file,http").with("relay.sink.http.url", sink.url()).with("relay.sink.http.timeout", "25s").start();
            List<String> jobs = new ArrayList<>();
            for (int i = 0; i < 150; i++) {
                jobs.add(relay.openJob("job-" + i));
                assertThat(relay.post(relay.callbackUrl(jobs.get(i)), "{\"status\":\"Success\",\"response\":1}").status()).isEqualTo(200);
            }
            String one = relay.openJob("large");
            assertThat(Http.send("POST", relay.callbackUrl(one), large).status()).isEqualTo(200);
            RelayFixture.patiently().until(() -> results() == 151);
            assertThat(relay.count("SELECT COUNT(*) FROM relay_delivery WHERE sink = 'http' AND status = 'Pending' AND attempts = 0"))
                    .as("none has been given up, and none has come back").isEqualTo(151);
            RelayFixture.patiently().until(() -> health().contains("deliveries to the sink http have waited for an answer"));
            sink.always(Reply.of(200));
            String late = relay.openJob("late");
            assertThat(relay.post(relay.callbackUrl(late), "{\"status\":\"Success\",\"response\":1}").status()).isEqualTo(200);
            RelayFixture.patiently().until(() -> results() == 152);
            relay.untilDelivered(late);
        }
    }

    private long results() throws IOException {
        try (Stream<Path> files = Files.list(relay.results())) {
            return files.filter(file -> file.toString().endsWith(".json") && !file.getFileName().toString().startsWith(".")).count();
        }
    }

    private long in(String status, List<String> jobs) {
        return jobs.stream().filter(id -> status.equals(relay.job(id).get("status"))).count();
    }

    private String health() {
        return relay.adminGet("/observe/health").text();
    }

    private List<String> queued(int count) {
        List<String> ids = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            ids.add(relay.insertJob(Map.of("status", "Queued", "next_submit_at", relay.clock().millis())));
        }
        return ids;
    }

    /** Jobs that are asked for at once, and have ended at the API. */
    private List<String> polled(int count) {
        List<String> ids = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            String jobId = "polled-" + i;
            ids.add(relay.insertJob(Map.of("status", "InProgress", "job_id", jobId, "next_poll_at", relay.clock().millis())));
        }
        return ids;
    }
}
