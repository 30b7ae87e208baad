package io.jobrelay.bench;

import java.util.ArrayList;
import java.util.List;

/** What the benchmark says: one Markdown table, the machine, and notes. */
final class Report {

    private static final String HEAD = "| figure | relay | yardstick | ratio (median, min–max) | goal | met |\n| --- | --- | --- | --- | --- | --- |\n";
    private final List<Row> rows = new ArrayList<>();
    private final List<String> notes = new ArrayList<>();
    private final List<String> tables = new ArrayList<>();
    private boolean failed;

    void add(Row row) {
        rows.add(row);
    }

    /** @param why in one sentence */
    void fail(String part, String why) {
        rows.add(Row.failed(part, why));
        failed = true;
    }

    /** @param note a sentence under the table */
    void note(String note) {
        if (!notes.contains(note)) {
            notes.add(note);
        }
    }

    /** @param table a whole one, for a part whose figures do not fit into the common one */
    void table(String table) {
        tables.add(table);
    }

    boolean failed() {
        return failed;
    }

    /** @return the whole of it as Markdown */
    String markdown(List<String> machine) {
        StringBuilder text = new StringBuilder();
        if (!rows.isEmpty()) {
            text.append(HEAD);
            rows.forEach(row -> text.append(row).append('\n'));
            text.append('\n');
        }
        tables.forEach(table -> text.append(table).append('\n'));
        machine.forEach(fact -> text.append("- ").append(fact).append('\n'));
        notes.forEach(note -> text.append("- ").append(note).append('\n'));
        return text.toString();
    }
}
