package io.jobrelay.config;

import org.apache.camel.CamelContext;
import org.apache.camel.main.BaseMainSupport;
import org.apache.camel.main.MainListenerSupport;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Looks at what can be wrong with the configuration before anything is opened, so that the first problem is told in one sentence. */
public final class Preflight extends MainListenerSupport {

    private static final Logger LOG = LoggerFactory.getLogger(Preflight.class);
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
        Ports.check(keys);
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
        KeyCatalogue.strangers(System.getenv().keySet(), keys.list("relay.sinks")).forEach(LOG::warn);
        if (keys.list("relay.sinks").contains("http") && keys.text("relay.sink.http.url").isEmpty()) {
            throw new StartFailure("relay.sinks names http, but relay.sink.http.url is not set. Set it, or take http out of relay.sinks.");
        }
        Upstream.of(keys);
    }
}
