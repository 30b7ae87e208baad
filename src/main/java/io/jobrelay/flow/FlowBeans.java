package io.jobrelay.flow;

import io.jobrelay.db.Database;
import io.jobrelay.registry.HealthNotice;
import io.jobrelay.registry.OwnBeans;
import io.jobrelay.registry.SharedStep;
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
 * @param callbacksFirst lets them go first
 */
public record FlowBeans(Lease lease, StageProgress progress, StoreWorkers storing, CallbacksFirst callbacksFirst) {

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
        registry.bind("relay-in-hand", wiring.inHost() ? new WorkInHand(null)
                : WorkInHand.beside(database, String.valueOf(wiring.keys().number("camel.server.port"))).endingWith(context));
        StageProgress progress = new StageProgress(uptime);
        registry.bind("relay-note-progress", progress);
        registry.bind("relay-inbox-polls", progress.polls("inbox-take"));
        Lease lease = new Lease(wiring.clock(), wiring.keys().duration("relay.claim.lease"));
        registry.bind("relay-lease", lease);
        StoreWorkers storing = new StoreWorkers(context.getExecutorServiceManager().newFixedThreadPool(FlowBeans.class, "relay-callbacks", CALLBACK_THREADS));
        CallbacksFirst callbacksFirst = new CallbacksFirst();
        registry.bind("relay-give-way-to-callbacks", callbacksFirst);
        SharedStep.bind(context, "relay-group-intake-store", new GroupCommit(context, "intake-store", MOST_WAITING_CALLBACKS,
                // the time counts from the arrival of the request, which may have waited for its thread, too
                request -> Math.max(LEAST_PATIENCE_MILLIS, STORE_PATIENCE_MILLIS - request.getClock().elapsed()), callbacksFirst::awaitCompany,
                callbacksFirst::arrived, callbacksFirst::stored, storing));
        SharedStep.bind(context, "relay-ring-settle-callbacks", new WakeUp(context, "settle-callbacks", 1));
        SharedStep.bind(context, "relay-ring-upkeep-missed", new WakeUp(context, "upkeep-missed", 1));
        registry.bind("relay-while-full", new WhileFull(WhileFull.GROUP));
        registry.bind("relay-while-any", new WhileFull(1));
        return new FlowBeans(lease, progress, storing, callbacksFirst);
    }

    /**
     * Binds a worker that hands over what it has claimed, the step by which it does, and what it asks for free hands.
     *
     * @param context not started yet
     * @param ring the name of the step that wakes the worker
     * @param worker its route
     * @param step the name of the step that hands over
     * @param name of the hands
     * @param make it of that worker's wake-up
     * @throws Exception when a service cannot be added to the context
     */
    public static void hands(CamelContext context, String ring, String worker, String step, String name, Function<WakeUp, HandOver> make)
            throws Exception {
        WakeUp wakeUp = new WakeUp(context, worker, LANES);
        SharedStep.bind(context, ring, wakeUp);
        HandOver hands = make.apply(wakeUp);
        SharedStep.bind(context, step, hands);
        new OwnBeans(context).bind(name, hands);
        HealthNotice.add(context, name, hands::notices);
    }
}
