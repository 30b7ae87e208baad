package io.jobrelay.forward;

import io.jobrelay.intake.Webhook;
import java.nio.charset.StandardCharsets;
import org.apache.camel.Header;

/** Makes a plain file name of any jobId, so that no result can be written outside its folder and no two share a name. */
public final class FileName {

    private static final int LONGEST = 200;

    /**
     * @param jobId the API's, or null when it never gave one
     * @param id the relay's own
     * @return {@code <jobId>.json}: letters, digits, {@code -}, {@code _} and inner dots as they are, every other byte as {@code %XX};
     *     a name over 200 bytes becomes its SHA-256
     */
    public String of(@Header("relay-job-id") String jobId, @Header("relay-id") String id) {
        StringBuilder name = new StringBuilder();
        for (byte b : (jobId == null ? id : jobId).getBytes(StandardCharsets.UTF_8)) {
            char c = (char) (b & 0xff);
            boolean plain = c < 128 && (Character.isLetterOrDigit(c) || c == '-' || c == '_' || c == '.' && !name.isEmpty());
            name.append(plain ? String.valueOf(c) : String.format("%%%02X", (int) c));
        }
        return (name.length() > LONGEST ? Webhook.sha256(name.toString().getBytes(StandardCharsets.UTF_8)) : name) + ".json";
    }
}
