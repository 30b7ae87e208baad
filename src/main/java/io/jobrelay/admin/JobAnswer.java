package io.jobrelay.admin;

import com.fasterxml.jackson.annotation.JsonRawValue;
import io.jobrelay.forward.OutcomeDocument;
import io.jobrelay.protocol.ApiTime;
import io.jobrelay.protocol.JsonAnswer;
import io.jobrelay.protocol.Redaction;
import java.io.IOException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
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
        Object told = answer.containsKey("next") ? page(jobs, deliveries, (String) answer.get("next")) : Job.of(jobs.get(0), deliveries);
        JsonAnswer.write(message, "POST".equals(method) ? 202 : 200, JsonAnswer.JSON.writeValueAsBytes(told));
        if (Boolean.TRUE.equals(created)) {
            message.setHeader("Location", base + "/jobs/" + jobs.get(0).get("id"));
        }
    }

    private static Page page(List<Map<String, Object>> jobs, List<Map<String, Object>> deliveries, String next) {
        Map<Object, List<Map<String, Object>>> byJob = deliveries.stream().collect(Collectors.groupingBy(delivery -> delivery.get("job")));
        return new Page(jobs.stream().map(job -> Job.of(job, byJob.getOrDefault(job.get("id"), List.of()))).toList(), next);
    }

    /**
     * Answers with a number of rows.
     *
     * @param count of what was changed
     * @param message to answer with
     */
    public void count(@Header(SqlConstants.SQL_UPDATE_COUNT) Integer count, Message message) {
        JsonAnswer.write(message, 202, JsonAnswer.of(Map.of("count", count)));
    }

    /**
     * Answers that submits wait from now on.
     *
     * @param message to answer with
     */
    public void paused(Message message) {
        JsonAnswer.write(message, 202, JsonAnswer.of(Map.of("paused", true)));
    }

    /**
     * Answers that submits do not wait any more.
     *
     * @param message to answer with
     */
    public void resumed(Message message) {
        JsonAnswer.write(message, 202, JsonAnswer.of(Map.of("paused", false)));
    }

    private record Page(List<Job> jobs, String next) {
    }

    private record Job(String id, String api, String reference, @JsonRawValue String metadata, String jobId, String status, String submittedAt,
            String creationTime, String completionTime, String expirationTime, String receivedVia, Integer outcome, int attempts,
            String nextPollAt, String lastError, String resubmitOf, List<Delivery> deliveries) {

        static Job of(Map<String, Object> job, List<Map<String, Object>> deliveries) {
            return new Job(text(job, "id"), text(job, "api"), text(job, "reference"), text(job, "metadata"), text(job, "job_id"), text(job, "status"),
                    time(job, "accepted_at"), text(job, "creation_time"), text(job, "completion_time"), text(job, "expiration_time"),
                    text(job, "received_via"), job.get("gave_up_id") == null ? null : 2, tries(job), time(job, "next_poll_at"),
                    Redaction.of(text(job, "last_error")), text(job, "resubmit_of"), deliveries.stream().map(Delivery::of).toList());
        }
    }

    private record Delivery(String sink, Integer outcome, String status, int attempts, String nextAttemptAt, String deliveredAt, String lastError) {

        static Delivery of(Map<String, Object> row) {
            return new Delivery(text(row, "sink"), OutcomeDocument.isSecond(row) ? 2 : null, text(row, "status"), tries(row),
                    time(row, "next_attempt_at"), time(row, "delivered_at"), Redaction.of(text(row, "last_error")));
        }
    }

    private static int tries(Map<String, Object> row) {
        return ((Number) row.get("attempts")).intValue();
    }

    private static String text(Map<String, Object> row, String column) {
        return (String) row.get(column);
    }

    private static String time(Map<String, Object> row, String column) {
        return row.get(column) == null ? null : ApiTime.of(((Number) row.get(column)).longValue());
    }
}
