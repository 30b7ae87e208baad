package io.jobrelay.watch;

import io.jobrelay.config.Keys;
import io.jobrelay.config.Upstream;
import io.jobrelay.folder.Folders;
import io.jobrelay.protocol.Redaction;
import io.jobrelay.webhook.PublicUrl;
import java.net.URI;
import java.util.List;
import org.apache.camel.CamelContext;
import org.apache.camel.main.BaseMainSupport;
import org.apache.camel.main.MainListenerSupport;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Says in a few lines what has been started, and in one that it stops. No secrets, and no signature in a URL. */
public final class Banner extends MainListenerSupport {

    private static final Logger LOG = LoggerFactory.getLogger("io.jobrelay");

    @Override
    public void afterStart(BaseMainSupport main) {
        CamelContext context = main.getCamelContext();
        Keys keys = context.getRegistry().lookupByNameAndType("relay-keys", Keys.class);
        Upstream upstream = context.getRegistry().lookupByNameAndType("relay-upstream", Upstream.class);
        PublicUrl publicUrl = context.getRegistry().lookupByNameAndType("relay-public-url", PublicUrl.class);
        List<String> sinks = keys.list("relay.sinks");
        String version = Banner.class.getPackage().getImplementationVersion();
        LOG.info("AI Job Relay{} is running", version == null ? "" : " " + version);
        LOG.info("API       {}", upstream.sandbox() ? "SANDBOX: results are made up here, no API is called" : upstream.baseUrl());
        try {
            LOG.info("webhook   {}{}{}", publicUrl.require(), keys.required("relay.webhook.path"),
                    publicUrl.fromAgent() ? " (from an ngrok agent; set relay.public-url in production)" : "");
        } catch (PublicUrl.Unusable e) {
            LOG.warn("webhook   port {}, but nothing can be submitted yet. {}", keys.number("camel.server.port"), e.getMessage());
        }
        LOG.info("admin     http://{}:{}/", urlHost(keys.required("relay.admin.host")), keys.number("relay.admin.port"));
        LOG.info("database  {}", Redaction.of(keys.required("relay.db.url")));
        LOG.info("inbox     {}", keys.text("relay.inbox.directory").map(Banner::absolute).orElse("none"));
        LOG.info("sinks     {}", sinks.isEmpty() ? "none: outcomes are kept here only"
                : String.join(", ", sinks.stream().distinct().map(name -> describe(name, keys)).toList()));
        if (sinks.contains("http") && keys.text("relay.sink.http.secret").isEmpty()) {
            LOG.warn("relay.sink.http.secret is not set: what is posted is not signed, and its receiver cannot tell who sent it.");
        }
        if (keys.flag("relay.db.volatile")) {
            LOG.warn("relay.db.volatile is set: a database in memory forgets every job when the relay stops.");
        }
    }

    @Override
    public void beforeStop(BaseMainSupport main) {
        LOG.info("AI Job Relay stops; what is under way is finished first");
    }

    private static String describe(String sink, Keys keys) {
        return switch (sink) {
            case "file" -> "file (" + absolute(keys.required("relay.sink.file.directory")) + ")";
            case "http" -> "http (" + server(URI.create(keys.required("relay.sink.http.url"))) + ")";
            default -> sink;
        };
    }

    private static String server(URI url) { // a path may be a secret too, as those of chat webhooks are
        return url.getScheme() + "://" + url.getRawAuthority();
    }

    private static String absolute(String folder) {
        return Folders.absolute(folder).toString();
    }

    private static String urlHost(String host) {
        return host.contains(":") ? "[" + host + "]" : host;
    }
}
