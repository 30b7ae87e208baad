package io.jobrelay.webhook;

import io.jobrelay.protocol.ApiTime;
import io.jobrelay.protocol.Capability;
import io.jobrelay.protocol.HeaderText;
import io.jobrelay.protocol.PublicPath;
import io.jobrelay.protocol.Sha256;
import io.jobrelay.protocol.StatusResource;
import io.jobrelay.server.RawBody;
import java.time.Clock;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import org.apache.camel.Body;
import org.apache.camel.Exchange;
import org.apache.camel.Message;
import org.apache.camel.Variable;

/** Sorts what arrives at the public webhook and writes the answers; the protocol is the contract's table of the public port. */
public final class Webhook {

    /** Property of an exchange: the job whose signed URL was called, where that has been looked at before; set by the relay alone. */
    public static final String JOB = "relay-job";

    /** What is kept of a body that is only kept for inspection. */
    private static final int INSPECTION_BYTES = 64 * 1024;
    private static final Pattern TOKEN = Pattern.compile("[\\x20-\\x7e]{1,512}");

    private final String prefix;
    private final Capability callback;
    private final Clock clock;

    /**
     * @param path {@code relay.webhook.path}
     * @param callback verifies the signature in the URL
     * @param clock the relay's
     */
    public Webhook(String path, Capability callback, Clock clock) {
        this.prefix = path.equals("/") ? path : PublicPath.of(path) + "/";
        this.callback = callback;
        this.clock = clock;
    }

    /**
     * Sorts a request. The result's {@code kind} is {@code signed} (a row to store), {@code hint} (a jobId to poll),
     * {@code token} (a validation request) or {@code refused}; {@code answer} is the status it will get.
     *
     * @param exchange with the request; of a large one there is no second copy while it is stored. Its body becomes a row, with the columns of
     *     {@code relay_callback} where the request was signed
     */
    public void read(Exchange exchange) {
        byte[] bytes = RawBody.of(exchange);
        Object tokens = exchange.getMessage().getHeader("Validation-Token"); // a list where it stands more than once
        Map<String, Object> row = new HashMap<>();
        exchange.getMessage().setBody(row);
        row.put("token", HeaderText.all(tokens).stream().filter(token -> TOKEN.matcher(token).matches()).findFirst().orElse(null));
        if (bytes.length == 0 && tokens != null) {
            row.put("kind", row.get("token") == null ? "refused" : "token");
            row.put("answer", row.get("token") == null ? 400 : 200);
            return;
        }
        StatusResource read = StatusResource.read(bytes).orElse(null);
        String job = exchange.getProperty(JOB, String.class);
        if (job == null) {
            job = jobOf(exchange.getMessage().getHeader(Exchange.HTTP_PATH, String.class)).orElse(null);
        }
        if (job != null) {
            row.put("kind", "signed");
            fill(row, job, "webhook", bytes, read);
            if ("Open".equals(row.get("verdict"))) {
                row.put("body", shorten(bytes)); // it ends nothing, so nobody will want it but an inspector
            }
        } else {
            String jobId = read == null ? null : read.jobId();
            row.put("kind", jobId == null ? "refused" : "hint");
            row.put("answer", jobId == null ? 400 : 200);
            row.put("job", null);
            row.put("job_id", jobId);
        }
    }

    /**
     * @param exchange with a request that has been read
     * @return its row
     */
    @SuppressWarnings("unchecked")
    public static Map<String, Object> row(Exchange exchange) {
        return exchange.getMessage().getBody(Map.class);
    }

    /**
     * @param row from {@link #read}
     * @return whether it says anything about a job: a signed callback, or a hint to poll
     */
    public boolean worthStoring(@Body Map<String, Object> row) {
        return "signed".equals(row.get("kind")) || "hint".equals(row.get("kind"));
    }

    /**
     * @param url path of a request, as it came or as proxies have left it
     * @return the relay's id of the job when the URL is one the relay handed out
     */
    public Optional<String> jobOf(String url) {
        String called = url == null ? "" : PublicPath.of(url);
        return called.startsWith(prefix) ? callback.verify(called.substring(prefix.length())) : Optional.empty();
    }

