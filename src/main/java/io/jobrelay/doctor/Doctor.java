package io.jobrelay.doctor;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.jobrelay.api.ApiProbe;
import io.jobrelay.config.Upstream;
import io.jobrelay.db.CommitProbe;
import io.jobrelay.db.Database;
import io.jobrelay.folder.Folders;
import io.jobrelay.forward.Sinks;
import io.jobrelay.protocol.JsonAnswer;
import io.jobrelay.protocol.Redaction;
import io.jobrelay.webhook.PublicUrl;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.apache.camel.Message;

/** Examines what goes wrong in practice, from the account to the public URL, and says what to do about it. */
public final class Doctor {

    /** How a check ended; a warning is something to know, a failure something to repair. */
    public enum Result {
        /** As it should be. */
        OK,
        /** Works, but not as well or as safely as it could. */
        WARNING,
        /** Does not work. */
        FAILED
    }

    /**
     * One line of the examination.
     *
     * @param name of what was looked at
     * @param result of it
     * @param says what was found, and what to do
     */
    public record Check(String name, Result result, String says) {
    }

    private static final Duration SKEW = Duration.ofSeconds(5);
    private static final Duration TOO_MUCH_SKEW = Duration.ofSeconds(60);
    private static final ObjectMapper JSON = new ObjectMapper();
    private final Upstream upstream;
    private final ApiProbe api;
    private final PublicUrl publicUrl;
    private final PublicProbe outside;
    private final StoreCheck store;
    private final Folders folders;
    private final Sinks sinks;
    private final List<String> warnings;
    private final Supplier<Map<String, Object>> gauges;

    /**
     * @param upstream the API
     * @param api asks it for a token
     * @param publicUrl the base of what is handed out
     * @param outside calls the relay as the API would
     * @param database the relay's
     * @param probe writes there
     * @param folders that are written
     * @param sinks that are served
     * @param warnings what {@link io.jobrelay.config.Preflight#warnings} says of the keys
     * @param gauges how many calls may begin now, {@code api_budget_remaining}; without it where the database cannot tell
     */
    public Doctor(Upstream upstream, ApiProbe api, PublicUrl publicUrl, PublicProbe outside, Database database, CommitProbe probe, Folders folders,
            Sinks sinks, List<String> warnings, Supplier<Map<String, Object>> gauges) {
        this(upstream, api, publicUrl, outside, StoreCheck.running(database, probe), folders, sinks, warnings, gauges);
    }

    /** Where no relay runs, {@code outside} and {@code sinks} are null. */
    Doctor(Upstream upstream, ApiProbe api, PublicUrl publicUrl, PublicProbe outside, StoreCheck store, Folders folders, Sinks sinks,
            List<String> warnings, Supplier<Map<String, Object>> gauges) {
        this.upstream = upstream;
        this.api = api;
        this.publicUrl = publicUrl;
        this.outside = outside;
        this.store = store;
        this.folders = folders;
        this.sinks = sinks;
        this.warnings = warnings;
        this.gauges = gauges;
    }

    /**
     * Looks at everything; takes some seconds where something does not answer.
     *
     * @return a line for each thing that was looked at
     */
    public List<Check> examine() {
        List<Check> checks = new ArrayList<>();
        account(checks);
        webhook(checks);
        store(checks);
        warnings.forEach(sentence -> checks.add(new Check("keys", Result.WARNING, sentence)));
        return checks;
    }

