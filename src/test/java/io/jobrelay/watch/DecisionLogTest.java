package io.jobrelay.watch;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.jobrelay.support.AdminClient;
import io.jobrelay.support.Http;
import io.jobrelay.support.RelayFixture;
import io.jobrelay.support.RelayProcess;
import io.jobrelay.support.Reply;
import io.jobrelay.support.Sink;
import io.jobrelay.support.StandInApi;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.LoggerFactory;

/** The log is quiet when all is well, and each decision on a job is one line with the job's id and reference. */
class DecisionLogTest {

    private static final String REQUEST = "{\"api\":\"punctuate\",\"request\":{},\"reference\":\"call-17.mp3\"}";
    private final ListAppender<ILoggingEvent> log = new ListAppender<>();
    private final Logger all = (Logger) LoggerFactory.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME);
    private final Logger decisions = (Logger) LoggerFactory.getLogger(DecisionLog.LOGGER);

    @BeforeEach
    void listen() {
        log.start();
        all.addAppender(log);
        decisions.setLevel(Level.INFO);
    }

    @AfterEach
    void stop() {
        all.detachAppender(log);
        decisions.setLevel(null);
    }

    private List<String> lines() {
        return List.copyOf(log.list).stream().map(e -> e.getLevel() + " " + e.getFormattedMessage()).toList();
    }

    @Test
    void a_job_that_goes_well_is_one_line() {
        try (StandInApi api = new StandInApi(); RelayFixture relay = new RelayFixture().withApi(api.url()).start()) {
            String id = flow(relay, api);
            assertThat(lines()).containsExactly("INFO Ended Success by webhook");
            assertThat(log.list.get(0).getMDCPropertyMap()).isEqualTo(Map.of("job", id, "reference", "call-17.mp3"));
        }
    }

    @Test
    void every_decision_can_be_followed() {
        decisions.setLevel(Level.DEBUG);
        try (StandInApi api = new StandInApi(); Sink sink = new Sink(); RelayFixture relay = new RelayFixture().withApi(api.url())
                .with("relay.sinks", "file,http").with("relay.sink.http.url", sink.url()).with("relay.delivery.max-attempts", "1").start()) {
            sink.always(Reply.of(500));
            String id = flow(relay, api);
            assertThat(relay.post(relay.callbackUrl(id), "{\"status\":\"Fail\"}").status()).isEqualTo(200);
            assertThat(relay.post(relay.callbackUrl(id), "{").status()).isEqualTo(400);
            RelayFixture.patiently().untilAsserted(() -> assertThat(lines()).containsExactlyInAnyOrder("DEBUG Accepted",
                    "DEBUG Submit: Taken by the API", "INFO Ended Success by webhook", "DEBUG Delivered to file",
                    "WARN Dead at http: the sink answered 500", "DEBUG Nothing new (Second) by webhook",
                    "INFO Callback refused: not a JSON object in UTF-8"));
            assertThat(log.list).allMatch(e -> id.equals(e.getMDCPropertyMap().get("job")));
        }
    }

    private static String flow(RelayFixture relay, StandInApi api) {
        String id = AdminClient.json(relay.adminPost("/jobs", REQUEST)).path("id").textValue();
        relay.untilStatus(id, "InProgress");
        assertThat(relay.post(relay.callbackUrl(id), "{\"status\":\"Success\",\"response\":{}}").status()).isEqualTo(200);
        RelayFixture.patiently().until(() -> relay.deliveries(id).stream().filter(d -> !"Pending".equals(d.get("status"))).count()
                == relay.deliveries(id).size() && !relay.deliveries(id).isEmpty());
        return id;
    }

    @Test
    void both_formats_show_the_job_and_its_reference(@TempDir Path folder) throws Exception {
        try (RelayProcess relay = new RelayProcess(folder)) {
            String id = ended(relay.with("relay.log.decisions", "true"));
            relay.stop();
            assertThat(relay.output()).containsPattern("DEBUG Accepted job=" + id + " reference=call-17.mp3 \\[")
                    .containsPattern("INFO  Ended \\w+ by \\w+\\S* .*job=" + id + " reference=call-17.mp3 \\[")
                    .containsPattern("INFO  AI Job Relay\\S* is running \\[").doesNotContain("reference= ", "job= ");
            String second = ended(relay.with("relay.log.decisions", "false").with("relay.log.format", "json"));
            relay.stop();
            List<String> lines = relay.output().lines().filter(line -> line.contains(second)).toList();
            assertThat(lines).hasSize(1);
            JsonNode line = new ObjectMapper().readTree(lines.get(0));
            assertThat(line.path("job").textValue()).isEqualTo(second);
            assertThat(line.path("reference").textValue()).isEqualTo("call-17.mp3");
            assertThat(line.path("level").textValue()).isEqualTo("INFO");
        }
    }

    private static String ended(RelayProcess relay) throws Exception {
        Http.Answer answer = Http.post(relay.start().adminUrl() + "/jobs", REQUEST);
        String id = AdminClient.json(answer).path("id").textValue();
        RelayFixture.patiently().until(() -> Http.get(relay.adminUrl() + "/jobs/" + id).text().contains("\"status\":\"Delivered\""));
        return id;
    }
}
