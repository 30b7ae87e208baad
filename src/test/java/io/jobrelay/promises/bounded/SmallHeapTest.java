package io.jobrelay.promises.bounded;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.jobrelay.support.Http;
import io.jobrelay.support.RelayFixture;
import io.jobrelay.support.RelayProcess;
import io.jobrelay.support.StandInApi;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Promise: a process of 128 MB starts and serves, and refuses by arithmetic what does not fit; it says so, and never runs out of memory. */
class SmallHeapTest {

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final int MIB = 1 << 20;
    @TempDir
    static Path folder;
    private static StandInApi api;
    private static RelayProcess relay;

    @BeforeAll
    static void start() {
        api = new StandInApi();
        relay = new RelayProcess(folder).withHeap("128m").with("relay.ringcentral.server-url", api.url())
                .with("relay.ringcentral.client-id", StandInApi.CLIENT_ID).with("relay.ringcentral.client-secret", StandInApi.CLIENT_SECRET)
                .with("relay.ringcentral.jwt", StandInApi.JWT).with("relay.ringcentral.requests-per-minute", "1000")
                .with("relay.inbox.still-for", "200ms").start();
    }

    @AfterAll
    static void stop() {
        relay.close();
        api.close();
    }

    @AfterEach
    void it_is_well() {
        assertThat(relay.output()).doesNotContain("OutOfMemory", "heap space", "ERROR", "The heap is");
        assertThat(Http.get(relay.adminUrl() + "/observe/health").status()).isEqualTo(200);
    }

    @Test
    void callbacks_are_taken_or_put_off_and_one_that_never_fits_is_told_so() throws Exception {
        assertThat(callBack(job(), document(40 * MIB))).as("too large for this heap, and it says so in time").isEqualTo(503);
        List<StandInApi.Job> jobs = new ArrayList<>();
        for (int i = 0; i < 24; i++) {
            jobs.add(job());
        }
        byte[] large = document(8 * MIB);
        byte[] small = document(2_000);
        List<Future<Integer>> answers = new ArrayList<>();
        ExecutorService senders = Executors.newFixedThreadPool(16);
        try {
            for (int i = 0; i < jobs.size(); i++) {
                StandInApi.Job job = jobs.get(i);
                byte[] body = i % 3 == 0 ? large : small;
                answers.add(senders.submit(() -> callBack(job, body)));
            }
            for (int i = 0; i < jobs.size(); i++) {
                StandInApi.Job job = jobs.get(i);
                byte[] body = i % 3 == 0 ? large : small;
                assertThat(answers.get(i).get()).isIn(200, 503);
                RelayFixture.patiently().until(() -> callBack(job, body) == 200); // whoever was put off comes again, and a copy does no harm
            }
        } finally {
            senders.shutdownNow();
        }
        RelayFixture.patiently().until(() -> files(relay.results()) >= jobs.size());
    }

    @Test
    void polls_bring_what_fits_and_name_the_option_for_the_rest() throws Exception {
        StandInApi.Job fits = job();
        StandInApi.Job never = job();
        fits.document(document(12 * MIB));
        never.document(document(20 * MIB));
        for (StandInApi.Job job : List.of(fits, never)) {
            assertThat(Http.post(relay.adminUrl() + "/jobs/" + job.jobId() + "/poll", "").status()).isEqualTo(202);
        }
        RelayFixture.patiently().until(() -> "Success".equals(read("/jobs/" + fits.jobId()).path("status").textValue()));
        RelayFixture.patiently().until(() -> read("/jobs/" + never.jobId()).path("lastError").asText().contains("-Xmx"));
    }

    @Test
    void requests_are_taken_up_to_a_size_that_is_told() throws Exception {
        assertThat(Http.post(relay.adminUrl() + "/jobs", request(2 * MIB)).status()).isEqualTo(202);
        Http.Answer answer = Http.post(relay.adminUrl() + "/jobs", request(4 * MIB));
        assertThat(answer.status()).isEqualTo(413);
        assertThat(answer.text()).contains("-Xmx");
        for (String path : List.of("/", "/jobs?limit=500", "/overview", "/audit", "/observe/metrics")) {
            assertThat(Http.get(relay.adminUrl() + path).status()).as(path).isEqualTo(200);
        }
    }

    @Test
    void files_of_the_inbox_are_taken_up_to_a_size_and_a_number_of_jobs_that_are_told() throws Exception {
        int before = api.jobs().size();
        drop("fits.json", request(8 * MIB));
        drop("large.json", request(18_000_000));
        drop("many.json", "[" + "{\"jobId\":\"x\"},".repeat(400_000) + "{\"jobId\":\"x\"}]");
        Path rejected = folder.resolve("inbox/.rejected");
        for (String name : List.of("large.json", "many.json")) {
            RelayFixture.patiently().until(() -> Files.exists(rejected.resolve(name + ".error.txt")));
            assertThat(Files.readString(rejected.resolve(name + ".error.txt"))).contains("-Xmx");
        }
        RelayFixture.patiently().until(() -> api.jobs().size() > before && api.jobs().stream().anyMatch(job -> job.submit().body().length > 8_000_000));
    }

    private static void drop(String name, String text) throws IOException {
        Path hidden = folder.resolve("inbox/." + name);
        Files.writeString(hidden, text);
        Files.move(hidden, folder.resolve("inbox/" + name), StandardCopyOption.ATOMIC_MOVE);
    }

    private static long files(Path results) throws IOException {
        try (Stream<Path> files = Files.list(results)) {
            return files.filter(file -> file.toString().endsWith(".json")).count();
        }
    }

    private static String request(int length) {
        return "{\"api\":\"punctuate\",\"request\":{\"t\":\"" + "r".repeat(length - 50) + "\"}}";
    }

    private static byte[] document(int length) {
        return ("{\"status\":\"Success\",\"response\":\"" + "w".repeat(length - 40) + "\"}").getBytes(StandardCharsets.UTF_8);
    }

    /** @return a job that is open, and silent */
    private static StandInApi.Job job() throws Exception {
        Http.Answer answer = Http.post(relay.adminUrl() + "/jobs", "{\"api\":\"summarize\",\"request\":{}}");
        assertThat(answer.status()).isEqualTo(202);
        String id = JSON.readTree(answer.bytes()).path("id").textValue();
        RelayFixture.patiently().until(() -> read("/jobs/" + id).hasNonNull("jobId"));
        return api.job(read("/jobs/" + id).path("jobId").textValue());
    }

    private static JsonNode read(String path) throws IOException {
        return JSON.readTree(Http.get(relay.adminUrl() + path).bytes());
    }

    private static int callBack(StandInApi.Job job, byte[] body) {
        return Http.send("POST", job.webhook(), body).status();
    }
}
