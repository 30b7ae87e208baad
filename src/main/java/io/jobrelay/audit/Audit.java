package io.jobrelay.audit;

import io.jobrelay.admin.JobPage;
import io.jobrelay.protocol.Sha256;
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
 * each law found. The laws themselves are {@code routes/audit/audit-*.sql}.
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

    /**
     * @return when the audit began, {@code at}, and what the statements name: how many rows of each law are {@code listed}; and from when on, in milliseconds since the epoch, a callback
     *     may wait, {@code waits_since_moving} where settle has explained one {@code lately}, else {@code waits_since_still}. One that waits is not
     *     lost: settle may have come to it only now, after a restart or a flood, and a stopped relay settles nothing
     */
    public Map<String, Object> limits() {
        long now = clock.millis();
        long moving = running ? now - BACKLOG : 0;
        return Map.of("at", now, "listed", AuditReport.LISTED, "lately", now - STANDSTILL, "waits_since_moving", moving,
                "waits_since_still", !running ? 0 : now - since < STANDSTILL ? moving : now - STANDSTILL);
    }

    /**
     * Notes what each law found: <em>due</em>, something will look at each open job again; <em>deliveries</em>, an ended job has one for each sink
     * and outcome, an open one has none; <em>jobIds</em>, each finds a job; <em>outcomes</em>, an ended job and the callback that ended it name each
     * other and say the same; <em>callbacks</em>, each is settled or explained, and its explanation is true.
     *
     * @param limits from {@link #limits}
     * @param counts row of {@code audit-counts}
     * @param due and the others: the rows that break these laws
     * @return the report so far
     */
    public AuditReport judge(@Body Map<String, Object> limits, @Variable("counts") Map<String, Object> counts,
            @Variable("due") List<Map<String, Object>> due, @Variable("deliveries") List<Map<String, Object>> deliveries,
            @Variable("job_ids") List<Map<String, Object>> jobIds, @Variable("outcomes") List<Map<String, Object>> outcomes,
            @Variable("callbacks") List<Map<String, Object>> callbacks) {
        AuditReport report = new AuditReport(number(limits, "at"), running);
        accepted(counts, report);
        report.broken("due", due);
        report.broken("deliveries", deliveries);
        report.broken("jobIds", jobIds);
        report.broken("outcomes", outcomes);
        report.broken("callbacks", callbacks);
        return report;
    }

    /** Law <em>accepted</em>: as many jobs are there as were accepted and not purged, each of them open or ended. */
    private static void accepted(Map<String, Object> row, AuditReport report) {
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
     * Law <em>results</em>: what is stored is what came.
     *
     * @param read the results read just now; anything else at the beginning
     * @param report that gets what differs
     * @return where the next are found: {@code after} that callback's id, and so many {@code bytes_at_once}
     */
    public Map<String, Object> next(@Body Object read, @Variable("report") AuditReport report) {
        long after = 0;
        for (Object found : read instanceof List<?> rows ? rows : List.of()) {
            @SuppressWarnings("unchecked")
            Map<String, Object> row = (Map<String, Object>) found;
            after = number(row, "id");
            byte[] body = (byte[]) row.get("body");
            String result = "the result in callback " + row.get("id");
            String wrong = null;
            if (body == null) {
                wrong = result + " is gone";
            } else if (body.length != number(row, "body_size")) {
                wrong = result + " has " + body.length + " bytes, but " + row.get("body_size") + " came";
            } else if (!Sha256.of(body).equals(row.get("body_sha256"))) {
                wrong = result + " differs from the SHA-256 of what came";
            }
            report.result((String) row.get("job"), body == null ? 0 : body.length, wrong);
        }
        return Map.of("after", after, "bytes_at_once", BYTES_AT_ONCE);
    }

    /**
     * Answers with the report.
     *
     * @param report that is complete
     * @param message to answer with
     */
    public void answer(@Variable("report") AuditReport report, Message message) {
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
