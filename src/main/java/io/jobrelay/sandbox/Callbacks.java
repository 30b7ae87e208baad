package io.jobrelay.sandbox;

import io.jobrelay.client.CallLimits;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.time.Clock;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import org.apache.camel.Exchange;
import org.apache.camel.Message;
import org.apache.camel.Variable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The API's rule for callbacks (RingCentral, "AI API, overview"): exactly 200 is accepted; after anything else five more tries, each after
 * twice the time. How long the first wait is nobody says; here it is a second.
 */
public final class Callbacks {

    private static final Logger LOG = LoggerFactory.getLogger(Callbacks.class);
    private static final int MORE_TRIES = 5;
    private static final long FIRST_WAIT_MILLIS = 1_000;
    /** For its connection, its status and its body: five seconds, ten and ten. */
    private static final Duration PATIENCE = Duration.ofSeconds(25);
    private static final int LONGEST_REPLY = 65_536;
    private final Clock clock;

    /** @param clock the relay's */
    public Callbacks(Clock clock) {
        this.clock = clock;
    }

    /**
     * Makes the message a callback.
     *
     * @param job that has ended
     * @param message whose headers and body are replaced
     */
    public void write(@Variable("job") Map<String, Object> job, Message message) {
        SandboxClient.address(message, URI.create((String) job.get("webhook")));
        message.setHeader(Exchange.CONTENT_TYPE, "application/json");
        message.setHeader("RCRequestId", job.get("job_id"));
        message.setHeader(CallLimits.PATIENCE, PATIENCE.toMillis());
        message.setBody(SandboxJob.of(job));
    }

    /**
     * @param message the reply to a callback, its body still on the wire: a little of it is read, since some servers take it ill when
     *     nobody listens; the connection is closed afterwards
     * @return its status
     */
    public int answered(Message message) {
        try (InputStream reply = SandboxClient.body(message)) {
            reply.readNBytes(LONGEST_REPLY + 1);
        } catch (IOException e) {
            LOG.debug("The reply to a callback broke off", e); // its status has been read
        }
        return message.getHeader(Exchange.HTTP_RESPONSE_CODE, 0, Integer.class);
    }

    /**
     * @param job whose callback was sent
     * @param answered the status of the reply; 0 when there was none
     * @return columns of {@code relay_sandbox_job}: when it is sent again, if at all
     */
    public Map<String, Object> record(@Variable("job") Map<String, Object> job, @Variable("answered") int answered) {
        int tries = ((Number) job.get("callbacks")).intValue() + 1;
        int repeats = ((Number) job.get("repeats")).intValue();
        boolean accepted = answered == 200;
        boolean again = accepted && repeats > 0;
        boolean retried = !accepted && tries <= MORE_TRIES;
        if (!accepted && !retried) {
            LOG.warn("The sandbox gives up calling back for its job {}: {} tries, none answered 200 (the last: {})",
                    job.get("job_id"), tries, answered == 0 ? "no answer" : answered);
        }
        Map<String, Object> row = new HashMap<>();
        row.put("job_id", job.get("job_id"));
        row.put("claim", job.get("claim"));
        row.put("next_claim", null);
        row.put("status", job.get("status"));
        row.put("completion_time", job.get("completion_time"));
        row.put("response", null); // it stays
        row.put("callbacks", again ? 0 : tries);
        row.put("repeats", accepted ? Math.max(0, repeats - 1) : repeats);
        row.put("next_callback_at", again ? (Object) clock.millis() : retried ? clock.millis() + (FIRST_WAIT_MILLIS << tries - 1) : null);
        return row;
    }
}
