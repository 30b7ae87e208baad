package io.jobrelay;

import com.fasterxml.uuid.Generators;
import com.fasterxml.uuid.NoArgGenerator;
import io.jobrelay.api.AccessToken;
import io.jobrelay.api.AccountTrouble;
import io.jobrelay.api.ApiClient;
import io.jobrelay.api.ApiProbe;
import io.jobrelay.api.Budget;
import io.jobrelay.config.Folders;
import io.jobrelay.config.Keys;
import io.jobrelay.config.Layers;
import io.jobrelay.config.MillisFunction;
import io.jobrelay.config.Preflight;
import io.jobrelay.config.Upstream;
import io.jobrelay.db.Columns;
import io.jobrelay.db.CommitProbe;
import io.jobrelay.db.Database;
import io.jobrelay.db.DatabaseSetup;
import io.jobrelay.db.Durability;
import io.jobrelay.db.Gathering;
import io.jobrelay.db.GroupCommit;
import io.jobrelay.db.NamedParameters;
import io.jobrelay.db.RelaySql;
import io.jobrelay.db.Rows;
import io.jobrelay.db.Settings;
import io.jobrelay.db.SqlFunction;
import io.jobrelay.db.StoredBodies;
import io.jobrelay.db.Transaction;
import io.jobrelay.db.Workers;
import io.jobrelay.forward.Attempt;
import io.jobrelay.forward.FileName;
import io.jobrelay.forward.HttpSink;
import io.jobrelay.forward.LastMarks;
import io.jobrelay.forward.OutcomeDocument;
import io.jobrelay.forward.OutcomeRoom;
import io.jobrelay.forward.ResultFiles;
import io.jobrelay.forward.ToSink;
import io.jobrelay.http.AdminEngine;
import io.jobrelay.http.AdminErrors;
import io.jobrelay.http.AnswerSender;
import io.jobrelay.http.Capability;
import io.jobrelay.http.GuardedServers;
import io.jobrelay.http.HostServer;
import io.jobrelay.http.Media;
import io.jobrelay.http.MediaUrl;
import io.jobrelay.http.Pages;
import io.jobrelay.http.Problems;
import io.jobrelay.http.Proxies;
import io.jobrelay.http.PublicEngine;
import io.jobrelay.http.PublicHeaders;
import io.jobrelay.http.PublicProbe;
import io.jobrelay.http.PublicUrl;
import io.jobrelay.http.ServerVertx;
import io.jobrelay.intake.Acceptance;
import io.jobrelay.intake.CallbacksFirst;
import io.jobrelay.intake.Inbox;
import io.jobrelay.intake.JobPost;
import io.jobrelay.intake.JobRequest;
import io.jobrelay.intake.Webhook;
import io.jobrelay.ops.Audit;
import io.jobrelay.ops.AuditTurn;
import io.jobrelay.ops.Bell;
import io.jobrelay.ops.Caught;
import io.jobrelay.ops.ClockSteps;
import io.jobrelay.ops.Decisions;
import io.jobrelay.ops.Doctor;
import io.jobrelay.ops.Hands;
import io.jobrelay.ops.InHand;
import io.jobrelay.ops.JobAnswer;
import io.jobrelay.ops.JobAnswerRoom;
import io.jobrelay.ops.JobPage;
import io.jobrelay.ops.JobRules;
import io.jobrelay.ops.Lease;
import io.jobrelay.ops.Liveness;
import io.jobrelay.ops.Metrics;
import io.jobrelay.ops.OutcomeView;
import io.jobrelay.ops.Overview;
import io.jobrelay.ops.OwnBeans;
import io.jobrelay.ops.Predecessor;
import io.jobrelay.ops.Presence;
import io.jobrelay.ops.Progress;
import io.jobrelay.ops.RelayClock;
import io.jobrelay.ops.RelayHealth;
import io.jobrelay.ops.ResultSender;
import io.jobrelay.ops.Retention;
import io.jobrelay.ops.SharedStep;
import io.jobrelay.ops.Sinks;
import io.jobrelay.ops.SteadyTimers;
import io.jobrelay.ops.Timeline;
import io.jobrelay.ops.Traffic;
import io.jobrelay.ops.Uptime;
import io.jobrelay.poll.Polling;
import io.jobrelay.poll.RunningTime;
import io.jobrelay.sandbox.Sandbox;
import io.jobrelay.submit.Submission;
import io.vertx.core.VertxOptions;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.function.LongSupplier;
import org.apache.camel.CamelContext;

/** Makes the beans that the routes name and binds them, stage by stage, each under a name of the relay's own. */
final class Beans {

    private static final int MOST_WAITING_CALLBACKS = 1_024;
    private static final int CALLBACK_THREADS = 16;
    private static final int STORE_PATIENCE_MILLIS = 1_800;
    private static final int LEAST_PATIENCE_MILLIS = 200;
    private static final int LANES = 4;
    private static final int CALLS = 8;
    private static final int DELIVERIES = 16;

