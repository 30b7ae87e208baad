package io.jobrelay.ops;

import com.fasterxml.jackson.core.JsonGenerator;
import io.jobrelay.api.Budget;
import io.jobrelay.http.JsonAnswer;
import io.jobrelay.intake.CallbackBody;
import io.jobrelay.intake.Webhook;
import java.io.IOException;
import java.io.StringWriter;
import java.time.Clock;
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
     * @throws IOException never, in practice: the answer is written to memory
     */
    public void answer(@Body List<Map<String, Object>> dead, Message message) throws IOException {
        Map<String, Object> state = dead.get(0);
        Map<String, Object> gauges = metrics.gauges();
        StringWriter out = new StringWriter();
        try (JsonGenerator json = CallbackBody.JSON.createGenerator(out)) {
            json.writeStartObject();
            json.writeStringField("time", Webhook.time(clock.millis()));
            json.writeObjectFieldStart("jobs");
            for (String status : JobPage.STATUSES) {
                number(json, status, gauges.get("jobs_" + status.toLowerCase(Locale.ROOT)));
            }
            json.writeEndObject();
            number(json, "oldestOpenJobSeconds", gauges.get("oldest_open_job_seconds"));
            number(json, "timeToLossSeconds", gauges.get("time_to_loss_seconds"));
            number(json, "resultsAtRisk", gauges.get("results_at_risk"));
            number(json, "inDoubt", gauges.get("jobs_in_doubt"));
            number(json, "budgetRemaining", gauges.get("api_budget_remaining"));
            json.writeNumberField("budget", limit);
            json.writeBooleanField("paused", ((Number) state.get("paused")).intValue() > 0);
            long until = Budget.pausedUntil(state, clock.millis());
            if (until > 0) {
                json.writeStringField("pausedUntil", Webhook.time(until));
            }
            sinks(json, dead);
            health(json, (String) state.get("token_error"));
            json.writeEndObject();
        }
        JsonAnswer.write(message, 200, out.toString());
    }

    private void sinks(JsonGenerator json, List<Map<String, Object>> dead) throws IOException {
        json.writeArrayFieldStart("sinks");
        for (String name : sinks.names()) {
            json.writeStartObject();
            json.writeStringField("sink", name);
            json.writeBooleanField("served", !sinks.unserved().contains(name));
            json.writeNumberField("dead", dead.stream().filter(row -> name.equals(row.get("sink")))
                    .mapToLong(row -> ((Number) row.get("n")).longValue()).sum());
            json.writeEndObject();
        }
        json.writeEndArray();
    }

    /** What {@code /observe/health} says, which lies elsewhere where the relay is a guest. */
    private void health(JsonGenerator json, String tokenError) throws IOException {
        boolean up = true;
        StringWriter told = new StringWriter();
        try (JsonGenerator details = CallbackBody.JSON.createGenerator(told)) {
            details.writeStartArray();
            for (HealthCheck.Result result : HealthCheckHelper.invoke(context, check -> Map.of(), check -> !"relay".equals(check.getGroup()),
                    null)) { // others are a host's own
                boolean well = result.getState() == HealthCheck.State.UP;
                up &= well;
                result.getMessage().ifPresent(message -> write(details, result.getCheck().getId(), message));
            }
            if (tokenError != null) {
                write(details, "relay-token", tokenError);
            }
            details.writeEndArray();
        }
        json.writeStringField("health", up ? "UP" : "DOWN");
        json.writeFieldName("details");
        json.writeRawValue(told.toString());
    }

    private static void write(JsonGenerator details, String check, String message) {
        try {
            details.writeStartObject();
            details.writeStringField("check", check);
            details.writeStringField("message", Redaction.of(message));
            details.writeEndObject();
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    private static void number(JsonGenerator json, String name, Object value) throws IOException {
        if (value instanceof Number number && !Double.isNaN(number.doubleValue())) {
            json.writeNumberField(name, number.longValue());
        }
    }
}
