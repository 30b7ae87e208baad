package io.jobrelay.protocol;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectWriter;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import org.apache.camel.Exchange;
import org.apache.camel.Message;

/** Makes of a message an answer of the admin port's. */
public final class JsonAnswer {

    /** What goes with everything that is not a page: nobody keeps it, and no browser takes it for something else. */
    public static final Map<String, String> HEADERS = Map.of("Cache-Control", "no-store", "X-Content-Type-Options", "nosniff");

    /** Writes records and maps in the order they have; a value that there is none of is left out. */
    public static final ObjectWriter JSON = JsonMapper.builder().serializationInclusion(JsonInclude.Include.NON_NULL).build().writer();

    private JsonAnswer() {
    }

    /**
     * @param document a record or a map of what JSON knows
     * @return the same as JSON
     */
    public static String of(Object document) {
        try {
            return JSON.writeValueAsString(document);
        } catch (JsonProcessingException e) {
            throw new UncheckedIOException("what is not JSON was to be answered", e);
        }
    }

    /**
     * @param message whose headers and body are replaced
     * @param status of HTTP
     * @param json the whole body
     */
    public static void write(Message message, int status, String json) {
        write(message, status, json.getBytes(StandardCharsets.UTF_8));
    }

    /**
     * @param message whose headers and body are replaced
     * @param status of HTTP
     * @param json the whole body, in UTF-8
     */
    public static void write(Message message, int status, byte[] json) {
        message.removeHeaders("*");
        message.setHeader(Exchange.HTTP_RESPONSE_CODE, status);
        message.setHeader(Exchange.CONTENT_TYPE, "application/json");
        HEADERS.forEach(message::setHeader);
        message.setBody(json);
    }
}
