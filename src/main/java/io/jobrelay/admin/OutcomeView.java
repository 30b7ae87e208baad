package io.jobrelay.admin;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.util.DefaultPrettyPrinter;
import io.jobrelay.protocol.JsonAnswer;
import io.jobrelay.protocol.Redaction;
import io.jobrelay.protocol.StatusResource;
import java.io.IOException;
import java.io.StringWriter;
import java.util.Map;
import org.apache.camel.Body;
import org.apache.camel.Message;

/**
 * Shows the beginning of a result to somebody who looks at a job. What a page shows ends up in screenshots and on other people's screens, so
 * members named like secrets are masked whole, and queries of URLs, signatures and tokens inside other strings. Only the indentation is not
 * the result's own. The result itself, whole and unmasked, is at {@code /jobs/{id}/result}.
 */
public final class OutcomeView {

    private static final int LONGEST = 65_536;
    private static final int BEGINNING = 98_304;
    private final StoredBodies bodies;

    private record Shown(long size, boolean truncated, String outcome) {
    }

    /** @param bodies where the results are */
    public OutcomeView(StoredBodies bodies) {
        this.bodies = bodies;
    }

    /**
     * Answers with {@code {"size", "truncated", "outcome"}}: the result's size in bytes, whether more follows, and its beginning as a text.
     *
     * @param outcome row of {@code job-outcome-frame}
     * @param message to answer with
     */
    public void answer(@Body Map<String, Object> outcome, Message message) {
        byte[] body = bodies.read(((Number) outcome.get("callback_id")).longValue(), 0, BEGINNING);
        long size = ((Number) outcome.get("body_size")).longValue();
        StringBuilder text = new StringBuilder();
        boolean cut = !shown(body, text) || body.length < size;
        JsonAnswer.write(message, 200, JsonAnswer.of(new Shown(size, cut, text.toString())));
    }

    /**
     * @param body the beginning of a JSON text, perhaps in the midst of a character
     * @param text gets at most 65,536 characters of it, indented and masked; a string that is not there to its end is left out, since the
     *     rest of a secret could be what is missing
     * @return whether that is all of it
     */
    static boolean shown(byte[] body, StringBuilder text) {
        StringWriter out = new StringWriter();
        boolean whole = false;
        try (JsonParser in = StatusResource.AS_IT_CAME.createParser(body, StatusResource.bomLength(body), body.length - StatusResource.bomLength(body));
                JsonGenerator json = StatusResource.JSON.createGenerator(out)) {
            json.disable(JsonGenerator.Feature.AUTO_CLOSE_JSON_CONTENT);
            json.setPrettyPrinter(new DefaultPrettyPrinter());
            whole = copied(in, json, out);
        } catch (IOException e) {
            // the text is not here to its end
        }
        text.append(out.getBuffer(), 0, Math.min(out.getBuffer().length(), LONGEST));
        if (text.length() > 0 && Character.isHighSurrogate(text.charAt(text.length() - 1))) {
            text.setLength(text.length() - 1);
        }
        return whole && out.getBuffer().length() <= LONGEST;
    }

    private static boolean copied(JsonParser in, JsonGenerator json, StringWriter out) throws IOException {
        boolean secret = false;
        int inside = 0; // how deep below a member that is a secret
        for (JsonToken token = in.nextToken(); token != null; token = in.nextToken()) {
            boolean masked = secret || inside > 0;
            secret = false;
            switch (token) {
                case FIELD_NAME -> {
                    json.writeFieldName(Redaction.masked(in.currentName()));
                    secret = Redaction.isSecret(in.currentName());
                    continue;
                }
                case VALUE_STRING -> json.writeString(masked ? Redaction.MASK : Redaction.masked(in.getText()));
                case VALUE_NUMBER_INT, VALUE_NUMBER_FLOAT -> json.writeRawValue(masked ? '"' + Redaction.MASK + '"' : in.getText());
                default -> json.copyCurrentEvent(in);
            }
            inside += masked && token.isStructStart() ? 1 : inside > 0 && token.isStructEnd() ? -1 : 0;
            json.flush();
            if (out.getBuffer().length() > LONGEST) {
                return false;
            }
        }
        return true;
    }
}
