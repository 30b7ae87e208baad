package io.jobrelay.sandbox;

import com.fasterxml.jackson.core.json.JsonWriteFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.jobrelay.flow.Lease;
import io.jobrelay.protocol.ApiTime;
import io.jobrelay.protocol.StatusResource;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Clock;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import org.apache.camel.Body;
import org.apache.camel.Variable;

/** Ends the sandbox's jobs: with a result in the API's shape and the sandbox's own words, or with the failure that was due or asked for. */
public final class Results {

    private static final ObjectMapper JSON = new ObjectMapper(StatusResource.JSON.copy());
    private final Lease lease;
    private final Clock clock;

    /**
     * @param lease of a job whose early callback is being sent
     * @param clock the relay's
     */
    public Results(Lease lease, Clock clock) {
        this.lease = lease;
        this.clock = clock;
    }

    /**
     * @param job that is due
     * @return whether its media is to be fetched; not where it has none, or fails anyway
     */
    public boolean hasMedia(@Variable("job") Map<String, Object> job) {
        return contentUri(job) != null;
    }

    /** @return where the media of a job is to be fetched from, or null */
    static String contentUri(Map<String, Object> job) {
        JsonNode request = request(job);
        boolean text = ((String) job.get("api")).startsWith("/ai/text/");
        return text || Rehearsal.of(request).fail() ? null : request.path("contentUri").textValue();
    }

    /**
     * @param job that is due
     * @param media what came from its {@code contentUri}; null when it has none
     * @param asked {@code early}: its callback is sent by whoever asks, before the submit is answered
     * @return columns of {@code relay_sandbox_job}: the end of the job and when its callback is due
     */
    public Map<String, Object> end(@Variable("job") Map<String, Object> job, @Variable("media") FetchedMedia media,
            @Body Map<String, Object> asked) {
        JsonNode request = request(job);
        Rehearsal rehearsal = Rehearsal.of(request);
        boolean failed = rehearsal.fail() || media != null && media.problem() != null;
        JsonNode response;
        if (rehearsal.fail()) {
            response = SandboxError.cai("sandbox.outcome", "Sandbox result: this failure was asked for by parameter [sandbox.outcome].");
        } else if (failed) {
            response = SandboxError.cai("contentUri",
                    "Parameter [contentUri] is invalid. The media could not be fetched: " + media.problem() + ".");
        } else {
            response = Responses.of((String) job.get("api"), request, media);
        }
        long now = clock.millis();
        boolean inline = Boolean.TRUE.equals(asked.get("early"));
        Duration delay = rehearsal.callbackDelay();
        Map<String, Object> row = new HashMap<>();
        row.put("job_id", job.get("job_id"));
        row.put("claim", job.get("claim"));
        row.put("status", failed ? "Fail" : "Success");
        row.put("completion_time", ApiTime.of(now));
        row.put("response", write(response));
        row.put("next_callback_at", inline ? (Object) lease.until() : delay == null ? null : now + delay.toMillis());
        row.put("callbacks", 0);
        row.put("repeats", rehearsal.repeats());
        row.put("next_claim", inline ? job.get("claim") : null);
        return row;
    }

    private static JsonNode request(Map<String, Object> job) {
        try {
            return JSON.readTree((String) job.get("request"));
        } catch (IOException e) {
            throw new UncheckedIOException("it was read when it was submitted", e);
        }
    }

    private static String write(JsonNode response) {
        try {
            String text = JSON.writeValueAsString(response);
            return StatusResource.storable(text) ? text : JSON.writer().with(JsonWriteFeature.ESCAPE_NON_ASCII).writeValueAsString(response);
        } catch (IOException e) {
            throw new UncheckedIOException("writing to memory does not fail", e);
        }
    }
}
