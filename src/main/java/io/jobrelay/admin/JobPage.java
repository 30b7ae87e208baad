package io.jobrelay.admin;

import io.jobrelay.protocol.Problem;
import io.jobrelay.protocol.Query;
import io.jobrelay.protocol.RelayId;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.camel.Body;
import org.apache.camel.Message;
import org.apache.camel.Variable;

/** Reads what {@code GET /jobs} asks for, and cuts the page it gets. */
public final class JobPage {

    /** Every status a job can have, in the order a job goes through them. */
    public static final List<String> STATUSES = List.of("Queued", "InProgress", "Success", "Fail", "Expired", "Cancelled");

    private static final int DEFAULT_LIMIT = 50;
    private static final int LARGEST_LIMIT = 500;
    /** So much metadata stands in one page; a single job's is never longer. */
    private static final long MOST_METADATA = 1 << 20;
    /** What a job takes in memory besides its metadata, with its texts at their longest. */
    private static final long A_ROW = 4_096;

    /** Above every id: ids are UUIDs of version 7, which begin with the time. */
    private static final String NEWEST = "ffffffff-ffff-ffff-ffff-ffffffffffff";

    /**
     * @param request for a page
     * @return what {@code admin/job-page} names: {@code status}, {@code reference}, and after which id the jobs stand in the one list that is asked
     *     for; one row more than {@code limit} is asked for, to know whether it goes on
     * @throws Problem 400 naming the parameter that cannot be taken
     */
    public Map<String, Object> read(Message request) {
        Query parameters = Query.of(request, Set.of("status", "reference", "limit", "after"));
        String status = parameters.get("status");
        if (status != null && !STATUSES.contains(status)) {
            throw Problem.parameter("status", "status takes one of " + String.join(", ", STATUSES) + ".");
        }
        String after = parameters.get("after");
        if (after != null && !RelayId.is(after)) {
            throw Problem.parameter("after", "after takes the value of next of the page before.");
        }
        String reference = parameters.get("reference");
        int limit = limit(parameters.get("limit"));
        Map<String, Object> page = new HashMap<>();
        page.put("status", status);
        page.put("reference", reference);
        List.of("after_of_all", "after_of_status", "after_of_reference").forEach(list -> page.put(list, null));
        page.put(reference != null ? "after_of_reference" : status != null ? "after_of_status" : "after_of_all", after != null ? after : NEWEST);
        page.put("limit", limit);
        page.put("rows", limit + 1);
        return page;
    }

    /**
     * @param body the page that is asked for
     * @return the most bytes that it can have in memory
     */
    public static long weight(Object body) {
        Map<?, ?> page = (Map<?, ?>) body;
        return MOST_METADATA + ((int) page.get("rows")) * A_ROW;
    }

    /**
     * @param jobs that were found, each with the size of its metadata
     * @param page that was asked for
     * @return {@code jobs}, as many of them as were asked for, and no more than fit by their metadata, at least one where there is one;
     *     {@code ids}; and {@code next}, null where no more follow
     */
    public Map<String, Object> cut(@Variable("found") List<Map<String, Object>> jobs, @Body Map<String, Object> page) {
        List<Map<String, Object>> some = fitting(jobs, page);
        Map<String, Object> answer = JobAnswer.of(some);
        answer.put("next", jobs.size() > some.size() ? some.get(some.size() - 1).get("id") : null);
        return answer;
    }

    private static List<Map<String, Object>> fitting(List<Map<String, Object>> jobs, Map<String, Object> page) {
        int limit = Math.min((int) page.get("limit"), jobs.size());
        long bytes = 0;
        for (int i = 0; i < limit; i++) {
            bytes += jobs.get(i).get("metadata_size") instanceof Number size ? size.longValue() : 0;
            if (bytes > MOST_METADATA && i > 0) {
                return jobs.subList(0, i);
            }
        }
        return jobs.subList(0, limit);
    }

    private static int limit(String text) {
        if (text == null) {
            return DEFAULT_LIMIT;
        }
        int limit = text.matches("\\d{1,4}") ? Integer.parseInt(text) : 0;
        if (limit < 1 || limit > LARGEST_LIMIT) {
            throw Problem.parameter("limit", "limit takes a whole number from 1 to " + LARGEST_LIMIT + ".");
        }
        return limit;
    }
}
