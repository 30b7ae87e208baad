package io.jobrelay.api;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.jobrelay.client.CallLimits;
import io.jobrelay.config.Upstream;
import io.jobrelay.protocol.PercentCode;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.util.Base64;
import java.util.Map;
import org.apache.camel.Exchange;
import org.apache.camel.Message;
import org.apache.camel.Variable;

/** Asks for an access token with the user's JWT (RFC 7523; RingCentral, "JWT auth flow") and reads what comes back. */
public final class AccessToken {

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Duration UNREACHABLE = Duration.ofSeconds(10);
    /** Nothing else is called while there is no token, and asking again does no harm. */
    private static final Duration PATIENCE = Duration.ofSeconds(10);
    private static final Duration UNTOLD = Duration.ofMinutes(10);
    /** A token said to live for less is tried for so long: asking for one with each call would use up the API's limit for that. */
    private static final Duration SHORTEST_LIFE = Duration.ofSeconds(30);
    private static final Duration LONGEST_LIFE = Duration.ofDays(1);
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
        message.setHeader(CallLimits.PATIENCE, PATIENCE.toMillis());
        message.setHeader("Authorization", "Basic " + Base64.getEncoder().encodeToString(basic.getBytes(StandardCharsets.UTF_8)));
        message.setBody("grant_type=urn%3Aietf%3Aparams%3Aoauth%3Agrant-type%3Ajwt-bearer&assertion="
                + PercentCode.encode(upstream.jwt().getBytes(StandardCharsets.UTF_8)));
    }

    /**
     * @param answer to the request
     * @return columns of {@code relay_api}: {@code access_token} and {@code token_until} (a fifth of its life, at most a minute, ahead of
     *     its end), or {@code token_error} and {@code token_retry_at}: after {@code Retry-After} where one came. A refusal is one of the
     *     account: {@code account_error} then says so too, and its wait counts. {@code reason} is what the jobs are told. And what
     *     {@link RateBudget#silence} says
     */
    public Map<String, Object> read(@Variable("answer") ApiAnswer answer) {
        Map<String, Object> row = RateBudget.silence(answer, clock);
        for (String column : new String[] {"access_token", "token_error", "account_error", "reason", "whose"}) {
            row.put(column, null);
        }
        row.put("token_until", 0L);
        row.put("token_retry_at", 0L);
        row.put("token_retry_wait", 0L);
        if (answer.ok()) {
            JsonNode token = json(answer.body());
            String access = token.path("access_token").asText("");
            if (!access.isEmpty() && access.length() <= LONGEST && access.chars().allMatch(c -> c > 32 && c < 127)) {
                long life = life(token.path("expires_in")).toMillis();
                row.put("access_token", access);
                row.put("token_until", clock.millis() + life - Math.min(60_000, life / 5));
                return row;
            }
            return failed(row, answer.but("not with an access token that can be used"), UNREACHABLE);
        }
        if (answer.code() == 0 || answer.code() == 408 || answer.code() >= 500 || answer.code() == 429 || answer.gateway()) {
            Duration asked = answer.code() == 429 ? Duration.ZERO : answer.retryAfter(clock); // a 429 pauses the account, and may be lifted
            return failed(row, "no access token could be had: " + answer.summary(), asked.compareTo(UNREACHABLE) > 0 ? asked
                    : answer.code() == 429 ? Duration.ZERO : UNREACHABLE);
        }
        boolean credentials = answer.code() == 400 || answer.code() == 401 || answer.account();
        failed(row, credentials
                ? "the API refused the credentials (" + answer.code()
                        + " to the token request): check relay.ringcentral.client-id, .client-secret and .jwt"
                : "the server answered " + answer.code() + " to the token request: check relay.ringcentral.server-url",
                UNREACHABLE); // nobody asks between this note and the account's, whose wait is longer
        row.put("account_error", row.get("token_error"));
        return row;
    }

    /** As the API says, in a number or a text; ten minutes where it does not, since none of its tokens is known to live for less. */
    private static Duration life(JsonNode seconds) {
        double life = seconds.isNumber() || seconds.isTextual() && seconds.textValue().strip().matches("\\d{1,18}(\\.\\d{0,9})?")
                ? seconds.asDouble() : 0;
        return life <= 0 ? UNTOLD : Duration.ofSeconds((long) Math.max(SHORTEST_LIFE.toSeconds(), Math.min(LONGEST_LIFE.toSeconds(), life)));
    }

    private static JsonNode json(byte[] body) {
        try {
            return JSON.readTree(body);
        } catch (IOException e) {
            return JSON.missingNode(); // what came is said without repeating it
        }
    }

    private Map<String, Object> failed(Map<String, Object> row, String error, Duration delay) {
        row.put("token_error", error);
        row.put("reason", error);
        row.put("token_retry_at", clock.millis() + delay.toMillis());
        row.put("token_retry_wait", delay.toMillis());
        return row;
    }
}
