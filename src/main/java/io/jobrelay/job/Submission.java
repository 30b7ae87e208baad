package io.jobrelay.job;

import io.jobrelay.api.ApiAnswer;
import io.jobrelay.api.RateBudget;
import io.jobrelay.config.Upstream;
import io.jobrelay.protocol.ApiTime;
import io.jobrelay.protocol.Backoff;
import io.jobrelay.protocol.Capability;
import io.jobrelay.protocol.PercentCode;
import io.jobrelay.protocol.StatusResource;
import io.jobrelay.webhook.PublicUrl;
import io.jobrelay.webhook.Webhook;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Function;
import org.apache.camel.Body;
import org.apache.camel.Exchange;
import org.apache.camel.Message;
import org.apache.camel.Variable;

/** Says what is sent for a job, and what the API's answer to it means (the contract's list of answers, "Admin port"). */
public final class Submission {

    /** Timing of submits, read once from the keys of the same names. */
    public record Timing(Duration retryDelay, Duration maxDelay, Duration pollInitialDelay) {
    }

    private final Upstream upstream;
    private final PublicUrl publicUrl;
    private final String webhookPath;
    private final Capability callback;
    private final Media media;
    private final Webhook webhook;
    private final Timing timing;
    private final Clock clock;

    /**
     * The media files of jobs, which are rows of {@code relay_job} with {@code intake} and {@code media}.
     *
     * @param check of a job that may have one
     * @param url on the public port, where the API finds that of a job
     */
    public record Media(Check check, Function<Map<String, Object>, String> url) {

        /** Whether a job's media file may be read. */
        @FunctionalInterface
        public interface Check {
            /**
             * @param job any
             * @throws Exception when somebody may still be writing its file
             */
            void ready(Map<String, Object> job) throws Exception;
        }
    }

    /**
     * @param upstream the API
     * @param publicUrl the base of what is handed out
     * @param webhookPath {@code relay.webhook.path}
     * @param callback signs callback URLs
     * @param media of jobs
     * @param webhook fills rows of {@code relay_callback}
     * @param timing of submits
     * @param clock the relay's
     */
    public Submission(Upstream upstream, PublicUrl publicUrl, String webhookPath, Capability callback, Media media,
            Webhook webhook, Timing timing, Clock clock) {
        this.upstream = upstream;
        this.publicUrl = publicUrl;
        this.webhookPath = webhookPath;
        this.callback = callback;
        this.media = media;
        this.webhook = webhook;
        this.timing = timing;
        this.clock = clock;
    }

    /** @return what a job remembers as the server it was sent to */
    public String server() {
        return upstream.server();
    }

    /**
     * @param job that is about to be sent
     * @throws PublicUrl.Unusable when the API could not reach any URL given to it now
     * @throws Exception when somebody may still be writing its media file
     */
    public void check(@Variable("job") Map<String, Object> job) throws Exception {
        publicUrl.require();
        media.check().ready(job);
    }

    /**
     * Makes the message the submit of a job: {@code POST <server><api>?webhook=<callback URL>} with the request as it was given.
     *
     * @param job claimed row of {@code relay_job}
     * @param request of the job, as it was given
     * @param api what the claim found, with the {@code token}
     * @param message whose headers and body are replaced
     * @throws PublicUrl.Unusable when the API could not reach any URL given to it now
     */
    public void write(@Variable("job") Map<String, Object> job, @Body String request, @Variable("api") Map<String, Object> api, Message message) {
        String back = publicUrl.require() + webhookPath.replaceAll("/+$", "") + "/" + callback.sign((String) job.get("id"));
        String sent = request;
        if (job.get("media") != null) {
            String members = request.substring(0, request.lastIndexOf('}')).stripTrailing();
            sent = members + (members.endsWith("{") ? "" : ",") + "\"contentUri\":\"" + media.url().apply(job) + "\"}";
        }
        message.removeHeaders("*");
        message.setHeader(Exchange.HTTP_METHOD, "POST");
        message.setHeader(Exchange.HTTP_URI, upstream.baseUrl() + job.get("api"));
        message.setHeader(Exchange.HTTP_RAW_QUERY, "webhook=" + PercentCode.encode(back.getBytes(StandardCharsets.UTF_8)));
        message.setHeader(Exchange.CONTENT_TYPE, "application/json");
        message.setHeader("Accept", "application/json");
        message.setHeader("Authorization", "Bearer " + api.get("token"));
        message.setBody(sent.getBytes(StandardCharsets.UTF_8));
    }