    private final CamelContext context;
    private final OwnBeans registry;
    private final Place place;
    private final Keys keys;
    private final RelayClock clock;
    private final Database database;
    private final CommitProbe probe;
    private final Folders folders;
    private final Settings settings;
    private final Sinks sinks;
    private final Upstream upstream;
    private final PublicUrl publicUrl;
    private final List<String> secrets;
    private final Workers callbacks;
    private final Lease lease;
    private final Capability callbackUrls;
    private final Capability mediaUrls;
    private final Webhook webhook;

    /**
     * Opens the database and agrees with the other instances on what all share.
     *
     * @param context not started yet; its properties hold the {@code relay.*} keys
     * @param layers where route and SQL files lie
     * @param place where the relay runs
     * @throws io.jobrelay.config.StartFailure when a key cannot be read, or a folder or the database cannot be used
     */
    Beans(CamelContext context, Layers layers, Place place) {
        this.context = context;
        this.registry = new OwnBeans(context);
        this.place = place;
        this.keys = new Keys(context);
        this.clock = clock();
        context.getPropertiesComponent().addPropertiesFunction(new SqlFunction(layers));
        context.getPropertiesComponent().addPropertiesFunction(new MillisFunction(keys));
        this.folders = new Folders(keys, place.dataSource() == null, layers);
        folders.make();
        this.database = place.dataSource() == null ? DatabaseSetup.open(context, keys, clock)
                : DatabaseSetup.adopt(context, place.dataSource(), keys, clock);
        if (!place.inHost()) {
            RelaySql.in(context, database.dataSource());
        }
        this.settings = new Settings(database, clock);
        this.sinks = new Sinks(context, database, keys.list("relay.sinks"), clock);
        Traffic traffic = new Traffic(clock);
        registry.bind("relay-traffic", traffic);
        Durability durability = new Durability(database);
        this.probe = new CommitProbe(database, context.getExecutorServiceManager().newSingleThreadExecutor(this, "relay-health"), durability::look);
        RelayHealth.register(context, probe, durability, sinks, folders, traffic);
        RelayHealth.notice(context, "relay-database-distance", database::distance);
        this.upstream = Upstream.of(keys);
        this.publicUrl = place.inHost() ? new PublicUrl(keys, upstream, clock, place.port()) : new PublicUrl(keys, upstream, clock);
        this.secrets = settings.secrets(keys.list("relay.webhook.secret"));
        this.callbacks = new Workers(context.getExecutorServiceManager().newFixedThreadPool(this, "relay-callbacks", CALLBACK_THREADS));
        this.lease = new Lease(clock, keys.duration("relay.claim.lease"));
        NamedParameters.use(context, database, Map.of("now", clock::millis, "server", upstream::server, "lease_until", lease::until));
        this.callbackUrls = new Capability("callback", secrets);
        this.mediaUrls = new Capability("media", secrets);
        this.webhook = new Webhook(keys.required("relay.webhook.path"), callbackUrls, clock);
    }

    /**
     * Binds everything.
     *
     * @throws Exception when a service cannot be added to the context
     */
    void bind() throws Exception {
        shared();
        intake();
        submitAndPoll();
        forward();
        ops();
        http();
    }

    private void shared() throws Exception {
        progress();
        registry.bind("relay-keys", keys);
        registry.bind("relay-database", database);
        registry.bind("relay-data-source", database.dataSource());
        registry.bind("relay-transaction", new Transaction(database));
        registry.bind("relay-prompt-transaction", Transaction.prompt(database));
        registry.bind("relay-connection", Transaction.oneConnection(database));
        registry.bind("relay-rows", new Rows());
        registry.bind("relay-columns", new Columns());
        registry.bind("relay-lease", lease);
        if (!place.inHost()) {
            context.addComponent("timer", new SteadyTimers());
        }
        clockSteps();
        registry.bind("relay-upstream", upstream);
        registry.bind("relay-public-url", publicUrl);
        registry.bind("relay-callback-capability", callbackUrls);
        registry.bind("relay-media-capability", mediaUrls);
    }

    private void clockSteps() {
        ClockSteps steps = new ClockSteps(clock, nanos(), keys.duration("relay.claim.lease"), Budget.LONGEST_PLACE, upstream.sandbox(),
                new ClockSteps.Kept(keys.duration("relay.retention"), keys.durationOrKeep("relay.sink.file.retention"),
                        keys.durationOrKeep("relay.inbox.done-retention")));
        registry.bind("relay-clock-steps", steps);
        RelayHealth.notice(context, "relay-clock", steps::sentences);
    }

