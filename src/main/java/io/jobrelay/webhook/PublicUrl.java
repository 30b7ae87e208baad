package io.jobrelay.webhook;

import io.jobrelay.config.Keys;
import io.jobrelay.config.Upstream;
import io.jobrelay.protocol.UrlHost;
import java.time.Clock;
import java.util.Optional;
import java.util.function.IntSupplier;

/** The base under which the world reaches the public port, and whether the API can be told so. */
public final class PublicUrl {

    /** No URL can be given to the API now. Its message says what to do; the next try may find one. */
    public static final class Unusable extends RuntimeException {
        /** @param sentence what is wrong and what to do */
        public Unusable(String sentence) {
            super(sentence);
        }
    }

    private final Keys keys;
    private final Upstream upstream;
    private final NgrokAgent agent;
    private final IntSupplier port;

    /**
     * @param keys {@code relay.public-url}, {@code camel.server.port}
     * @param upstream the API that must reach the URL
     * @param clock the relay's
     */
    public PublicUrl(Keys keys, Upstream upstream, Clock clock) {
        this(keys, upstream, new NgrokAgent(NgrokAgent.HERE, clock));
    }

    /**
     * @param keys {@code relay.public-url}
     * @param upstream the API that must reach the URL
     * @param clock the relay's
     * @param port of the server that is reached by the URL
     */
    public PublicUrl(Keys keys, Upstream upstream, Clock clock, IntSupplier port) {
        this(keys, upstream, new NgrokAgent(NgrokAgent.HERE, clock), port);
    }

    /**
     * @param keys {@code relay.public-url}, {@code camel.server.port}
     * @param upstream the API that must reach the URL
     * @param agent asked where no URL is configured, but never with the sandbox
     */
    PublicUrl(Keys keys, Upstream upstream, NgrokAgent agent) {
        this(keys, upstream, agent, () -> keys.number("camel.server.port"));
    }

    private PublicUrl(Keys keys, Upstream upstream, NgrokAgent agent, IntSupplier port) {
        this.keys = keys;
        this.upstream = upstream;
        this.agent = agent;
        this.port = port;
    }

    /**
     * @return the base URL, without a trailing slash: the one configured, else that of a running ngrok agent's tunnel to the public port,
     *         else {@code http://localhost:<port>}
     * @throws Unusable when it leads to this machine or a private network, and the API is further out
     */
    public String require() {
        int port = this.port.getAsInt();
        Optional<String> known = keys.text("relay.public-url");
        if (known.isEmpty()) {
            known = tunnel(port);
        }
        String url = known.orElse("http://localhost:" + port).replaceAll("/+$", "");
        UrlHost.Reach reach = UrlHost.reach(url);
        if (reach.compareTo(UrlHost.reach(upstream.baseUrl())) < 0) {
            throw new Unusable("The API at " + upstream.baseUrl() + " cannot reach " + url + ", which leads "
                    + (reach == UrlHost.Reach.MACHINE ? "to this machine only" : "into a private network")
                    + ". Set relay.public-url to the URL under which the world reaches port " + port + ", or start: ngrok http " + port);
        }
        return url;
    }

    /** @return whether nothing is configured, and the base is what an ngrok agent on this machine says: whoever has its port is believed */
    public boolean fromAgent() {
        return keys.text("relay.public-url").isEmpty() && tunnel(port.getAsInt()).isPresent();
    }

    private Optional<String> tunnel(int to) {
        return upstream.sandbox() ? Optional.empty() : agent.tunnelTo(to);
    }
}
