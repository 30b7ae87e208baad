package io.jobrelay.admin;

import io.jobrelay.api.RateBudget;
import io.jobrelay.forward.OutcomeDocument;
import io.jobrelay.protocol.ApiTime;
import io.jobrelay.protocol.JsonAnswer;
import io.jobrelay.protocol.Redaction;
import io.jobrelay.watch.DecisionLog;
import java.time.Clock;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.camel.Body;
import org.apache.camel.Message;
import org.apache.camel.Variable;

/**
 * What happened to a job, for somebody who wants to know why it is not finished. Callbacks, ends and deliveries that were made are remembered
 * by their own tables; what would leave no trace there is written to {@code relay_event} as it happens.
 */
public final class Timeline {

    private final Clock clock;

    private record Told(String id, String status, String now, List<Event> events) {
    }

    private record Event(String at, String what, String sink, String detail) {
    }

    /** @param clock the relay's */
    public Timeline(Clock clock) {
        this.clock = clock;
    }

    /**
     * @param decision what the failure of a delivery means
     * @param delivery its row, with the attempts made before this one
     * @return a row of {@code relay_event}
     */
    public Map<String, Object> notDelivered(@Body Map<String, Object> decision, @Variable("delivery") Map<String, Object> delivery) {
        int attempt = ((Number) delivery.get("attempts")).intValue() + 1;
        return DecisionLog.event(delivery.get("job"), "delivery", (String) delivery.get("sink"), "Attempt " + attempt
                + (OutcomeDocument.isSecond(delivery) ? " (second outcome) failed: " : " failed: ") + decision.get("last_error") + ("Dead".equals(decision.get("status")) ? "; the delivery is Dead" : ""));
    }

    /**
     * @param job to be polled at once
     * @return a row of {@code relay_event}
     */
    public Map<String, Object> pollAsked(@Body Map<String, Object> job) {
        return DecisionLog.event(job.get("id"), "asked", null, "Poll at once");
    }

    /**
     * @param job whose outcome goes to every sink again
     * @return a row of {@code relay_event}
     */
    public Map<String, Object> redeliveryAsked(@Body Map<String, Object> job) {
        return DecisionLog.event(job.get("id"), "asked", null, "Redelivery to every sink");
    }

    /**
     * @param jobs the new one, linked to the one that it is made of
     * @return a row of {@code relay_event}
     */
    public Map<String, Object> resubmitAsked(@Body List<Map<String, Object>> jobs) {
        return DecisionLog.event(jobs.get(0).get("resubmit_of"), "asked", null, "A new job like this one");
    }

    /**
     * Answers with what happened and what is waited for.
     *
     * @param events newest first
     * @param state row of {@code job-state}
     * @param message to answer with
     */
    public void answer(@Variable("events") List<Map<String, Object>> events, @Body Map<String, Object> state, Message message) {
        List<Event> oldestFirst = new ArrayList<>(events.stream().map(event -> new Event(ApiTime.of(number(event, "happened_at")),
                (String) event.get("what"), (String) event.get("sink"), Redaction.of(told(event)))).toList());
        Collections.reverse(oldestFirst);
        JsonAnswer.write(message, 200, JsonAnswer.of(
                new Told((String) state.get("id"), (String) state.get("status"), Redaction.of(waitsFor(state)), oldestFirst)));
    }

    private static String told(Map<String, Object> event) {
        String status = (String) event.get("status");
        String note = event.get("detail") == null ? "" : (String) event.get("detail");
        return switch ((String) event.get("what")) {
            case "queued" -> "Queued".equals(status) ? "Accepted, to be submitted" : "Accepted, something else submitted it";
            case "settled" -> "Ended as " + status + ", known by " + event.get("via") + (note.isEmpty() ? "" : " (" + note + ")");
            case "callback" -> arrived(event, status, note);
            default -> note;
        };
    }

    private static String arrived(Map<String, Object> event, String status, String note) {
        String from = switch ((String) event.get("via")) {
            case "webhook" -> "Callback";
            case "poll" -> "Result found by polling";
            case "submit" -> "Refusal of the submit";
            default -> "End made by the relay";
        };
        String means = switch ((String) event.get("verdict")) {
            case "New" -> "waits to be settled";
            case "Settled" -> "it ended the job";
            case "Repeat" -> "a repeat of what ended the job";
            case "Second" -> "the job had ended already, so it does not count";
            case "Open" -> "not an end, so the job stays open";
            case "Refused" -> "answered 400, the job is polled instead";
            default -> "kept for inspection";
        };
        return from + (status == null ? "" : " with status " + status) + ": " + means + (note.isEmpty() ? "" : " (" + note + ")");
    }

