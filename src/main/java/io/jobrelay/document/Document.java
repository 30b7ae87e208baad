package io.jobrelay.document;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.MissingNode;
import com.fasterxml.jackson.databind.node.NullNode;
import io.jobrelay.protocol.JsonScanner;
import io.jobrelay.protocol.Sha256;
import io.jobrelay.protocol.StatusResource;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.TreeSet;

/**
 * What was found in a document: where each place begins and ends in its bytes, which stay as they came. Texts are decoded when they are asked
 * for, and only so long as they can be of use.
 */
public final class Document {

    /** A part of the bytes, a JSON value as it stands. */
    public record Span(int from, int to) {
    }

    /** The longest text that is compared or told, in bytes as it stands. */
    private static final int LONGEST_VALUE = 65_536;
    private static final int LONGEST_NAME = 1_000;
    private static final int MOST_NAMES = 1_000;
    private static final int ESCAPE = 6;
    private static final ObjectMapper JSON = new ObjectMapper(StatusResource.AS_IT_CAME);

    private final DocumentReader reader;
    private final byte[] body;
    private final int[] from;
    private final int[] to;
    private final boolean whole;
    private final boolean tooDeep;

    Document(DocumentReader reader, byte[] body, int[] from, int[] to, boolean whole, boolean tooDeep) {
        this.reader = reader;
        this.body = body;
        this.from = from;
        this.to = to;
        this.whole = whole;
        this.tooDeep = tooDeep;
    }

    /** @return whether it is one JSON value in UTF-8, to its end */
    public boolean whole() {
        return whole;
    }

    /** @return whether it begins as a JSON object does */
    public boolean object() {
        int at = StatusResource.bomLength(body);
        while (at < body.length && (body[at] == ' ' || body[at] == '\n' || body[at] == '\r' || body[at] == '\t')) {
            at++;
        }
        return at < body.length && body[at] == '{';
    }

    /** @return whether it is broken, but so late that a closing brace stands in it: a broken document that has no end is only a beginning */
    public boolean hasEnd() {
        int brace = body.length - 1;
        while (brace > 0 && body[brace] != '}') {
            brace--;
        }
        return brace > 0;
    }

    /** @return why it cannot be read, for people; only of one that is not {@link #whole}, or no {@link #object} where one is needed */
    public String refusal() {
        return tooDeep ? "nested deeper than " + StatusResource.DEEPEST + " levels" : "not a JSON object in UTF-8";
    }

    /** @return the bytes it was read from */
    public byte[] body() {
        return body;
    }

    /**
     * @param place that was asked for
     * @return where the first of its values that is not null stands; null where there is none
     */
    public Span span(Place place) {
        for (Pointer pointer : place.pointers()) {
            int number = reader.number(pointer);
            if (from[number] >= 0 && body[from[number]] != 'n') {
                return new Span(from[number], to[number]);
            }
        }
        return null;
    }

    /**
     * @param place that was asked for
     * @return whether something other than null stands there
     */
    public boolean has(Place place) {
        return span(place) != null;
    }

    /**
     * @param place that was asked for
     * @param longest characters that are of use
     * @return the string that stands there; null where it is none, empty, longer, or a text that no database can hold
     */
    public String text(Place place, int longest) {
        return text(span(place), longest);
    }

    /**
     * @param place that was asked for
     * @param longest characters that are of use
     * @return as {@link #text}, and a number, true and false as they are written
     */
    public String scalar(Place place, int longest) {
        Span span = span(place);
        if (span == null || body[span.from] == '{' || body[span.from] == '[' || body[span.from] == '"') {
            return text(span, longest);
        }
        return span.to - span.from > longest ? null : raw(span);
    }

    /**
     * @param place that was asked for
     * @return whether a whole number stands there, written as one
     */
    public boolean wholeNumber(Place place) {
        Span span = span(place);
        if (span == null || body[span.from] != '-' && (body[span.from] < '0' || body[span.from] > '9')) {
            return false;
        }
        for (int i = span.from + 1; i < span.to; i++) {
            if (body[i] < '0' || body[i] > '9') {
                return false;
            }
        }
        return true;
    }

    /**
     * @param place that was asked for
     * @return what stands there; null's node where nothing does, and the missing one where it is too large to be looked at
     */
    public JsonNode value(Place place) {
        Span span = span(place);
        if (span == null) {
            return NullNode.getInstance();
        }
        if (span.to - span.from > LONGEST_VALUE) {
            return MissingNode.getInstance();
        }
        try {
            return JSON.readTree(body, span.from, span.to - span.from);
        } catch (IOException e) {
            return MissingNode.getInstance(); // of a broken document
        }
    }

    /**
     * @param place that was asked for
     * @return what stands there as one line of at most so many characters, for people; a string without its quotes, null where nothing does
     */
    public String line(Place place, int longest) {
        Span span = span(place);
        if (span == null) {
            return null;
        }
        String text = text(span, LONGEST_VALUE);
        String line = text != null ? text : raw(new Span(span.from, Math.min(span.to, span.from + ESCAPE * longest)));
        return line.length() > longest ? line.substring(0, longest) : line;
    }

    /**
     * @param place that was asked for, with {@code *} as its last step or not
     * @return what stands there as a text by which two documents can be compared: of a {@code *} the names of the members, whatever their order
     */
    public String compared(Place place) {
        Span span = span(place);
        if (span == null) {
            return "";
        }
        String names = place.pointers().get(0).names() ? names(span) : null;
        return names != null ? names : span.to - span.from <= LONGEST_NAME ? raw(span) : Sha256.of(body, span.from, span.to);
    }

    private String names(Span span) {
        TreeSet<String> names = new TreeSet<>();
        try {
            JsonScanner scanner = new JsonScanner(body, span.from, Integer.MAX_VALUE);
            if (!scanner.enterObject()) {
                return null;
            }
            for (String name = scanner.member(true, LONGEST_NAME); name != null; name = scanner.member(false, LONGEST_NAME)) {
                names.add(name);
                scanner.pass();
                if (names.size() > MOST_NAMES) {
                    return null;
                }
            }
        } catch (IOException e) {
            return null;
        }
        return String.join("\n", names);
    }

    private String text(Span span, int longest) {
        if (span == null || body[span.from] != '"' || span.to - span.from - 2L > (long) longest * ESCAPE) {
            return null;
        }
        try {
            String text = new JsonScanner(body, span.from, 1).textOrPass(longest);
            return text == null || text.isEmpty() || !isAscii(text) && !StatusResource.storable(text) ? null : text;
        } catch (IOException e) {
            return null; // it was read before
        }
    }

    private static boolean isAscii(String text) {
        for (int i = 0; i < text.length(); i++) {
            if (text.charAt(i) == 0 || text.charAt(i) > 0x7f) {
                return false;
            }
        }
        return true;
    }

    private String raw(Span span) {
        return new String(body, span.from, span.to - span.from, StandardCharsets.UTF_8);
    }
}
