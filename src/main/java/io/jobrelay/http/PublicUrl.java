package io.jobrelay.http;

import io.jobrelay.config.Keys;
import io.jobrelay.config.Upstream;

/** The base under which the world reaches the public port, and the URLs handed out under it. */
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

    /**
     * @param keys {@code relay.public-url}, {@code camel.server.port}
     * @param upstream the API that must reach the URL
     */
    public PublicUrl(Keys keys, Upstream upstream) {
        this.keys = keys;
        this.upstream = upstream;
    }

    /**
     * @return the base URL, without a trailing slash
     * @throws Unusable when it is a loopback URL and the API is not on this machine
     */
    public String require() {
        return keys.text("relay.public-url").orElse("http://localhost:" + keys.number("camel.server.port"));
    }
}