    /** In a host, whose end and whose health are its own, nothing is late and nothing is remembered. */
    private void progress() throws Exception {
        registry.bind("relay-in-hand", place.inHost() ? new InHand(null)
                : InHand.beside(database, String.valueOf(keys.number("camel.server.port"))).endingWith(context));
        LongSupplier runningTime = context.getRegistry().lookupByNameAndType("relay-uptime", LongSupplier.class);
        if (runningTime == null && !place.inHost()) {
            Uptime own = new Uptime(context);
            context.addService(own);
            runningTime = own;
        }
        Progress progress = new Progress(runningTime == null ? () -> 0 : runningTime);
        registry.bind("relay-progress", progress);
        registry.bind("relay-inbox-polls", progress.polls("inbox-take"));
        if (!place.inHost()) {
            Liveness.register(context, progress, database, sinks, upstream.server(), keys, clock);
        }
    }

    private void intake() throws Exception {
        NoArgGenerator ids = Generators.timeBasedEpochGenerator();
        JobRequest jobRequest = new JobRequest(clock, ids, upstream, keys.duration("relay.poll.initial-delay"));
        registry.bind("relay-webhook", webhook);
        CallbacksFirst callbacksFirst = new CallbacksFirst();
        registry.bind("relay-callbacks-first", callbacksFirst);
        SharedStep.bind(context, "relay-group-intake-store", new GroupCommit(context, "intake-store", MOST_WAITING_CALLBACKS,
                // the time counts from the arrival of the request, which may have waited for its thread, too
                request -> Math.max(LEAST_PATIENCE_MILLIS, STORE_PATIENCE_MILLIS - request.getClock().elapsed()), callbacksFirst::awaitCompany,
                callbacksFirst::arrived, callbacks));
        registry.bind("relay-ids", ids);
        registry.bind("relay-job-request", jobRequest);
        registry.bind("relay-job-post", new JobPost(context, jobRequest, publicUrl));
        registry.bind("relay-acceptance", new Acceptance(publicUrl));
        registry.bind("relay-media", new Media(mediaUrls, Inbox.bind(context, keys, clock, nanos(), ids, jobRequest, folders.placement())::media));
    }

    private void submitAndPoll() throws Exception {
        settings.knowServer(upstream.server());
        RelayHealth.notice(context, "relay-account", new AccountTrouble(context, database, upstream.server(), clock)::sentences);
        ApiClient apiClient = ApiClient.of(context, keys);
        registry.bind("relay-api-client", apiClient);
        RelayHealth.notice(context, "relay-polls", apiClient::notices);
        registry.bind("relay-budget", new Budget(upstream, clock));
        registry.bind("relay-token", new AccessToken(upstream, clock));
        MediaUrl media = new MediaUrl(publicUrl, mediaUrls);
        registry.bind("relay-media-url", media);
        registry.bind("relay-submission", new Submission(upstream, publicUrl, keys.required("relay.webhook.path"), callbackUrls, media::of,
                webhook, new Submission.Timing(keys.duration("relay.submit.retry-delay"), keys.duration("relay.submit.max-delay"),
                        keys.duration("relay.submit.in-doubt-wait"), keys.duration("relay.poll.initial-delay")), clock));
        RunningTime running = new RunningTime(nanos());
        registry.bind("relay-running-time", running);
        registry.bind("relay-polling", new Polling(upstream, webhook, keys.duration("relay.poll.initial-delay"),
                keys.duration("relay.poll.max-delay"), keys.number("relay.poll.batch-size"), running, clock));
        SharedStep.bind(context, "relay-ring-settle-callbacks", new Bell(context, "settle-callbacks", 1));
        hands("relay-ring-submit-due", "submit-due", "relay-hand-submit", "relay-hands-submit",
                bell -> new Hands(context, "submit-hand", new Hands.Kind("submits to the API", null, CALLS, CALLS), bell));
        hands("relay-ring-poll-due", "poll-due", "relay-hand-poll", "relay-hands-poll",
                bell -> new Hands(context, "poll-job", new Hands.Kind("polls of the API", null, CALLS, CALLS), bell));
    }

