package io.jobrelay.admin;

import io.jobrelay.config.Upstream;
import io.jobrelay.db.Database;
import io.jobrelay.forward.Sinks;
import io.jobrelay.port.HostServer;
import io.jobrelay.registry.OwnBeans;
import io.jobrelay.registry.Wiring;
import io.jobrelay.server.AnswerSender;
import io.jobrelay.watch.Metrics;
import io.jobrelay.webhook.Webhook;

/** Binds what answers the requests of the admin port. */
public final class AdminBeans {

    /** A thousand events at their longest. */
    private static final long TIMELINE_BYTES = 1 << 20;

    private AdminBeans() {
    }

    /**
     * @param wiring of the relay
     * @param database that holds the bodies of callbacks
     * @param webhook writes the row of an end that somebody asks for
     * @param sinks that may be named
     * @param metrics that the overview shows
     * @param upstream whose rate limit it shows
     */
    public static void bind(Wiring wiring, Database database, Webhook webhook, Sinks sinks, Metrics metrics, Upstream upstream) {
        OwnBeans registry = wiring.registry();
        StoredBodies bodies = new StoredBodies(database);
        AnswerSender answers = new AnswerSender();
        JobAnswerMemory room = new JobAnswerMemory(answers);
        registry.bind("relay-room-for-job", room.by(JobAnswer::weightOfOnly));
        registry.bind("relay-room-for-page", room.by(JobPage::weight));
        registry.bind("relay-room-for-request", room.by(JobAnswer::weightOfCopy));
        registry.bind("relay-room-for-result", room.by(JobAnswer::weightOfOutcome));
        registry.bind("relay-room-for-timeline", room.by(body -> TIMELINE_BYTES));
        registry.bind("relay-result-sender", new ResultSender(bodies, answers));
        registry.bind("relay-job-page", new JobPage());
        registry.bind("relay-job-answer", new JobAnswer(wiring.inHost() ? HostServer.ADMIN : ""));
        registry.bind("relay-job-rules", new JobRules(webhook, sinks, wiring.clock()));
        registry.bind("relay-timeline", new Timeline(wiring.clock()));
        registry.bind("relay-outcome-view", new OutcomeView(bodies));
        registry.bind("relay-overview", new Overview(wiring.context(), metrics, sinks, upstream.requestsPerMinute(), wiring.clock()));
    }
}
