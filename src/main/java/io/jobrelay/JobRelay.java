package io.jobrelay;

import com.fasterxml.uuid.Generators;
import com.fasterxml.uuid.NoArgGenerator;
import io.jobrelay.api.AccessToken;
import io.jobrelay.api.ApiClient;
import io.jobrelay.api.Budget;
import io.jobrelay.config.Folders;
import io.jobrelay.config.Keys;
import io.jobrelay.config.Layers;
import io.jobrelay.config.MillisFunction;
import io.jobrelay.config.Preflight;
import io.jobrelay.config.PropertyFiles;
import io.jobrelay.config.Upstream;
import io.jobrelay.db.Database;
import io.jobrelay.db.DatabaseSetup;
import io.jobrelay.db.LockOrder;
import io.jobrelay.db.Settings;
import io.jobrelay.db.SqlFunction;
import io.jobrelay.db.Transaction;
import io.jobrelay.forward.Attempt;
import io.jobrelay.forward.FileName;
import io.jobrelay.forward.HttpSink;
import io.jobrelay.forward.OutcomeDocument;
import io.jobrelay.forward.ResultFiles;
import io.jobrelay.forward.ToSink;
import io.jobrelay.http.AdminEngine;
import io.jobrelay.http.AdminErrors;
import io.jobrelay.http.AdminGuard;
import io.jobrelay.http.Capability;
import io.jobrelay.http.Media;
import io.jobrelay.http.MediaUrl;
import io.jobrelay.http.GuardedServers;
import io.jobrelay.http.Problems;
import io.jobrelay.http.PublicGuard;
import io.jobrelay.http.PublicHeaders;
import io.jobrelay.http.PublicUrl;
import io.jobrelay.intake.Acceptance;
import io.jobrelay.intake.GroupCommit;
import io.jobrelay.intake.JobPost;
import io.jobrelay.intake.Inbox;
import io.jobrelay.intake.JobRequest;
import io.jobrelay.intake.Webhook;
import io.jobrelay.ops.Audit;
import io.jobrelay.ops.AuditTurn;
import io.jobrelay.ops.Bell;
import io.jobrelay.ops.Caught;
import io.jobrelay.ops.JobAnswer;
import io.jobrelay.ops.JobPage;
import io.jobrelay.ops.JobRules;
import io.jobrelay.ops.Lease;
import io.jobrelay.ops.Metrics;
import io.jobrelay.ops.Presence;
import io.jobrelay.ops.Retention;
import io.jobrelay.ops.RelayHealth;
import io.jobrelay.ops.SharedStep;
import io.jobrelay.ops.Sinks;
import io.jobrelay.poll.Polling;
import io.jobrelay.reload.SafeReload;
import io.jobrelay.sandbox.Sandbox;
import io.jobrelay.submit.Submission;
import io.vertx.core.VertxOptions;
import java.time.Clock;
import java.util.List;
import org.apache.camel.CamelContext;
import org.apache.camel.component.platform.http.PlatformHttpConstants;
import org.apache.camel.component.platform.http.vertx.VertxPlatformHttpEngine;
import org.apache.camel.main.Main;
import org.apache.camel.spi.Registry;

/** Puts the relay together: the beans that the routes name, each bound under a name of the relay's own. */
public final class JobRelay {

    private JobRelay() {
    }

    /**
     * Makes a camel-main application the relay: its routes, its keys, its two ports.
     *
     * @param main not started yet
     */
    public static void configure(Main main) {
        configure(main, Layers.ofThisProcess());
    }

