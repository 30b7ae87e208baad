package io.jobrelay.protocol;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Optional;

/**
 * URLs that are their own proof. RingCentral signs nothing and sends no secret with a callback, so the callback URL given to it carries the
 * relay's id of the job and a keyed signature over it: who calls it was given it.
 */
public final class Capability {

    private static final int SIGNATURE_BYTES = 16;
    private final String purpose;
    private final List<String> secrets;

    /**
     * @param purpose what the URL allows ({@code callback}, {@code media}); a signature made for one is nothing to the other
     * @param secrets the first signs, all verify
     */
    public Capability(String purpose, List<String> secrets) {
        this.purpose = purpose;
        this.secrets = List.copyOf(secrets);
    }

    /**
     * @param id of the job or file, without a dot
     * @return the path segment to hand out: id, a dot, and 22 characters of signature
     */
    public String sign(String id) {
        return id + "." + Base64.getUrlEncoder().withoutPadding().encodeToString(signature(id, secrets.get(0)));
    }

    /**
     * @param segment of a path, as it came
     * @return the id in it when the signature is one of ours, compared in constant time; empty otherwise
     */
    public Optional<String> verify(String segment) {
        int dot = segment == null ? -1 : segment.indexOf('.');
        if (dot < 1) {
            return Optional.empty();
        }
        String id = segment.substring(0, dot);
        byte[] given;
        try {
            given = Base64.getUrlDecoder().decode(segment.substring(dot + 1));
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
        boolean ours = false;
        for (String secret : secrets) {
            ours |= MessageDigest.isEqual(signature(id, secret), given);
        }
        return ours ? Optional.of(id) : Optional.empty();
    }

    private byte[] signature(String id, String secret) {
        byte[] whole = Hmac.of("sha256", secret.getBytes(StandardCharsets.UTF_8), List.of((purpose + ":" + id).getBytes(StandardCharsets.UTF_8)));
        return Arrays.copyOf(whole, SIGNATURE_BYTES);
    }
}
