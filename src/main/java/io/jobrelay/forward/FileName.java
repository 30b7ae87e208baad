package io.jobrelay.forward;

import io.jobrelay.protocol.Sha256;
import java.nio.charset.StandardCharsets;
import java.util.Locale;

/** Makes a plain file name of anything, so that no result can be written outside its folder and no two share a name. */
public final class FileName {

    private static final int LONGEST = 200;

    private FileName() {
    }

    /**
     * @param own what no other job is called: the API's jobId, or the relay's own id where the API gave none, or gave it to another job before
     * @return {@code <own>.json}: letters, digits, {@code -}, {@code _} and inner dots as they are, every other byte as {@code %XX};
     *     a name over 200 bytes becomes its SHA-256
     */
    public static String of(String own) {
        StringBuilder name = new StringBuilder();
        for (byte b : own.getBytes(StandardCharsets.UTF_8)) {
            char c = (char) (b & 0xff);
            boolean plain = c < 128 && (Character.isLetterOrDigit(c) || c == '-' || c == '_' || c == '.' && !name.isEmpty());
            name.append(plain ? String.valueOf(c) : String.format(Locale.ROOT, "%%%02X", (int) c));
        }
        return (name.length() > LONGEST ? Sha256.of(name.toString().getBytes(StandardCharsets.UTF_8)) : name) + ".json";
    }
}
