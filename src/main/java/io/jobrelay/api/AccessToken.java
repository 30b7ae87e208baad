package io.jobrelay.api;

import com.fasterxml.jackson.core.JacksonException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.jobrelay.config.Upstream;
import io.jobrelay.http.PercentCode;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.util.Base64;
import java.util.HashMap;
import java.util.Map;
import org.apache.camel.Exchange;
import org.apache.camel.Message;
import org.apache.camel.Variable;

/** Asks for an access token with the user's JWT (RFC 7523; RingCentral, "JWT auth flow") and reads what comes back. */
public final class AccessToken {

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Duration REFUSED = Duration.ofSeconds(60);
    private static final Duration UNREACHABLE = Duration.ofSeconds(10);
    private static final int LONGEST = 8000;
    private final Upstream upstream;
    private final Clock clock;

    /**
     * @param upstream whose credentials are used
     * @param clock the relay's
     */
    public AccessToken(Upstream upstream, Clock clock) {
        this.upstream = upstream;
        this.clock = clock;
    }

    /**
     * Makes the message a request for a token.
     *
     * @param message whose headers and body are replaced
     */
    public void ask(Message message) {
        String basic = upstream.clientId() + ":" + upstream.clientSecret();
        message.removeHeaders("*");
        message.setHeader(Exchange.HTTP_METHOD, "POST");
        message.setHeader(Exchange.HTTP_URI, upstream.baseUrl() + "/restapi/oauth/token");
        message.setHeader(Exchange.CONTENT_TYPE, "application/x-www-form-urlencoded");
        message.setHeader("Accept", "application/json");
        message.setHeader("Authorization", "Basic " + Base64.getEncoder().encodeToString(basic.getBytes(StandardCharsets.UTF_8)));
        message.setBody("grant_type=urn%3Aietf%3Aparams%3Aoauth%3Agrant-type%3Ajwt-bearer&assertion="
                + PercentCode.encode(upstream.jwt().getBytes(StandardCharsets.UTF_8)));
    }

    /**
     * @param answer to the request
     * @return columns of {@code relay_api}: {@code access_token} and {@code token_until} (a fifth of its life, at most a minute, ahead of
     *     its end), or {@code token_error} and {@code token_retry_at}: a minute after a refusal, after {@code Retry-After} where one came
     */
    public Map<String, Object> read(@Variable("answer") ApiAnswer answer) {
        Map<String, Object> row = new HashMap<>();
        row.put("access_token", null);
        row.put("token_until", 0L);
        row.put("token_error", null);
        row.put("token_retry_at", 0L);
        if (answer.ok()) {
            try {
                JsonNode token = JSON.readTree(answer.body());
                String access = token.path("access_token").asText("");
                long life = token.path("expires_in").asLong(0) * 1000;
                if (!access.isEmpty() && access.length() <= LONGEST && access.chars().allMatch(c -> c > 32 && c < 127) && life > 0) {
                    row.put("access_token", access);
                    row.put("token_until", clock.millis() + life - Math.min(60_000, life / 5));
                    return row;
                }
            } catch (JacksonException e) {
                // said below, without repeating what was answered
            } catch (IOException e) {
                throw new IllegalStateException("reading from memory does not fail", e);
            }
            return failed(row, "the token answer of the API could not be read", UNREACHABLE);
        }
        if (answer.code() == 0 || answer.code() == 408 || answer.code() >= 500 || answer.code() == 429) {
            Duration asked = answer.code() == 429 ? answer.pause(clock) : answer.retryAfter(clock);
            return failed(row, "no access token could be had: " + answer.summary(), asked.compareTo(UNREACHABLE) > 0 ? asked : UNREACHABLE);
        }
        boolean credentials = answer.code() == 400 || answer.code() == 401 || answer.code() == 403;
        return failed(row, credentials
                ? "the API refused the credentials (" + answer.code()
                        + " to the token request): check relay.ringcentral.client-id, .client-secret and .jwt"
                : "the server answered " + answer.code() + " to the token request: check relay.ringcentral.server-url", REFUSED);
    }

    private Map<String, Object> failed(Map<String, Object> row, String error, Duration delay) {
        row.put("token_error", error);
        row.put("token_retry_at", clock.millis() + delay.toMillis());
        return row;
    }
}