    /**
     * Decides what the answer to a submit means.
     *
     * @param answer of the API
     * @param job that was sent
     * @param api what the budget found before the call
     * @return {@code kind}: {@code taken}, {@code refused}, {@code unauthorized}, {@code account}, {@code later} or {@code doubt}, with the
     *     columns its statement needs
     * @throws IOException never, in practice
     */
    public Map<String, Object> decide(@Variable("answer") ApiAnswer answer, @Variable("job") Map<String, Object> job,
            @Variable("api") Map<String, Object> api) throws IOException {
        Map<String, Object> row = row(job);
        row.put("unsent", answer.left() ? 0 : 1);
        long now = clock.millis();
        String trouble = RateBudget.trouble(answer, api);
        if (answer.ok()) {
            taken(row, answer, now);
        } else if (answer.refused()) { // the API's last word on this request: it will not change
            row.put("kind", "refused");
            String response = StatusResource.isJson(answer.body()) ? new String(answer.body(), StandardCharsets.UTF_8) : null;
            byte[] body = StatusResource.write(job, "Fail", response, now);
            webhook.fill(row, (String) job.get("id"), "submit", body, StatusResource.read(body).orElseThrow());
            row.put("note", answer.summary());
            row.put("in_doubt", false);
            row.put("next_submit_at", null);
            row.put("next_submit_wait", null);
            row.put("last_error", answer.summary());
        } else if (trouble != null) {
            putBack(row, "account", now, 0, trouble);
        } else if (answer.unauthorized()) {
            putBack(row, "unauthorized", now, 0, answer.summary() + ": the access token is renewed");
        } else if (answer.code() == 429) { // the account pauses, and the job is the first to go on
            putBack(row, "later", now, 0, answer.summary());
        } else if (answer.code() == 0 && answer.left() || answer.code() >= 500 && answer.code() != 503) {
            doubt(row, answer.summary());
        } else {
            long delay = Backoff.next(Duration.ofMillis(((Number) job.get("submit_delay")).longValue()), timing.retryDelay, timing.maxDelay).toMillis();
            row.put("submit_delay", delay);
            putBack(row, "later", now, Math.max(delay, answer.retryAfter(clock).toMillis()), answer.summary());
        }
        return row;
    }

    /** A page of somebody on the way, an error in the clothes of a success: only nothing at all, or a jobId, says that the job was taken. */
    private void taken(Map<String, Object> row, ApiAnswer answer, long now) {
        StatusResource said = StatusResource.read(answer.body()).orElse(null);
        String jobId = said == null ? null : said.jobId() == null ? answer.numericJobId() : said.jobId();
        if (jobId == null && (!answer.empty() || answer.html() || answer.error() != null)) {
            doubt(row, answer.but(answer.empty() ? "with an empty HTML page" : said == null ? "not with a JSON object"
                    : "without a jobId that can be used"));
            return;
        }
        row.put("kind", "taken");
        row.put("job_id", jobId);
        row.put("expires_at", now + JobRequest.LIFE.toMillis());
        row.put("expiration_time", ApiTime.of(now + JobRequest.LIFE.toMillis()));
        row.put("next_poll_at", jobId == null ? null : now + timing.pollInitialDelay.toMillis());
        row.put("poll_delay", timing.pollInitialDelay.toMillis());
    }

    private static void doubt(Map<String, Object> row, String why) {
        row.put("kind", "doubt");
        row.put("in_doubt", true);
        row.put("next_submit_at", null);
        row.put("next_submit_wait", null);
        row.put("last_error", "in doubt: " + why + "; waiting for its callback before it is sent again");
    }

    private static void putBack(Map<String, Object> row, String kind, long now, long wait, String why) {
        row.put("kind", kind);
        row.put("in_doubt", false);
        row.put("next_submit_at", now + wait);
        row.put("next_submit_wait", wait);
        row.put("last_error", why);
    }

    private static Map<String, Object> row(Map<String, Object> job) {
        Map<String, Object> row = new HashMap<>();
        row.put("id", job.get("id"));
        row.put("claim", job.get("claim"));
        row.put("submit_delay", job.get("submit_delay"));
        return row;
    }

    /**
     * @param job that was not sent: there is no URL to give to the API, its media file is not still, or since the claim the API wants silence
     * @param exchange whose failure says why, where that is not the API's affair: then it waits, and remembers the reason
     * @return the columns of a job that waits, for {@code submit/job-submit-later}, and that its place is free
     */
    public Map<String, Object> notYet(@Variable("job") Map<String, Object> job, Exchange exchange) {
        Throwable why = exchange.getProperty(Exchange.EXCEPTION_CAUGHT, Throwable.class);
        Map<String, Object> row = row(job);
        row.put("unsent", 0);
        row.put("free_at", clock.millis());
        String reason = why == null ? null : why.getMessage(); // a media file that is looked at for the first time has none
        Duration wait = why == null ? Duration.ZERO : reason == null ? Duration.ofSeconds(1) : timing.retryDelay;
        putBack(row, "later", clock.millis(), wait.toMillis(), reason == null ? (String) job.get("last_error") : reason);
        return row;
    }
}
