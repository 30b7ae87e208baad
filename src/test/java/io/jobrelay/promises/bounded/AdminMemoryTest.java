package io.jobrelay.promises.bounded;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.jobrelay.protocol.Capability;
import io.jobrelay.support.Http;
import io.jobrelay.support.RelayFixture;
import io.jobrelay.support.RelayProcess;
import io.jobrelay.support.StandInApi;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.HttpURLConnection;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.IntFunction;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Promise: a process of 256 MB answers whatever is asked of its admin port at once, or says 503 and answers later; nothing of it ends it. */
class AdminMemoryTest {

    private static final String SECRET = "of-the-memory-test";
    private static final ObjectMapper JSON = new ObjectMapper();
    @TempDir
    private Path folder;
    private StandInApi api;
    private RelayProcess relay;

    /** What came back: its status, and how long its body was. */
    private record Got(int status, long length) {
    }

    @BeforeEach
    void start() {
        api = new StandInApi();
        relay = new RelayProcess(folder).with("relay.webhook.secret", SECRET).with("relay.ringcentral.server-url", api.url())
                .with("relay.ringcentral.client-id", StandInApi.CLIENT_ID).with("relay.ringcentral.client-secret", StandInApi.CLIENT_SECRET)
                .with("relay.ringcentral.jwt", StandInApi.JWT).start();
        assertThat(Http.post(relay.adminUrl() + "/pause", "").status()).isEqualTo(202); // all that is taken stays where it is
    }

    @AfterEach
    void stop() {
        relay.close();
        api.close();
    }

    @Test
    void large_requests_long_pages_and_large_results_by_the_dozen_fit_into_a_small_heap() throws Exception {
        // four hundred bodies of 1 MB, each stored by another thread
        byte[] job = job("\"metadata\":{\"m\":\"" + "m".repeat(1_000_000) + "\"}");
        List<Got> taken = new ArrayList<>();
        for (int burst = 0; burst < 4; burst++) {
            taken.addAll(atOnce(100, n -> send("POST", "/jobs", job)));
        }
        assertThat(taken).extracting(Got::status).isSubsetOf(202, 503).contains(202);
        long jobs = taken.stream().filter(got -> got.status() == 202).count();
        assertThat(taken.stream().filter(got -> got.status() == 202)).allMatch(got -> got.length() > 1_000_000);

        // forty of 6 MB, and one that such a heap has no room for
        byte[] large = job("\"reference\":\"large\",\"metadata\":null,\"request\":{\"r\":\"" + "r".repeat(6_000_000) + "\"}");
        assertThat(atOnce(40, n -> send("POST", "/jobs", large))).extracting(Got::status).isSubsetOf(202, 503).contains(202);
        RelayFixture.patiently().untilAsserted(() -> assertThat(send("POST", "/jobs", large).status()).isEqualTo(202));
        assertThat(send("POST", "/jobs", job("\"request\":{\"r\":\"" + "r".repeat(19_000_000) + "\"}")).status()).isEqualTo(413);

        // pages of five hundred with 1 MB each
        List<Got> pages = atOnce(40, n -> send("GET", "/jobs?limit=500&status=Queued", null));
        assertThat(pages).extracting(Got::status).isSubsetOf(200, 503).contains(200);
        assertThat(pages).allMatch(got -> got.length() < 3_000_000);
        Set<String> ids = new HashSet<>();
        for (String after = ""; after != null;) {
            JsonNode page = JSON.readTree(Http.get(relay.adminUrl() + "/jobs?limit=500" + after).bytes());
            for (JsonNode each : page.path("jobs")) {
                assertThat(ids.add(each.path("id").textValue())).isTrue();
                assertThat(each.has("metadata")).isEqualTo(!each.path("reference").asText().equals("large"));
            }
            after = page.has("next") ? "&after=" + page.path("next").textValue() : null;
        }
        assertThat((long) ids.size()).isGreaterThan(jobs);
        String one = ids.iterator().next();
        for (String what : List.of("", "/timeline")) {
            assertThat(atOnce(60, n -> send("GET", "/jobs/" + one + what, null))).extracting(Got::status).isSubsetOf(200, 503).contains(200);
        }

        // a result of 40 MB
        String tracked = JSON.readTree(Http.post(relay.adminUrl() + "/jobs", "{\"jobId\":\"large-result\"}").bytes()).path("id").textValue();
        byte[] result = ("{\"status\":\"Success\",\"response\":{\"t\":\"" + "w".repeat(40_000_000) + "\"} \n}\n ").getBytes(StandardCharsets.UTF_8);
        String url = relay.publicUrl() + "/webhook/" + new Capability("callback", List.of(SECRET)).sign(tracked);
        RelayFixture.patiently().untilAsserted(() -> assertThat(Http.send("POST", url, result).status()).isEqualTo(200));
        Path file = relay.results().resolve("large-result.json");
        RelayFixture.patiently().until(() -> file.toFile().length() > 40_000_000);
        List<Got> results = atOnce(40, n -> send("GET", "/jobs/" + tracked + "/result", null));
        assertThat(results).extracting(Got::status).isSubsetOf(200, 503).contains(200);
        assertThat(results.stream().filter(got -> got.status() == 200)).allMatch(got -> got.length() == file.toFile().length());
        List<Got> beginnings = atOnce(40, n -> send("GET", "/jobs/" + tracked + "/outcome", null));
        assertThat(beginnings).extracting(Got::status).isSubsetOf(200, 503).contains(200);

        assertThat(send("GET", "/observe/health", null).status()).isEqualTo(200);
        assertThat(send("POST", "/jobs", job).status()).isEqualTo(202);
        assertThat(relay.output()).doesNotContain("OutOfMemory", "direct buffer", "ERROR");
    }

    private static byte[] job(String more) {
        return ("{\"api\":\"punctuate\"," + (more.contains("\"request\"") ? "" : "\"request\":{},") + more + "}").getBytes(StandardCharsets.UTF_8);
    }

    private List<Got> atOnce(int count, IntFunction<Got> request) throws Exception {
        ExecutorService senders = Executors.newFixedThreadPool(count);
        try {
            List<Future<Got>> running = new ArrayList<>();
            for (int i = 0; i < count; i++) {
                int n = i;
                running.add(senders.submit(() -> request.apply(n)));
            }
            List<Got> got = new ArrayList<>();
            for (Future<Got> each : running) {
                got.add(each.get());
            }
            return got;
        } finally {
            senders.shutdownNow();
        }
    }

    /** Counts what comes and keeps none of it: this process has no room for forty results either. */
    private Got send(String method, String path, byte[] body) {
        try {
            HttpURLConnection connection = (HttpURLConnection) URI.create(relay.adminUrl() + path).toURL().openConnection();
            connection.setRequestMethod(method);
            connection.setReadTimeout(60_000);
            if (body != null) {
                connection.setDoOutput(true);
                connection.setFixedLengthStreamingMode(body.length);
                try (OutputStream out = connection.getOutputStream()) {
                    out.write(body);
                }
            }
            int status = connection.getResponseCode();
            try (InputStream in = status < 400 ? connection.getInputStream() : connection.getErrorStream()) {
                return new Got(status, in.transferTo(OutputStream.nullOutputStream()));
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
