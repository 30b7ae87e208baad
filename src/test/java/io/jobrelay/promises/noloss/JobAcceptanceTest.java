package io.jobrelay.promises.noloss;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.jobrelay.job.JobRequest;
import io.jobrelay.protocol.Problem;
import io.jobrelay.support.OnBothDatabases;
import io.jobrelay.support.RelayFixture;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** What {@code direct:intake-accept} promises to the inbox and to {@code POST /jobs}: all rows or none, and none twice. */
@OnBothDatabases
class JobAcceptanceTest {

    private static RelayFixture relay;

    @BeforeAll
    static void start() {
        relay = new RelayFixture().start();
    }

    @AfterAll
    static void stop() {
        relay.close();
    }

    private static List<Map<String, Object>> rows(String json) {
        return relay.bean("relay-job-request", JobRequest.class).read(json.getBytes(StandardCharsets.UTF_8), true);
    }

    @SuppressWarnings("unchecked")
    private static List<Map<String, Object>> accept(List<Map<String, Object>> rows) {
        return relay.run("intake-accept", rows).getMessage().getBody(List.class);
    }

    @Test
    void all_rows_are_stored_and_a_tracked_one_is_found_by_its_job_id() {
        List<Map<String, Object>> rows =
                rows("[{\"api\":\"punctuate\",\"request\":{\"a\":1.0}},{\"jobId\":\"all-1\",\"metadata\":{\"m\":1}}]");
        assertThat(accept(rows)).isEqualTo(rows);
        Map<String, Object> submitted = relay.job((String) rows.get(0).get("id"));
        assertThat(submitted.get("api")).isEqualTo("/ai/text/v1/async/punctuate");
        assertThat(relay.sql("SELECT job FROM relay_job_id WHERE job_id = 'all-1'").get(0)).containsEntry("JOB", rows.get(1).get("id"));
    }

    @Test
    void a_job_id_that_is_known_makes_no_second_job() {
        Object first = accept(rows("{\"jobId\":\"known-1\",\"reference\":\"r\",\"metadata\":{\"a\":1,\"b\":[1.0,\"x\"]}}")).get(0)
                .get("id");
        List<Map<String, Object>> again =
                accept(rows("[{\"jobId\":\"known-1\",\"reference\":\"r\",\"metadata\":{\"b\":[1, \"\\u0078\"],\"a\":1e0}},"
                + "{\"jobId\":\"known-2\"},{\"jobId\":\"known-2\"}]"));
        assertThat(again.get(0)).containsEntry("id", first);
        assertThat(again.get(2).get("id")).isEqualTo(again.get(1).get("id"));
        assertThat(relay.count("SELECT COUNT(*) FROM relay_job WHERE job_id IN ('known-1', 'known-2')")).isEqualTo(2);
    }

    @Test
    void a_job_id_known_with_other_words_is_refused_and_nothing_of_the_list_is_stored() {
        accept(rows("{\"jobId\":\"other-1\",\"reference\":\"r\",\"metadata\":{\"a\":1}}"));
        for (String words : List.of("\"reference\":\"s\",\"metadata\":{\"a\":1}", "\"reference\":\"r\",\"metadata\":{\"a\":2}",
                "\"reference\":\"r\"")) {
            assertThatThrownBy(() -> accept(rows("[{\"api\":\"punctuate\",\"request\":{},\"reference\":\"never\"},{\"jobId\":\"other-1\","
                    + words + "}]")))
                    .cause().isInstanceOfSatisfying(Problem.class, p -> assertThat(p.status()).isEqualTo(409));
        }
        assertThat(relay.count("SELECT COUNT(*) FROM relay_job WHERE reference = 'never'")).isZero();
    }

    @Test
    void two_that_come_at_once_find_each_other() throws Exception {
        List<Thread> threads = new ArrayList<>();
        List<Object> ids = java.util.Collections.synchronizedList(new ArrayList<>());
        for (int i = 0; i < 8; i++) {
            threads.add(new Thread(() -> {
                for (int n = 0; n < 20; n++) {
                    ids.add(accept(rows("{\"jobId\":\"race-" + n + "\"}")).get(0).get("id"));
                }
            }));
        }
        threads.forEach(Thread::start);
        for (Thread thread : threads) {
            thread.join();
        }
        assertThat(ids).hasSize(160);
        assertThat(ids.stream().distinct()).hasSize(20);
        assertThat(relay.count("SELECT COUNT(*) FROM relay_job WHERE job_id LIKE 'race-%'")).isEqualTo(20);
    }
}
