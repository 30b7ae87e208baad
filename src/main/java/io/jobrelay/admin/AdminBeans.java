package io.jobrelay.admin;

import io.jobrelay.config.Upstream;
import io.jobrelay.db.Database;
import io.jobrelay.db.StoredBodies;
import io.jobrelay.http.AnswerSender;
import io.jobrelay.http.HostServer;
import io.jobrelay.intake.Webhook;
import io.jobrelay.ops.JobAnswer;
import io.jobrelay.ops.JobAnswerRoom;
import io.jobrelay.ops.JobPage;
import io.jobrelay.ops.JobRules;
import io.jobrelay.ops.Metrics;
import io.jobrelay.ops.OutcomeView;
import io.jobrelay.ops.Overview;
import io.jobrelay.ops.OwnBeans;
import io.jobrelay.ops.ResultSender;
import io.jobrelay.ops.Sinks;
import io.jobrelay.ops.Timeline;
import io.jobrelay.registry.Wiring;

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
        JobAnswerRoom room = new JobAnswerRoom(answers);
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
