package io.jobrelay;

import io.jobrelay.admin.AdminBeans;
import io.jobrelay.api.ApiBeans;
import io.jobrelay.api.ApiProbe;
import io.jobrelay.api.RateBudget;
import io.jobrelay.audit.AuditBeans;
import io.jobrelay.config.Deployment;
import io.jobrelay.config.Keys;
import io.jobrelay.config.MillisFunction;
import io.jobrelay.config.Preflight;
import io.jobrelay.config.RouteLocations;
import io.jobrelay.config.SqlFunction;
import io.jobrelay.config.Upstream;
import io.jobrelay.db.NamedParameters;
import io.jobrelay.db.StoreBeans;
import io.jobrelay.doctor.Doctor;
import io.jobrelay.doctor.PublicProbe;
import io.jobrelay.flow.FlowBeans;
import io.jobrelay.folder.Folders;
import io.jobrelay.forward.ForwardBeans;
import io.jobrelay.forward.Sinks;
import io.jobrelay.inbox.Inbox;
import io.jobrelay.job.JobBeans;
import io.jobrelay.job.Submission;
import io.jobrelay.media.MediaServer;
import io.jobrelay.media.MediaUrl;
import io.jobrelay.port.PortBeans;
import io.jobrelay.protocol.Backoff;
import io.jobrelay.registry.OwnBeans;
import io.jobrelay.registry.Wiring;
import io.jobrelay.routes.WatchedProfiles;
import io.jobrelay.sandbox.Sandbox;
import io.jobrelay.time.RelayClock;
import io.jobrelay.time.RunningTime;
import io.jobrelay.time.TimeBeans;
import io.jobrelay.watch.Metrics;
import io.jobrelay.watch.WatchBeans;
import io.jobrelay.flow.WhileFull;
import io.jobrelay.webhook.WebhookBeans;
import java.util.List;
import java.util.Map;
import org.apache.camel.CamelContext;

/** Puts the rooms together: each binds the beans that its routes name, under names of the relay's own. */
final class Composition {

    private Composition() {
    }

    /**
     * Opens the database, agrees with the other instances on what all share, and binds everything.
     *
     * @param context not started yet; its properties hold the {@code relay.*} keys
     * @param locations where route and SQL files lie
     * @param deployment where the relay runs
     * @throws io.jobrelay.config.StartFailure when a key cannot be read, or a folder or the database cannot be used
     * @throws Exception when a service cannot be added to the context
     */
    static void bind(CamelContext context, RouteLocations locations, Deployment deployment) throws Exception {
        Keys keys = new Keys(context);
        RelayClock clock = TimeBeans.clock(context);
        Wiring wiring = new Wiring(context, new OwnBeans(context), keys, clock, TimeBeans.nanos(context), deployment.inHost());
        wiring.registry().bind("relay-keys", keys);
        context.getPropertiesComponent().addPropertiesFunction(new SqlFunction(locations));
        context.getPropertiesComponent().addPropertiesFunction(new MillisFunction(keys));
        WatchedProfiles profiles = new WatchedProfiles(locations, List.of());
        wiring.registry().bind("relay-profile-files", profiles);
        wiring.registry().bind("relay-profiles", profiles.live());
        Folders folders = new Folders(keys, deployment.dataSource() == null, locations);
        folders.make();
        StoreBeans store = StoreBeans.bind(wiring, deployment.dataSource());
        Sinks sinks = new Sinks(context, store.database(), keys.list("relay.sinks"), clock);
        WatchBeans.health(wiring, store, sinks, folders);
        Upstream upstream = Upstream.of(keys);
        List<String> secrets = store.settings().secrets(keys.list("relay.webhook.secret"));
        store.settings().knowServer(upstream.server());
        WebhookBeans door = WebhookBeans.bind(wiring, upstream, secrets, deployment.port());

        RunningTime running = TimeBeans.bind(wiring, clock, upstream, RateBudget.longestPlace(keys.duration("relay.claim.lease")));
        FlowBeans flow = FlowBeans.bind(wiring, store.database(), TimeBeans.uptime(wiring));
        long doubtWait = keys.duration("relay.submit.in-doubt-wait").toMillis();
        NamedParameters.use(context, store.database(), Map.of("now", clock::millis, "server", upstream::server, "lease_until", flow.lease()::until,
                "jobs_at_once", flow.callbacksFirst()::atOnce,
                "doubt_until", () -> clock.millis() + doubtWait, "retention", keys.duration("relay.retention")::toMillis, "group_size", () -> WhileFull.GROUP,
                "calls_a_minute", upstream::requestsPerMinute, "longest_pause", () -> clock.millis() + Backoff.LONGEST_WAIT.toMillis(),
                "longest_wait", () -> clock.millis() + RateBudget.LONGEST_ACCOUNT_WAIT.toMillis()));
        ApiBeans.bind(wiring, upstream, store.database());
        JobBeans jobs = JobBeans.bind(wiring, upstream, door.publicUrl());
        Inbox inbox = Inbox.bind(context, keys, clock, wiring.nanos(), jobs.ids(), jobs.request(), folders.placement());
        wiring.registry().bind("relay-media", new MediaServer(door.media(), inbox::media));
        MediaUrl mediaUrl = new MediaUrl(door.publicUrl(), door.media());
        wiring.registry().bind("relay-media-url", mediaUrl);
        JobBeans.call(wiring, upstream, door, new Submission.Media(inbox::ready, mediaUrl::of), flow.lease()::claim, running);
        ForwardBeans.bind(wiring, sinks, flow.lease());

        Metrics metrics = WatchBeans.bind(wiring, store, sinks, upstream, flow);
        AdminBeans.bind(wiring, store.database(), door.webhook(), sinks, metrics, upstream);
        AuditBeans.bind(wiring);
        wiring.registry().bind("relay-doctor", new Doctor(upstream, new ApiProbe(context, upstream, clock), door.publicUrl(),
                new PublicProbe(keys.required("relay.webhook.path"), door.callbacks(), door.media(), store.database()), store.database(), store.probe(),
                folders, sinks, Preflight.warnings(keys), metrics::gauges));
        PortBeans.bind(wiring, store, flow);
        if (upstream.sandbox() && !deployment.inHost()) {
            Sandbox.bind(context, secrets, flow.lease(), keys.duration("relay.claim.lease"), clock);
        }
    }
}
