package io.jobrelay.job;

import com.fasterxml.uuid.Generators;
import com.fasterxml.uuid.NoArgGenerator;
import io.jobrelay.config.Keys;
import io.jobrelay.config.Upstream;
import io.jobrelay.flow.FlowBeans;
import io.jobrelay.flow.HandOver;
import io.jobrelay.registry.Wiring;
import io.jobrelay.time.RunningTime;
import io.jobrelay.webhook.PublicUrl;
import io.jobrelay.webhook.WebhookBeans;
import java.util.List;
import java.util.function.Supplier;
import org.apache.camel.CamelContext;

/**
 * Jobs, from what is asked for to what the API says of them.
 *
 * @param ids makes the ids of jobs
 * @param request reads what is asked for
 */
public record JobBeans(NoArgGenerator ids, JobRequest request) {

    private static final int CALLS = 8;

    /**
     * Binds what takes jobs.
     *
     * @param wiring of the relay
     * @param upstream that jobs are for
     * @param publicUrl that the API is told
     * @return what other rooms need of it
     */
    public static JobBeans bind(Wiring wiring, Upstream upstream, PublicUrl publicUrl) {
        NoArgGenerator ids = Generators.timeBasedEpochGenerator();
        JobRequest request = new JobRequest(wiring.clock(), ids, upstream, wiring.keys().duration("relay.poll.initial-delay"));
        wiring.registry().bind("relay-ids", ids);
        wiring.registry().bind("relay-job-request", request);
        wiring.registry().bind("relay-job-post", new JobPost(wiring.context(), request, publicUrl));
        wiring.registry().bind("relay-acceptance", new Idempotency(publicUrl));
        return new JobBeans(ids, request);
    }

    /**
     * Binds what submits jobs and asks for them.
     *
     * @param wiring of the relay
     * @param upstream that is asked
     * @param door where it calls back
     * @param media knows the media files of jobs
     * @param claims makes claims
     * @param running how long jobs have been waited for
     * @throws Exception when a service cannot be added to the context
     */
    public static void call(Wiring wiring, Upstream upstream, WebhookBeans door, Submission.Media media, Supplier<String> claims,
            RunningTime running) throws Exception {
        CamelContext context = wiring.context();
        Keys keys = wiring.keys();
        wiring.registry().bind("relay-submission", new Submission(upstream, door.publicUrl(), keys.required("relay.webhook.path"), door.callbacks(),
                media, door.webhook(), new Submission.Timing(keys.duration("relay.submit.retry-delay"), keys.duration("relay.submit.max-delay"),
                        keys.duration("relay.poll.initial-delay")), wiring.clock()));
        wiring.registry().bind("relay-polling", new Polling(upstream, door.webhook(), keys.duration("relay.poll.initial-delay"),
                keys.duration("relay.poll.max-delay"), claims, running, wiring.clock()));
        FlowBeans.hands(context, "relay-ring-submit-due", "submit-due", "relay-hand-submit-job", "relay-hands-submit",
                wakeUp -> new HandOver(context, "submit-job", new HandOver.Kind("submits to the API", "job", null, List::of, CALLS, CALLS), wakeUp));
        FlowBeans.hands(context, "relay-ring-poll-due", "poll-due", "relay-hand-poll-job", "relay-hands-poll",
                wakeUp -> new HandOver(context, "poll-job", new HandOver.Kind("polls of the API", "job", null, List::of, CALLS, CALLS), wakeUp));
    }
}
