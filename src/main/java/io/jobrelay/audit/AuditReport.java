package io.jobrelay.audit;

import com.fasterxml.jackson.core.JsonProcessingException;
import io.jobrelay.protocol.ApiTime;
import io.jobrelay.protocol.JsonAnswer;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** What one audit found: the counts, and each row that breaks a law. */
public final class AuditReport {

    /** How many rows of each law are named; what goes beyond is counted. */
    public static final int LISTED = 1000;

    private final long at;
    private final boolean running;
    private final Map<String, Object> counts = new LinkedHashMap<>();
    private final List<Violation> violations = new ArrayList<>();
    private long broken;
    private long results;
    private long bytes;
    private long damaged;

    private record Violation(String law, String job, String detail) {
    }

    private record Report(boolean ok, String at, boolean running, Map<String, Object> counts, List<Violation> violations) {
    }

    /**
     * @param at milliseconds since the epoch
     * @param running whether a relay runs on the store, so that what it has to do is done soon
     */
    AuditReport(long at, boolean running) {
        this.at = at;
        this.running = running;
    }

    /**
     * @param name of a count, or of a group of them
     * @param value a number, or a map of them
     */
    void count(String name, Object value) {
        counts.put(name, value);
    }

    /**
     * @param law that does not hold
     * @param job the relay's id of the job that breaks it; null where none can be named
     * @param detail what is wrong, without anything that came from outside
     */
    void broken(String law, String job, String detail) {
        broken++;
        violations.add(new Violation(law, job, detail));
    }

    /**
     * @param law whose statement was run
     * @param rows that break it, up to {@link #LISTED}: {@code job}, {@code detail}, and the {@code total} of them all
     */
    void broken(String law, List<Map<String, Object>> rows) {
        rows.forEach(row -> violations.add(new Violation(law, (String) row.get("job"), (String) row.get("detail"))));
        broken += rows.isEmpty() ? 0 : ((Number) rows.get(0).get("total")).longValue();
    }

    /**
     * @param job whose result was read
     * @param size of its body in bytes
     * @param wrong what is wrong with it; null where it is as it was stored
     */
    void result(String job, long size, String wrong) {
        results++;
        bytes += size;
        if (wrong != null) {
            broken++;
            damaged++;
            if (damaged <= LISTED) {
                violations.add(new Violation("results", job, wrong));
            }
        }
    }

    /** @return the report as JSON in UTF-8: {@code ok}, {@code at}, {@code running}, {@code counts} and {@code violations} */
    public byte[] json() {
        Map<String, Object> all = new LinkedHashMap<>(counts);
        Map<String, Object> read = new LinkedHashMap<>();
        read.put("checked", results);
        read.put("bytes", bytes);
        all.put("results", read);
        all.put("violations", broken);
        try {
            return JsonAnswer.JSON.writeValueAsBytes(new Report(broken == 0, ApiTime.of(at), running, all, violations));
        } catch (JsonProcessingException e) {
            throw new UncheckedIOException("numbers and texts are JSON", e);
        }
    }
}
