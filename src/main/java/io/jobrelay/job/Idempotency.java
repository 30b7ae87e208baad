package io.jobrelay.job;

import io.jobrelay.protocol.Problem;
import io.jobrelay.protocol.Problem.Kind;
import io.jobrelay.webhook.PublicUrl;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.apache.camel.Body;
import org.apache.camel.Variable;

/** Tells new jobs from known ones: the same Idempotency-Key or the same jobId never makes a second job. */
public final class Idempotency {

    private final PublicUrl publicUrl;

    /** @param publicUrl that a submission made over HTTP needs at once */
    public Idempotency(PublicUrl publicUrl) {
        this.publicUrl = publicUrl;
    }

    /**
     * @param known rows of {@code job-known}
     * @param rows to be accepted, left as they are
     * @param urlNeeded whether a submission without a usable public URL is refused; a file of the inbox waits for one instead
     * @return for each row, in their order: the row itself where it is new, otherwise a map with the {@code id} of the job that is known
     *     and {@code known} true
     * @throws Problem 422 where a key belongs to another body, 409 where a jobId is known with another reference or other metadata
     * @throws PublicUrl.Unusable where something new is to be submitted and the API could not reach the relay
     */
    public List<Map<String, Object>> sort(@Body List<Map<String, Object>> known, @Variable("rows") List<Map<String, Object>> rows,
            @Variable("url_needed") Boolean urlNeeded) {
        Map<Object, Map<String, Object>> byKey = new HashMap<>();
        Map<Object, Map<String, Object>> byJobId = new HashMap<>();
        known.forEach(job -> ("key".equals(job.get("found_by")) ? byKey : byJobId).put(job.get("name"), job));
        List<Map<String, Object>> sorted = new ArrayList<>();
        for (Map<String, Object> row : rows) {
            Map<String, Object> sameKey = byKey.get(row.get("idempotency_key"));
            Map<String, Object> sameJobId = byJobId.get(row.get("job_id"));
            if (sameKey != null) {
                requireSameBody(row, sameKey);
                sorted.add(Map.of("id", sameKey.get("id"), "known", true));
            } else if (sameJobId != null) {
                requireSameWords(row, sameJobId);
                sorted.add(Map.of("id", sameJobId.get("id"), "known", true));
            } else {
                if (Boolean.TRUE.equals(urlNeeded) && row.get("job_id") == null) {
                    publicUrl.require();
                }
                sorted.add(row);
                if (row.get("job_id") != null) {
                    byJobId.put(row.get("job_id"), row);
                }
            }
        }
        return sorted;
    }

    /**
     * @param accepted from {@link #sort}
     * @return those that are new
     */
    public List<Map<String, Object>> fresh(@Variable("accepted") List<Map<String, Object>> accepted) {
        return accepted.stream().filter(row -> row.get("known") == null).toList();
    }

    /**
     * @param accepted from {@link #sort}
     * @return those that are new and that something else submitted
     */
    public List<Map<String, Object>> tracked(@Variable("accepted") List<Map<String, Object>> accepted) {
        return fresh(accepted).stream().filter(row -> row.get("job_id") != null).toList();
    }

    private static void requireSameBody(Map<String, Object> row, Map<String, Object> known) {
        if (!Objects.equals(row.get("request_sha256"), known.get("request_sha256"))) {
            throw new Problem(Kind.KEY_REUSED, "This Idempotency-Key was used for another body. Take a new key for a new job.");
        }
    }

    private static void requireSameWords(Map<String, Object> row, Map<String, Object> known) {
        if (!Objects.equals(row.get("reference"), known.get("reference"))) {
            throw Problem.member(Kind.JOB_DIFFERS, "reference", "This jobId is known already, with another reference.");
        }
        if (!JsonValue.same((String) row.get("metadata"), (String) known.get("metadata"))) {
            throw Problem.member(Kind.JOB_DIFFERS, "metadata", "This jobId is known already, with other metadata.");
        }
    }
}
