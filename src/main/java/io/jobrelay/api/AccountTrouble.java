package io.jobrelay.api;

import io.jobrelay.db.Database;
import io.jobrelay.protocol.ApiTime;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.camel.CamelContext;
import org.springframework.jdbc.core.JdbcTemplate;

/** What health says of an account that the API does not deal with. It stands in the database, since any instance may have found out. */
public final class AccountTrouble {

    /** Health as a whole answers in three seconds, and what comes later counts the next time. */
    private static final long PATIENCE_MILLIS = 300;

    private final ExecutorService asker;
    private final JdbcTemplate jdbc;
    private final String server;
    private final Clock clock;
    private List<String> found = List.of();
    private Future<List<Map<String, Object>>> asked;

    /**
     * @param context whose threads are used
     * @param database that holds {@code relay_api}
     * @param server of the account
     * @param clock the relay's
     */
    public AccountTrouble(CamelContext context, Database database, String server, Clock clock) {
        this.asker = context.getExecutorServiceManager().newSingleThreadExecutor(this, "relay-account");
        this.jdbc = new JdbcTemplate(database.dataSource());
        this.jdbc.setQueryTimeout(database.bound(2));
        this.server = server;
        this.clock = clock;
    }

    /** @return a sentence with account and status code while a call has not succeeded since; what was last known where the database is slow */
    public synchronized List<String> sentences() {
        try {
            if (asked != null && asked.isDone()) {
                found = told(asked.get());
            }
            if (asked == null || asked.isDone()) {
                asked = asker.submit(() -> jdbc.queryForList(
                        "SELECT account_error, account_retry_at FROM relay_api WHERE server = ? AND account_error IS NOT NULL", server));
            }
            found = told(asked.get(PATIENCE_MILLIS, TimeUnit.MILLISECONDS));
        } catch (ExecutionException | TimeoutException e) {
            // another check says that the database is away
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        return found;
    }

    private List<String> told(List<Map<String, Object>> rows) {
        return rows.stream().map(this::told).toList();
    }

    private String told(Map<String, Object> api) {
        long until = RateBudget.accountWaitsUntil(api, clock.millis());
        return "Account " + RateBudget.ACCOUNT + ": " + api.get("account_error") + (until == 0 ? "" : "; nothing is sent for it before "
                + ApiTime.of(until)) + ". Its jobs wait, and none of them fails for it.";
    }
}
