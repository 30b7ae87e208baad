package io.jobrelay.promises.bounded;

import static org.assertj.core.api.Assertions.assertThat;

import io.jobrelay.support.Http;
import io.jobrelay.support.RawServer;
import io.jobrelay.support.RelayFixture;
import io.jobrelay.support.RelayProcess;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Promise: results that come by polls, however large and however many at once, never take more memory than there is ({@code -Xmx256m}). */
class LargeAnswersTest {

    private static final int MEGABYTE = 1_000_000;

    @TempDir
    private Path folder;

    @Test
    void large_results_wait_for_each_other_and_what_never_fits_is_named() {
        try (RawServer api = new RawServer(LargeAnswersTest::answer); RelayProcess relay = new RelayProcess(folder)
                .with("relay.ringcentral.server-url", api.url()).with("relay.ringcentral.client-id", "id").with("relay.ringcentral.client-secret", "secret")
                .with("relay.ringcentral.jwt", "jwt").with("relay.ringcentral.requests-per-minute", "1000").with("relay.poll.initial-delay", "2s").start()) {
            List<String> fit = new ArrayList<>();
            for (int i = 0; i < 8; i++) {
                fit.add(track(relay, (i % 2 == 0 ? "chunked-" : "length-") + i + "-15"));
            }
            fit.add(track(relay, "chunked-8-38"));
            fit.add(track(relay, "length-9-38"));
            String never = track(relay, "chunked-x-60");
            String toldAtOnce = track(relay, "length-x-300");
            RelayFixture.patiently().atMost(Duration.ofMinutes(2)).until(() -> fit.stream().allMatch(id -> job(relay, id).contains("\"status\":\"Success\"")));
            for (String id : List.of(never, toldAtOnce)) {
                RelayFixture.patiently().until(() -> job(relay, id).contains("-Xmx"));
                assertThat(job(relay, id)).contains("\"status\":\"InProgress\"");
            }
            assertThat(Http.get(relay.adminUrl() + "/observe/health").text()).contains("The results of 2 jobs cannot be fetched");
            assertThat(relay.output()).doesNotContain("OutOfMemoryError", "heap space");
        }
    }

    private static boolean answer(RawServer.Request request, OutputStream out) throws IOException {
        if (request.target().equals("/restapi/oauth/token")) {
            out.write(RawServer.reply("200 OK", "{\"access_token\":\"the-token\",\"expires_in\":3600}"));
            return false;
        }
        String[] name = request.target().replaceFirst(".*/", "").split("-");
        byte[] begin = "{\"status\":\"Success\",\"response\":\"".getBytes(StandardCharsets.US_ASCII);
        byte[] block = "x".repeat(MEGABYTE).getBytes(StandardCharsets.US_ASCII);
        byte[] end = "\"}".getBytes(StandardCharsets.US_ASCII);
        boolean chunked = name[0].equals("chunked");
        int blocks = Integer.parseInt(name[2]);
        out.write(("HTTP/1.1 200 OK\r\nConnection: close\r\n" + (chunked ? "Transfer-Encoding: chunked" : "Content-Length: "
                + (begin.length + (long) blocks * block.length + end.length)) + "\r\n\r\n").getBytes(StandardCharsets.US_ASCII));
        write(out, begin, chunked);
        for (int i = 0; i < blocks; i++) {
            write(out, block, chunked);
        }
        write(out, end, chunked);
        out.write((chunked ? "0\r\n\r\n" : "").getBytes(StandardCharsets.US_ASCII));
        return false;
    }

    private static void write(OutputStream out, byte[] block, boolean chunked) throws IOException {
        out.write((chunked ? Integer.toHexString(block.length) + "\r\n" : "").getBytes(StandardCharsets.US_ASCII));
        out.write(block);
        out.write((chunked ? "\r\n" : "").getBytes(StandardCharsets.US_ASCII));
    }

    private static String track(RelayProcess relay, String jobId) {
        Http.Answer answer = Http.post(relay.adminUrl() + "/jobs", "{\"jobId\":\"" + jobId + "\"}", "Content-Type", "application/json");
        assertThat(answer.status()).isEqualTo(202);
        return jobId;
    }

    private static String job(RelayProcess relay, String id) {
        return Http.get(relay.adminUrl() + "/jobs/" + id).text();
    }
}
