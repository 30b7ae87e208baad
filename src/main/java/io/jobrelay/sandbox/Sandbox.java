package io.jobrelay.sandbox;

import io.jobrelay.flow.Lease;
import io.jobrelay.flow.WakeUp;
import io.jobrelay.protocol.Capability;
import io.jobrelay.registry.OwnBeans;
import io.jobrelay.registry.SharedStep;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import org.apache.camel.CamelContext;

/** Puts the sandbox together: the beans that its routes name. */
public final class Sandbox {

    private Sandbox() {
    }

    /**
     * Binds what the sandbox's routes need. They exist only where {@code relay-upstream} is the sandbox; elsewhere this is not called.
     *
     * @param context not started yet
     * @param secrets that sign the access tokens, so that they outlive a restart
     * @param lease the relay's, so that nobody takes its claims for those of a dead process
     * @param leaseLength {@code relay.claim.lease}: a call takes no more than three quarters of it
     * @param clock the relay's
     * @throws Exception when a service cannot be added
     */
    public static void bind(CamelContext context, List<String> secrets, Lease lease, Duration leaseLength, Clock clock) throws Exception {
        OwnBeans registry = new OwnBeans(context);
        Tokens tokens = new Tokens(new Capability("sandbox-token", secrets), clock);
        registry.bind("relay-sandbox-headers", new SandboxHeaders());
        registry.bind("relay-sandbox-tokens", tokens);
        registry.bind("relay-sandbox-door", new AccessCheck(tokens));
        registry.bind("relay-sandbox-submits", new Submits(lease, clock));
        registry.bind("relay-sandbox-answers", new Answers());
        registry.bind("relay-sandbox-client", new SandboxClient(context, leaseLength.multipliedBy(3).dividedBy(4)));
        registry.bind("relay-sandbox-media", new MediaReader());
        registry.bind("relay-sandbox-results", new Results(lease, clock));
        registry.bind("relay-sandbox-callbacks", new Callbacks(clock));
        registry.bind("relay-sandbox-pool", context.getExecutorServiceManager().newFixedThreadPool(Sandbox.class, "relay-sandbox", 32));
        SharedStep.bind(context, "relay-ring-sandbox-due", new WakeUp(context, "sandbox-due", 8));
    }
}
