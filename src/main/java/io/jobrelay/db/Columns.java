package io.jobrelay.db;

import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.apache.camel.Body;

/** Single columns of the rows in a message, as a statement takes them that changes all these rows at once. */
public final class Columns {

    /**
     * @param rows with an {@code id}
     * @return their ids
     */
    public List<Object> ids(@Body List<Map<String, Object>> rows) {
        return of(rows, "id");
    }

    /**
     * @param rows with a {@code job}
     * @return their jobs, each once
     */
    public List<Object> jobs(@Body List<Map<String, Object>> rows) {
        return of(rows, "job");
    }

    /**
     * @param rows with a {@code claim}
     * @return their claims, each once
     */
    public List<Object> claims(@Body List<Map<String, Object>> rows) {
        return of(rows, "claim");
    }

    private static List<Object> of(List<Map<String, Object>> rows, String column) {
        return rows.stream().map(row -> row.get(column)).filter(Objects::nonNull).distinct().toList();
    }
}
