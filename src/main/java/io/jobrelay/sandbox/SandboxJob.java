package io.jobrelay.sandbox;

import com.fasterxml.jackson.core.JsonGenerator;
import io.jobrelay.protocol.StatusResource;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Map;

/** Writes the one document of the API: what the status answers is, once the job has ended, byte for byte what the callback brings. */
final class SandboxJob {

    private static final List<String[]> MEMBERS = List.of(new String[] {"jobId", "job_id"}, new String[] {"api", "api"},
            new String[] {"creationTime", "creation_time"}, new String[] {"completionTime", "completion_time"},
            new String[] {"expirationTime", "expiration_time"}, new String[] {"status", "status"});

    private SandboxJob() {
    }

    /**
     * @param job a row of {@code relay_sandbox_job}
     * @return its status resource; {@code completionTime} and {@code response} only when it has ended
     */
    static byte[] of(Map<String, Object> job) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try (JsonGenerator json = StatusResource.JSON.createGenerator(out)) {
            json.writeStartObject();
            for (String[] member : MEMBERS) {
                if (job.get(member[1]) != null) {
                    json.writeStringField(member[0], (String) job.get(member[1]));
                }
            }
            if (job.get("response") != null) {
                json.writeFieldName("response");
                json.writeRawValue((String) job.get("response"));
            }
            json.writeEndObject();
        } catch (IOException e) {
            throw new UncheckedIOException("writing to memory does not fail", e);
        }
        return out.toByteArray();
    }
}
