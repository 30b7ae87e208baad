package io.jobrelay.webhook;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.jobrelay.client.Proxies;
import io.jobrelay.client.SmallCall;
import io.jobrelay.protocol.UrlHost;
import java.io.IOException;
import java.net.URI;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.hc.core5.http.io.support.ClassicRequestBuilder;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Asks an ngrok agent on this machine for its tunnels ({@code GET /api/tunnels}, ngrok-docs docs/agent/api.md). Its answer is believed for
 * ten seconds: the URL changes when the agent is started anew. Whoever holds the agent's port is believed, so that each URL it names is told
 * once in the log.
 */
public final class NgrokAgent {

    /** Where an agent listens that was not told otherwise. */
    static final URI HERE = URI.create("http://127.0.0.1:4040/api/tunnels");

    private static final Logger LOG = LoggerFactory.getLogger(NgrokAgent.class);
    private static final Duration BELIEVED = Duration.ofSeconds(10);
    private static final Duration PATIENCE = Duration.ofSeconds(1);
    private static final Pattern ADDRESS = Pattern.compile(
            "(?:(?<scheme>[a-z]+)://)?(?:(?<host>\\[[^]]*]|[^:/\\[\\]]*):)?(?<port>\\d{1,5})/?");
    private static final Pattern PUBLIC = Pattern.compile("https?://[A-Za-z0-9.-]{1,253}(:\\d{1,5})?/?");
    private static final ObjectMapper JSON = new ObjectMapper();

    private final URI tunnels;
    private final Clock clock;
    private final SmallCall call = new SmallCall(PATIENCE, PATIENCE, Proxies.NONE);
    private Optional<String> answer = Optional.empty();
    private int answerPort;
    private Instant answeredAt;
    private String told;

    /**
     * @param tunnels the agent's list of tunnels
     * @param clock the relay's
     */
    public NgrokAgent(URI tunnels, Clock clock) {
        this.tunnels = tunnels;
        this.clock = clock;
    }

    /**
     * @param port of this machine
     * @return the public URL of the tunnel that leads there, https before http; empty when there is none, or no agent answers in a second
     */
    public synchronized Optional<String> tunnelTo(int port) {
        Instant now = clock.instant();
        if (answeredAt == null || answerPort != port || now.isBefore(answeredAt) || !now.isBefore(answeredAt.plus(BELIEVED))) {
            answer = ask(port);
            answerPort = port;
            answeredAt = now;
            answer.filter(url -> !url.equals(told)).ifPresent(this::tell);
        }
        return answer;
    }

    private void tell(String url) {
        if (told == null) {
            LOG.warn("The public URL {} comes from an ngrok agent at {}: whoever holds that port is given the callback and media URLs."
                    + " In production set relay.public-url.", url, tunnels.getAuthority());
        } else {
            LOG.warn("The public URL has changed from {} to {}, by the ngrok agent at {}: what was submitted before calls back at the old one, and is"
                    + " polled where that is gone. In production set relay.public-url.", told, url, tunnels.getAuthority());
        }
        told = url;
    }

    private Optional<String> ask(int port) {
        try {
            SmallCall.Answer answer = call.send(ClassicRequestBuilder.get(tunnels).addHeader("Accept", "application/json"));
            return answer.status() == 200 ? pick(JSON.readTree(answer.body()), port) : Optional.empty();
        } catch (IOException | RuntimeException e) {
            return Optional.empty(); // none runs, or something else has its port
        }
    }

    private static Optional<String> pick(JsonNode list, int port) {
        String found = null;
        for (JsonNode tunnel : list.path("tunnels")) {
            String url = tunnel.path("public_url").asText();
            boolean secure = url.startsWith("https://");
            if (PUBLIC.matcher(url).matches() && (secure || found == null) && leadsTo(tunnel.path("config").path("addr").asText(), port)) {
                if (secure) {
                    return Optional.of(url);
                }
                found = url;
            }
        }
        return Optional.ofNullable(found);
    }

    private static boolean leadsTo(String address, int port) {
        Matcher m = ADDRESS.matcher(address);
        return m.matches() && Integer.parseInt(m.group("port")) == port && (m.group("scheme") == null || m.group("scheme").equals("http"))
                && (m.group("host") == null || m.group("host").isEmpty() || UrlHost.isLoopback(m.group("host").replaceAll("[\\[\\]]", "")));
    }
}
