package io.jobrelay.promises.ownfaults;

import static org.assertj.core.api.Assertions.assertThat;

import io.jobrelay.support.RawServer;
import io.jobrelay.support.Received;
import io.jobrelay.support.RelayFixture;
import io.jobrelay.support.Sink;
import io.jobrelay.support.StandInApi;
import io.jobrelay.support.Wire;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/**
 * Promise: whatever the network between the relay, the API and a sink does, no job is submitted twice while it may have been taken, every outcome
 * arrives, the rest goes on at once when it is well again, and nothing is left that waits.
 */
class BadNetworkTest {

    private static final String UNANSWERED = "in doubt: sent, and no answer has come yet";
    private RelayFixture relay;

    @Test
    void delayed_cut_halved_and_swallowed() throws Exception {
        try (RelayFixture fixture = new RelayFixture(); StandInApi api = new StandInApi(fixture.clock()); Sink sink = new Sink();
                Wire toApi = Wire.to(api.url()); Wire toSink = Wire.to(sink.url())) {
            relay = fixture.withApi(toApi.url(api.url())).with("relay.ringcentral.requests-per-minute", "1000").with("relay.sinks", "http")
                    .with("relay.sink.http.url", toSink.url(sink.url())).with("relay.sink.http.timeout", "2s")
                    .with("relay.delivery.initial-delay", "1s").with("relay.delivery.max-delay", "1s").with("relay.delivery.max-attempts", "100").start();
            toApi.delay(Duration.ofMillis(200));
            toSink.delay(Duration.ofMillis(200));
            List<String> jobs = new ArrayList<>(queued(12));
            jobs.forEach(id -> relay.untilStatus(id, "InProgress"));

            // the API's side: what may have been taken waits for its callback
            toApi.cutAnswer();
            String taken = queued(1).get(0);
            untilError(taken, "in doubt: no answer came");
            toApi.cutAfter(200);
            String cut = queued(1).get(0);
            untilError(cut, "in doubt: no answer came");
            toApi.loseAnswers(); // the API closes its side, and that is seen
            List<String> unheard = queued(4);
            RelayFixture.patiently().untilAsserted(() -> assertThat(api.jobs()).hasSize(12 + 1 + unheard.size()));
            unheard.forEach(id -> untilError(id, "in doubt: no answer came"));
            RelayFixture.patiently().until(() -> toApi.connections() == 0);
            toApi.heal();
            toApi.swallow();
            List<String> swallowed = queued(4);
            RelayFixture.patiently().untilAsserted(() -> assertThat(toApi.connections()).isEqualTo(swallowed.size()));
            toApi.heal();
            List<String> later = queued(12);
            later.forEach(id -> relay.untilStatus(id, "InProgress"));
            assertThat(swallowed.stream().map(id -> relay.job(id).get("last_error"))).as("while these still wait").containsOnly(UNANSWERED);
            jobs.addAll(unheard);
            jobs.addAll(later);
            jobs.add(taken);

            // the sink's side: each outcome comes again until it has been answered
            toSink.heal();
            List<StandInApi.Job> known = api.jobs();
            assertThat(known).hasSize(jobs.size());
            callBack(known.subList(0, 8));
            toSink.cutAfter(300);
            callBack(known.subList(8, 12));
            toSink.cutAnswer();
            callBack(known.subList(12, 16));
            toSink.loseAnswers();
            callBack(known.subList(16, 20));
            toSink.heal();
            toSink.swallow();
            callBack(known.subList(20, known.size()));
            RelayFixture.patiently().until(() -> relay.count("SELECT COUNT(*) FROM relay_delivery WHERE status = 'Pending' AND attempts > 0") > 0);
            toSink.heal();
            RelayFixture.patiently().until(() -> {
                relay.clock().advance(Duration.ofSeconds(2));
                return relay.count("SELECT COUNT(*) FROM relay_delivery WHERE status <> 'Delivered'") == 0
                        && relay.count("SELECT COUNT(*) FROM relay_delivery") == jobs.size();
            });
            Set<String> arrived = sink.requests().stream().map(Received::text).map(text -> text.replaceFirst("(?s).*\"relay\":\\{\"id\":\"([^\"]+).*", "$1"))
                    .collect(Collectors.toSet());
            assertThat(arrived).containsAll(jobs);

            // nothing was sent twice, and nothing is left that waits
            assertThat(known.stream().map(StandInApi.Job::webhook)).doesNotHaveDuplicates();
            RelayFixture.patiently().atMost(Duration.ofMinutes(1)).until(() -> toApi.connections() == 0 && toSink.connections() == 0
                    && !relay.adminGet("/observe/health").text().contains("have waited for an answer"));
            swallowed.forEach(id -> untilError(id, "in doubt: no answer came"));
            assertThat(relay.count("SELECT COUNT(*) FROM relay_job WHERE attempts <> 1")).isZero();
            assertThat(api.jobs()).hasSize(jobs.size());
        }
    }

    @Test
    void a_connection_that_the_sink_has_closed_is_closed_here_too() {
        try (RawServer sink = new RawServer((request, out) -> {
            out.write("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
            return false;
        }); RelayFixture fixture = new RelayFixture()) {
            relay = fixture.with("relay.sinks", "http").with("relay.sink.http.url", sink.url()).start();
            for (int i = 0; i < 8; i++) {
                String id = relay.openJob("job-" + i);
                assertThat(relay.post(relay.callbackUrl(id), "{\"status\":\"Success\",\"response\":{}}").status()).isEqualTo(200);
                relay.untilDelivered(id);
            }
            int port = Integer.parseInt(sink.url().replaceFirst(".*:(\\d+).*", "$1"));
            RelayFixture.patiently().until(() -> inCloseWait(port) == 0);
        }
    }

    /** @return connections to a port whose other side has closed them, as Linux tells; none where there is another system */
    private static long inCloseWait(int port) throws IOException {
        String end = String.format(Locale.ROOT, ":%04X 08", port);
        long found = 0;
        for (Path table : List.of(Path.of("/proc/self/net/tcp"), Path.of("/proc/self/net/tcp6"))) {
            found += Files.exists(table) ? Files.readAllLines(table).stream().filter(line -> line.contains(end)).count() : 0;
        }
        return found;
    }

    private void callBack(List<StandInApi.Job> jobs) {
        jobs.forEach(job -> {
            job.succeed("{}");
            assertThat(job.callBack()).isEqualTo(200);
        });
    }

    private void untilError(String id, String beginning) {
        RelayFixture.patiently().atMost(Duration.ofMinutes(1)).until(() -> String.valueOf(relay.job(id).get("last_error")).startsWith(beginning));
    }

    private List<String> queued(int count) {
        List<String> ids = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            ids.add(relay.insertJob(Map.of("status", "Queued", "next_submit_at", relay.clock().millis())));
        }
        return ids;
    }
}
