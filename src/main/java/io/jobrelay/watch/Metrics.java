package io.jobrelay.watch;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.composite.CompositeMeterRegistry;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.apache.camel.Body;
import org.apache.camel.CamelContext;
import org.apache.camel.Exchange;
import org.apache.camel.ProducerTemplate;
import org.apache.camel.Service;
import org.apache.camel.Variable;
import org.apache.camel.support.service.ServiceSupport;

/**
 * What an operator watches: counters that the routes move, and gauges read from the database when somebody looks, at most every five
 * seconds. In Prometheus' spelling {@code relay.callbacks} is {@code relay_callbacks_total}, and so on.
 */
public final class Metrics {

    private static final String WEBHOOK = "intake-webhook";
    private static final long FRESH_NANOS = 5_000_000_000L;
    private static final List<String> STATUSES = List.of("Queued", "InProgress", "Success", "Fail", "Expired", "Cancelled");
    private final CamelContext context;
    private MeterRegistry meters = new CompositeMeterRegistry();
    private ProducerTemplate template;
    private Map<String, Object> gauges = Map.of();
    private long readAt;

    /** @param context that holds {@code direct:admin-gauges} and, where metrics are on, a MeterRegistry */
    public Metrics(CamelContext context) {
        this.context = context;
    }

    /**
     * Counts a request at the webhook: {@code relay_callbacks_total{verdict}}.
     *
     * @param row from {@code relay-webhook}: a signed one counts as {@code new} (a copy, too), {@code open} or {@code refused}, others by their kind
     */
    public void callback(Map<String, Object> row) {
        String verdict = "Repeat".equals(row.get("verdict")) ? "new" : "signed".equals(row.get("kind")) ? (String) row.get("verdict")
                : "refused".equals(row.get("kind")) ? "unsigned" : (String) row.get("kind");
        count("relay.callbacks", "verdict", verdict.toLowerCase(Locale.ROOT));
    }

    /**
     * Counts a request at the webhook that could not be stored and was answered 503.
     *
     * @param exchange with it, or with any other request on the public port that was answered so: that is no callback
     */
    public void callbackNotStored(Exchange exchange) {
        if (WEBHOOK.equals(exchange.getFromRouteId())) {
            count("relay.callbacks", "verdict", "unavailable");
        }
    }

    /**
     * Counts a submit: {@code relay_submits_total{answer}}.
     *
     * @param decision what its answer meant
     */
    public void submit(@Body Map<String, Object> decision) {
        count("relay.submits", "answer", (String) decision.get("kind"));
    }

    /**
     * Counts a poll: {@code relay_polls_total{answer}}.
     *
     * @param decision what its answer meant; {@code failed} where the API could not say
     */
    public void poll(@Body Map<String, Object> decision) {
        boolean failed = decision.get("last_error") != null;
        String kind = (String) decision.get("kind");
        count("relay.polls", "answer", failed ? "failed" : "waits".equals(kind) || "hinted".equals(kind) ? "open" : kind);
    }

    /**
     * Counts an outcome that reached its sink: {@code relay_deliveries_total{sink,result}}.
     *
     * @param delivery its row
     */
    public void delivered(Map<String, Object> delivery) {
        count("relay.deliveries", "sink", (String) delivery.get("sink"), "result", "delivered");
    }

    /**
     * Counts an attempt that failed: {@code result} is {@code failed}, or {@code dead} for the last.
     *
     * @param delivery its row
     * @param decision what the failure means
     */
    public void notDelivered(@Variable("delivery") Map<String, Object> delivery, @Body Map<String, Object> decision) {
        count("relay.deliveries", "sink", (String) delivery.get("sink"), "result", "Dead".equals(decision.get("status")) ? "dead" : "failed");
    }

    private void count(String name, String... tags) {
        meters.counter(name, tags).increment();
    }

    /** @return what starts and stops this with its context; a service of its own, for the reason given at {@link io.jobrelay.registry.SharedStep} */
    public Service life() {
        return new ServiceSupport() {
            @Override
            protected void doStart() {
                open();
            }

            @Override
            protected void doStop() {
                template.stop();
            }
        };
    }

    private void open() {
        template = context.createProducerTemplate();
        MeterRegistry found = context.getRegistry().findSingleByType(MeterRegistry.class);
        if (found != null) {
            meters = found;
        }
        for (String status : STATUSES) {
            Gauge.builder("relay.jobs", () -> value("jobs_" + status.toLowerCase(Locale.ROOT))).tag("status", status)
                    .description("jobs by status").register(meters);
        }
        gauge("relay.oldest.open.job.seconds", "oldest_open_job_seconds", "age of the oldest job that has not ended");
        gauge("relay.time.to.loss.seconds", "time_to_loss_seconds", "until the API forgets the result of the next job to expire");
        gauge("relay.results.at.risk", "results_at_risk", "jobs in progress that expire within a day");
        gauge("relay.jobs.in.doubt", "jobs_in_doubt", "submits whose answer was lost");
        gauge("relay.deliveries.dead", "deliveries_dead", "outcomes a sink never took");
        gauge("relay.api.budget.remaining", "api_budget_remaining", "calls to the API that may begin now");
    }

    private void gauge(String name, String column, String description) {
        Gauge.builder(name, () -> value(column)).description(description).register(meters);
    }

    /** @return the number; not a number where there is none, or no database */
    private double value(String column) {
        return gauges().get(column) instanceof Number number ? number.doubleValue() : Double.NaN;
    }

    /** @return the row of {@code admin/gauges}, at most five seconds old; without its columns where the database is away */
    public synchronized Map<String, Object> gauges() {
        if (gauges.isEmpty() || System.nanoTime() - readAt > FRESH_NANOS) {
            Exchange read = template.send("direct:admin-gauges", e -> { });
            @SuppressWarnings("unchecked")
            Map<String, Object> row = read.getException() == null ? read.getMessage().getBody(Map.class) : Map.of("none", Double.NaN);
            gauges = row;
            readAt = System.nanoTime();
        }
        return gauges;
    }
}
