package io.jobrelay.bench;

import io.jobrelay.protocol.Capability;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** The jobs of the benchmark, by number: their ids, and their callbacks. */
final class Jobs {

    /** The relay's {@code relay.webhook.secret}. */
    static final String SECRET = "of-the-benchmark";
    /** The bytes of an ordinary callback. */
    static final int BODY_BYTES = 2_000;
    private final Capability capability = new Capability("callback", List.of(SECRET));
    private final Words words = new Words();

    /** @return the relay's id of job n, and the API's jobId, which is the same here */
    static String id(int n) {
        return String.format("00000000-0000-7000-8000-%012d", n);
    }

    /** @return an outcome of that many bytes, as the API would post it */
    byte[] body(int n, int bytes) {
        String head = "{\"jobId\":\"" + id(n) + "\",\"api\":\"/ai/audio/v1/async/speech-to-text\",\"creationTime\":\"2026-01-01T00:00:00.000Z\","
                + "\"completionTime\":\"2026-01-01T00:00:10.000Z\",\"expirationTime\":\"2026-01-08T00:00:00.000Z\",\"status\":\"Success\","
                + "\"response\":{\"transcript\":\"";
        return (head + words.piece(n, bytes - head.length() - 3) + "\"}}").getBytes(StandardCharsets.US_ASCII);
    }

    /** @return the whole request that brings an ordinary callback */
    byte[] request(int n) {
        return request(n, body(n, BODY_BYTES));
    }

    /** @return the whole request that brings this body to the URL signed for job n */
    byte[] request(int n, byte[] body) {
        byte[] head = ("POST /webhook/" + capability.sign(id(n)) + " HTTP/1.1\r\nHost: 127.0.0.1\r\n"
                + "Content-Type: application/json\r\nContent-Length: " + body.length + "\r\n\r\n").getBytes(StandardCharsets.US_ASCII);
        byte[] whole = new byte[head.length + body.length];
        System.arraycopy(head, 0, whole, 0, head.length);
        System.arraycopy(body, 0, whole, head.length, body.length);
        return whole;
    }
}
