package io.jobrelay.proof;

import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyPairGenerator;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.SecureRandom;
import java.security.Signature;
import java.security.spec.NamedParameterSpec;
import java.security.spec.PKCS8EncodedKeySpec;
import java.security.spec.X509EncodedKeySpec;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;

/** Signatures by Ed25519 (RFC 8032), with keys as their 32 bytes. */
final class Ed25519 {

    static final int KEY_BYTES = 32;
    /** What stands before the 32 bytes in the forms that Java reads (RFC 8410). */
    private static final String PUBLIC = "302a300506032b6570032100";
    private static final String PRIVATE = "302e020100300506032b657004220420";

    private Ed25519() {
    }

    /**
     * @param key public, 32 bytes
     * @param message its parts, in their order
     * @param signature given
     * @return whether the signature is the key's
     */
    static boolean verifies(byte[] key, List<byte[]> message, byte[] signature) {
        try {
            PublicKey read = KeyFactory.getInstance("Ed25519").generatePublic(new X509EncodedKeySpec(joined(PUBLIC, key)));
            Signature verifier = Signature.getInstance("Ed25519");
            verifier.initVerify(read);
            for (byte[] part : message) {
                verifier.update(part);
            }
            return verifier.verify(signature);
        } catch (GeneralSecurityException | IllegalArgumentException e) {
            return false; // no key, or no signature
        }
    }

    /**
     * @param seed private, 32 bytes
     * @param message its parts, in their order
     * @return the signature
     */
    static byte[] sign(byte[] seed, List<byte[]> message) {
        try {
            PrivateKey key = KeyFactory.getInstance("Ed25519").generatePrivate(new PKCS8EncodedKeySpec(joined(PRIVATE, seed)));
            Signature signer = Signature.getInstance("Ed25519");
            signer.initSign(key);
            for (byte[] part : message) {
                signer.update(part);
            }
            return signer.sign();
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("Ed25519 is part of Java since 15", e);
        }
    }

    /**
     * @param seed private, 32 bytes
     * @return the public key that belongs to it
     */
    static byte[] publicKey(byte[] seed) {
        try {
            KeyPairGenerator generator = KeyPairGenerator.getInstance("Ed25519");
            generator.initialize(NamedParameterSpec.ED25519, new SecureRandom() {
                private static final long serialVersionUID = 1L;

                @Override
                public void nextBytes(byte[] bytes) {
                    System.arraycopy(seed, 0, bytes, 0, bytes.length); // the only way from a seed to its key that Java has
                }
            });
            byte[] encoded = generator.generateKeyPair().getPublic().getEncoded();
            return Arrays.copyOfRange(encoded, encoded.length - KEY_BYTES, encoded.length);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("Ed25519 is part of Java since 15", e);
        }
    }

    private static byte[] joined(String head, byte[] key) {
        if (key.length != KEY_BYTES) {
            throw new IllegalArgumentException("a key has 32 bytes");
        }
        return HexFormat.of().parseHex(head + HexFormat.of().formatHex(key));
    }
}
