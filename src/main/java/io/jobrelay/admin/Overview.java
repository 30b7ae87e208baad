package io.jobrelay.admin;

import io.jobrelay.api.RateBudget;
import io.jobrelay.forward.Sinks;
import io.jobrelay.protocol.ApiTime;
import io.jobrelay.protocol.JsonAnswer;
import io.jobrelay.protocol.Redaction;
import io.jobrelay.watch.Metrics;
import java.time.Clock;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.apache.camel.Body;
import org.apache.camel.CamelContext;
import org.apache.camel.Message;
import org.apache.camel.health.HealthCheck;
import org.apache.camel.health.HealthCheckHelper;

/** Answers what an operator looks at first: how many jobs there are of each status, what is at risk, what waits, and what health says. */
public final class Overview {

    private final CamelContext context;
    private final Metrics metrics;
    private final Sinks sinks;
    private final int limit;
    private final Clock clock;

    private record Told(String time, Map<String, Long> jobs, Long oldestOpenJobSeconds, Long timeToLossSeconds, Long resultsAtRisk, Long inDoubt,
            Long budgetRemaining, int budget, boolean paused, String pausedUntil, List<SinkState> sinks, String health, List<Detail> details) {
    }

    private record SinkState(String sink, boolean served, long dead) {
    }

    private record Detail(String check, String message) {
    }

    /**
     * @param context whose health is told
     * @param metrics that hold the gauges
     * @param sinks those in {@code relay.sinks}
     * @param limit how many calls the API allows in any minute
     * @param clock the relay's
     */
    public Overview(CamelContext context, Metrics metrics, Sinks sinks, int limit, Clock clock) {
        this.context = context;
        this.metrics = metrics;
        this.sinks = sinks;
        this.limit = limit;
        this.clock = clock;
    }

    /**
     * Answers with the overview; what there is none of is left out.
     *
     * @param dead rows of {@code admin/overview}, at least one: how many deliveries are dead, by sink, and in each the state of the account
     * @param message to answer with
     */
    public void answer(@Body List<Map<String, Object>> dead, Message message) {
        Map<String, Object> state = dead.get(0);
        Map<String, Object> gauges = metrics.gauges();
        Map<String, Long> jobs = new LinkedHashMap<>();
        JobPage.STATUSES.forEach(status -> jobs.put(status, whole(gauges.get("jobs_" + status.toLowerCase(Locale.ROOT)))));
        long until = RateBudget.pausedUntil(state, clock.millis());
        List<Detail> details = new ArrayList<>();
        boolean up = health(details);
        if (state.get("token_error") != null) {
            details.add(new Detail("relay-token", Redaction.of((String) state.get("token_error"))));
        }
        JsonAnswer.write(message, 200, JsonAnswer.of(new Told(ApiTime.of(clock.millis()), jobs, whole(gauges.get("oldest_open_job_seconds")),
                whole(gauges.get("time_to_loss_seconds")), whole(gauges.get("results_at_risk")), whole(gauges.get("jobs_in_doubt")),
                whole(gauges.get("api_budget_remaining")), limit, ((Number) state.get("paused")).intValue() > 0,
                until > 0 ? ApiTime.of(until) : null, sinks.names().stream().map(name -> sink(name, dead)).toList(), up ? "UP" : "DOWN", details)));
    }

    private SinkState sink(String name, List<Map<String, Object>> dead) {
        return new SinkState(name, !sinks.unserved().contains(name),
                dead.stream().filter(row -> name.equals(row.get("sink"))).mapToLong(row -> ((Number) row.get("n")).longValue()).sum());
    }

    /** What {@code /observe/health} says, which lies elsewhere where the relay is a guest. */
    private boolean health(List<Detail> details) {
        boolean up = true;
        for (HealthCheck.Result result : HealthCheckHelper.invoke(context, check -> Map.of(), check -> !"relay".equals(check.getGroup()),
                null)) { // others are a host's own
            up &= result.getState() == HealthCheck.State.UP;
            result.getMessage().ifPresent(message -> details.add(new Detail(result.getCheck().getId(), Redaction.of(message))));
        }
        return up;
    }

    private static Long whole(Object value) {
        return value instanceof Number number && !Double.isNaN(number.doubleValue()) ? number.longValue() : null;
    }
}
