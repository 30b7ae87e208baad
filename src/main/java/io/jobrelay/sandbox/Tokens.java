package io.jobrelay.sandbox;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.jobrelay.protocol.Capability;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.apache.camel.Message;

/**
 * The sandbox's authorization server (RFC 6749; RingCentral, "JWT auth flow"). It takes any client, secret and JWT, but not a request that
 * the real one could not read. A token proves itself by its signature, so a restart forgets none.
 */
public final class Tokens {

    private static final int LONGEST_LIFE = 3600;
    private static final int SHORTEST_LIFE = 600;
    private static final int REFRESH_LIFE = 604_800;
    private static final Map<String, String> NEEDED = Map.of("urn:ietf:params:oauth:grant-type:jwt-bearer", "assertion",
            "partner_jwt", "assertion", "refresh_token", "refresh_token", "authorization_code", "code");
    private final Capability signer;
    private final Clock clock;

    /**
     * @param signer of access tokens
     * @param clock the relay's
     */
    public Tokens(Capability signer, Clock clock) {
        this.signer = signer;
        this.clock = clock;
    }

    /**
     * Answers a request for a token.
     *
     * @param message of {@code POST /restapi/oauth/token}
     * @return a TokenInfo
     * @throws SandboxError 401 without a client, 400 for a grant that is unknown or lacks its credential, and for what is no form
     */
    public ObjectNode issue(Message message) {
        Map<String, String> form = Form.ofBody(message.getBody(byte[].class));
        if (!hasClient(AccessCheck.shown(message), form)) {
            throw SandboxError.noClient("The request names no client: send its id and secret as Basic authorization");
        }
        String grant = form.get("grant_type");
        if (grant == null) {
            throw SandboxError.oauth("invalid_request", "grant_type", "Parameter [grant_type] is missing");
        }
        if (!NEEDED.containsKey(grant)) {
            throw SandboxError.oauth("unsupported_grant_type", "grant_type", "Parameter [grant_type] is none of the API's public grants");
        }
        if (form.getOrDefault(NEEDED.get(grant), "").isEmpty()) {
            throw SandboxError.oauth("invalid_request", NEEDED.get(grant), "Parameter [" + NEEDED.get(grant) + "] is missing");
        }
        return token(life(form.get("access_token_ttl")), form.get("endpoint_id"));
    }

    private ObjectNode token(int life, String endpoint) {
        String session = UUID.randomUUID().toString();
        return JsonNodeFactory.instance.objectNode()
                .put("access_token", signer.sign(clock.millis() + life * 1000L + "-" + session))
                .put("token_type", "bearer")
                .put("expires_in", life)
                .put("refresh_token", UUID.randomUUID().toString())
                .put("refresh_token_expires_in", REFRESH_LIFE)
                .put("scope", "AI")
                .put("owner_id", "1")
                .put("endpoint_id", endpoint == null || endpoint.isEmpty() ? session : endpoint)
                .put("session_id", session);
    }

    /**
     * @param token that a request shows; null when it shows none that can be read
     * @throws SandboxError 401 when it is not one of the sandbox's, or its time is over
     */
    void check(String token) {
        long until = token == null ? -1 : signer.verify(token).map(id -> Long.parseLong(id.substring(0, id.indexOf('-')))).orElse(-1L);
        if (until < 0) {
            throw SandboxError.platform(401, "AGW-402", "Invalid Authorization header");
        }
        if (until <= clock.millis()) {
            throw SandboxError.platform(401, "OAU-128", "Access token expired");
        }
    }

    private static boolean hasClient(List<String> shown, Map<String, String> form) {
        if (shown.isEmpty()) {
            return !form.getOrDefault("client_id", "").isEmpty() || !form.getOrDefault("client_assertion", "").isEmpty();
        }
        try {
            return shown.size() == 1 && shown.get(0).regionMatches(true, 0, "Basic ", 0, 6)
                    && new String(Base64.getDecoder().decode(shown.get(0).substring(6).trim()), StandardCharsets.UTF_8).contains(":");
        } catch (IllegalArgumentException e) {
            return false;
        }
    }

    private static int life(String asked) {
        try {
            return asked == null ? LONGEST_LIFE : Math.max(SHORTEST_LIFE, Math.min(LONGEST_LIFE, Integer.parseInt(asked)));
        } catch (NumberFormatException e) {
            throw SandboxError.oauth("invalid_request", "access_token_ttl",
                    "Parameter [access_token_ttl] is invalid. It takes seconds from 600 to 3600");
        }
    }
}
