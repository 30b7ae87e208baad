package io.jobrelay.flow;

import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.apache.camel.Body;
import org.apache.camel.Variable;

/** A claim on work: whoever holds it may change the row; when its lease ends the row is due again and anybody may take it over. */
public final class Lease {

    private final Clock clock;
    private final Duration length;
    private final String instance = UUID.randomUUID().toString().substring(0, 8) + "-";

    /**
     * @param clock the relay's
     * @param length {@code relay.claim.lease}
     */
    public Lease(Clock clock, Duration length) {
        this.clock = clock;
        this.length = length;
    }

    /** @return milliseconds since the epoch at which a claim made now ends */
    public long until() {
        return clock.millis() + length.toMillis();
    }

    /** @return a new claim: every later statement on the row names it, so a slow holder cannot overwrite what another has decided */
    public String claim() {
        return instance + UUID.randomUUID().toString().substring(9);
    }

    /**
     * Gives each row a claim of its own, {@code claim}.
     *
     * @param rows that are due
     */
    public void claimEach(@Body List<Map<String, Object>> rows) {
        rows.forEach(row -> row.put("claim", claim()));
    }

    /** @return what this process' claims begin with: no other process has the same */
    public String instance() {
        return instance.substring(0, instance.length() - 1);
    }

    /** @return what the claims of this process look like, as a pattern of SQL's LIKE */
    public String mine() {
        return instance + "%";
    }

    /**
     * @param row claimed, with the end of its lease as {@code lease_until}
     * @return whether the claim still holds; if not, somebody else may have the work already
     */
    public boolean covers(@Body Map<String, Object> row) {
        return holds(((Number) row.get("lease_until")).longValue());
    }

    /**
     * @param leaseUntil end of the claim this work was taken under
     * @return whether it still holds; if not, somebody else may have the work already
     */
    public boolean holds(@Variable("lease_until") long leaseUntil) {
        return clock.millis() < leaseUntil;
    }
}
