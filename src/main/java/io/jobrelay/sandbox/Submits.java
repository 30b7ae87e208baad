package io.jobrelay.sandbox;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.uuid.Generators;
import com.fasterxml.uuid.NoArgGenerator;
import io.jobrelay.flow.Lease;
import io.jobrelay.protocol.ApiTime;
import io.jobrelay.protocol.StatusResource;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.util.HashMap;
import java.util.Map;
import org.apache.camel.Body;
import org.apache.camel.Exchange;
import org.apache.camel.Header;

/** Reads submits: what becomes a job of the sandbox, and which refusal a submit asks for. */
public final class Submits {

    private static final ObjectMapper JSON = new ObjectMapper(StatusResource.JSON.copy());
    private static final int LONGEST_WEBHOOK = 4000;
    private final NoArgGenerator ids = Generators.timeBasedGenerator(); // version 1, as the API's own are
    private final Lease lease;
    private final Clock clock;

    /**
     * @param lease of a job whose early callback is being sent
     * @param clock the relay's
     */
    public Submits(Lease lease, Clock clock) {
        this.lease = lease;
        this.clock = clock;
    }

    /**
     * Reads a submit.
     *
     * @param body a JSON object in UTF-8
     * @param query of the URL, still encoded, with the parameter {@code webhook}
     * @param area such as {@code audio}
     * @param task such as {@code speech-to-text}
     * @return the columns of {@code relay_sandbox_job}, and how to go on: {@code early} and {@code hold} (milliseconds), {@code refuse}
     *     (a status, or null), {@code times}, {@code retry_after}, {@code taken_anyway}, {@code taken}, {@code answer} (202 so far)
     * @throws SandboxError 404 for another path, 400 for what the API would not take
     */
    public Map<String, Object> read(@Body byte[] body, @Header(Exchange.HTTP_RAW_QUERY) String query, @Header("area") String area,
            @Header("task") String task) {
        String api = "/ai/" + area + "/v1/async/" + task;
        if (!api.equals(RequestCheck.APIS.get(task))) {
            throw SandboxError.platform(404, "CMN-102", "There is no such path");
        }
        String webhook = webhook(query);
        JsonNode request = parse(body);
        RequestCheck.check(task, request);
        Rehearsal rehearsal = Rehearsal.of(request);
        long now = clock.millis();
        long expires = now + rehearsal.expires().toMillis();
        Map<String, Object> job = new HashMap<>();
        job.put("job_id", ids.generate().toString());
        job.put("api", api);
        job.put("request", new String(body, StandardCharsets.UTF_8));
        job.put("webhook", webhook);
        job.put("status", "InProgress");
        job.put("creation_time", ApiTime.of(now));
        job.put("expiration_time", ApiTime.of(expires));
        job.put("expires_at", expires);
        long done = now + rehearsal.run().toMillis();
        job.put("next_result_at", rehearsal.early() ? lease.until() + rehearsal.run().toMillis() : done);
        job.put("claim", rehearsal.early() ? lease.claim() : null);
        job.put("early", rehearsal.early());
        job.put("hold", rehearsal.early() ? rehearsal.run().toMillis() : 0L);
        job.put("refuse", rehearsal.status() == 0 ? null : rehearsal.status());
        job.put("times", rehearsal.times());
        job.put("retry_after", rehearsal.retryAfter());
        job.put("taken_anyway", rehearsal.takenAnyway());
        job.put("taken", true);
        job.put("answer", 202);
        return job;
    }

    /**
     * Refuses a submit that asks for it.
     *
     * @param job from {@link #read}; its {@code answer} and {@code taken} are changed
     * @return a row of {@code relay_sandbox_job} that remembers the refusal
     */
    public Map<String, Object> refuse(@Body Map<String, Object> job) {
        job.put("answer", job.get("refuse"));
        job.put("taken", job.get("taken_anyway"));
        Map<String, Object> row = new HashMap<>(job);
        row.put("job_id", ids.generate().toString());
        row.put("request", "{}");
        row.put("status", "Refused");
        row.put("next_result_at", null);
        row.put("claim", null);
        return row;
    }

    private static JsonNode parse(byte[] body) {
        try {
            JsonNode request = body == null || StatusResource.read(body).isEmpty() ? null : JSON.readTree(body);
            if (request != null) {
                return request;
            }
        } catch (IOException e) {
            // said below, without repeating what was sent
        }
        throw SandboxError.invalid(null, "The body is invalid. It takes a JSON object in UTF-8");
    }

    private static String webhook(String query) {
        String webhook;
        try {
            webhook = Form.parameter(query, "webhook").orElse("");
        } catch (IllegalArgumentException e) {
            webhook = "";
        }
        URI uri = RequestCheck.uri(webhook);
        boolean http = uri != null && ("http".equalsIgnoreCase(uri.getScheme()) || "https".equalsIgnoreCase(uri.getScheme()));
        if (!http || uri.getRawUserInfo() != null || webhook.length() > LONGEST_WEBHOOK || !StatusResource.storable(webhook)) {
            throw SandboxError.invalid("webhook", "Parameter [webhook] is invalid. It takes an http or https URL without user information,"
                    + " of at most " + LONGEST_WEBHOOK + " characters, percent-encoded once");
        }
        return webhook;
    }
}
