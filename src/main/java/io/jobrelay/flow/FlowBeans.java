package io.jobrelay.flow;

import io.jobrelay.db.Database;
import io.jobrelay.db.GroupCommit;
import io.jobrelay.db.Workers;
import io.jobrelay.intake.CallbacksFirst;
import io.jobrelay.ops.Bell;
import io.jobrelay.ops.Hands;
import io.jobrelay.ops.InHand;
import io.jobrelay.ops.Lease;
import io.jobrelay.ops.OwnBeans;
import io.jobrelay.ops.Progress;
import io.jobrelay.ops.RelayHealth;
import io.jobrelay.ops.SharedStep;
import io.jobrelay.ops.WhileFull;
import io.jobrelay.registry.Wiring;
import java.util.function.Function;
import java.util.function.LongSupplier;
import org.apache.camel.CamelContext;

/**
 * What work goes by: claims, wake-ups, groups that share a commit.
 *
 * @param lease claims work
 * @param progress of each stage
 * @param storing threads that wait for the database in the place of those that bring callbacks
 */
public record FlowBeans(Lease lease, Progress progress, Workers storing) {

    private static final int MOST_WAITING_CALLBACKS = 1_024;
    private static final int CALLBACK_THREADS = 16;
    private static final int STORE_PATIENCE_MILLIS = 1_800;
    private static final int LEAST_PATIENCE_MILLIS = 200;

    /** How many rounds of a worker may run at once, each in a lane of its own. */
    public static final int LANES = 4;

    /**
     * @param wiring of the relay
     * @param database beside which it is remembered what is in hand
     * @param uptime for how many milliseconds this process has run
     * @return what other rooms need of it
     * @throws Exception when a service cannot be added to the context
     */
    public static FlowBeans bind(Wiring wiring, Database database, LongSupplier uptime) throws Exception {
        CamelContext context = wiring.context();
        OwnBeans registry = wiring.registry();
        registry.bind("relay-in-hand", wiring.inHost() ? new InHand(null)
                : InHand.beside(database, String.valueOf(wiring.keys().number("camel.server.port"))).endingWith(context));
        Progress progress = new Progress(uptime);
        registry.bind("relay-progress", progress);
        registry.bind("relay-inbox-polls", progress.polls("inbox-take"));
        Lease lease = new Lease(wiring.clock(), wiring.keys().duration("relay.claim.lease"));
        registry.bind("relay-lease", lease);
        Workers storing = new Workers(context.getExecutorServiceManager().newFixedThreadPool(FlowBeans.class, "relay-callbacks", CALLBACK_THREADS));
        CallbacksFirst callbacksFirst = new CallbacksFirst();
        registry.bind("relay-callbacks-first", callbacksFirst);
        SharedStep.bind(context, "relay-group-intake-store", new GroupCommit(context, "intake-store", MOST_WAITING_CALLBACKS,
                // the time counts from the arrival of the request, which may have waited for its thread, too
                request -> Math.max(LEAST_PATIENCE_MILLIS, STORE_PATIENCE_MILLIS - request.getClock().elapsed()), callbacksFirst::awaitCompany,
                callbacksFirst::arrived, callbacksFirst::stored, storing));
        SharedStep.bind(context, "relay-ring-settle-callbacks", new Bell(context, "settle-callbacks", 1));
        SharedStep.bind(context, "relay-ring-upkeep-missed", new Bell(context, "upkeep-missed", 1));
        registry.bind("relay-while-full", new WhileFull(WhileFull.GROUP));
        registry.bind("relay-while-any", new WhileFull(1));
        return new FlowBeans(lease, progress, storing);
    }

    /**
     * Binds a worker that hands over what it has claimed, the step by which it does, and what it asks for free hands.
     *
     * @param context not started yet
     * @param ring the name of the step that wakes the worker
     * @param worker its route
     * @param step the name of the step that hands over
     * @param name of the hands
     * @param make of the bell of that worker
     * @throws Exception when a service cannot be added to the context
     */
    public static void hands(CamelContext context, String ring, String worker, String step, String name, Function<Bell, Hands> make)
            throws Exception {
        Bell bell = new Bell(context, worker, LANES);
        SharedStep.bind(context, ring, bell);
        Hands hands = make.apply(bell);
        SharedStep.bind(context, step, hands);
        new OwnBeans(context).bind(name, hands);
        RelayHealth.notice(context, name, hands::notices);
    }
}