    private void forward() throws Exception {
        registry.bind("relay-sinks", sinks);
        registry.bind("relay-outcome", new OutcomeDocument());
        OutcomeRoom room = new OutcomeRoom();
        registry.bind("relay-outcome-room", room);
        registry.bind("relay-to-sink", new ToSink(context, room));
        Gathering marks = new Gathering(context, "forward-delivered");
        SharedStep.bind(context, "relay-mark-delivered", marks);
        registry.bind("relay-last-marks", new LastMarks(context, marks::rest));
        registry.bind("relay-attempt", new Attempt(keys.number("relay.delivery.max-attempts"),
                keys.duration("relay.delivery.initial-delay"), keys.duration("relay.delivery.max-delay"), clock));
        registry.bind("relay-file-name", new FileName());
        registry.bind("relay-result-files", new ResultFiles(keys, clock));
        registry.bind("relay-http-sink", new HttpSink(context, keys.text("relay.sink.http.url").orElse(null),
                keys.text("relay.sink.http.secret").orElse(null), keys.duration("relay.sink.http.timeout"), Proxies.ofThisProcess(), clock));
        int ahead = OutcomeRoom.smallOnes(LANES * keys.number("relay.poll.batch-size"), sinks.names().size());
        hands("relay-ring-forward-due", "forward-due", "relay-hand-forward", "relay-hands-forward",
                bell -> new Hands(context, "forward-hand", new Hands.Kind("deliveries to the sink %s", "sink", DELIVERIES, ahead), bell));
    }

    private void ops() throws Exception {
        registry.bind("relay-problems", new Problems(probe::saw));
        registry.bind("relay-caught", new Caught(probe::saw));
        registry.bind("relay-decisions", new Decisions());
        StoredBodies bodies = new StoredBodies(database);
        AnswerSender answers = new AnswerSender();
        registry.bind("relay-answer-room", new JobAnswerRoom());
        registry.bind("relay-answer-sender", answers);
        registry.bind("relay-result-sender", new ResultSender(bodies, answers));
        registry.bind("relay-job-page", new JobPage());
        registry.bind("relay-job-answer", new JobAnswer(place.inHost() ? HostServer.ADMIN : ""));
        registry.bind("relay-job-rules", new JobRules(webhook, sinks, clock));
        registry.bind("relay-doctor", new Doctor(upstream, new ApiProbe(context, upstream, clock), publicUrl,
                new PublicProbe(keys.required("relay.webhook.path"), callbackUrls, mediaUrls, database), database, probe, folders, sinks,
                Preflight.warnings(keys)));
        Predecessor predecessor = new Predecessor(place.inHost() || database.alone() ? null
                : Path.of("data", "instance-" + keys.number("camel.server.port")), lease.instance());
        registry.bind("relay-predecessor", predecessor);
        context.addService(predecessor);
        registry.bind("relay-presence", new Presence(database, clock, predecessor::names));
        SharedStep.bind(context, "relay-ring-upkeep-missed", new Bell(context, "upkeep-missed", 1));
        registry.bind("relay-audit", new Audit(clock, true));
        registry.bind("relay-audit-turn", new AuditTurn());
        registry.bind("relay-retention", new Retention(clock, keys.duration("relay.retention")));
        registry.bind("relay-timeline", new Timeline(clock));
        registry.bind("relay-outcome-view", new OutcomeView(bodies));
        Metrics metrics = new Metrics(context);
        registry.bind("relay-metrics", metrics);
        registry.bind("relay-overview", new Overview(context, metrics, sinks, upstream.requestsPerMinute(), clock));
        context.addService(metrics.life());
    }

    private void http() throws Exception {
        registry.bind("relay-public-headers", new PublicHeaders());
        registry.bind("relay-pages", new Pages());
        if (place.inHost()) {
            return; // the servers are the host's, and there is no sandbox
        }
        registry.bind("relay-public-engine", new PublicEngine(keys.required("relay.webhook.path"), callbacks));
        registry.bind("relay-admin-engine", new AdminEngine(keys.number("relay.admin.port")));
        AdminErrors.on(context, keys.number("relay.admin.port"));
        context.getRegistry().bind("relay-vertx", ServerVertx.make(context, GuardedServers.enoughWorkers(new VertxOptions()))); // found by its type
        if (upstream.sandbox()) {
            Sandbox.bind(context, secrets, keys.duration("relay.claim.lease"), clock);
        }
    }

    /** A worker that hands over what it has claimed, the step by which it does, and what it asks for free hands. */
    private void hands(String ring, String worker, String step, String name, Function<Bell, Hands> make) throws Exception {
        Bell bell = new Bell(context, worker, LANES);
        SharedStep.bind(context, ring, bell);
        Hands hands = make.apply(bell);
        SharedStep.bind(context, step, hands);
        registry.bind(name, hands);
        RelayHealth.notice(context, name, hands::notices);
    }

    /** Time that never jumps; a test binds another. */
    private LongSupplier nanos() {
        LongSupplier nanos = context.getRegistry().lookupByNameAndType("relay-nanos", LongSupplier.class);
        return nanos == null ? System::nanoTime : nanos;
    }

    /** The machine's clock, or another that a test binds: the relay sees its steps when they have been seen to. */
    private RelayClock clock() {
        Clock machine = context.getRegistry().lookupByNameAndType("relay-clock", Clock.class);
        RelayClock own = new RelayClock(machine == null ? Clock.systemUTC() : machine, nanos());
        registry.bind("relay-clock", own);
        return own;
    }
}
