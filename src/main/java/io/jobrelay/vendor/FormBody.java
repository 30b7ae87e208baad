package io.jobrelay.vendor;

import io.jobrelay.document.JsonSplice;
import io.jobrelay.document.Template;
import io.jobrelay.protocol.PercentCode;
import io.jobrelay.protocol.Sha256;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;

/**
 * A JSON object as a form: each member a field, objects and arrays as JSON text, null left out.
 *
 * @param bytes of the body
 * @param contentType with all that belongs to it
 */
record FormBody(byte[] bytes, String contentType) {

    /**
     * @param json an object in UTF-8
     * @return {@code application/x-www-form-urlencoded}
     */
    static FormBody form(byte[] json) {
        StringBuilder form = new StringBuilder(json.length + 16);
        JsonSplice members = new JsonSplice(json, null);
        for (JsonSplice.Member member : members.members()) {
            byte[] value = members.field(member);
            if (value != null) {
                form.append(form.isEmpty() ? "" : "&").append(Template.encoded(member.name())).append('=').append(PercentCode.encode(value));
            }
        }
        return new FormBody(form.toString().getBytes(StandardCharsets.US_ASCII), "application/x-www-form-urlencoded");
    }

    /**
     * @param json an object in UTF-8
     * @param part the one field that takes the whole; null where each member is one
     * @return {@code multipart/form-data} (RFC 7578); the same request gives the same bytes
     */
    static FormBody multipart(byte[] json, String part) {
        String boundary = "relay-" + Sha256.of(json).substring(0, 40);
        ByteArrayOutputStream out = new ByteArrayOutputStream(json.length + 1_024);
        if (part != null) {
            field(out, boundary, part, json);
        } else {
            JsonSplice members = new JsonSplice(json, null);
            for (JsonSplice.Member member : members.members()) {
                byte[] value = members.field(member);
                if (value != null) {
                    field(out, boundary, member.name(), value);
                }
            }
        }
        out.writeBytes(ascii("--" + boundary + "--\r\n"));
        return new FormBody(out.toByteArray(), "multipart/form-data; boundary=" + boundary);
    }

    private static void field(ByteArrayOutputStream out, String boundary, String name, byte[] value) {
        String escaped = name.replace("\"", "%22").replace("\r", "%0D").replace("\n", "%0A");
        out.writeBytes(("--" + boundary + "\r\nContent-Disposition: form-data; name=\"" + escaped + "\"\r\n\r\n").getBytes(StandardCharsets.UTF_8));
        out.writeBytes(value);
        out.writeBytes(ascii("\r\n"));
    }

    private static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }
}
