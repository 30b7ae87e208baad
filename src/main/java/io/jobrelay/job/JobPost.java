package io.jobrelay.job;

import io.jobrelay.media.MediaStore;
import io.jobrelay.protocol.Problem;
import io.jobrelay.protocol.Problem.Kind;
import io.jobrelay.protocol.Sha256;
import io.jobrelay.server.RawBody;
import io.jobrelay.webhook.PublicUrl;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.apache.camel.Body;
import org.apache.camel.CamelContext;
import org.apache.camel.Exchange;
import org.apache.camel.Header;

/** Makes rows of {@code relay_job} of what comes over HTTP: new jobs, and new ones like old ones. */
public final class JobPost {

    private static final Pattern KEY = Pattern.compile("[\\x20-\\x7e]{1,255}");
    private final CamelContext context;
    private final JobRequest requests;
    private final PublicUrl publicUrl;

    /**
     * @param context that holds the {@link MediaStore} {@code relay-inbox}
     * @param requests reads bodies
     * @param publicUrl that a submission needs
     */
    public JobPost(CamelContext context, JobRequest requests, PublicUrl publicUrl) {
        this.context = context;
        this.requests = requests;
        this.publicUrl = publicUrl;
    }

    /**
     * @param exchange with the body of {@code POST /jobs} as it came, 20 MB perhaps
     * @param key the Idempotency-Key header, a list where it came more than once, or null
     * @return one row to be accepted, with the key and the SHA-256 of the body where a key came
     * @throws Problem 400 or 413 naming what cannot be taken
     */
    public List<Map<String, Object>> read(Exchange exchange, @Header("Idempotency-Key") Object key) {
        if (key != null && !(key instanceof String text && KEY.matcher(text).matches())) {
            throw new Problem(Kind.INVALID_HEADER,
                    "The header Idempotency-Key takes 1 to 255 printable ASCII characters, and stands once.");
        }
        byte[] body = RawBody.of(exchange);
        List<Map<String, Object>> rows = requests.read(body, false);
        if (key != null) {
            rows.get(0).put("idempotency_key", key);
            rows.get(0).put("request_sha256", Sha256.of(body));
        }
        RawBody.forget(exchange);
        return rows;
    }

    /**
     * @param job a row of {@code relay_job}, with its request
     * @return one row to be accepted: a new job like it, linked to it
     * @throws Problem 409 where the job has not ended, did not fail or expire, was submitted by something else, or its media file is gone
     * @throws PublicUrl.Unusable where the API could not reach the relay
     */
    public List<Map<String, Object>> again(@Body Map<String, Object> job) {
        if (List.of("Queued", "InProgress").contains(job.get("status"))) {
            throw Problem.notEnded((String) job.get("status"));
        }
        if (!List.of("Fail", "Expired").contains(job.get("status"))) {
            throw new Problem(Kind.NOT_RESUBMITTABLE,
                    "Only a job that ended as Fail or Expired can be submitted again; this one is " + job.get("status") + ".");
        }
        if (job.get("request") == null) {
            throw new Problem(Kind.NOT_RESUBMITTABLE, "Something else submitted this job: the relay does not know its request.");
        }
        publicUrl.require(); // before a file is moved for nothing
        Map<String, Object> row = requests.submission((String) job.get("api"), (String) job.get("request"),
                (String) job.get("reference"), (String) job.get("metadata"));
        row.put("resubmit_of", job.get("id"));
        if (job.get("media") != null) {
            row.put("media", job.get("media"));
            row.put("intake", context.getRegistry().lookupByNameAndType("relay-inbox", MediaStore.class)
                    .reopen((String) job.get("intake"), (String) job.get("media")));
        }
        return List.of(row);
    }
}
