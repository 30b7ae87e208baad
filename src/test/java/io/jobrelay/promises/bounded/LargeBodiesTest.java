package io.jobrelay.promises.bounded;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.jobrelay.protocol.Capability;
import io.jobrelay.support.Http;
import io.jobrelay.support.RelayFixture;
import io.jobrelay.support.RelayProcess;
import io.jobrelay.support.StandInApi;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A process of 256 MB takes large callbacks, or says 503 and gets them later; none ends it, none keeps others out, none is lost. */
class LargeBodiesTest {

    private static final String SECRET = "large-bodies-of-all";
    @TempDir
    static Path folder;
    private static StandInApi api;
    private static RelayProcess relay;

    @BeforeAll
    static void start() {
        api = new StandInApi();
        relay = new RelayProcess(folder).with("relay.webhook.secret", SECRET).with("relay.ringcentral.server-url", api.url())
                .with("relay.ringcentral.client-id", StandInApi.CLIENT_ID).with("relay.ringcentral.client-secret", StandInApi.CLIENT_SECRET)
                .with("relay.ringcentral.jwt", StandInApi.JWT).with("relay.ringcentral.requests-per-minute", "1000").start();
    }

    @AfterAll
    static void stop() {
        relay.close();
        api.close();
    }

    @Test
    void bodies_that_are_announced_and_never_come_keep_nobody_out() throws Exception {
        List<Socket> idle = new ArrayList<>();
        try {
            URI url = URI.create(relay.publicUrl());
            for (int i = 0; i < 100; i++) {
                Socket socket = new Socket(url.getHost(), url.getPort());
                idle.add(socket);
                OutputStream out = socket.getOutputStream();
                out.write(("POST /webhook/x HTTP/1.1\r\nHost: x\r\nContent-Length: 67108864\r\n\r\n{").getBytes(StandardCharsets.US_ASCII));
                out.flush();
            }
            assertThat(callBack(openJob(), body(2_000))).isEqualTo(200);
        } finally {
            for (Socket socket : idle) {
                socket.close();
            }
        }
    }

    @Test
    void many_at_once_are_taken_or_put_off_and_all_come_through() throws Exception {
        byte[] body = body(20_000_000);
        List<String> jobs = new ArrayList<>();
        for (int i = 0; i < 12; i++) {
            jobs.add(openJob());
        }
        Map<String, Integer> answers = atOnce(jobs, body);
        assertThat(answers.values()).isSubsetOf(200, 503).contains(200);
        for (String job : jobs) { // whoever was put off comes again
            if (answers.get(job) != 200) {
                RelayFixture.patiently().untilAsserted(() -> assertThat(callBack(job, body)).isEqualTo(200));
            }
        }
        for (String job : jobs) {
            delivered(job, body);
        }
    }

    @Test
    void one_of_fifty_megabytes_comes_through() throws Exception {
        String job = openJob();
        byte[] body = body(50_000_000);
        RelayFixture.patiently().untilAsserted(() -> assertThat(callBack(job, body)).isEqualTo(200)); // 503 where the disk needs too long for it
        delivered(job, body);
    }

    private static void delivered(String job, byte[] body) {
        RelayFixture.patiently().untilAsserted(() -> assertThat(Files.list(relay.results()).filter(file -> file.toString().endsWith(".json"))
                .filter(file -> length(file) > body.length).map(LargeBodiesTest::end).filter(end -> end.contains(job))).hasSize(1));
    }

    private static long length(Path file) {
        return file.toFile().length();
    }

    private static String end(Path file) {
        try (var in = Files.newByteChannel(file)) {
            var bytes = java.nio.ByteBuffer.allocate(400);
            in.position(in.size() - bytes.capacity()).read(bytes);
            return new String(bytes.array(), StandardCharsets.UTF_8);
        } catch (java.io.IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Map<String, Integer> atOnce(List<String> jobs, byte[] body) throws Exception {
        Map<String, Integer> answers = new ConcurrentHashMap<>();
        ExecutorService senders = Executors.newFixedThreadPool(jobs.size());
        try {
            List<Future<?>> running = new ArrayList<>();
            for (String job : jobs) {
                running.add(senders.submit(() -> answers.put(job, callBack(job, body))));
            }
            for (Future<?> sender : running) {
                sender.get();
            }
        } finally {
            senders.shutdownNow();
        }
        return answers;
    }

    /** @return the relay's id of a job whose callback will never come by itself */
    private static String openJob() throws Exception {
        Http.Answer answer = Http.post(relay.adminUrl() + "/jobs", "{\"api\":\"summarize\",\"request\":{}}");
        assertThat(answer.status()).isEqualTo(202);
        return new ObjectMapper().readTree(answer.bytes()).path("id").textValue();
    }

    private static int callBack(String job, byte[] body) {
        String url = relay.publicUrl() + "/webhook/" + new Capability("callback", List.of(SECRET)).sign(job);
        return Http.send("POST", url, body, "Content-Type", "application/json").status();
    }

    private static byte[] body(int length) {
        return ("{\"status\":\"Success\",\"response\":{\"transcript\":\"" + "w".repeat(length - 60) + "\"}}").getBytes(StandardCharsets.UTF_8);
    }
}
