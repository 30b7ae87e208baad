package io.jobrelay.sandbox;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.jobrelay.protocol.Redaction;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import org.apache.camel.Body;
import org.apache.camel.Exchange;
import org.apache.camel.Header;
import org.apache.camel.Message;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Writes what the sandbox answers: JSON, the headers of a rate limit that is never near, and nothing of the request. */
public final class Answers {

    private static final Logger LOG = LoggerFactory.getLogger(Answers.class);
    private static final int LIMIT = 600;

    /**
     * @param token a TokenInfo
     * @param message to answer with
     */
    public void token(@Body ObjectNode token, Message message) {
        write(message, 200, "auth", token);
        message.setHeader("Cache-Control", "no-store"); // RFC 6749, 5.1
    }

    /**
     * Answers a request to end a token. The sandbox's tokens end by themselves, within the hour.
     *
     * @param message to answer with
     */
    public void revoked(Message message) {
        write(message, 200, "auth", null);
    }

    /**
     * @param job that was submitted: 202 and its jobId, or the refusal it asked for
     * @param message to answer with
     */
    public void submitted(@Body Map<String, Object> job, Message message) {
        int status = (int) job.get("answer");
        if (status == 202) {
            write(message, 202, "heavy", JsonNodeFactory.instance.objectNode().put("jobId", (String) job.get("job_id")));
            message.setHeader("RCRequestId", job.get("job_id"));
            return;
        }
        String code = switch (status) {
            case 401 -> "OAU-128";
            case 403 -> "CMN-401";
            case 429 -> "CMN-301";
            case 503 -> "CMN-201";
            default -> "CMN-203";
        };
        write(message, status, "heavy", SandboxError.platformBody(code,
                "Sandbox: this refusal was asked for by parameter [sandbox.status]"));
        if (status == 429) {
            message.setHeader("X-Rate-Limit-Remaining", "0");
        }
        if (job.get("retry_after") != null) {
            message.setHeader("Retry-After", job.get("retry_after").toString());
        }
    }

    /**
     * Lets a jobId through that may be one of the sandbox's, so that no database is asked about anything else.
     *
     * @param jobId from the path of a request
     * @throws SandboxError 404 where it is none
     */
    public void jobId(@Header("jobId") String jobId) {
        if (jobId == null || !jobId.matches("[0-9A-Fa-f-]{36}")) {
            throw unknown();
        }
    }

    /**
     * @param job a row of {@code relay_sandbox_job}; null when there is none, or no longer
     * @param message to answer with
     * @throws SandboxError 404 without a job
     */
    public void status(@Body Map<String, Object> job, Message message) {
        if (job == null) {
            throw unknown();
        }
        write(message, 200, "heavy", null);
        message.setBody(SandboxJob.of(job));
    }

    private static SandboxError unknown() {
        return SandboxError.missing("jobId", "Parameter [jobId] is invalid. There is no such job, or no longer");
    }

    /**
     * Answers a request that failed: as the sandbox refused it, or 503 when the relay itself could not serve it, which is logged.
     *
     * @param exchange with the failure
     */
    public void failed(Exchange exchange) {
        Throwable failure = exchange.getProperty(Exchange.EXCEPTION_CAUGHT, Throwable.class);
        Message message = exchange.getMessage();
        if (failure instanceof SandboxError error) {
            write(message, error.status(), "heavy", error.body());
            error.headers().forEach(message::setHeader);
            return;
        }
        LOG.warn("The sandbox answered 503: {}", Redaction.of(failure));
        write(message, 503, "heavy", SandboxError.platformBody("CMN-201", "The sandbox cannot answer now"));
        message.setHeader("Retry-After", "5");
    }

    private static void write(Message message, int status, String group, ObjectNode body) {
        message.removeHeaders("*");
        message.setHeader(Exchange.HTTP_RESPONSE_CODE, status);
        message.setHeader(Exchange.CONTENT_TYPE, "application/json");
        message.setHeader("X-Rate-Limit-Group", group);
        message.setHeader("X-Rate-Limit-Limit", String.valueOf(LIMIT));
        message.setHeader("X-Rate-Limit-Remaining", String.valueOf(LIMIT - 1));
        message.setHeader("X-Rate-Limit-Window", "60");
        message.setBody(body == null ? null : body.toString().getBytes(StandardCharsets.UTF_8));
    }
}