    /**
     * Makes a camel-main application the relay.
     *
     * @param main not started yet
     * @param layers where its files lie
     */
    static void configure(Main main, Layers layers) {
        main.setDefaultPropertyPlaceholderLocation("false");
        main.bind("relay-properties", new PropertyFiles(layers.propertyFiles()));
        main.addMainListener(new Preflight(layers));
        main.configure().withRoutesIncludePattern(layers.includePattern());
        PublicGuard publicGuard = new PublicGuard();
        AdminGuard adminGuard = new AdminGuard();
        main.bind("relay-http-servers", new GuardedServers(publicGuard, adminGuard));
        main.configure().addConfiguration(new org.apache.camel.CamelConfiguration() {
            @Override
            public void configure(CamelContext context) throws Exception {
                Keys keys = new Keys(context);
                SafeReload reload = new SafeReload(layers, keys.flag("relay.routes.reload"),
                        List.of(publicGuard.turnstile(), adminGuard.turnstile()));
                reload.addTo(context);
                addTo(context, layers);
                RelayHealth.notice(context, "relay-routes", reload::rejected);
                if (reload.enabled()) {
                    hold(context, publicGuard, adminGuard);
                }
                publicGuard.guard(context, keys.required("relay.webhook.path"),
                        context.getRegistry().lookupByNameAndType("relay-webhook", Webhook.class));
                adminGuard.guard(context, keys.text("relay.admin.api-key").orElse(null), keys.required("relay.admin.host"));
            }
        });
    }

    /** Behind the body of each request, in front of Camel's routes. */
    private static void hold(CamelContext context, PublicGuard publicGuard, AdminGuard adminGuard) {
        VertxPlatformHttpEngine engine = new VertxPlatformHttpEngine();
        engine.setCamelContext(context);
        engine.setHandlers(List.of(publicGuard.turnstile()));
        context.getRegistry().bind(PlatformHttpConstants.PLATFORM_HTTP_ENGINE_NAME, engine);
        context.getRegistry().lookupByNameAndType("relay-admin-engine", AdminEngine.class).setHandlers(List.of(adminGuard.turnstile()));
    }

