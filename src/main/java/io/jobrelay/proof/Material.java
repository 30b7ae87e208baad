package io.jobrelay.proof;

import java.util.List;
import java.util.Optional;

/** What proofs are made and verified with. None of it is shown anywhere. */
public interface Material {

    /**
     * @param variable such as {@code callback.secret} or {@code webhook-secret}
     * @return its values: the first signs, all verify; none where it cannot be had
     */
    List<String> secrets(String variable);

    /**
     * @param url where a vendor publishes its keys
     * @return the keys; empty where they cannot be had
     */
    default Optional<Jwks> keys(String url) {
        return Optional.empty();
    }

    /** @return the private key that the sandbox signs with, 32 bytes; null where nobody signs */
    default byte[] seed() {
        return null;
    }
}
