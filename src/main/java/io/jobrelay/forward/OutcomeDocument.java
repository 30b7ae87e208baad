package io.jobrelay.forward;

import com.fasterxml.jackson.core.JsonGenerator;
import io.jobrelay.protocol.ApiTime;
import io.jobrelay.protocol.StatusResource;
import java.io.IOException;
import java.io.StringWriter;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import org.apache.camel.Body;
import org.apache.camel.Message;

/**
 * What a sink gets: the API's own status resource with every member as it came, byte for byte, plus one member {@code relay}. The member is
 * written in front of the closing brace, so that no digit and no character of the rest can change.
 */
public final class OutcomeDocument {

    /** What {@code routes/forward/delivery-outcomes.sql} reads at once. */
    private static final long SMALL = 65_536;
    private static final int SECOND = 2;

    /** What the id of a second outcome has more than that of its job. */
    static final String SECOND_ID = "." + SECOND;

    /**
     * @param delivery claimed, with the outcome if that is small
     * @return whether the outcome has to be read; a small one that is not there is lost
     */
    public boolean isMissing(@Body Map<String, Object> delivery) {
        return delivery.get("body") == null && delivery.get("body_size") instanceof Number size && size.longValue() > SMALL;
    }

    /**
     * @param row of a job or a delivery with its {@code outcome}
     * @return whether that is the second one, which came after the relay itself had given up
     */
    public static boolean isSecond(Map<String, Object> row) {
        return row.get("outcome") instanceof Number number && number.intValue() == SECOND;
    }

    /**
     * Turns the message into an outcome.
     *
     * @param job an ended job, with the {@code body} of the callback that ended it
     * @param message gets the document, a stream in UTF-8, and the headers {@code relay-id} (of a second outcome another one: whoever drops
     *     ids he has seen must not drop it), {@code relay-job-id}, {@code relay-reference}, {@code relay-status} and {@code relay-name}; where
     *     a second outcome has another name than the first, {@code relay-replaces} is that; where a first one comes late,
     *     {@code relay-replaced} is set. All others are removed
     * @throws IOException never, in practice: the document is written to memory
     * @throws IllegalStateException when the store has lost the outcome: a delivery is tried again, and the audit names the row
     */
    public void write(@Body Map<String, Object> job, Message message) throws IOException {
        if (job == null || job.get("body") == null) {
            throw new IllegalStateException("the outcome is not in the store; bin/relay audit tells more");
        }
        Outcome document = outcome(job);
        message.removeHeaders("*");
        message.setHeader("relay-id", isSecond(job) ? job.get("id") + SECOND_ID : job.get("id"));
        message.setHeader("relay-job-id", job.get("job_id"));
        message.setHeader("relay-reference", job.get("reference"));
        message.setHeader("relay-status", job.get("status"));
        message.setHeader("relay-name", name(job, "job_id"));
        if (isSecond(job) && !name(job, "first_job_id").equals(name(job, "job_id"))) {
            message.setHeader("relay-replaces", name(job, "first_job_id"));
        }
        if (Boolean.TRUE.equals(job.get("replaced"))) {
            message.setHeader("relay-replaced", true);
        }
        message.setBody(document);
    }

    /** The jobId, where it is this job's alone: an API that gave it to two jobs must not make one result overwrite the other. */
    private static Object name(Map<String, Object> job, String jobId) {
        return job.get("id").equals(job.get(jobId + "_owner")) ? job.get(jobId) : job.get("id");
    }

    /**
     * @param job an ended job, with the {@code body} of the callback that ended it; the body, which may be 50 MB, is taken out of it
     * @return the outcome document, in UTF-8
     * @throws IOException never, in practice
     */
    public static byte[] of(Map<String, Object> job) throws IOException {
        return outcome(job).bytes();
    }

    private static Outcome outcome(Map<String, Object> job) throws IOException {
        byte[] body = (byte[]) job.remove("body");
        int from = StatusResource.bomLength(body);
        int brace = body.length - 1;
        while (body[brace] != '}') {
            brace--;
        }
        int last = brace - 1;
        while (last > from && Character.isWhitespace(body[last])) {
            last--;
        }
        return new Outcome(ByteBuffer.wrap(body, from, brace - from), ByteBuffer.wrap(end(job, body[last] == '{')));
    }

    /**
     * @param job an ended job, without a body
     * @param first whether nothing stands before it in the status resource
     * @return the end of its outcome document, in place of the status resource's closing brace
     * @throws IOException never, in practice
     */
    public static byte[] end(Map<String, Object> job, boolean first) throws IOException {
        return ((first ? "" : ",") + "\"relay\":" + relay(job) + "}").getBytes(StandardCharsets.UTF_8);
    }

    /**
     * @param id of a job
     * @param second whether its second outcome is meant
     * @return how what the relay adds to a document begins
     */
    static String relayOf(String id, boolean second) {
        return "\"relay\":{\"id\":\"" + id + '"' + (second ? ",\"outcome\":" + SECOND + "," : "");
    }

    private static String relay(Map<String, Object> job) throws IOException {
        StringWriter out = new StringWriter();
        try (JsonGenerator json = StatusResource.JSON.createGenerator(out)) {
            json.writeStartObject();
            json.writeStringField("id", (String) job.get("id"));
            if (isSecond(job)) {
                json.writeNumberField("outcome", SECOND);
            }
            member(json, "jobId", job.get("told_job_id")); // as it was known at the end: the API may still name another, and a repeat is the same
            member(json, "reference", job.get("reference"));
            if (job.get("metadata") != null) {
                json.writeFieldName("metadata");
                json.writeRawValue((String) job.get("metadata"));
            }
            json.writeStringField("receivedVia", (String) job.get("received_via"));
            json.writeStringField("submittedAt", ApiTime.of(((Number) job.get("accepted_at")).longValue()));
            json.writeEndObject();
        }
        return out.toString();
    }

    private static void member(JsonGenerator json, String name, Object text) throws IOException {
        if (text != null) {
            json.writeStringField(name, (String) text);
        }
    }
}