    /**
     * Fills a row of {@code relay_callback} from a status resource, however it was learned.
     *
     * @param row to fill
     * @param job the relay's id of the job
     * @param via {@code webhook}, {@code poll}, {@code submit} or {@code relay}
     * @param bytes the status resource as it came
     * @param read what it says; null when it cannot be read
     */
    public void fill(Map<String, Object> row, String job, String via, byte[] bytes, StatusResource read) {
        row.put("job", job);
        row.put("via", via);
        row.put("received_at", clock.millis());
        row.put("answer", read == null ? 400 : 200);
        row.put("verdict", read == null ? "Refused" : read.terminal() ? "New" : "Open");
        row.put("note", read == null ? StatusResource.refusal(bytes) : null);
        row.put("status", read == null ? null : read.status());
        row.put("job_id", read == null ? null : read.jobId());
        row.put("api", read == null ? null : read.api());
        row.put("creation_time", read == null ? null : read.creationTime());
        row.put("completion_time", read == null ? null : read.completionTime());
        row.put("expiration_time", read == null ? null : read.expirationTime());
        row.put("expires_at", read == null ? null : ApiTime.millis(read.expirationTime()));
        row.put("body", read == null ? shorten(bytes) : bytes);
        row.put("body_size", (long) bytes.length);
        row.put("body_sha256", Sha256.of(bytes));
        row.put("settled_at", null);
    }

    /**
     * Decides what is kept of each. One whose jobId belongs to another job than its URL is refused. A copy of what its job has ended by says
     * nothing new: neither its body is wanted nor settle. A large result for whose job it comes too late, or whose job is gone, is shortened:
     * nobody will want it but an inspector, and what is written for a moment only would stay in the file of a database for long.
     *
     * @param rows that came in together; changed in place
     * @param known rows of {@code job-of-callbacks}
     * @return those that are signed callbacks, to be stored
     */
    public List<Map<String, Object>> judge(@Body List<Map<String, Object>> rows, @Variable("known") List<Map<String, Object>> known) {
        Map<Object, Object> owners = new HashMap<>();
        Map<Object, Map<String, Object>> jobs = new HashMap<>();
        for (Map<String, Object> one : known) {
            if (one.get("job_id") == null) {
                jobs.put(one.get("job"), one);
            } else {
                owners.put(one.get("job_id"), one.get("job"));
            }
        }
        List<Map<String, Object>> signed = new ArrayList<>(rows.size());
        for (Map<String, Object> row : rows) {
            if ("signed".equals(row.get("kind"))) {
                signed.add(row);
                judge(row, owners.get(row.get("job_id")), jobs.get(row.get("job")));
            }
        }
        return signed;
    }

    private void judge(Map<String, Object> row, Object owner, Map<String, Object> job) {
        byte[] body = (byte[]) row.get("body");
        if (owner != null && !owner.equals(row.get("job"))) {
            row.put("verdict", "Refused");
            row.put("note", "its jobId belongs to job " + owner);
            row.put("answer", 400);
            row.put("body", shorten(body));
        } else if ("New".equals(row.get("verdict"))) {
            if (job != null && row.get("body_sha256").equals(job.get("ended_by"))) {
                row.put("verdict", "Repeat");
                row.put("settled_at", clock.millis());
                row.put("body", new byte[0]);
            } else if (job == null || !Boolean.TRUE.equals(job.get("wanting"))) {
                row.put("body", shorten(body));
            }
        }
    }

    /**
     * @param rows that came in together, when they have been judged
     * @return those that were answered 400 and those that are only hints: their jobs are polled instead
     */
    public List<Map<String, Object>> toPoll(@Body List<Map<String, Object>> rows) {
        return rows.stream().filter(row -> "Refused".equals(row.get("verdict")) || "hint".equals(row.get("kind"))).toList();
    }

    /**
     * @param job the relay's id of one whose callback was too large, or came too slowly
     * @return what {@code poll-soon} takes
     */
    public static List<Map<String, Object>> pollInstead(String job) {
        Map<String, Object> row = new HashMap<>();
        row.put("job", job);
        row.put("job_id", null);
        return List.of(row);
    }

    /**
     * Writes the answer: the status the row was given, the validation token echoed, and nothing else of the request.
     *
     * @param exchange with a row from {@link #read}
     */
    public void answer(Exchange exchange) {
        Map<String, Object> row = row(exchange);
        Message message = exchange.getMessage();
        message.removeHeaders("*");
        message.setHeader(Exchange.HTTP_RESPONSE_CODE, row.get("answer"));
        message.setHeader(Exchange.CONTENT_TYPE, "application/json");
        if (row.get("token") != null) {
            message.setHeader("Validation-Token", row.get("token"));
        }
        message.setBody(new byte[0]);
    }

    private static byte[] shorten(byte[] bytes) {
        return bytes.length <= INSPECTION_BYTES ? bytes : java.util.Arrays.copyOf(bytes, INSPECTION_BYTES);
    }
}
