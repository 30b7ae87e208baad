package io.jobrelay.vendor;

import com.fasterxml.jackson.core.JsonGenerator;
import io.jobrelay.document.Document;
import io.jobrelay.protocol.StatusResource;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;

/** What stands as {@code response} in an outcome document: JSON byte for byte as the vendor wrote it, anything else as a text or base64. */
public final class ResponseForm {

    private static final String UNKNOWN = "application/octet-stream";
    private static final Pattern TYPE = Pattern.compile("[a-z0-9!#$&^_.+-]{1,60}/[a-z0-9!#$&^_.+-]{1,60}");
    private static final Pattern JSON = Pattern.compile("(application|text)/json|[^/]+/[^/]+\\+json");

    private ResponseForm() {
    }

    /**
     * @param document of the answer or callback, read to see whether it is JSON
     * @param span of it that is the response: {@link Said#result}; null where nothing of it is
     * @param contentType {@code result.type} of the profile, else what the answer says; null where neither says anything
     * @return a JSON value in UTF-8, of JSON a part of the document's bytes, which are not copied; empty when it says that it is JSON and cannot
     *     be read, or has no response
     */
    public static Optional<ByteBuffer> of(Document document, Document.Span span, String contentType) {
        String type = contentType == null ? "" : contentType.split("[;,]", 2)[0].strip().toLowerCase(Locale.ROOT);
        byte[] body = document.body();
        if (JSON.matcher(type).matches() || type.isEmpty() && document.whole()) {
            return document.whole() && span != null ? Optional.of(ByteBuffer.wrap(body, span.from(), span.to() - span.from())) : Optional.empty();
        }
        ByteArrayOutputStream out = new ByteArrayOutputStream(body.length + body.length / 2 + 128);
        try (JsonGenerator json = StatusResource.JSON.createGenerator(out)) {
            json.writeStartObject();
            json.writeStringField("contentType", TYPE.matcher(type).matches() ? type : UNKNOWN);
            if (StatusResource.isUtf8(body)) {
                json.writeStringField("text", new String(body, StandardCharsets.UTF_8));
            } else {
                json.writeBinaryField("base64", body);
            }
            json.writeEndObject();
        } catch (IOException e) {
            throw new IllegalStateException("it is written to memory", e);
        }
        return Optional.of(ByteBuffer.wrap(out.toByteArray()));
    }
}
