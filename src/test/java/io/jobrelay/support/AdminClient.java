package io.jobrelay.support;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.util.Map;

/** A program that speaks the admin API, and looks at every answer as the contract has it. */
public final class AdminClient {

    private static final ObjectMapper JSON = new ObjectMapper();
    private final RelayFixture relay;

    /** @param relay that runs */
    public AdminClient(RelayFixture relay) {
        this.relay = relay;
    }

    /**
     * @param answer of the admin port
     * @return its JSON
     */
    public static JsonNode json(Http.Answer answer) {
        try {
            return JSON.readTree(answer.bytes());
        } catch (JsonProcessingException e) {
            throw new AssertionError("not JSON: " + answer.text(), e);
        } catch (java.io.IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    /**
     * @param body of {@code POST /jobs}
     * @param headers names and values in turn
     * @return the job it was answered with
     */
    public JsonNode submit(String body, String... headers) {
        Http.Answer answer = relay.adminPost("/jobs", body, headers);
        assertThat(answer.status()).as(answer.text()).isEqualTo(202);
        assertThat(answer.header("Content-Type")).isEqualTo("application/json");
        JsonNode job = json(answer);
        assertThat(answer.header("Location")).isEqualTo("/jobs/" + job.path("id").textValue());
        return job;
    }

    /**
     * @param id of a job
     * @return the job as it is now
     */
    public JsonNode job(String id) {
        return ok(relay.adminGet("/jobs/" + id), 200);
    }

    /**
     * @param query of {@code GET /jobs}, with its question mark, or nothing
     * @return the page
     */
    public JsonNode jobs(String query) {
        return ok(relay.adminGet("/jobs" + query), 200);
    }

    /**
     * @param id of a job
     * @param what is done to it
     * @return the job it was answered with
     */
    public JsonNode post(String id, String what) {
        return ok(relay.adminPost("/jobs/" + id + "/" + what, ""), 202);
    }

    /**
     * @param answer of the admin port
     * @param status it must have
     * @return its JSON
     */
    public static JsonNode ok(Http.Answer answer, int status) {
        assertThat(answer.status()).as(answer.text()).isEqualTo(status);
        assertThat(answer.header("Content-Type")).isEqualTo("application/json");
        return json(answer);
    }

    /**
     * @param answer of the admin port
     * @param status it must have
     * @param type the last part of the problem's type
     * @return the problem, which has all that RFC 9457 wants
     */
    public static JsonNode problem(Http.Answer answer, int status, String type) {
        assertThat(answer.status()).as(answer.text()).isEqualTo(status);
        assertThat(answer.header("Content-Type")).isEqualTo("application/problem+json");
        JsonNode problem = json(answer);
        assertThat(problem.path("status").intValue()).isEqualTo(status);
        assertThat(problem.path("type").textValue()).isEqualTo("urn:jobrelay:problem:" + type);
        assertThat(problem.path("title").textValue()).isNotBlank();
        assertThat(problem.path("detail").textValue()).isNotBlank();
        return problem;
    }

    /**
     * Ends a job as the API would, by a callback at its URL.
     *
     * @param id of the job
     * @param status {@code Success} or {@code Fail}
     * @param response of the API in JSON
     */
    public void callBack(String id, String status, String response) {
        Object jobId = relay.job(id).get("job_id");
        String named = jobId == null ? "" : "\"jobId\":\"" + jobId + "\",";
        assertThat(relay.post(relay.callbackUrl(id), "{" + named + "\"status\":\"" + status + "\",\"response\":" + response + "}")
                .status()).isEqualTo(200);
        relay.untilDelivered(id);
    }

    /**
     * @param rows of a table
     * @return the only one
     */
    public static Map<String, Object> only(java.util.List<Map<String, Object>> rows) {
        assertThat(rows).hasSize(1);
        return rows.get(0);
    }
}
