package io.jobrelay.admin;

import io.jobrelay.api.RateBudget;
import io.jobrelay.forward.Sinks;
import io.jobrelay.protocol.Problem;
import io.jobrelay.protocol.Problem.Kind;
import io.jobrelay.protocol.Query;
import io.jobrelay.protocol.StatusResource;
import io.jobrelay.webhook.Webhook;
import java.io.IOException;
import java.time.Clock;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.camel.Body;
import org.apache.camel.Header;
import org.apache.camel.Message;

/**
 * What may be done to a job in which state. Each rule lets the row through or refuses with a sentence; the statement that follows is
 * guarded by itself.
 */
public final class JobRules {

    private static final Set<String> OPEN = Set.of("Queued", "InProgress");
    private final Webhook webhook;
    private final Sinks sinks;
    private final Clock clock;

    /**
     * @param webhook fills rows of {@code relay_callback}
     * @param sinks those in {@code relay.sinks}
     * @param clock the relay's
     */
    public JobRules(Webhook webhook, Sinks sinks, Clock clock) {
        this.webhook = webhook;
        this.sinks = sinks;
        this.clock = clock;
    }

    /**
     * @param id from the path: the relay's own, or the API's jobId
     * @throws Problem 404 where no job can have it
     */
    public void reference(@Header("id") String id) {
        if (id == null || id.isEmpty() || id.length() > StatusResource.LONGEST_JOB_ID || !StatusResource.storable(id)) {
            throw unknown();
        }
    }

    /**
     * @param jobs that were found, at most one
     * @return the job
     * @throws Problem 404 where there is none
     */
    public Map<String, Object> found(@Body List<Map<String, Object>> jobs) {
        if (jobs.isEmpty()) {
            throw unknown();
        }
        return jobs.get(0);
    }

    private static Map<String, Object> open(Map<String, Object> job) {
        if (!OPEN.contains((String) job.get("status"))) {
            throw new Problem(Kind.JOB_ENDED, "The job has ended as " + job.get("status") + ": it can be neither polled nor cancelled.");
        }
        return job;
    }

    /**
     * @param job to be polled
     * @return the same
     * @throws Problem 409 where it has ended, or where the API does not know it yet
     */
    public Map<String, Object> pollable(@Body Map<String, Object> job) {
        open(job);
        if (job.get("job_id") == null || "Queued".equals(job.get("status"))) {
            throw new Problem(Kind.JOB_NOT_SUBMITTED, "The API has not given this job a jobId yet, so there is nothing to poll.");
        }
        return job;
    }

    /**
     * @param job whose result or delivery is asked for
     * @return the same
     * @throws Problem 409 where it has not ended
     */
    public Map<String, Object> ended(@Body Map<String, Object> job) {
        if (OPEN.contains((String) job.get("status"))) {
            throw Problem.notEnded((String) job.get("status"));
        }
        return job;
    }

    /**
     * @param job that was to be cancelled, as it is afterwards
     * @return the same
     * @throws Problem 409 where something else ended it first
     */
    public Map<String, Object> cancelled(@Body Map<String, Object> job) {
        return "Cancelled".equals(job.get("status")) ? job : open(job);
    }

    /**
     * @param job to be cancelled
     * @return a row of {@code relay_callback} that ends it
     * @throws Problem 409 where it has ended
     * @throws IOException never, in practice
     */
    public Map<String, Object> cancellation(@Body Map<String, Object> job) throws IOException {
        open(job);
        Map<String, Object> row = new HashMap<>();
        byte[] body = StatusResource.write(job, "Cancelled", null, clock.millis());
        webhook.fill(row, (String) job.get("id"), "relay", body, StatusResource.read(body).orElseThrow());
        row.put("verdict", "New");
        return row;
    }

    /**
     * @param request {@code POST /pause} or {@code /resume}: without {@code account} it is for every one
     * @throws Problem 400 when it names an account that there is not
     */
    public void account(Message request) {
        String account = Query.of(request, Set.of("account")).get("account");
        if (account != null && !account.equals(RateBudget.ACCOUNT)) {
            throw Problem.parameter("account", "account takes the name of one: " + RateBudget.ACCOUNT + ".");
        }
    }

    /**
     * @param request {@code POST /redeliver}
     * @return the {@code sink} whose dead deliveries are tried again
     * @throws Problem 400 naming the parameter that is missing or cannot be taken
     */
    public Map<String, Object> deadSink(Message request) {
        Query parameters = Query.of(request, Set.of("sink", "status"));
        String status = parameters.get("status");
        if (status != null && !status.equals("Dead")) {
            throw Problem.parameter("status", "status takes Dead.");
        }
        String sink = parameters.get("sink");
        if (sink == null || !sinks.names().contains(sink)) {
            throw Problem.parameter("sink", (sink == null ? "sink is missing: it" : "sink") + " takes a name that stands in relay.sinks.");
        }
        return Map.of("sink", sink);
    }

    private static Problem unknown() {
        return new Problem(Kind.UNKNOWN_JOB, "No job has this id, neither as the relay's own nor as the API's jobId.");
    }
}
