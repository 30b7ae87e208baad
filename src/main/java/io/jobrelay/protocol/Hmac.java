package io.jobrelay.protocol;

import java.security.GeneralSecurityException;
import java.util.List;
import java.util.Locale;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/** Signatures by HMAC (RFC 2104). */
public final class Hmac {

    private Hmac() {
    }

    /**
     * @param algorithm such as {@code sha256}
     * @param key of any length but none
     * @param message its parts, in their order
     * @return the signature
     */
    public static byte[] of(String algorithm, byte[] key, List<byte[]> message) {
        Mac mac = mac(algorithm, key);
        message.forEach(mac::update);
        return mac.doFinal();
    }

    /**
     * @param algorithm such as {@code sha256}
     * @param key of any length but none
     * @return what takes a message in pieces and then gives its signature
     */
    public static Mac mac(String algorithm, byte[] key) {
        String name = "Hmac" + algorithm.toUpperCase(Locale.ROOT);
        try {
            Mac mac = Mac.getInstance(name);
            mac.init(new SecretKeySpec(key, name));
            return mac;
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(name + " is part of every Java", e);
        }
    }
}
