package io.jobrelay.watch;

import io.jobrelay.api.ApiAnswer;
import io.jobrelay.forward.OutcomeDocument;
import io.jobrelay.protocol.Redaction;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.camel.Body;
import org.apache.camel.Exchange;
import org.apache.camel.Variable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.MDC;
import org.slf4j.event.Level;

/**
 * Tells each decision on a job once: it is counted, it is a line of the job's timeline, and one of the log, with the job's id as {@code job} and its reference as {@code reference} in the MDC. What goes as
 * it should is DEBUG ({@code relay.log.decisions} shows it), but for the end of a job: that is INFO, as is what was put off. A lost answer and
 * a failed delivery are WARN. A reference is foreign text and redacted like any other.
 */
public final class DecisionLog {

    /** The logger of all of them. */
    public static final String LOGGER = "io.jobrelay.jobs";

    private static final Logger LOG = LoggerFactory.getLogger(LOGGER);

    private final Metrics metrics;

    /** @param metrics where submits and polls are counted */
    public DecisionLog(Metrics metrics) {
        this.metrics = metrics;
    }

    /** @param accepted rows of {@code relay-acceptance}: those that are new have become jobs */
    public void accepted(@Variable("accepted") List<Map<String, Object>> accepted) {
        for (Map<String, Object> row : accepted) {
            if (row.get("known") == null) {
                log(Level.DEBUG, row.get("id"), row.get("reference"), "Accepted");
            }
        }
    }

    /**
     * @param decision what the answer to a submit meant
     * @param answer of the API
     * @param job that was sent
     * @return a row of {@code relay_event}
     */
    public Map<String, Object> submitted(@Body Map<String, Object> decision, @Variable("answer") ApiAnswer answer,
            @Variable("job") Map<String, Object> job) {
        metrics.submit(decision);
        String detail = switch ((String) decision.get("kind")) {
            case "taken" -> decision.get("job_id") == null ? "Taken by the API, which gave no jobId" : "Taken by the API";
            case "refused" -> "Refused for good: " + answer.summary();
            case "doubt" -> String.valueOf(decision.get("last_error")).replaceFirst("^in doubt", "In doubt");
            case "account", "unauthorized" -> "Not taken: " + decision.get("last_error");
            default -> "Not taken: " + answer.summary();
        };
        Level level = switch ((String) decision.get("kind")) {
            case "taken", "refused" -> Level.DEBUG; // a refusal ends the job, which is told
            case "doubt" -> Level.WARN;
            default -> Level.INFO;
        };
        Map<String, Object> event = event(job.get("id"), "submit", null, detail);
        log(level, job.get("id"), job.get("reference"), "Submit: " + event.get("detail"));
        return event;
    }

    /**
     * @param decision what the answer to a poll meant
     * @param answer of the API
     * @param job that was polled
     * @return a row of {@code relay_event}; null where it ended the job, which is remembered as the callback it is settled like
     */
    public Map<String, Object> polled(@Body Map<String, Object> decision, @Variable("answer") ApiAnswer answer,
            @Variable("job") Map<String, Object> job) {
        metrics.poll(decision);
        Object said = decision.get("said");
        Object error = decision.get("last_error");
        Map<String, Object> event = event(job.get("id"), "poll", null,
                said != null ? "The API says " + said : error != null ? (String) error : answer.summary());
        log(error == null ? Level.DEBUG : Level.INFO, job.get("id"), job.get("reference"), "Poll: " + event.get("detail"));
        return "ended".equals(decision.get("kind")) ? null : event;
    }

    /**
     * @param job the relay's id
     * @param what {@code submit}, {@code poll}, {@code delivery} or {@code asked}
     * @param sink that it speaks of, or null
     * @param detail in a sentence, not redacted yet
     * @return a row of {@code relay_event}
     */
    public static Map<String, Object> event(Object job, String what, String sink, String detail) {
        Map<String, Object> row = new HashMap<>();
        row.put("job", job);
        row.put("what", what);
        row.put("sink", sink);
        row.put("detail", Redaction.of(detail));
        return row;
    }

    /**
     * Tells of those that settle will not hear of.
     *
     * @param rows that came in together, from {@code relay-webhook}
     */
    public void stored(@Body List<Map<String, Object>> rows) {
        for (Map<String, Object> row : rows) {
            if ("Repeat".equals(row.get("verdict"))) {
                settled(List.of(row));
            } else if ("Refused".equals(row.get("verdict"))) {
                log(Level.INFO, row.get("job"), null, "Callback refused: " + row.get("note"));
            }
        }
    }

    /**
     * @param settled callbacks and what became of each, rows of {@code callback-tell}
     * @return whether some ended nothing: such keep no body, or a small one; or were the second outcome, before which the first is delivered
     */
    public boolean someAgain(@Variable("settled") List<Map<String, Object>> settled) {
        return settled.stream().anyMatch(row -> !"Settled".equals(row.get("verdict")) || OutcomeDocument.isSecond(row));
    }

    /** @param settled callbacks and what became of each, rows of {@code callback-tell} */
    public void settled(@Variable("settled") List<Map<String, Object>> settled) {
        for (Map<String, Object> row : settled) {
            boolean end = "Settled".equals(row.get("verdict"));
            String note = row.get("note") == null ? "" : ": " + Redaction.of((String) row.get("note"));
            log(end ? Level.INFO : Level.DEBUG, row.get("job"), row.get("reference"),
                    (end ? "Ended " + row.get("status") : "Nothing new (" + row.get("verdict") + ")") + " by " + row.get("via")
                            + (OutcomeDocument.isSecond(row) ? ", after it had been given up" : "") + note);
        }
    }

    /** @param delivery whose outcome its sink took */
    public void delivered(Map<String, Object> delivery) {
        log(Level.DEBUG, delivery.get("job"), delivery.get("reference"), "Delivered to " + delivery.get("sink") + second(delivery));
    }

    /**
     * @param delivery that failed
     * @param decision what the failure means
     */
    public void notDelivered(@Variable("delivery") Map<String, Object> delivery, @Body Map<String, Object> decision) {
        log(Level.WARN, delivery.get("job"), delivery.get("reference"), ("Dead".equals(decision.get("status")) ? "Dead" : "Put off")
                + " at " + delivery.get("sink") + second(delivery) + ": " + decision.get("last_error"));
    }

    private static String second(Map<String, Object> delivery) {
        return OutcomeDocument.isSecond(delivery) ? " (second outcome)" : "";
    }

    /**
     * @param exchange whose submit failed in the relay itself
     * @param job that stays claimed until its lease ends
     */
    public void notSubmitted(Exchange exchange, @Variable("job") Map<String, Object> job) {
        log(Level.WARN, job == null ? null : job.get("id"), job == null ? null : job.get("reference"),
                "Submit left to its claim: " + Redaction.of(exchange.getProperty(Exchange.EXCEPTION_CAUGHT, Throwable.class)));
    }

    private static void log(Level level, Object job, Object reference, String what) {
        if (!LOG.isEnabledForLevel(level)) {
            return;
        }
        try (MDC.MDCCloseable id = put("job", job); MDC.MDCCloseable name = put("reference", reference)) {
            LOG.atLevel(level).log(what);
        }
    }

    private static MDC.MDCCloseable put(String key, Object value) {
        return value == null ? null : MDC.putCloseable(key, Redaction.of((String) value));
    }
}
