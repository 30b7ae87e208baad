package io.jobrelay.vendor;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.EnumMap;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Stream;

/**
 * What the status code of an answer means that is no success: in which class the profile names it, else in which it is by default. A code named
 * in one class leaves the defaults of the others.
 */
public final class Answers {

    /** What an answer means. */
    public enum Meaning {
        /** This request is wrong: the job ends as {@code Fail} with the answer. */
        REFUSED,
        /** The token is renewed, once; again in a row it is {@link #ACCOUNT}. */
        RENEW,
        /** Key, rights or money of the account: it waits, and the job stays open. */
        ACCOUNT,
        /** The job may have been taken. */
        DOUBT,
        /** Not taken, and sent again later. */
        LATER,
        /** Too many requests: the account pauses, whatever a profile says. */
        PAUSE;

        /** @return the class of codes in a profile, in small letters */
        public String word() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    private static final int TOO_MANY = 429;
    private static final Map<Meaning, Codes> DEFAULTS = Map.of(
            Meaning.REFUSED, Codes.of(400, 404, 405, 406, 409, 410, 411, 413, 414, 415, 422),
            Meaning.ACCOUNT, Codes.of(401, 402, 403),
            Meaning.DOUBT, Codes.of(500, 502, 504));

    private final Map<Meaning, Codes> named = new EnumMap<>(Meaning.class);
    private final Map<Meaning, Codes> usual = new EnumMap<>(DEFAULTS);

    private Answers() {
    }

    /**
     * @param member {@code answers} of a profile, or missing
     * @return what its codes mean
     */
    public static Answers of(JsonNode member) {
        Answers answers = new Answers();
        for (Meaning meaning : Meaning.values()) {
            JsonNode codes = member.get(meaning.word());
            if (codes != null) {
                answers.named.put(meaning, Codes.of(codes));
                answers.usual.remove(meaning);
            }
        }
        return answers;
    }

    /**
     * @param code of an answer that is no success
     * @return what it means
     */
    public Meaning meaning(int code) {
        if (code == TOO_MANY) {
            return Meaning.PAUSE;
        }
        return Stream.of(named, usual).flatMap(classes -> Codes.meanings(classes, code).stream()).findFirst().orElse(Meaning.LATER);
    }
}
