package io.jobrelay.protocol;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonFactoryBuilder;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamWriteConstraints;
import com.fasterxml.jackson.core.json.JsonReadFeature;
import java.io.IOException;
import java.io.StringWriter;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.util.Map;
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
public record StatusResource(String jobId, String api, String status, String creationTime, String completionTime, String expirationTime) {

    /** The longest jobId that can be used; a longer one is treated as if there were none. */
    public static final int LONGEST_JOB_ID = 512;

    private static final Set<String> TERMINAL = Set.of("Success", "Fail");

    /** The most objects and arrays, one in another, that are read of what comes in unasked. */
    public static final int DEEPEST = 20_000;

    private static final int LONGEST_NAME = 5_000_000;

    /**
     * Reads JSON of any size, up to {@value #DEEPEST} deep: what may come in is bounded by each reader.
     */
    public static final JsonFactory JSON = new JsonFactoryBuilder()
            .disable(JsonFactory.Feature.CHARSET_DETECTION).disable(JsonFactory.Feature.INTERN_FIELD_NAMES)
            .streamReadConstraints(StreamReadConstraints.builder()
                    .maxNestingDepth(DEEPEST).maxNumberLength(LONGEST_NAME)
                    .maxStringLength(Integer.MAX_VALUE).maxNameLength(LONGEST_NAME).build())
            .streamWriteConstraints(StreamWriteConstraints.builder().maxNestingDepth(DEEPEST + 10).build())
            .build();

    /** Reads what the API said as {@link #read} does: raw control characters and NaN too. What people ask for is read by {@link #JSON}. */
    public static final JsonFactory AS_IT_CAME = new JsonFactoryBuilder(JSON)
            .enable(JsonReadFeature.ALLOW_UNESCAPED_CONTROL_CHARS).enable(JsonReadFeature.ALLOW_NON_NUMERIC_NUMBERS).build();

    /**
     * @param body of a callback or a status answer
     * @return what it says; empty when it is not one JSON object in UTF-8, or nested deeper than {@value #DEEPEST}
     */
    public static Optional<StatusResource> read(byte[] body) {
        if (!isUtf8(body)) {
            return Optional.empty();
        }
        Reading reading = new Reading(body, DEEPEST);
        return reading.whole() ? Optional.of(reading.said()) : Optional.empty();
    }

    /**
     * Reads what was asked for and may not come a second time: a result is not lost for its form.
     *
     * @param body of an answer to a poll
     * @return what it says, however deep it is nested, whatever bytes are in its strings, and where it is broken, what stands in front of
     *     that; empty when it is no object, has no end, or its status cannot be read
     */
    public static Optional<StatusResource> glean(byte[] body) {
        Reading reading = new Reading(body, Integer.MAX_VALUE);
        boolean whole = reading.whole();
        StatusResource said = reading.said();
        int brace = body.length - 1;
        while (!whole && brace > 0 && body[brace] != '}') {
            brace--;
        }
        return whole && isUtf8(body) || said.status != null && (whole || brace > 0) ? Optional.of(said) : Optional.empty();
    }

    /**
     * @param body that {@link #read} did not take
     * @return why, for people
     */
    public static String refusal(byte[] body) {
        Reading reading = new Reading(body, DEEPEST);
        reading.whole();
        return reading.walk.tooDeep() ? "nested deeper than " + DEEPEST + " levels" : "not a JSON object in UTF-8";
    }

    /**
     * @param body of an answer
     * @return whether it is one JSON value in UTF-8
     */
    public static boolean isJson(byte[] body) {
        if (!isUtf8(body)) {
            return false;
        }
        try {
            JsonScanner walk = new JsonScanner(body, 0, DEEPEST);
            walk.pass();
            return walk.ended();
        } catch (IOException e) {
            return false;
        }
    }

    /** One pass over a body. */
    private static final class Reading {

        private final JsonScanner walk;
        private String jobId;
        private String api;
        private String status;
        private String creation;
        private String completion;
        private String expiration;

        Reading(byte[] body, int deepest) {
            this.walk = new JsonScanner(body, bomLength(body), deepest);
        }

        /** @return whether it was one JSON object and nothing else */
        boolean whole() {
            try {
                if (!walk.enterObject()) {
                    return false;
                }
                for (String name = walk.member(true); name != null; name = walk.member(false)) {
                    switch (name) {
                        case "jobId" -> jobId = text(LONGEST_JOB_ID);
                        case "api" -> api = text(512);
                        case "status" -> status = text(64);
                        case "creationTime" -> creation = text(64);
                        case "completionTime" -> completion = text(64);
                        case "expirationTime" -> expiration = text(64);
                        default -> walk.pass();
                    }
                }
                return walk.ended();
            } catch (IOException e) {
                return false;
            }
        }

        StatusResource said() {
            return new StatusResource(jobId, api, status, creation, completion, expiration);
        }

        private String text(int longest) throws IOException {
            String text = walk.textOrPass(longest);
            return text == null || text.isEmpty() || !storable(text) ? null : text;
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
    public static boolean isUtf8(byte[] body) {
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

    /**
     * @param job that the relay ends by itself, or that the API refused
     * @param status its last one
     * @param response the API's error body, or null where there is none
     * @param now milliseconds since the epoch, the time it ended
     * @return a status resource like the API's, of what is known
     * @throws IOException never, in practice
     */
    public static byte[] write(Map<String, Object> job, String status, String response, long now) throws IOException {
        StringWriter out = new StringWriter();
        try (JsonGenerator json = JSON.createGenerator(out)) {
            json.writeStartObject();
            member(json, "jobId", job.get("job_id"));
            member(json, "api", job.get("api"));
            member(json, "creationTime", job.get("creation_time"));
            json.writeStringField("completionTime", ApiTime.of(now));
            member(json, "expirationTime", job.get("expiration_time"));
            json.writeStringField("status", status);
            if (response != null) {
                json.writeFieldName("response");
                json.writeRawValue(response);
            }
            json.writeEndObject();
        }
        return out.toString().getBytes(StandardCharsets.UTF_8);
    }

    private static void member(JsonGenerator json, String name, Object text) throws IOException {
        if (text != null) {
            json.writeStringField(name, (String) text);
        }
    }
}
