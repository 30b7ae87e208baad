package io.jobrelay.proof;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.jobrelay.protocol.StatusResource;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;

/**
 * Public keys as a vendor publishes them (RFC 7517, 8037). Keys of other kinds are passed over.
 *
 * @param keys of Ed25519, 32 bytes each; at least one
 */
public record Jwks(List<byte[]> keys) {

    private static final ObjectMapper JSON = new ObjectMapper(StatusResource.JSON);
    private static final int MOST = 32;

    /**
     * @param document {@code {"keys": [...]}}
     * @return the keys in it
     * @throws IllegalArgumentException when there is none
     */
    public static Jwks of(byte[] document) {
        List<byte[]> keys = new ArrayList<>();
        try {
            for (JsonNode key : JSON.readTree(document).path("keys")) {
                byte[] bytes = key.path("kty").asText().equals("OKP") && key.path("crv").asText().equals("Ed25519") ? bytes(key.path("x").asText())
                        : new byte[0];
                if (bytes.length == Ed25519.KEY_BYTES && keys.size() < MOST) {
                    keys.add(bytes);
                }
            }
        } catch (IOException e) {
            throw new IllegalArgumentException("the keys are no JSON", e);
        }
        if (keys.isEmpty()) {
            throw new IllegalArgumentException("there is no Ed25519 key among the keys");
        }
        return new Jwks(List.copyOf(keys));
    }

    /**
     * @param seed private key, 32 bytes
     * @return the document that publishes the public one
     */
    public static String write(byte[] seed) {
        String x = Base64.getUrlEncoder().withoutPadding().encodeToString(Ed25519.publicKey(seed));
        return "{\"keys\":[{\"kty\":\"OKP\",\"crv\":\"Ed25519\",\"x\":\"" + x + "\"}]}";
    }

    private static byte[] bytes(String text) {
        try {
            return Base64.getUrlDecoder().decode(text);
        } catch (IllegalArgumentException e) {
            return new byte[0];
        }
    }
}
