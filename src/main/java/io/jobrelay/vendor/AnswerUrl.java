package io.jobrelay.vendor;

import java.net.URI;
import java.net.URISyntaxException;
import java.util.Locale;
import java.util.Optional;

/** A URL that a vendor's answer gave: it is called with the account's credentials, so it counts at the account's origin only. */
public final class AnswerUrl {

    private AnswerUrl() {
    }

    /**
     * @param given by an answer, or null
     * @param server of the account: its base URL
     * @return the same URL where scheme, host and port are the server's, and it names no user; empty otherwise
     */
    public static Optional<String> at(String given, String server) {
        try {
            URI url = given == null ? null : new URI(given);
            return url != null && url.getHost() != null && url.getRawUserInfo() == null && origin(url).equals(origin(new URI(server)))
                    ? Optional.of(given) : Optional.empty();
        } catch (URISyntaxException e) {
            return Optional.empty();
        }
    }

    private static String origin(URI url) {
        String scheme = String.valueOf(url.getScheme()).toLowerCase(Locale.ROOT);
        int port = url.getPort() >= 0 ? url.getPort() : scheme.equals("https") ? 443 : scheme.equals("http") ? 80 : -1;
        return scheme + "://" + String.valueOf(url.getHost()).toLowerCase(Locale.ROOT) + ":" + port;
    }
}
