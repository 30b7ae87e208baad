package io.jobrelay.api;

import io.jobrelay.client.HttpClients;
import java.net.URI;
import java.net.URISyntaxException;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.apache.hc.client5.http.protocol.HttpClientContext;
import org.apache.hc.client5.http.protocol.RedirectStrategy;
import org.apache.hc.core5.http.Header;
import org.apache.hc.core5.http.HttpException;
import org.apache.hc.core5.http.HttpHeaders;
import org.apache.hc.core5.http.HttpHost;
import org.apache.hc.core5.http.HttpRequest;
import org.apache.hc.core5.http.HttpResponse;
import org.apache.hc.core5.http.ProtocolException;
import org.apache.hc.core5.http.protocol.HttpContext;

/**
 * Which redirects of the API are followed: those that stay on its host and port, or change from http to https of it, five in a row at most.
 * A submit follows 307 and 308, which keep method and body; the others would make a GET of it. A token never goes to another host.
 */
final class SameHostRedirects implements RedirectStrategy {

    private static final int MOST = 5;
    private static final Set<Integer> KEEP_ALL = Set.of(307, 308);
    private static final Set<Integer> KEEP_GET = Set.of(301, 302, 303);

    @Override
    public boolean isRedirected(HttpRequest request, HttpResponse response, HttpContext context) {
        boolean kept = KEEP_ALL.contains(response.getCode()) || KEEP_GET.contains(response.getCode()) && "GET".equals(request.getMethod());
        if (!kept) {
            return false;
        }
        List<URI> sofar = HttpClientContext.castOrCreate(context).getRedirectLocations().getAll();
        Optional<URI> from = current(request, sofar);
        Optional<URI> to = from.flatMap(base -> location(base, response));
        return to.isPresent() && sofar.size() < MOST && !sofar.contains(to.get()) && sameHost(from.get(), to.get());
    }

    @Override
    public URI getLocationURI(HttpRequest request, HttpResponse response, HttpContext context) throws HttpException {
        return current(request, List.of()).flatMap(base -> location(base, response)).orElseThrow(() -> new ProtocolException("no location"));
    }

    /** Asked once more when all is known; {@link #isRedirected} has looked already. */
    @Override
    public boolean isRedirectAllowed(HttpHost from, HttpHost to, HttpRequest redirect, HttpContext context) {
        return from.getHostName().equalsIgnoreCase(to.getHostName());
    }

    private static Optional<URI> current(HttpRequest request, List<URI> sofar) {
        try {
            return Optional.of(sofar.isEmpty() ? request.getUri() : sofar.get(sofar.size() - 1));
        } catch (URISyntaxException e) {
            return Optional.empty();
        }
    }

    private static Optional<URI> location(URI base, HttpResponse response) {
        Header header = response.getFirstHeader(HttpHeaders.LOCATION);
        if (header == null || header.getValue() == null || header.getValue().isBlank()) {
            return Optional.empty();
        }
        try {
            URI to = base.resolve(new URI(HttpClients.legal(header.getValue().trim())));
            return to.getHost() == null || to.getRawUserInfo() != null || !to.getScheme().matches("(?i)https?") ? Optional.empty()
                    : Optional.of(to.getRawFragment() == null ? to : new URI(to.toString().substring(0, to.toString().indexOf('#'))));
        } catch (URISyntaxException e) {
            return Optional.empty();
        }
    }

    private static boolean sameHost(URI from, URI to) {
        boolean secured = "http".equalsIgnoreCase(from.getScheme()) && "https".equalsIgnoreCase(to.getScheme()) && port(to) == 443;
        return from.getHost().equalsIgnoreCase(to.getHost()) && (secured || from.getScheme().equalsIgnoreCase(to.getScheme()) && port(from) == port(to));
    }

    private static int port(URI uri) {
        return uri.getPort() > 0 ? uri.getPort() : "https".equalsIgnoreCase(uri.getScheme()) ? 443 : 80;
    }
}
