package io.jobrelay.config;

import io.jobrelay.protocol.HeapShare;
import io.jobrelay.protocol.UrlHost;
import java.util.ArrayList;
import java.util.List;
import org.apache.camel.CamelContext;
import org.apache.camel.main.BaseMainSupport;
import org.apache.camel.main.MainListenerSupport;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Looks at what can be wrong with the configuration before anything is opened, so that the first problem is told in one sentence. */
public final class Preflight extends MainListenerSupport {

    private static final Logger LOG = LoggerFactory.getLogger(Preflight.class);

    /** @param main whose context has been made and nothing more */
    @Override
    public void beforeInitialize(BaseMainSupport main) {
        ExactValues.in(main.getCamelContext());
    }

    /**
     * Runs when the keys can be read and the ports are not open yet.
     *
     * @param main that is about to configure itself
     * @throws StartFailure naming the first problem
     */
    @Override
    public void beforeConfigure(BaseMainSupport main) {
        CamelContext context = main.getCamelContext();
        Keys keys = new Keys(context);
        check(context, keys);
        PortCheck.check(keys);
        // a body over it is answered 413 while it is read; Camel's own option takes bytes only
        main.configure().httpServer().setMaxBodySize(keys.size("relay.webhook.max-body"));
    }

    /**
     * Looks at the keys alone.
     *
     * @param context whose properties hold the keys
     * @param keys the same
     * @throws StartFailure naming the first problem
     */
    public static void check(CamelContext context, Keys keys) {
        KeyCatalogue.check(context);
        KeyCatalogue.strangers(System.getenv(), keys.list("relay.sinks")).forEach(LOG::warn);
        if (keys.list("relay.sinks").contains("http") && keys.text("relay.sink.http.url").isEmpty()) {
            throw new StartFailure("relay.sinks names http, but relay.sink.http.url is not set. Set it, or take http out of relay.sinks.");
        }
        Upstream.of(keys);
        if (keys.text("relay.admin.read-key").isPresent() && keys.text("relay.admin.api-key").isEmpty()) {
            throw new StartFailure("relay.admin.read-key is set, but relay.admin.api-key is not, and without that everybody may change everything."
                    + " Set both, or neither.");
        }
        if (keys.text("relay.admin.read-key").isPresent() && keys.text("relay.admin.read-key").equals(keys.text("relay.admin.api-key"))) {
            throw new StartFailure("relay.admin.read-key is the same as relay.admin.api-key, so whoever has it could change everything."
                    + " Give it a value of its own.");
        }
        warnings(keys).forEach(LOG::warn);
    }

    /**
     * @param keys that can be read
     * @return a sentence for each value that works and is less safe than it should be, and for a heap that is too small; no value is repeated
     */
    public static List<String> warnings(Keys keys) {
        List<String> warnings = new ArrayList<>();
        long small = keys.list("relay.webhook.secret").stream().skip(1).filter(secret -> !KeyType.isLong(secret)).count();
        if (small > 0) {
            warnings.add("Older secrets in relay.webhook.secret, " + small + " of them, have less than " + KeyType.LEAST_SECRET + " bytes. They still verify,"
                    + " and whoever guesses one can forge results: take them out when the jobs submitted under them have ended.");
        }
        warnings.addAll(ServerChoice.warnings(keys.text("relay.db.url").orElse(""), "relay.db.url"));
        String url = keys.list("relay.sinks").contains("http") ? keys.text("relay.sink.http.url").orElse("") : "";
        if (UrlHost.isPlainToTheWorld(url)) {
            warnings.add("relay.sink.http.url is not https and leads out of this network: outcomes can be read and changed on their way.");
        }
        HeapShare.warning().ifPresent(warnings::add);
        return warnings;
    }
}
