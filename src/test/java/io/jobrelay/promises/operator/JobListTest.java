package io.jobrelay.promises.operator;

import static io.jobrelay.support.AdminClient.problem;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.uuid.Generators;
import com.fasterxml.uuid.NoArgGenerator;
import io.jobrelay.support.AdminClient;
import io.jobrelay.support.OnBothDatabases;
import io.jobrelay.support.RawHttp;
import io.jobrelay.support.RelayFixture;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Promise: {@code GET /jobs} shows every job once, newest first, page by page. */
@OnBothDatabases
class JobListTest {

    private static final NoArgGenerator IDS = Generators.timeBasedEpochGenerator();
    private static final List<String> INSERTED = new ArrayList<>();
    private static RelayFixture relay;
    private static AdminClient admin;

    @BeforeAll
    static void start() {
        relay = new RelayFixture().start();
        admin = new AdminClient(relay);
        assertThat(admin.jobs("").toString()).isEqualTo("{\"jobs\":[]}");
        INSERTED.clear();
        for (int i = 0; i < 120; i++) {
            Map<String, Object> job = new HashMap<>(Map.of("id", IDS.generate().toString(), "reference", i % 3 == 0 ? "call 1&2 é"
                    : "call-" + i));
            job.put("status", i % 4 == 0 ? "Queued" : "InProgress");
            job.put("next_submit_at", null);
            job.put("metadata", "{\"n\":" + i + ".0}");
            INSERTED.add(0, relay.insertJob(job));
        }
    }

    @AfterAll
    static void stop() {
        relay.close();
    }

    private static List<String> ids(JsonNode page) {
        return page.path("jobs").findValuesAsText("id");
    }

    private static List<String> all(String query) {
        List<String> ids = new ArrayList<>();
        JsonNode page = admin.jobs(query);
        while (true) {
            ids.addAll(ids(page));
            if (!page.has("next")) {
                return ids;
            }
            page = admin.jobs(query + "&after=" + page.path("next").textValue());
        }
    }

    @Test
    void fifty_come_at_once_newest_first_and_next_leads_through_all_of_them() {
        JsonNode first = admin.jobs("");
        assertThat(ids(first)).isEqualTo(INSERTED.subList(0, 50));
        assertThat(first.path("next").textValue()).isEqualTo(INSERTED.get(49));
        assertThat(all("?limit=17")).isEqualTo(INSERTED);
        assertThat(all("?limit=1")).isEqualTo(INSERTED);
    }

    @Test
    void at_the_end_there_is_no_next() {
        assertThat(admin.jobs("?limit=500").has("next")).isFalse();
        assertThat(admin.jobs("?limit=120").has("next")).isFalse();
        assertThat(admin.jobs("?limit=119").has("next")).isTrue();
        assertThat(admin.jobs("?after=" + INSERTED.get(119)).toString()).isEqualTo("{\"jobs\":[]}");
    }

    @Test
    void a_status_or_a_reference_is_asked_for_exactly() {
        assertThat(all("?limit=7&status=Queued")).hasSize(30).allMatch(id -> relay.job(id).get("status").equals("Queued"));
        assertThat(admin.jobs("?status=Expired").path("jobs")).isEmpty();
        String reference = URLEncoder.encode("call 1&2 é", StandardCharsets.UTF_8);
        assertThat(all("?limit=7&reference=" + reference)).hasSize(40).isEqualTo(INSERTED.stream()
                .filter(id -> relay.job(id).get("reference").equals("call 1&2 é")).toList());
        assertThat(all("?status=Queued&limit=3&reference=" + reference)).hasSize(10);
        assertThat(admin.jobs("?reference=call-1").path("jobs")).hasSize(1);
        assertThat(admin.jobs("?reference=call-").path("jobs")).isEmpty();
        assertThat(admin.jobs("?reference=CALL-1").path("jobs")).isEmpty();
        assertThat(admin.jobs("?reference=call%25").path("jobs")).isEmpty();
        assertThat(admin.jobs("?reference=").path("jobs")).isEmpty();
    }

    @Test
    void metadata_stands_as_it_came() {
        assertThat(relay.adminGet("/jobs?limit=1").text()).contains("\"metadata\":{\"n\":119.0}");
    }

    @Test
    void unknown_parameters_are_passed_over() {
        assertThat(ids(admin.jobs("?limit=2&utm=x&&status=Queued"))).hasSize(2);
    }

    @ParameterizedTest
    @CsvSource({"limit=0,limit", "limit=501,limit", "limit=-1,limit", "limit=x,limit", "limit=,limit", "limit=1e2,limit",
            "limit=99999999999999,limit",
        "status=queued,status", "status=,status", "status=Running,status", "after=x,after", "after=,after",
        "after=ffffffff-ffff-ffff-ffff-fffffffffffF,after", "limit=1&limit=2,limit", "reference=%00,reference", "status=%ED%A0%80,status"})
    void a_parameter_that_cannot_be_taken_is_named(String query, String parameter) {
        JsonNode problem = problem(relay.adminGet("/jobs?" + query), 400, "invalid-parameter");
        assertThat(problem.path("parameter").textValue()).isEqualTo(parameter);
        assertThat(problem.path("detail").textValue()).contains(parameter);
    }

    @Test
    void a_query_that_cannot_be_decoded_is_answered_400() {
        assertThat(relay.adminGet("/jobs?x=1").status()).isEqualTo(200);
        assertThat(RawHttp.get(relay.adminPort(), "/jobs?reference=%zz")).startsWith("HTTP/1.1 400").contains("application/problem+json");
    }

    @Test
    void the_deliveries_of_each_job_stand_in_it() {
        String id = relay.insertJob(Map.of("id", IDS.generate().toString()));
        admin.callBack(id, "Success", "{}");
        JsonNode job = admin.jobs("?limit=1").path("jobs").path(0);
        assertThat(job.path("id").textValue()).isEqualTo(id);
        assertThat(job.path("deliveries")).hasSize(1);
        assertThat(job.path("deliveries").path(0).path("sink").textValue()).isEqualTo("file");
        relay.sql("DELETE FROM relay_job WHERE id = ?", id);
    }
}
