package io.jobrelay.port;

import io.jobrelay.protocol.JsonAnswer;
import io.jobrelay.protocol.Problem;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Map;
import org.apache.camel.Exchange;
import org.apache.camel.Header;
import org.apache.camel.Message;

/**
 * The dashboard and the API's description, read from the jar once. A page loads nothing from elsewhere, runs no script but its own, and can
 * stand in no frame: its policy says so to the browser.
 */
public final class DashboardPages {

    /** What a browser is told with each of them. */
    static final Map<String, String> HEADERS = Map.of(
            "Content-Security-Policy", "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self';"
                    + " base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
            "X-Content-Type-Options", "nosniff",
            "Referrer-Policy", "no-referrer",
            "Cache-Control", "no-cache");

    private static final Map<String, String> TYPES = Map.of(
            "dashboard.html", "text/html; charset=utf-8",
            "dashboard.css", "text/css; charset=utf-8",
            "dashboard.js", "text/javascript; charset=utf-8",
            "dashboard.svg", "image/svg+xml",
            "openapi.json", "application/json");

    private final Map<String, byte[]> pages = TYPES.keySet().stream()
            .collect(java.util.stream.Collectors.toUnmodifiableMap(name -> name, DashboardPages::read));

    /** @return the dashboard's page; it holds nothing private and asks for the key by itself where one is needed */
    byte[] dashboard() {
        return pages.get("dashboard.html");
    }

    /** @param message to answer with */
    public void dashboard(Message message) {
        answer(message, "dashboard.html");
    }

    /** @param message to answer with */
    public void openapi(Message message) {
        answer(message, "openapi.json");
    }

    /**
     * @param file of the dashboard
     * @param message to answer with
     * @throws Problem 404 where there is no such file
     */
    public void file(@Header("file") String file, Message message) {
        if (file == null || !file.startsWith("dashboard.") || !pages.containsKey(file)) {
            throw new Problem(Problem.Kind.UNKNOWN_PATH, "Nothing is served under this path.");
        }
        answer(message, file);
    }

    private void answer(Message message, String name) {
        message.removeHeaders("*");
        message.setHeader(Exchange.HTTP_RESPONSE_CODE, 200);
        message.setHeader(Exchange.CONTENT_TYPE, TYPES.get(name));
        HEADERS.forEach(message::setHeader);
        if (TYPES.get(name).equals("application/json")) {
            JsonAnswer.HEADERS.forEach(message::setHeader);
        }
        message.setBody(pages.get(name));
    }

    private static byte[] read(String name) {
        try (InputStream in = DashboardPages.class.getResourceAsStream("/io/jobrelay/admin/" + name)) {
            return in.readAllBytes();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