    /**
     * Binds what the routes need and opens the database.
     *
     * @param context not started yet; its properties hold the {@code relay.*} keys
     * @param layers where route and SQL files lie
     * @throws Exception when a key cannot be read or the database cannot be opened
     */
    static void addTo(CamelContext context, Layers layers) throws Exception {
        Registry registry = context.getRegistry();
        Keys keys = new Keys(context);
        Clock clock = registry.lookupByNameAndType("relay-clock", Clock.class);
        if (clock == null) {
            clock = Clock.systemUTC();
            registry.bind("relay-clock", clock);
        }
        context.getPropertiesComponent().addPropertiesFunction(new SqlFunction(layers));
        context.getPropertiesComponent().addPropertiesFunction(new MillisFunction(keys));
        registry.bind("relay-keys", keys);

        Folders folders = new Folders(keys);
        folders.make();
        registry.bind("relay-folders", folders);
        Database database = DatabaseSetup.open(context, keys, clock);
        registry.bind("relay-database", database);
        registry.bind("relay-data-source", database.dataSource());
        registry.bind("relay-transaction", new Transaction(database));
        registry.bind("relay-lock-order", new LockOrder());
        Settings settings = new Settings(database);
        Sinks sinks = new Sinks(context, database, keys.list("relay.sinks"), clock);
        registry.bind("relay-sinks", sinks);
        RelayHealth.register(context, database, sinks, folders);

        Upstream upstream = Upstream.of(keys);
        registry.bind("relay-upstream", upstream);
        PublicUrl publicUrl = new PublicUrl(keys, upstream, clock);
        registry.bind("relay-public-url", publicUrl);

        List<String> secrets = settings.secrets(keys.list("relay.webhook.secret"));
        Capability callback = new Capability("callback", secrets);
        registry.bind("relay-callback-capability", callback);
        Capability media = new Capability("media", secrets);
        registry.bind("relay-media-capability", media);
        MediaUrl mediaUrl = new MediaUrl(publicUrl, media);
        registry.bind("relay-media-url", mediaUrl);
        registry.bind("relay-public-headers", new PublicHeaders());
        registry.bind("relay-webhook", new Webhook(keys.required("relay.webhook.path"), callback, clock));
        NoArgGenerator ids = Generators.timeBasedEpochGenerator();
        registry.bind("relay-ids", ids);
        JobRequest jobRequest = new JobRequest(clock, ids, upstream, keys.duration("relay.poll.initial-delay"));
        registry.bind("relay-job-request", jobRequest);
        registry.bind("relay-job-post", new JobPost(context, jobRequest, publicUrl));
        registry.bind("relay-media", new Media(media, Inbox.bind(context, keys, clock, ids, jobRequest)::media));
        registry.bind("relay-acceptance", new Acceptance(publicUrl));
        registry.bind("relay-lease", new Lease(clock, keys.duration("relay.claim.lease")));

        Webhook webhook = registry.lookupByNameAndType("relay-webhook", Webhook.class);
        registry.bind("relay-problems", new Problems());
        registry.bind("relay-caught", new Caught());
        registry.bind("relay-job-page", new JobPage());
        registry.bind("relay-job-answer", new JobAnswer());
        registry.bind("relay-job-rules", new JobRules(webhook, registry.lookupByNameAndType("relay-sinks", Sinks.class), clock));

        registry.bind("relay-api-client", new ApiClient());
        registry.bind("relay-budget", new Budget(upstream, clock));
        registry.bind("relay-token", new AccessToken(upstream, clock));
        settings.knowServer(upstream.server());
        registry.bind("relay-submission", new Submission(upstream, publicUrl, keys.required("relay.webhook.path"), callback, mediaUrl::of,
                webhook, new Submission.Timing(keys.duration("relay.submit.retry-delay"), keys.duration("relay.submit.max-delay"),
                        keys.duration("relay.submit.in-doubt-wait"), keys.duration("relay.poll.initial-delay")), clock));
        registry.bind("relay-polling", new Polling(upstream, webhook, keys.duration("relay.poll.initial-delay"),
                keys.duration("relay.poll.max-delay"), keys.number("relay.poll.batch-size"), clock));

        registry.bind("relay-presence", new Presence(database, clock));
        registry.bind("relay-audit", new Audit(clock, true));
        registry.bind("relay-audit-turn", new AuditTurn());
        registry.bind("relay-retention", new Retention(clock, keys.duration("relay.retention")));
        registry.bind("relay-outcome", new OutcomeDocument());
        registry.bind("relay-to-sink", new ToSink(context));
        registry.bind("relay-http-sink", new HttpSink(keys.text("relay.sink.http.url").orElse(null),
                keys.text("relay.sink.http.secret").orElse(null), clock));
        registry.bind("relay-file-name", new FileName());
        registry.bind("relay-result-files", new ResultFiles(keys, clock));
        registry.bind("relay-attempt", new Attempt(keys.number("relay.delivery.max-attempts"),
                keys.duration("relay.delivery.initial-delay"), keys.duration("relay.delivery.max-delay"), clock));

        Metrics metrics = new Metrics(context);
        registry.bind("relay-metrics", metrics);
        context.addService(metrics.life());
        SharedStep.bind(context, "relay-group-commit", new GroupCommit(context, 1024, 1_800));
        SharedStep.bind(context, "relay-ring-settle", new Bell(context, "settle-callbacks", 1));
        SharedStep.bind(context, "relay-ring-submit", new Bell(context, "submit-due", 4));
        SharedStep.bind(context, "relay-ring-poll", new Bell(context, "poll-due", 4));
        SharedStep.bind(context, "relay-ring-forward", new Bell(context, "forward-due", 4));
        registry.bind("relay-submit-pool", context.getExecutorServiceManager().newFixedThreadPool(JobRelay.class, "relay-submit", 8));
        registry.bind("relay-poll-pool", context.getExecutorServiceManager().newFixedThreadPool(JobRelay.class, "relay-poll", 8));
        registry.bind("relay-forward-pool", context.getExecutorServiceManager().newFixedThreadPool(JobRelay.class, "relay-forward", 16));

        if (upstream.sandbox()) {
            Sandbox.bind(context, secrets, keys.duration("relay.claim.lease"), clock);
        }
        registry.bind("relay-admin-engine", new AdminEngine(keys.number("relay.admin.port")));
        AdminErrors.on(context, keys.number("relay.admin.port"));
        registry.bind("relay-vertx-options", new VertxOptions().setWorkerPoolSize(256)
                .setMaxWorkerExecuteTime(Long.MAX_VALUE)); // a worker sends media for as long as the other side takes to fetch it
    }
}
