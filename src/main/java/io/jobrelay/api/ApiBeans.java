package io.jobrelay.api;

import io.jobrelay.config.Upstream;
import io.jobrelay.db.Database;
import io.jobrelay.registry.HealthNotice;
import io.jobrelay.registry.Wiring;
import org.apache.camel.CamelContext;

/** Binds what calls the API. */
public final class ApiBeans {

    private ApiBeans() {
    }

    /**
     * @param wiring of the relay
     * @param upstream the API
     * @param database that remembers what the API said of the account
     */
    public static void bind(Wiring wiring, Upstream upstream, Database database) {
        CamelContext context = wiring.context();
        HealthNotice.add(context, "relay-account", new AccountTrouble(context, database, upstream.server(), wiring.clock())::sentences);
        ApiClient client = ApiClient.of(context, wiring.keys());
        wiring.registry().bind("relay-api-client", client);
        HealthNotice.add(context, "relay-polls", client::notices);
        wiring.registry().bind("relay-upstream", upstream);
        wiring.registry().bind("relay-budget", new RateBudget(upstream, wiring.keys().number("relay.poll.batch-size"), wiring.keys().duration("relay.claim.lease"), wiring.clock()));
        wiring.registry().bind("relay-token", new AccessToken(upstream, wiring.clock()));
    }
}
