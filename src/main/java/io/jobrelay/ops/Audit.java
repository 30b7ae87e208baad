package io.jobrelay.ops;

import io.jobrelay.intake.Webhook;
import java.time.Clock;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.camel.Body;
import org.apache.camel.Exchange;
import org.apache.camel.Message;
import org.apache.camel.Variable;

/**
 * What the audit's statements cannot do: compare bodies with their hashes, weigh the tally of accepted jobs against the jobs, and collect what
 * each law found. The laws themselves are {@code routes/sql/audit-*.sql}.
 */
public final class Audit {

    /** Bodies are read until they hold this many bytes, or one by one where they are larger. */
    private static final long BYTES_AT_ONCE = 8L << 20;

    /** So long a callback may wait while settle stands still; while it works off what came before, an hour. */
    private static final long STANDSTILL = Duration.ofMinutes(1).toMillis();
    private static final long BACKLOG = Duration.ofHours(1).toMillis();

    private final Clock clock;
    private final boolean running;
    private final long since;

    /**
     * @param clock the relay's
     * @param running whether this is part of a running relay, which settles what has come; a stopped one will when it runs again
     */
    public Audit(Clock clock, boolean running) {
        this.clock = clock;
        this.running = running;
        this.since = clock.millis();
    }

    /** @return an empty report */
    public AuditReport begin() {
        return new AuditReport(clock.millis(), running);
    }

    /** @return how many rows of each law are named */
    public int listed() {
        return AuditReport.LISTED;
    }

    /**
     * Law <em>accepted</em>: as many jobs are there as were accepted and not purged, each of them open or ended.
     *
     * @param row of {@code audit-counts}
     * @param report that gets the counts
     */
    public void counts(@Body Map<String, Object> row, @Variable("report") AuditReport report) {
        long open = number(row, "queued") + number(row, "inprogress");
        long ended = number(row, "success") + number(row, "fail") + number(row, "expired") + number(row, "cancelled");
        report.count("accepted", number(row, "accepted"));
        report.count("purged", number(row, "purged"));
        report.count("open", open);
        group(row, List.of("queued", "inprogress", "success", "fail", "expired", "cancelled"), JobPage.STATUSES).forEach(report::count);
        report.count("deliveries", group(row, List.of("delivered", "pending", "dead"), List.of("Delivered", "Pending", "Dead")));
        report.count("callbacks", group(row, List.of("new_ones", "settled", "repeats", "seconds", "unknown_ones", "open_ones", "refused"),
                List.of("New", "Settled", "Repeat", "Second", "Unknown", "Open", "Refused")));
        long jobs = number(row, "jobs");
        long missing = number(row, "accepted") - number(row, "purged") - jobs;
        if (row.get("accepted") == null || row.get("purged") == null) {
            report.broken("accepted", null, "the tally of accepted and purged jobs is gone");
        } else if (missing != 0) {
            report.broken("accepted", null, number(row, "accepted") + " jobs were accepted and " + number(row, "purged")
                    + " purged since, but " + jobs + " are there: " + Math.abs(missing) + (missing > 0 ? " missing" : " too many"));
        }
        if (jobs != open + ended) {
            report.broken("accepted", null, jobs + " jobs are there, but " + open + " open and " + ended + " ended ones");
        }
    }

    /**
     * Law <em>due</em>: something will look at each open job again.
     *
     * @param rows that break it
     * @param report that gets them
     */
    public void due(@Body List<Map<String, Object>> rows, @Variable("report") AuditReport report) {
        report.broken("due", rows);
    }

    /**
     * Law <em>deliveries</em>: an ended job has one for each sink and outcome, an open one has none.
     *
     * @param rows that break it
     * @param report that gets them
     */
    public void deliveries(@Body List<Map<String, Object>> rows, @Variable("report") AuditReport report) {
        report.broken("deliveries", rows);
    }

    /**
     * Law <em>jobIds</em>: each finds a job.
     *
     * @param rows that break it
     * @param report that gets them
     */
    public void jobIds(@Body List<Map<String, Object>> rows, @Variable("report") AuditReport report) {
        report.broken("jobIds", rows);
    }

    /**
     * Law <em>outcomes</em>: an ended job and the callback that ended it name each other and say the same. A job has a second outcome only where
     * the relay itself had given it up before.
     *
     * @param rows that break it
     * @param report that gets them
     */
    public void outcomes(@Body List<Map<String, Object>> rows, @Variable("report") AuditReport report) {
        report.broken("outcomes", rows);
    }

    /**
     * Law <em>callbacks</em>: each is settled or explained, and its explanation is true.
     *
     * @param rows that break it
     * @param report that gets them
     */
    public void callbacks(@Body List<Map<String, Object>> rows, @Variable("report") AuditReport report) {
        report.broken("callbacks", rows);
    }

    /**
     * A callback that waits is not lost: settle may have come to it only now, after a restart or a flood, and a stopped relay settles nothing.
     *
     * @param settledAt milliseconds since the epoch at which settle last explained a callback; null when it never did
     * @return milliseconds since the epoch: what came before then should have been settled
     */
    public long waitingSince(@Body Long settledAt) {
        if (!running) {
            return 0;
        }
        long now = clock.millis();
        long sign = Math.max(since, settledAt == null ? 0 : settledAt);
        return now - (now - sign < STANDSTILL ? BACKLOG : STANDSTILL);
    }

    /**
     * @param sizes of the next results, {@code id} and {@code bytes}; at least one
     * @return the id up to which their bodies are read at once
     */
    public long upTo(@Body List<Map<String, Object>> sizes) {
        long upto = number(sizes.get(0), "id");
        long sum = number(sizes.get(0), "bytes");
        for (Map<String, Object> next : sizes.subList(1, sizes.size())) {
            sum += number(next, "bytes");
            if (sum > BYTES_AT_ONCE) {
                break;
            }
            upto = number(next, "id");
        }
        return upto;
    }

    /**
     * Law <em>results</em>: what is stored is what came.
     *
     * @param rows of {@code audit-results}
     * @param report that gets what differs
     */
    public void results(@Body List<Map<String, Object>> rows, @Variable("report") AuditReport report) {
        for (Map<String, Object> row : rows) {
            byte[] body = (byte[]) row.get("body");
            String result = "the result in callback " + row.get("id");
            String wrong = null;
            if (body == null) {
                wrong = result + " is gone";
            } else if (body.length != number(row, "body_size")) {
                wrong = result + " has " + body.length + " bytes, but " + row.get("body_size") + " came";
            } else if (!Webhook.sha256(body).equals(row.get("body_sha256"))) {
                wrong = result + " differs from the SHA-256 of what came";
            }
            report.result((String) row.get("job"), body == null ? 0 : body.length, wrong);
        }
    }

    /**
     * Answers with the report.
     *
     * @param report that is complete
     * @param message to answer with
     */
    public void answer(@Body AuditReport report, Message message) {
        message.removeHeaders("*");
        message.setHeader(Exchange.HTTP_RESPONSE_CODE, 200);
        message.setHeader(Exchange.CONTENT_TYPE, "application/json");
        message.setHeader("Cache-Control", "no-store");
        message.setBody(report.json());
    }

    private static Map<String, Object> group(Map<String, Object> row, List<String> columns, List<String> names) {
        Map<String, Object> group = new LinkedHashMap<>();
        for (int i = 0; i < columns.size(); i++) {
            group.put(names.get(i), number(row, columns.get(i)));
        }
        return group;
    }

    private static long number(Map<String, Object> row, String column) {
        return row.get(column) instanceof Number number ? number.longValue() : 0;
    }
}
