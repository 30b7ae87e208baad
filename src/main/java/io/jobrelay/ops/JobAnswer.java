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
import org.apache.camel.Exchange;
import org.apache.camel.Header;
import org.apache.camel.Message;
import org.apache.camel.Variable;
import org.apache.camel.component.sql.SqlConstants;

/** Writes jobs as JSON, as the contract has them; a value that there is none of is left out, and metadata stands as it came. */
public final class JobAnswer {

    private static final long A_ROW = 16_384;
    private static final long A_PIECE = 1 << 19;
    private final String base;

    /** @param base path of the jobs API, empty where it is at the root */
    public JobAnswer(String base) {
        this.base = base;
    }

    /** What is answered: rows of jobs, and their ids for the search of metadata and deliveries; never empty, since SQL knows no empty list. */
    static Map<String, Object> of(List<Map<String, Object>> jobs) {
        Map<String, Object> answer = new HashMap<>();
        answer.put("jobs", jobs);
        answer.put("ids", jobs.isEmpty() ? List.of("") : jobs.stream().map(job -> job.get("id")).toList());
        return answer;
    }

    /**
     * @param jobs the only one
     * @return {@code jobs}, and their {@code ids}
     */
    public Map<String, Object> only(@Body List<Map<String, Object>> jobs) {
        return of(jobs);
    }

    /**
     * @param job an ended row with {@code metadata_size}
     * @return the bytes that its outcome has in memory while it is sent, piece by piece
     */
    public static long weightOfOutcome(Object job) {
        return weight((Map<?, ?>) job) + A_PIECE;
    }

    /**
     * @param job a row with {@code metadata_size} and {@code request_size}
     * @return the bytes that another job like it takes in memory until it is stored
     */
    public static long weightOfCopy(Object job) {
        return weight((Map<?, ?>) job) + size((Map<?, ?>) job, "request_size");
    }

    /**
     * @param jobs the only one
     * @return the bytes that it has in memory as an answer
     */
    public static long weightOfOnly(Object jobs) {
        return weight((Map<?, ?>) ((List<?>) jobs).get(0));
    }

    private static long weight(Map<?, ?> job) {
        return A_ROW + size(job, "metadata_size");
    }

    private static long size(Map<?, ?> job, String column) {
        return job.get(column) instanceof Number size ? size.longValue() : 0;
    }

    /**
     * Answers with the jobs: with a page of them where there may be a {@code next} one, else with the only one, whose place is told in
     * {@code Location} where it is new.
     *
     * @param answer {@code jobs}, without their metadata, which is read when it is known to fit
     * @param metadata rows of {@code id} and {@code metadata}
     * @param deliveries of all the jobs
     * @param method of the request: what was asked for by POST is 202
     * @param created whether the job is a new one
     * @param message to answer with
     * @throws IOException never, in practice: the answer is written to memory
     */
    public void answer(@Body Map<String, Object> answer, @Variable("metadata") List<Map<String, Object>> metadata,
            @Variable("deliveries") List<Map<String, Object>> deliveries, @Header(Exchange.HTTP_METHOD) String method,
            @Variable("created") Boolean created, Message message) throws IOException {
        @SuppressWarnings("unchecked")
        List<Map<String, Object>> jobs = (List<Map<String, Object>>) answer.get("jobs");
        Map<Object, Object> byId = new HashMap<>();
        metadata.forEach(row -> byId.put(row.get("id"), row.get("metadata")));
        jobs.forEach(job -> job.put("metadata", byId.get(job.get("id"))));
        JsonAnswer.write(message, "POST".equals(method) ? 202 : 200,
                answer.containsKey("next") ? page(jobs, deliveries, answer.get("next")) : one(jobs.get(0), deliveries));
        if (Boolean.TRUE.equals(created)) {
            message.setHeader("Location", base + "/jobs/" + jobs.get(0).get("id"));
        }
    }

    private static byte[] one(Map<String, Object> job, List<Map<String, Object>> deliveries) throws IOException {
        ByteArrayBuilder out = new ByteArrayBuilder();
        try (JsonGenerator json = CallbackBody.JSON.createGenerator(out)) {
            job(json, job, deliveries);
        }
        return out.toByteArray();
    }

    private static byte[] page(List<Map<String, Object>> jobs, List<Map<String, Object>> deliveries, Object next) throws IOException {
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
            text(json, "next", next);
            json.writeEndObject();
        }
        return out.toByteArray();
    }

    /**
     * Answers with a number of rows.
     *
     * @param count of what was changed
     * @param message to answer with
     */
    public void count(@Header(SqlConstants.SQL_UPDATE_COUNT) Integer count, Message message) {
        JsonAnswer.write(message, 202, "{\"count\":" + count + "}");
    }

    /**
     * Answers that submits wait from now on.
     *
     * @param message to answer with
     */
    public void paused(Message message) {
        JsonAnswer.write(message, 202, "{\"paused\":true}");
    }

    /**
     * Answers that submits do not wait any more.
     *
     * @param message to answer with
     */
    public void resumed(Message message) {
        JsonAnswer.write(message, 202, "{\"paused\":false}");
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
