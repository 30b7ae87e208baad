package io.jobrelay.config;

import io.jobrelay.protocol.UrlHost;
import java.net.URI;

/**
 * The API that jobs are submitted to, and who asks.
 *
 * @param server what a job remembers as its server: the base URL, or {@code sandbox}
 * @param baseUrl where calls go, without a trailing slash
 * @param clientId of the app, or null in the sandbox
 * @param clientSecret of the app, or null in the sandbox
 * @param jwt the user's credential, or null in the sandbox
 * @param requestsPerMinute the budget of submits and polls together
 * @param sandbox whether the relay itself stands in for the API
 */
public record Upstream(String server, String baseUrl, String clientId, String clientSecret, String jwt, int requestsPerMinute, boolean sandbox) {

    private static final String PREFIX = "relay.ringcentral.";

    /**
     * @param keys {@code relay.ringcentral.*}, each falling back to the environment variable RingCentral's own samples use
     * @return the API those keys name; the sandbox when none of them is set
     * @throws StartFailure when some are set but not the server URL, or one that is needed with it, or when the secrets would go readable
     *         through other people's networks
     */
    public static Upstream of(Keys keys) {
        String url = keys.text(PREFIX + "server-url").orElse(null);
        String clientId = keys.text(PREFIX + "client-id").orElse(null);
        String clientSecret = keys.text(PREFIX + "client-secret").orElse(null);
        String jwt = keys.text(PREFIX + "jwt").orElse(null);
        int limit = keys.text(PREFIX + "requests-per-minute").isPresent() ? keys.number(PREFIX + "requests-per-minute") : url == null ? 600 : 10;
        if (limit < 1) {
            throw Keys.unreadable(PREFIX + "requests-per-minute", "a whole number from 1");
        }
        if (url == null) {
            if (clientId != null || clientSecret != null || jwt != null) {
                throw new StartFailure(PREFIX + "server-url is not set, but other keys of the API are. Set it (RC_SERVER_URL), "
                        + "https://platform.ringcentral.com for production, or unset them all to use the sandbox.");
            }
            return new Upstream("sandbox", "http://127.0.0.1:" + keys.number("relay.admin.port") + "/sandbox", "sandbox", "sandbox", "sandbox",
                    limit, true);
        }
        requireSet(clientId, "client-id", "RC_APP_CLIENT_ID");
        requireSet(clientSecret, "client-secret", "RC_APP_CLIENT_SECRET");
        requireSet(jwt, "jwt", "RC_USER_JWT");
        String base = url.replaceAll("/+$", "");
        if (!base.matches("(?i)https?://[^/?#\\s]+(/[^?#\\s]*)?") || host(base) == null) {
            throw Keys.unreadable(PREFIX + "server-url", "a URL such as https://platform.ringcentral.com");
        }
        if (UrlHost.isPlainToTheWorld(base)) {
            throw new StartFailure(PREFIX + "server-url is http and leads out of this network: credentials, media and results could be read on"
                    + " their way. Use https; plain http is taken only for this machine and private networks.");
        }
        return new Upstream(base, base, clientId, clientSecret, jwt, limit, false);
    }

    /** @return whether the API runs on this machine, so that it can reach a loopback URL of the relay */
    public boolean local() {
        String host = host(baseUrl);
        return host != null && (host.equalsIgnoreCase("localhost") || host.startsWith("127.") || host.equals("[::1]"));
    }

    private static String host(String url) {
        try {
            return URI.create(url).getHost();
        } catch (IllegalArgumentException e) {
            return null;
        }
    }

    private static void requireSet(String value, String key, String variable) {
        if (value == null) {
            throw new StartFailure(PREFIX + key + " is not set, but " + PREFIX + "server-url is. Set it (" + variable + ").");
        }
    }
}
