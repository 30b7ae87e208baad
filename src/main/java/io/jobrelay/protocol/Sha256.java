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
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("SHA-256 is part of every Java", e);
        }
    }
}
