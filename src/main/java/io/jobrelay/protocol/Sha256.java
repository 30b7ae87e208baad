package io.jobrelay.protocol;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/** SHA-256, as the store keeps it of bodies and requests. */
public final class Sha256 {

    private Sha256() {
    }

    /**
     * @param bytes of a text
     * @return its SHA-256 in lower-case hexadecimal
     */
    public static String of(byte[] bytes) {
        return of(bytes, 0, bytes.length);
    }

    /**
     * @param bytes in which a text stands
     * @param from where it begins
     * @param to where it has ended
     * @return its SHA-256 in lower-case hexadecimal
     */
    public static String of(byte[] bytes, int from, int to) {
        try {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            digest.update(bytes, from, to - from);
            return HexFormat.of().formatHex(digest.digest());
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("SHA-256 is part of every Java", e);
        }
    }
}
