package io.jobrelay.job;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import io.jobrelay.protocol.Sha256;
import io.jobrelay.protocol.StatusResource;
import java.io.IOException;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/** Compares JSON texts by what they say: the order of members, blanks, escapes and the writing of numbers do not count. */
public final class JsonValue {

    private static final int LONGEST_COMPARED_NUMBER = 500;

    /** An object or array that is still open; a digest of each finished value stands for it, so that depth costs nothing. */
    private static final class Open {
        private final Map<String, String> members = new TreeMap<>();
        private final boolean object;
        private String name;

        private Open(boolean object) {
            this.object = object;
        }

        private void add(String digest) {
            members.put(object ? name : String.format(Locale.ROOT, "%09d", members.size()), digest);
        }

        private String digest() {
            StringBuilder whole = new StringBuilder(object ? "{" : "[");
            members.forEach((key, value) -> whole.append(key.length()).append(':').append(key).append(value));
            return JsonValue.digest(whole.toString());
        }
    }

    private JsonValue() {
    }

    /**
     * @param a a JSON text, or null
     * @param b another, or null
     * @return whether both say the same; of a member that stands twice the last one counts
     */
    public static boolean same(String a, String b) {
        if (a == null || b == null || a.equals(b)) {
            return a == null ? b == null : a.equals(b);
        }
        return digestOf(a).equals(digestOf(b));
    }

    private static String digestOf(String json) {
        Deque<Open> open = new ArrayDeque<>();
        String value = "";
        try (JsonParser parser = StatusResource.JSON.createParser(json)) {
            for (JsonToken token = parser.nextToken(); token != null; token = parser.nextToken()) {
                switch (token) {
                    case START_OBJECT, START_ARRAY -> {
                        open.push(new Open(token == JsonToken.START_OBJECT));
                        continue;
                    }
                    case FIELD_NAME -> {
                        open.peek().name = parser.currentName();
                        continue;
                    }
                    case END_OBJECT, END_ARRAY -> value = open.pop().digest();
                    case VALUE_NUMBER_INT, VALUE_NUMBER_FLOAT -> value = digest("n" + number(parser.getText()));
                    case VALUE_STRING -> value = digest("s" + parser.getText());
                    default -> value = digest(token.name());
                }
                if (!open.isEmpty()) {
                    open.peek().add(value);
                }
            }
        } catch (IOException e) {
            throw new IllegalArgumentException("only texts that were read before are compared", e);
        }
        return value;
    }

    private static String number(String text) {
        try {
            if (text.length() > LONGEST_COMPARED_NUMBER) {
                return text;
            }
            BigDecimal value = new BigDecimal(text);
            return value.signum() == 0 ? "0" : value.stripTrailingZeros().unscaledValue() + "e" + value.stripTrailingZeros().scale();
        } catch (ArithmeticException | NumberFormatException e) {
            return text; // an exponent beyond all use
        }
    }

    private static String digest(String text) {
        return Sha256.of(text.getBytes(StandardCharsets.UTF_8));
    }
}
