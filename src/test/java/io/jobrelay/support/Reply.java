package io.jobrelay.support;

import com.sun.net.httpserver.HttpExchange;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;

/**
 * What a test server does with a request it has read.
 *
 * @param status of the answer
 * @param headers of the answer
 * @param body of the answer
 * @param wire whether the answer is sent at all
 */
public record Reply(int status, Map<String, String> headers, byte[] body, Wire wire) {

    /** What happens on the connection. */
    public enum Wire {
        /** The answer is sent. */
        ANSWER,
        /** The connection is closed without an answer. */
        DROP,
        /** Nothing is sent until the server is closed. */
        SILENCE
    }

    /**
     * @param status of the answer, which has no body
     * @return the reply
     */
    public static Reply of(int status) {
        return new Reply(status, Map.of(), new byte[0], Wire.ANSWER);
    }

    /**
     * @param status of the answer
     * @param json its body
     * @return the reply
     */
    public static Reply json(int status, String json) {
        return json(status, json.getBytes(StandardCharsets.UTF_8));
    }

    /**
     * @param status of the answer
     * @param json its body
     * @return the reply
     */
    public static Reply json(int status, byte[] json) {
        return new Reply(status, Map.of("Content-Type", "application/json;charset=utf-8"), json, Wire.ANSWER);
    }

    /**
     * @param status of the answer
     * @param code as RingCentral's, such as {@code CAI-101}
     * @param message for people
     * @return a refusal in the error format of the AI API, which has no member but {@code errors}
     */
    public static Reply error(int status, String code, String message) {
        return json(status, "{\"errors\":[{\"errorCode\":\"" + code + "\",\"message\":\"" + message + "\"}]}");
    }

    /** @return the connection closed without an answer, after the request was read */
    public static Reply drop() {
        return new Reply(0, Map.of(), new byte[0], Wire.DROP);
    }

    /** @return no answer, on a connection that stays open */
    public static Reply silence() {
        return new Reply(0, Map.of(), new byte[0], Wire.SILENCE);
    }

    /**
     * @param retryAfter value of {@code Retry-After}; null sends none
     * @return 429 as RingCentral's gateway sends it
     */
    public static Reply tooMany(String retryAfter) {
        Reply reply = json(429, "{\"errorCode\":\"CMN-301\",\"message\":\"Request rate exceeded\",\"errors\":[]}");
        return retryAfter == null ? reply : reply.with("Retry-After", retryAfter);
    }

    /**
     * @param status one of 301, 302, 303, 307, 308
     * @param location absolute
     * @return the redirect
     */
    public static Reply redirect(int status, String location) {
        return of(status).with("Location", location);
    }

    /**
     * @param name of a header
     * @param value it has; a header for each line of it
     * @return the same reply with that header too
     */
    public Reply with(String name, String value) {
        Map<String, String> more = new LinkedHashMap<>(headers);
        more.put(name, value);
        return new Reply(status, more, body, wire);
    }

    void send(HttpExchange exchange, CountDownLatch closed) throws IOException {
        if (wire == Wire.SILENCE) {
            try {
                closed.await();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
        if (wire == Wire.ANSWER) {
            exchange.getResponseHeaders().set("Server", "nginx"); // as real ones do: it must not be taken for a value of the relay's
            headers.forEach((name, value) -> exchange.getResponseHeaders().put(name, List.of(value.split("\n"))));
            exchange.sendResponseHeaders(status, body.length == 0 ? -1 : body.length);
            if (body.length > 0) {
                exchange.getResponseBody().write(body);
            }
        }
        exchange.close();
    }
}
