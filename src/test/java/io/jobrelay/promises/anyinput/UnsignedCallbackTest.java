package io.jobrelay.promises.anyinput;

import static org.assertj.core.api.Assertions.assertThat;

import io.jobrelay.protocol.Capability;
import io.jobrelay.support.Http;
import io.jobrelay.support.OnBothDatabases;
import io.jobrelay.support.Raw;
import io.jobrelay.support.RelayFixture;
import io.jobrelay.support.StandInApi;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Without the signature a callback proves nothing: it can make the relay ask the API about an open job, and nothing else. */
@OnBothDatabases
class UnsignedCallbackTest {

    private static StandInApi api;
    private static RelayFixture relay;
    private String jobId;
    private String id;

    @BeforeAll
    static void start() {
        api = new StandInApi();
        relay = new RelayFixture().withApi(api.url()).start();
    }

    @AfterAll
    static void stop() {
        relay.close();
        api.close();
    }

    @BeforeEach
    void open() {
        jobId = UUID.randomUUID().toString();
        id = relay.openJob(jobId);
    }

    @Test
    void the_jobId_of_an_open_job_is_a_hint_and_the_body_is_not_believed() {
        Http.Answer answer = relay.post(relay.webhookUrl(), success(jobId));
        assertThat(answer.status()).isEqualTo(200);
        assertThat(answer.header("content-type")).isEqualTo("application/json");
        relay.settle();
        assertThat(relay.job(id)).containsEntry("status", "InProgress").containsEntry("hinted_at", relay.clock().millis());
        assertThat(relay.callbacks(id)).isEmpty();
        assertThat(relay.deliveries(id)).isEmpty();
    }

    @Test
    void hints_make_a_job_polled_at_most_once_a_minute() {
        long first = relay.clock().millis();
        relay.post(relay.webhookUrl(), success(jobId));
        relay.clock().advance(Duration.ofSeconds(59));
        assertThat(relay.post(relay.webhookUrl(), success(jobId)).status()).isEqualTo(200);
        assertThat(relay.job(id)).containsEntry("hinted_at", first);
        relay.clock().advance(Duration.ofSeconds(1));
        relay.post(relay.webhookUrl(), success(jobId));
        assertThat(relay.job(id)).containsEntry("hinted_at", first + 60_000);
    }

    @Test
    void a_signature_that_is_wrong_in_any_way_is_none() {
        String right = relay.bean("relay-callback-capability", Capability.class).sign(id);
        String other = relay.bean("relay-callback-capability", Capability.class).sign(relay.openJob(UUID.randomUUID().toString()));
        char tenth = right.charAt(46);
        List<String> wrong = List.of(
                relay.bean("relay-media-capability", Capability.class).sign(id),
                new Capability("callback", List.of("another secret")).sign(id),
                id + other.substring(36),
                right.substring(0, right.length() - 1),
                right.substring(0, 37),
                right.substring(0, 36),
                right + "A",
                right + "/x",
                right.substring(0, 46) + (tenth == 'A' ? 'B' : 'A') + right.substring(47),
                right.toUpperCase(),
                "." + right,
                right.substring(36),
                "%00" + right,
                right.substring(0, 10) + "%2F" + right.substring(10),
                "x/" + right);
        for (String segment : wrong) {
            assertThat(relay.post("/webhook/" + segment, "{\"status\":\"Success\"}").status()).as(segment).isEqualTo(400);
            assertThat(relay.post("/webhook/" + segment, success(jobId)).status()).as(segment).isEqualTo(200);
        }
        relay.settle();
        assertThat(relay.callbacks(id)).isEmpty();
        assertThat(relay.job(id)).containsEntry("status", "InProgress");
    }

    @Test
    void a_signature_in_the_query_is_none() {
        String segment = relay.bean("relay-callback-capability", Capability.class).sign(id);
        assertThat(relay.post("/webhook?" + segment, "{\"status\":\"Success\"}").status()).isEqualTo(400);
        assertThat(relay.post("/webhook?CamelHttpPath=/webhook/" + segment, "{\"status\":\"Success\"}").status()).isEqualTo(400);
        assertThat(relay.callbacks(id)).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"/webhook", "/webhook/", "/webhook/a", "/webhook/a/b/c", "/webhook/%20", "/webhook/a.b",
        "/webhook/%ff", "/webhook/a%2fb", "/webhook/./a", "/webhook/\"<>{}", "/webhook/a;b=c"})
    void everything_below_the_path_is_the_webhook(String path) {
        assertThat(Raw.post(relay.publicPort(), path, success(UUID.randomUUID().toString()))).startsWith("HTTP/1.1 200 ");
        assertThat(Raw.post(relay.publicPort(), path, "")).startsWith("HTTP/1.1 400 ");
    }

    @Test
    void any_other_jobId_is_answered_200_and_nothing_is_kept() {
        String ended = UUID.randomUUID().toString();
        String endedJob = relay.openJob(ended);
        relay.insertCallback(endedJob, "poll", "Success", "{\"status\":\"Success\"}");
        relay.settle();
        Map<String, Object> before = relay.job(endedJob);
        long callbacks = relay.count("SELECT COUNT(*) FROM relay_callback");
        long jobs = relay.count("SELECT COUNT(*) FROM relay_job");
        long ids = relay.count("SELECT COUNT(*) FROM relay_job_id");

        assertThat(relay.post(relay.webhookUrl(), success(ended)).status()).isEqualTo(200);
        assertThat(relay.post(relay.webhookUrl(), success(UUID.randomUUID().toString())).status()).isEqualTo(200);
        assertThat(relay.post(relay.webhookUrl(), success("' OR 1=1 --")).status()).isEqualTo(200);
        assertThat(relay.post(relay.webhookUrl(), success(id)).status()).isEqualTo(200); // the relay's own id is no jobId

        assertThat(relay.count("SELECT COUNT(*) FROM relay_callback")).isEqualTo(callbacks);
        assertThat(relay.count("SELECT COUNT(*) FROM relay_job")).isEqualTo(jobs);
        assertThat(relay.count("SELECT COUNT(*) FROM relay_job_id")).isEqualTo(ids);
        assertThat(relay.job(endedJob)).isEqualTo(before);
        assertThat(relay.job(id)).containsEntry("hinted_at", null);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", " ", "{}", "[]", "x", "{\"status\":\"Success\"}", "{\"jobId\":7}", "{\"jobId\":null}", "{\"jobId\":\"\"}",
        "{\"jobId\":{\"jobId\":\"a\"}}", "{\"jobId\":[\"a\"]}", "{\"jobId\":\"a\"", "{\"jobId\":\"a\\u0000b\"}", "{\"jobId\":\"\\ud800\"}",
        "{\"response\":{\"jobId\":\"a\"}}"})
    void without_a_usable_jobId_it_is_answered_400_and_not_kept(String body) {
        long before = relay.count("SELECT COUNT(*) FROM relay_callback");
        assertThat(relay.post(relay.webhookUrl(), body).status()).isEqualTo(400);
        assertThat(relay.count("SELECT COUNT(*) FROM relay_callback")).isEqualTo(before);
    }

    @Test
    void a_jobId_may_have_512_characters_and_no_more() {
        assertThat(relay.post(relay.webhookUrl(), success("j".repeat(512))).status()).isEqualTo(200);
        assertThat(relay.post(relay.webhookUrl(), success("j".repeat(513))).status()).isEqualTo(400);
    }

    private static String success(String jobId) {
        return "{\"jobId\":\"" + jobId + "\",\"status\":\"Success\",\"response\":{\"transcript\":\"forged\"}}";
    }
}
