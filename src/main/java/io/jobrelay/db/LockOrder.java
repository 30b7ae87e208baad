package io.jobrelay.db;

import java.util.Comparator;
import java.util.Map;

/**
 * The order in which rows of several jobs are changed in one transaction: by job, and for one job in the order its callbacks came. Two
 * instances that settle callbacks of the same jobs then wait for each other instead of locking each other out.
 */
public final class LockOrder implements Comparator<Map<String, Object>> {

    @Override
    public int compare(Map<String, Object> a, Map<String, Object> b) {
        int byJob = String.valueOf(a.get("job")).compareTo(String.valueOf(b.get("job")));
        return byJob != 0 ? byJob : Long.compare(id(a), id(b));
    }

    private static long id(Map<String, Object> callback) {
        return ((Number) callback.get("id")).longValue();
    }
}