    private void account(List<Check> checks) {
        if (upstream.sandbox()) {
            checks.add(new Check("account", Result.WARNING, "This is the sandbox: results are made up. For an account set RC_SERVER_URL,"
                    + " RC_APP_CLIENT_ID, RC_APP_CLIENT_SECRET and RC_USER_JWT."));
            return;
        }
        ApiProbe.Answer answer = api.ask();
        if (answer.refused() != null) {
            checks.add(new Check("account", Result.FAILED, answer.refused()));
        } else if (answer.scope() == null) {
            checks.add(new Check("account", Result.WARNING, "The credentials are accepted, but the API does not tell the scopes of the app."));
        } else if (!List.of(answer.scope().split("[ ,]+")).contains("AI")) {
            checks.add(new Check("account", Result.FAILED, "The credentials are accepted, but the app lacks the scope AI: add it in RingCentral's"
                    + " developer console. It has: " + Redaction.of(answer.scope()) + "."));
        } else {
            checks.add(new Check("account", Result.OK, "The credentials are accepted, and the app has the scope AI."));
        }
        if (answer.skew() == null) {
            return;
        }
        long seconds = answer.skew().toSeconds();
        String says = "This machine's clock is " + Math.abs(seconds) + " s " + (seconds < 0 ? "behind" : "ahead of") + " the API's";
        if (answer.skew().abs().compareTo(SKEW) <= 0) {
            checks.add(new Check("clock", Result.OK, says + "."));
        } else {
            checks.add(new Check("clock", answer.skew().abs().compareTo(TOO_MUCH_SKEW) > 0 ? Result.FAILED : Result.WARNING,
                    says + ": set it by NTP. Tokens, expiries and leases hang on it."));
        }
    }

    private void webhook(List<Check> checks) {
        String base;
        try {
            base = publicUrl.require();
        } catch (PublicUrl.Unusable e) {
            checks.add(new Check("public URL", Result.FAILED, e.getMessage()));
            return;
        }
        boolean secure = base.startsWith("https://");
        checks.add(secure || upstream.local() ? new Check("public URL", Result.OK, base + (secure ? "" : ", which is enough for an API on this machine."))
                : new Check("public URL", Result.WARNING, base + " is not https: callbacks and media can be read on their way,"
                        + " and RingCentral calls back https only. Put TLS in front, and set relay.public-url."));
        if (publicUrl.fromAgent()) {
            checks.add(new Check("public URL", Result.WARNING, "It comes from an ngrok agent on this machine, and whoever holds that one's port"
                    + " is given the callback and media URLs. In production set relay.public-url."));
        }
        if (outside == null) {
            checks.add(new Check("webhook", Result.WARNING, "Not tried: no relay runs here. Start it and ask again."));
        } else if (!databaseWrites()) {
            checks.add(new Check("webhook", Result.WARNING, "Not tried: no callback can be stored at the moment (see database)."));
        } else {
            checks.addAll(outside.look(base));
        }
    }

    /** @return whether the database can be written now; comes back within three seconds */
    public boolean databaseWrites() {
        return store.trouble().isEmpty();
    }

    private void store(List<Check> checks) {
        checks.addAll(store.examine());
        folders.problems().forEach(problem -> checks.add(new Check("folders", Result.FAILED, problem)));
        folders.warnings().forEach(warning -> checks.add(new Check("folders", Result.WARNING, warning)));
        if (sinks != null) {
            sinks.unserved().forEach(name -> checks.add(new Check("sinks", Result.FAILED, "No route offers direct:sink-" + name
                    + ": what is due there waits. Put routes/sink-" + name + ".camel.yaml in place, or take the name out of relay.sinks.")));
        }
    }

    /**
     * @param checks lines
     * @return them as JSON, and whether none of them failed
     */
    public static String json(List<Check> checks) {
        ObjectNode report = JSON.createObjectNode();
        report.put("ok", checks.stream().noneMatch(check -> check.result() == Result.FAILED));
        ArrayNode lines = report.putArray("checks");
        checks.forEach(check -> lines.addObject().put("name", check.name()).put("result", check.result().name().toLowerCase(java.util.Locale.ROOT))
                .put("says", check.says()));
        return report.toString();
    }

    /**
     * @param message to answer with
     */
    public void answer(Message message) {
        Map<String, Object> gauges = databaseWrites() ? this.gauges.get() : Map.of();
        List<Check> checks = examine();
        checks.add(rateLimit(gauges.get("api_budget_remaining")));
        JsonAnswer.write(message, 200, json(checks));
    }

    private Check rateLimit(Object budget) {
        if (!(budget instanceof Number left)) {
            return new Check("rate limit", Result.WARNING, "Not looked at: it stands in the database (see there).");
        }
        return new Check("rate limit", left.longValue() > 0 ? Result.OK : Result.WARNING, left + " of " + upstream.requestsPerMinute()
                + " calls may begin now" + (left.longValue() > 0 ? "." : "; the rest wait for their turn. Nothing needs to be done."));
    }
}
