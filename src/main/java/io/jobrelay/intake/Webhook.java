package io.jobrelay.intake;

import io.jobrelay.api.ApiTime;
import io.jobrelay.http.Capability;
import io.jobrelay.http.HeaderText;
import io.jobrelay.http.PublicPath;
import io.jobrelay.http.RawBody;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Clock;
import java.time.Instant;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.apache.camel.Body;
import org.apache.camel.Exchange;
import org.apache.camel.Header;
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
     * @param exchange with the request; of a large one there is no second copy while it is stored
     * @param url path of the request, still percent-encoded
     * @param tokens the Validation-Token header, or null; a list where it stands more than once
     * @return a row with the columns of {@code relay_callback} where the request was signed
     */
    public Map<String, Object> read(Exchange exchange, @Header(Exchange.HTTP_PATH) String url, @Header("Validation-Token") Object tokens) {
        byte[] bytes = RawBody.of(exchange);
        Map<String, Object> row = new HashMap<>();
        row.put("token", HeaderText.all(tokens).stream().filter(token -> TOKEN.matcher(token).matches()).findFirst().orElse(null));
        if (bytes.length == 0 && tokens != null) {
            row.put("kind", row.get("token") == null ? "refused" : "token");
            row.put("answer", row.get("token") == null ? 400 : 200);
            return row;
        }
        Optional<CallbackBody> read = CallbackBody.read(bytes);
        Optional<String> job = Optional.ofNullable(exchange.getProperty(JOB, String.class)).or(() -> jobOf(url));
        if (job.isPresent()) {
            row.put("kind", "signed");
            fill(row, job.get(), "webhook", bytes, read.orElse(null));
            if ("Open".equals(row.get("verdict"))) {
                row.put("body", shorten(bytes)); // it ends nothing, so nobody will want it but an inspector
            }
        } else {
            String jobId = read.map(CallbackBody::jobId).orElse(null);
            row.put("kind", jobId == null ? "refused" : "hint");
            row.put("answer", jobId == null ? 400 : 200);
            row.put("job_id", jobId);
        }
        return row;
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
    public void fill(Map<String, Object> row, String job, String via, byte[] bytes, CallbackBody read) {
        row.put("job", job);
        row.put("via", via);
        row.put("received_at", clock.millis());
        row.put("answer", read == null ? 400 : 200);
        row.put("verdict", read == null ? "Refused" : read.terminal() ? "New" : "Open");
        row.put("note", read == null ? CallbackBody.refusal(bytes) : null);
        row.put("status", read == null ? null : read.status());
        row.put("job_id", read == null ? null : read.jobId());
        row.put("api", read == null ? null : read.api());
        row.put("creation_time", read == null ? null : read.creationTime());
        row.put("completion_time", read == null ? null : read.completionTime());
        row.put("expiration_time", read == null ? null : read.expirationTime());
        row.put("expires_at", read == null ? null : ApiTime.millis(read.expirationTime()));
        row.put("body", read == null ? shorten(bytes) : bytes);
        row.put("body_size", (long) bytes.length);
        row.put("body_sha256", sha256(bytes));
    }

    /**
     * @param rows waiting to be stored
     * @return the jobIds they name, for the search of their owners; never empty, since SQL knows no empty list
     */
    public List<String> jobIds(@Variable("rows") List<Map<String, Object>> rows) {
        List<String> ids = rows.stream().map(r -> (String) r.get("job_id")).filter(Objects::nonNull).distinct().toList();
        return ids.isEmpty() ? List.of("") : ids;
    }

    /**
     * @param rows waiting to be stored
     * @return the jobs whose results are larger than what is kept for inspection
     */
    public List<String> withLarge(@Variable("rows") List<Map<String, Object>> rows) {
        return rows.stream().filter(Webhook::isLargeResult).map(row -> (String) row.get("job")).distinct().toList();
    }

    /**
     * Shortens each large result for whose job it comes too late, or whose job is gone: nobody will want it but an inspector, and what is
     * written for a moment only would stay in the file of a database for long.
     *
     * @param wanting rows of the jobs that still have use for a result
     * @param rows waiting to be stored; changed in place
     */
    public void shortenNeedless(@Variable("wanting") List<Map<String, Object>> wanting, @Variable("rows") List<Map<String, Object>> rows) {
        Set<Object> ids = wanting.stream().map(row -> row.get("id")).collect(Collectors.toSet());
        rows.stream().filter(row -> isLargeResult(row) && !ids.contains(row.get("job")))
                .forEach(row -> row.put("body", shorten((byte[]) row.get("body"))));
    }

    private static boolean isLargeResult(Map<String, Object> row) {
        return "New".equals(row.get("verdict")) && row.get("body") instanceof byte[] body && body.length > INSPECTION_BYTES;
    }

    /**
     * Refuses each row whose jobId belongs to another job than its URL.
     *
     * @param owners rows of {@code job_id} and {@code job}
     * @param rows waiting to be stored; changed in place
     * @return those that are signed callbacks, to be stored
     */
    public List<Map<String, Object>> refuseForeign(@Body List<Map<String, Object>> owners, @Variable("rows") List<Map<String, Object>> rows) {
        Map<String, String> ownerOf = new HashMap<>();
        owners.forEach(o -> ownerOf.put((String) o.get("job_id"), (String) o.get("job")));
        for (Map<String, Object> row : rows) {
            String owner = ownerOf.get((String) row.get("job_id"));
            if ("signed".equals(row.get("kind")) && owner != null && !owner.equals(row.get("job"))) {
                row.put("verdict", "Refused");
                row.put("note", "its jobId belongs to job " + owner);
                row.put("answer", 400);
                row.put("body", shorten((byte[]) row.get("body")));
            }
        }
        return rows.stream().filter(row -> "signed".equals(row.get("kind"))).toList();
    }

    /**
     * @param rows that came in together
     * @return those that are only hints
     */
    public List<Map<String, Object>> hints(@Variable("rows") List<Map<String, Object>> rows) {
        return rows.stream().filter(row -> "hint".equals(row.get("kind"))).toList();
    }

    /**
     * @param rows that were stored
     * @return those that were refused: their jobs are polled instead
     */
    public List<Map<String, Object>> refused(@Variable("rows") List<Map<String, Object>> rows) {
        return rows.stream().filter(row -> "Refused".equals(row.get("verdict"))).toList();
    }

    /**
     * Writes the answer: the status the row was given, the validation token echoed, and nothing else of the request.
     *
     * @param row from {@link #read}
     * @param message to answer with
     */
    public void answer(@Body Map<String, Object> row, Message message) {
        message.removeHeaders("*");
        message.setHeader(Exchange.HTTP_RESPONSE_CODE, row.get("answer"));
        message.setHeader(Exchange.CONTENT_TYPE, "application/json");
        if (row.get("token") != null) {
            message.setHeader("Validation-Token", row.get("token"));
        }
        message.setBody(new byte[0]);
    }

    /**
     * @param millis since the epoch
     * @return the same as the API writes times: UTC, three fraction digits
     */
    public static String time(long millis) {
        return java.time.format.DateTimeFormatter.ofPattern("yyyy-MM-dd'T'HH:mm:ss.SSS'Z'")
                .withZone(java.time.ZoneOffset.UTC).format(Instant.ofEpochMilli(millis));
    }

    /**
     * @param bytes of a text
     * @return its SHA-256 in lower-case hexadecimal
     */
    public static String sha256(byte[] bytes) {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("SHA-256 is part of every Java", e);
        }
    }

    private static byte[] shorten(byte[] bytes) {
        return bytes.length <= INSPECTION_BYTES ? bytes : java.util.Arrays.copyOf(bytes, INSPECTION_BYTES);
    }
}
