package io.jobrelay.proof;

import io.jobrelay.protocol.Hmac;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;

/**
 * What {@code ${callback.secret}} stands for: a secret of each job's own, made from the relay's and kept nowhere. The signature in a callback
 * URL is made from the same secret for another purpose, so that neither tells the other.
 */
public final class CallbackSecret {

    private static final String PURPOSE = "callback-secret:";
    private final List<String> secrets;

    /**
     * @param secrets the relay's: the first is sent, all verify
     */
    public CallbackSecret(List<String> secrets) {
        this.secrets = List.copyOf(secrets);
    }

    /**
     * @param job the relay's id of the job, or the name of an account whose hook it is for
     * @return what is sent: 43 characters that may stand in a header, a query and a JSON string as they are
     */
    public String of(String job) {
        return derived(secrets.get(0), job);
    }

    /**
     * @param job the relay's id of the job
     * @return what may come back, by each of the relay's secrets
     */
    public List<String> all(String job) {
        return secrets.stream().map(secret -> derived(secret, job)).toList();
    }

    private static String derived(String secret, String job) {
        byte[] whole = Hmac.of("sha256", secret.getBytes(StandardCharsets.UTF_8), List.of((PURPOSE + job).getBytes(StandardCharsets.UTF_8)));
        return Base64.getUrlEncoder().withoutPadding().encodeToString(whole);
    }
}