    /** In one sentence, the nearest reason first. */
    private String waitsFor(Map<String, Object> job) {
        String error = job.get("last_error") == null ? null : (String) job.get("last_error");
        return switch ((String) job.get("status")) {
            case "Queued" -> queued(job, error);
            case "InProgress" -> inProgress(job, error);
            default -> ended(job, error);
        };
    }

    private String queued(Map<String, Object> job, String error) {
        if (Boolean.TRUE.equals(job.get("in_doubt"))) {
            return (error == null ? "in doubt" : error) + ". If no callback comes, it is sent again at " + time(job, "next_submit_at") + ".";
        }
        if (number(job, "paused") > 0) {
            return "Submits are paused: POST /resume lets them go on.";
        }
        if (job.get("token_error") != null) {
            return "There is no access token: " + job.get("token_error");
        }
        String waits = waits(job);
        if (!waits.isEmpty()) {
            return waits.strip();
        }
        if (number(job, "next_submit_at") > clock.millis()) {
            return (error == null ? "It is to be submitted" : error + ". It is submitted") + " at " + time(job, "next_submit_at") + ".";
        }
        return (error == null ? "" : error + ". ") + "It is submitted as soon as the API's budget has a place." + lifted(job);
    }

    private String inProgress(Map<String, Object> job, String error) {
        String word = word(job);
        if (job.get("job_id") == null) {
            return word + "The API took it without giving a jobId: only its callback can end it, until " + time(job, "expires_at") + ".";
        }
        String token = job.get("token_error") == null ? "" : " There is no access token: " + job.get("token_error");
        String waits = waits(job);
        return (error != null ? "Last answer: " + error + ". " + word : word.isEmpty() ? "The API works on it. " : word)
                + "Its callback is awaited, and it is polled at " + ApiTime.of(Math.max(number(job, "next_poll_at"), waitsUntil(job))) + "."
                + waits + token + (waits.isEmpty() && token.isEmpty() ? lifted(job) : "");
    }

    /** The API's own word for a job that has not ended, where it is one that the relay does not know; from a poll, else from a callback. */
    private static String word(Map<String, Object> job) {
        Object polled = job.get("provider_status");
        Object word = polled == null || polled.equals("InProgress") ? job.get("open_status") : polled;
        return word == null || word.equals("InProgress") ? "" : "The API says \"" + word + "\", which is not the end of it. ";
    }

    /** What keeps every call of the account back, for whatever job. */
    private String waits(Map<String, Object> job) {
        String until = ApiTime.of(waitsUntil(job));
        boolean paused = RateBudget.pausedUntil(job, clock.millis()) > 0;
        return RateBudget.accountWaitsUntil(job, clock.millis()) > 0 && job.get("account_error") != null
                ? " Account " + RateBudget.ACCOUNT + " waits: " + job.get("account_error") + "; nothing is sent before " + until + "."
                : paused ? " The API asked for a pause: nothing is sent before " + until + ". POST /resume lifts it." : "";
    }

    private long waitsUntil(Map<String, Object> job) {
        return Math.max(RateBudget.accountWaitsUntil(job, clock.millis()), RateBudget.pausedUntil(job, clock.millis()));
    }

    /** Told for an hour: whoever wonders why nothing waits any more does so soon. */
    private String lifted(Map<String, Object> job) {
        long at = number(job, "resumed_at");
        return at == 0 || at < number(job, "accepted_at") || clock.millis() - at > 3_600_000 ? ""
                : " POST /resume lifted the pause of the account at " + time(job, "resumed_at") + ".";
    }

    private static String ended(Map<String, Object> job, String error) {
        String why = "It ended as " + job.get("status") + (job.get("gave_up_id") == null ? "" : " after the relay had given it up")
                + (error == null ? "" : ": " + error) + ".";
        long dead = number(job, "dead");
        long pending = number(job, "pending");
        if (dead > 0) {
            return why + " Dead deliveries: " + dead + ". The events say why; POST /jobs/{id}/redeliver tries again.";
        }
        return why + (pending > 0 ? " Deliveries still to be made: " + pending + "." : " Every sink has it.");
    }

    private static String time(Map<String, Object> row, String column) {
        return row.get(column) == null ? "no set time" : ApiTime.of(number(row, column));
    }

    private static long number(Map<String, Object> row, String column) {
        return row.get(column) == null ? 0 : ((Number) row.get(column)).longValue();
    }
}
