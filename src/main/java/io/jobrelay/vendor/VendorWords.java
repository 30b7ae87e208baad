package io.jobrelay.vendor;

import com.fasterxml.jackson.databind.JsonNode;
import io.jobrelay.document.Document;
import io.jobrelay.document.DocumentReader;
import io.jobrelay.document.Place;
import io.jobrelay.protocol.Redaction;
import java.util.Collection;
import java.util.List;

/**
 * What a vendor says about a failure, in its own words.
 *
 * @param message where the words stand
 * @param code where its code stands
 */
public record VendorWords(Place message, Place code) {

    private static final int LONGEST = 400;
    private static final int LONGEST_CODE = 64;
    private static final int LEAST_SECRET = 6;

    /**
     * @param member {@code errors} of a profile, or missing
     * @return the places
     */
    public static VendorWords of(JsonNode member) {
        return new VendorWords(Place.of(member.get("message")), Place.of(member.get("code")));
    }

    /**
     * @param body of an answer that refuses
     * @param secrets of the account, which a vendor may repeat
     * @return its words; null where it is no JSON, or has none
     */
    public String of(byte[] body, Collection<String> secrets) {
        return of(DocumentReader.of(List.of(message, code)).glean(body), secrets);
    }

    /**
     * @param document read with both places
     * @return its words, redacted, on one line; null where it has none
     */
    public String of(Document document) {
        return of(document, List.of());
    }

    private String of(Document document, Collection<String> secrets) {
        String said = document.line(message, LONGEST);
        String kind = document.scalar(code, LONGEST_CODE);
        String both = said == null ? kind : kind == null || said.contains(kind) ? said : kind + ": " + said;
        for (String secret : secrets) {
            both = both == null || secret == null || secret.length() < LEAST_SECRET ? both : both.replace(secret, Redaction.MASK);
        }
        return both == null || both.isBlank() ? null : Redaction.of(both).strip();
    }
}
