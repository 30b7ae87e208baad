package io.jobrelay.ops;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.util.ByteArrayBuilder;
import io.jobrelay.forward.OutcomeDocument;
import io.jobrelay.http.JsonAnswer;
import io.jobrelay.intake.CallbackBody;
import io.jobrelay.intake.Webhook;
import java.io.IOException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.camel.Body;
import org.apache.camel.Message;
import org.apache.camel.Variable;

/** Writes jobs as JSON, as the contract has them; a value that there is none of is left out, and metadata stands as it came. */
public final class JobAnswer {

    private static final long A_ROW = 16_384;
    private static final long A_PIECE = 1 << 19;
    private final String base;

    /** @param base path of the jobs API, empty where it is at the root */
    public JobAnswer(String base) {
        this.base = base;
    }

    /**
     * @param jobs rows of {@code relay_job}
     * @return their ids, for the search of their deliveries; never empty, since SQL knows no empty list
     */
    public List<Object> ids(@Variable("jobs") List<Map<String, Object>> jobs) {
        return jobs.isEmpty() ? List.of("") : jobs.stream().map(job -> job.get("id")).toList();
    }

    /**
     * @param job an ended row with {@code metadata_size}
     * @return the bytes that its outcome has in memory while it is sent, piece by piece
     */
    public long outcome(@Body Map<String, Object> job) {
        return weight(job) + A_PIECE;
    }

    /**
     * @param job a row with {@code metadata_size} and {@code request_size}
     * @return the bytes that another job like it takes in memory until it is stored
     */
    public long whole(@Body Map<String, Object> job) {
        return weight(job) + size(job, "request_size");
    }

    /**
     * @param jobs the only one
     * @return the bytes that it has in memory as an answer
     */
    public long only(@Variable("jobs") List<Map<String, Object>> jobs) {
        return weight(jobs.get(0));
    }

    /**
     * Puts the metadata, which is read when it is known to fit, into the jobs.
     *
     * @param found rows of {@code id} and {@code metadata}
     * @param jobs without theirs
     */
    public void fill(@Body List<Map<String, Object>> found, @Variable("jobs") List<Map<String, Object>> jobs) {
        Map<Object, Object> metadata = new HashMap<>();
        found.forEach(row -> metadata.put(row.get("id"), row.get("metadata")));
        jobs.forEach(job -> job.put("metadata", metadata.get(job.get("id"))));
    }

    private static long weight(Map<String, Object> job) {
        return A_ROW + size(job, "metadata_size");
    }

    private static long size(Map<String, Object> job, String column) {
        return job.get(column) instanceof Number size ? size.longValue() : 0;
    }

    /**
     * Answers with one job.
     *
     * @param deliveries of the job
     * @param jobs the one job
     * @param code HTTP status; null means 200
     * @param created whether the job is a new one, whose place is then told in {@code Location}
     * @param message to answer with
     * @throws IOException never, in practice: the answer is written to memory
     */
    public void one(@Body List<Map<String, Object>> deliveries, @Variable("jobs") List<Map<String, Object>> jobs,
            @Variable("code") Integer code, @Variable("created") Boolean created, Message message) throws IOException {
        ByteArrayBuilder out = new ByteArrayBuilder();
        try (JsonGenerator json = CallbackBody.JSON.createGenerator(out)) {
            job(json, jobs.get(0), deliveries);
        }
        JsonAnswer.write(message, code == null ? 200 : code, out.toByteArray());
        if (Boolean.TRUE.equals(created)) {
            message.setHeader("Location", base + "/jobs/" + jobs.get(0).get("id"));
        }
    }

    /**
     * Answers with a page of jobs, and with {@code next} where more follow.
     *
     * @param deliveries of all jobs of the page
     * @param jobs of the page
     * @param found the same, and one more where more follow
     * @param message to answer with
     * @throws IOException never, in practice
     */
    public void page(@Body List<Map<String, Object>> deliveries, @Variable("jobs") List<Map<String, Object>> jobs,
            @Variable("found") List<Map<String, Object>> found, Message message) throws IOException {
        Map<Object, List<Map<String, Object>>> byJob = new HashMap<>();
        deliveries.forEach(delivery -> byJob.computeIfAbsent(delivery.get("job"), id -> new java.util.ArrayList<>()).add(delivery));
        ByteArrayBuilder out = new ByteArrayBuilder();
        try (JsonGenerator json = CallbackBody.JSON.createGenerator(out)) {
            json.writeStartObject();
            json.writeArrayFieldStart("jobs");
            for (Map<String, Object> job : jobs) {
                job(json, job, byJob.getOrDefault(job.get("id"), List.of()));
            }
            json.writeEndArray();
            if (found.size() > jobs.size()) {
                text(json, "next", jobs.get(jobs.size() - 1).get("id"));
            }
            json.writeEndObject();
        }
        JsonAnswer.write(message, 200, out.toByteArray());
    }

    /**
     * Answers with a number of rows.
     *
     * @param count of what was changed
     * @param message to answer with
     */
    public void count(@Variable("count") Integer count, Message message) {
        JsonAnswer.write(message, 202, "{\"count\":" + count + "}");
    }

    /**
     * Answers whether submits wait.
     *
     * @param paused whether they do from now on
     * @param message to answer with
     */
    public void paused(@Variable("paused") Boolean paused, Message message) {
        JsonAnswer.write(message, 202, "{\"paused\":" + paused + "}");
    }

    private static void job(JsonGenerator json, Map<String, Object> job, List<Map<String, Object>> deliveries) throws IOException {
        json.writeStartObject();
        text(json, "id", job.get("id"));
        text(json, "api", job.get("api"));
        text(json, "reference", job.get("reference"));
        if (job.get("metadata") != null) {
            json.writeFieldName("metadata");
            json.writeRawValue((String) job.get("metadata"));
        }
        text(json, "jobId", job.get("job_id"));
        text(json, "status", job.get("status"));
        time(json, "submittedAt", job.get("accepted_at"));
        text(json, "creationTime", job.get("creation_time"));
        text(json, "completionTime", job.get("completion_time"));
        text(json, "expirationTime", job.get("expiration_time"));
        text(json, "receivedVia", job.get("received_via"));
        if (job.get("gave_up_id") != null) {
            json.writeNumberField("outcome", 2);
        }
        json.writeNumberField("attempts", ((Number) job.get("attempts")).intValue());
        time(json, "nextPollAt", job.get("next_poll_at"));
        text(json, "lastError", Redaction.of((String) job.get("last_error")));
        text(json, "resubmitOf", job.get("resubmit_of"));
        json.writeArrayFieldStart("deliveries");
        for (Map<String, Object> delivery : deliveries) {
            json.writeStartObject();
            text(json, "sink", delivery.get("sink"));
            if (OutcomeDocument.isSecond(delivery)) {
                json.writeNumberField("outcome", 2);
            }
            text(json, "status", delivery.get("status"));
            json.writeNumberField("attempts", ((Number) delivery.get("attempts")).intValue());
            time(json, "nextAttemptAt", delivery.get("next_attempt_at"));
            time(json, "deliveredAt", delivery.get("delivered_at"));
            text(json, "lastError", Redaction.of((String) delivery.get("last_error")));
            json.writeEndObject();
        }
        json.writeEndArray();
        json.writeEndObject();
    }

    private static void text(JsonGenerator json, String name, Object value) throws IOException {
        if (value != null) {
            json.writeStringField(name, (String) value);
        }
    }

    private static void time(JsonGenerator json, String name, Object millis) throws IOException {
        if (millis != null) {
            json.writeStringField(name, Webhook.time(((Number) millis).longValue()));
        }
    }
}
