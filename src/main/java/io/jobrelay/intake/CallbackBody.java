package io.jobrelay.intake;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonFactoryBuilder;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.Set;

/**
 * What the relay needs to know of a status resource, read in one pass without building a tree: the body itself is kept byte for byte and
 * never bound to classes. Absent, unknown and oddly typed members are no errors; of a member that stands twice the last one counts.
 *
 * @param jobId the API's id of the job; null when the body has none that can be used
 * @param api path of the endpoint it was submitted to, or null
 * @param status the API's word, or null; only {@code Success} and {@code Fail} are terminal
 * @param creationTime as the API wrote it, or null
 * @param completionTime as the API wrote it, or null
 * @param expirationTime as the API wrote it, or null
 */
public record CallbackBody(String jobId, String api, String status, String creationTime, String completionTime, String expirationTime) {

    /** The longest jobId that can be used; a longer one is treated as if there were none. */
    public static final int LONGEST_JOB_ID = 512;

    private static final Set<String> TERMINAL = Set.of("Success", "Fail");

    /** Reads JSON of any depth and size: what may come in is bounded by {@code relay.webhook.max-body}, not here. */
    public static final JsonFactory JSON = new JsonFactoryBuilder()
            .disable(JsonFactory.Feature.CHARSET_DETECTION)
            .streamReadConstraints(StreamReadConstraints.builder()
                    .maxNestingDepth(Integer.MAX_VALUE).maxNumberLength(Integer.MAX_VALUE)
                    .maxStringLength(Integer.MAX_VALUE).maxNameLength(Integer.MAX_VALUE).build())
            .build();

    /**
     * @param body of a callback or a status answer
     * @return what it says; empty when it is not one JSON object in UTF-8
     */
    public static Optional<CallbackBody> read(byte[] body) {
        if (!isUtf8(body)) {
            return Optional.empty();
        }
        String jobId = null;
        String api = null;
        String status = null;
        String creation = null;
        String completion = null;
        String expiration = null;
        try (JsonParser parser = JSON.createParser(body, bomLength(body), body.length - bomLength(body))) {
            if (parser.nextToken() != JsonToken.START_OBJECT) {
                return Optional.empty();
            }
            while (parser.nextToken() == JsonToken.FIELD_NAME) {
                String name = parser.currentName();
                parser.nextToken();
                switch (name) {
                    case "jobId" -> jobId = text(parser, LONGEST_JOB_ID);
                    case "api" -> api = text(parser, 512);
                    case "status" -> status = text(parser, 64);
                    case "creationTime" -> creation = text(parser, 64);
                    case "completionTime" -> completion = text(parser, 64);
                    case "expirationTime" -> expiration = text(parser, 64);
                    default -> parser.skipChildren();
                }
            }
            if (parser.currentToken() != JsonToken.END_OBJECT || parser.nextToken() != null) {
                return Optional.empty();
            }
        } catch (IOException e) {
            return Optional.empty();
        }
        return Optional.of(new CallbackBody(jobId, api, status, creation, completion, expiration));
    }

    /**
     * @param body of an answer
     * @return whether it is one JSON value in UTF-8
     */
    public static boolean isJson(byte[] body) {
        if (!isUtf8(body)) {
            return false;
        }
        try (JsonParser parser = JSON.createParser(body)) {
            if (parser.nextToken() == null) {
                return false;
            }
            parser.skipChildren();
            return parser.nextToken() == null;
        } catch (IOException e) {
            return false;
        }
    }

    /** @return whether the API says that the job has ended; a word the relay does not know means that it has not */
    public boolean terminal() {
        return status != null && TERMINAL.contains(status);
    }

    /**
     * @param body that may begin with a byte order mark
     * @return how many bytes to pass over: 3 or 0
     */
    public static int bomLength(byte[] body) {
        return body.length >= 3 && body[0] == (byte) 0xEF && body[1] == (byte) 0xBB && body[2] == (byte) 0xBF ? 3 : 0;
    }

    private static String text(JsonParser parser, int longest) throws IOException {
        if (parser.currentToken() != JsonToken.VALUE_STRING) {
            parser.skipChildren();
            return null;
        }
        String text = parser.getText();
        return text.isEmpty() || text.length() > longest || !storable(text) ? null : text;
    }

    /**
     * @param text from outside
     * @return whether every database can hold it: no NUL, no half of a surrogate pair
     */
    public static boolean storable(String text) {
        return text.indexOf('\0') < 0 && StandardCharsets.UTF_8.newEncoder().canEncode(text);
    }

    /**
     * @param body from outside
     * @return whether it is UTF-8 throughout
     */
    static boolean isUtf8(byte[] body) {
        CharsetDecoder decoder = StandardCharsets.UTF_8.newDecoder()
                .onMalformedInput(CodingErrorAction.REPORT).onUnmappableCharacter(CodingErrorAction.REPORT);
        ByteBuffer in = ByteBuffer.wrap(body);
        CharBuffer out = CharBuffer.allocate(Math.min(body.length + 1, 8192));
        while (true) {
            var result = decoder.decode(in, out, true);
            if (result.isUnderflow()) {
                return true;
            }
            if (result.isError()) {
                return false;
            }
            out.clear();
        }
    }
}
