package io.jobrelay.vendor;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.BitSet;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import java.util.regex.Pattern;

/** HTTP status codes, single ones and hundreds of them ({@code 4xx}). A code that is named by itself counts more than its hundred. */
public final class Codes {

    /** Success, as most call it. */
    public static final Codes SUCCESS = hundred(2);

    private static final Pattern CODE = Pattern.compile("[1-5]\\d\\d");
    private static final Pattern HUNDRED = Pattern.compile("[1-5]xx");

    private final BitSet single = new BitSet();
    private final BitSet hundreds = new BitSet();

    private Codes() {
    }

    /**
     * @param member a list of codes; what is none in it is passed over
     * @return these
     */
    public static Codes of(JsonNode member) {
        Codes codes = new Codes();
        member.forEach(code -> {
            if (CODE.matcher(code.asText()).matches()) {
                codes.single.set(code.asInt());
            } else if (HUNDRED.matcher(code.asText()).matches()) {
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

    /**
     * @param code of HTTP
     * @return these and that one
     */
    public Codes and(int code) {
        Codes both = of(code);
        both.single.or(single);
        both.hundreds.or(hundreds);
        return both;
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
     * Tells in which of several classes a code stands: in the one that names it by itself, else in the one that has its hundred.
     *
     * @param classes codes, by what they mean
     * @param code of an answer
     * @param <K> what they mean
     * @return what it means; nothing where it stands in none, more than one only where a profile contradicts itself, which the check refuses
     */
    public static <K> List<K> meanings(Map<K, Codes> classes, int code) {
        List<K> named = keys(classes, codes -> code >= 0 && codes.single.get(code));
        return named.isEmpty() ? keys(classes, codes -> codes.has(code)) : named;
    }

    private static <K> List<K> keys(Map<K, Codes> classes, Predicate<Codes> holds) {
        return classes.entrySet().stream().filter(one -> holds.test(one.getValue())).map(Map.Entry::getKey).toList();
    }
}
