package io.jobrelay.audit;

import com.fasterxml.jackson.databind.JsonNode;
import io.jobrelay.protocol.Redaction;
import java.io.PrintStream;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/** A report of the audit for people: a short table of counts, then whether the law holds, or each row that breaks it on a line of its own. */
final class AuditTable {

    private static final List<String> OPEN = List.of("Queued", "InProgress");
    private static final List<String> ENDED = List.of("Success", "Fail", "Expired", "Cancelled");
    private static final String ROW = "%-11s %10d  %s%n";

    private AuditTable() {
    }

    /**
     * @param report as JSON
     * @param out gets the lines
     */
    static void print(JsonNode report, PrintStream out) {
        JsonNode counts = report.path("counts");
        row(out, "accepted", counts.path("accepted").longValue(), "");
        row(out, "purged", counts.path("purged").longValue(), "");
        row(out, "open", sum(counts, OPEN), parts(counts, OPEN));
        row(out, "ended", sum(counts, ENDED), parts(counts, ENDED));
        group(out, "deliveries", counts);
        group(out, "callbacks", counts);
        JsonNode results = counts.path("results");
        row(out, "results", results.path("checked").longValue(), "compared with their SHA-256, " + results.path("bytes").longValue() + " bytes");
        out.println();
        if (!report.path("running").booleanValue()) {
            out.println("No relay runs here. What waits to be submitted, settled or forwarded waits for its start.");
        }
        long broken = counts.path("violations").longValue();
        if (report.path("ok").booleanValue()) {
            out.println("The law holds.");
            return;
        }
        out.println("The law is broken" + (broken == 1 ? "." : ", " + broken + " times."));
        for (JsonNode violation : report.path("violations")) {
            out.printf(Locale.ROOT, "%-11s %-36s  %s%n", clean(violation, "law"), clean(violation, "job"), clean(violation, "detail"));
        }
        if (broken > report.path("violations").size()) {
            out.println("and " + (broken - report.path("violations").size()) + " more");
        }
    }

    private static void group(PrintStream out, String name, JsonNode counts) {
        List<String> names = counts.path(name).properties().stream().map(e -> e.getKey()).toList();
        row(out, name, sum(counts.path(name), names), parts(counts.path(name), names));
    }

    private static void row(PrintStream out, String name, long n, String parts) {
        out.println(String.format(Locale.ROOT, ROW, name, n, parts).stripTrailing());
    }

    private static long sum(JsonNode counts, List<String> names) {
        return names.stream().mapToLong(name -> counts.path(name).longValue()).sum();
    }

    private static String parts(JsonNode counts, List<String> names) {
        return names.stream().map(name -> name + " " + counts.path(name).longValue()).collect(Collectors.joining(", "));
    }

    private static String clean(JsonNode row, String member) {
        return row.path(member).isTextual() ? Redaction.of(row.path(member).textValue()) : "-";
    }
}
