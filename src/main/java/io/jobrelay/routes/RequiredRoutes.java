package io.jobrelay.routes;

import java.util.Set;

/** Routes that no edit may take away: somebody other than a route calls them. */
public final class RequiredRoutes {

    /** The routes that Java calls by name: no edit may take them away. */
    public static final Set<String> CALLED_FROM_JAVA = Set.of("intake-store", "poll-soon", "admin-gauges", "settle-callbacks", "submit-due", "submit-job",
            "poll-due", "poll-job", "forward-due", "forward-delivery", "upkeep-missed", "api-call", "audit-laws", "sandbox-due");

    /** The route that the API calls: no edit may take it away. */
    public static final String CALLED_FROM_OUTSIDE = "intake-webhook";

    private RequiredRoutes() {
    }
}
