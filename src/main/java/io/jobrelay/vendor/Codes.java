package io.jobrelay.vendor;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.BitSet;

/** HTTP status codes, single ones and hundreds of them ({@code 4xx}). A code that is named by itself counts more than its hundred. */
public final class Codes {

    /** Success, as most call it. */
    public static final Codes SUCCESS = hundred(2);

    private final BitSet single = new BitSet();
    private final BitSet hundreds = new BitSet();

    private Codes() {
    }

    /**
     * @param member a list of codes
     * @return these
     */
    public static Codes of(JsonNode member) {
        Codes codes = new Codes();
        member.forEach(code -> {
            if (code.isInt()) {
                codes.single.set(code.intValue());
            } else {
                codes.addHundred(code.asText().charAt(0) - '0');
            }
        });
        return codes;
    }

    /**
     * @param member a list of codes, or missing
     * @param otherwise what counts when it is missing
     * @return these
     */
    public static Codes of(JsonNode member, Codes otherwise) {
        return member == null || member.isMissingNode() ? otherwise : of(member);
    }

    /**
     * @param codes of HTTP
     * @return these
     */
    static Codes of(int... codes) {
        Codes these = new Codes();
        for (int code : codes) {
            these.single.set(code);
        }
        return these;
    }

    private static Codes hundred(int digit) {
        Codes codes = new Codes();
        codes.addHundred(digit);
        return codes;
    }

    private void addHundred(int digit) {
        hundreds.set(100 * digit, 100 * digit + 100);
    }

    /**
     * @param code of an answer
     * @return whether it is one of these
     */
    public boolean has(int code) {
        return code >= 0 && (single.get(code) || hundreds.get(code));
    }

    /**
     * @param code of an answer
     * @return whether it is named by itself
     */
    boolean names(int code) {
        return code >= 0 && single.get(code);
    }
}
