package io.jobrelay.sandbox;

import java.net.URI;
import org.apache.camel.Exchange;
import org.apache.camel.Message;
import org.apache.camel.component.http.HttpClientConfigurer;
import org.apache.hc.client5.http.impl.classic.HttpClientBuilder;
import org.apache.hc.core5.http.Header;

/**
 * How the sandbox calls out: a fresh connection each time, no retries, cookies or decoding of the HTTP client's own, and the path of the
 * URL exactly as it was given (Camel would write a tilde as {@code %7E}).
 */
public final class SandboxClient implements HttpClientConfigurer {

    private static final String TARGET = "relay-sandbox-target";

    @Override
    public void configureHttpClient(HttpClientBuilder builder) {
        builder.disableAutomaticRetries().disableCookieManagement().disableContentCompression()
                .setConnectionReuseStrategy((request, response, context) -> false)
                .addRequestInterceptorFirst((request, entity, context) -> {
                    Header target = request.getFirstHeader(TARGET);
                    if (target != null) {
                        request.removeHeaders(TARGET);
                        String[] written = target.getValue().split(" ");
                        if (request.getPath().equals(written[0])) { // else the request follows a redirect
                            request.setPath(written[1]);
                        }
                    }
                });
    }

    /**
     * Makes the message a request to a URL.
     *
     * @param message whose headers are replaced
     * @param url absolute
     */
    static void address(Message message, URI url) {
        String whole = url.toASCIIString();
        String bare = url.getRawFragment() == null ? whole : whole.substring(0, whole.indexOf('#'));
        URI ascii = URI.create(bare);
        String path = (ascii.getRawPath() == null || ascii.getRawPath().isEmpty() ? "/" : ascii.getRawPath())
                + (ascii.getRawQuery() == null ? "" : "?" + ascii.getRawQuery());
        message.removeHeaders("*");
        message.setHeader(Exchange.HTTP_URI, bare);
        if (path.indexOf('~') >= 0) {
            message.setHeader(TARGET, path.replace("~", "%7E") + " " + path);
        }
    }
}
