package io.jobrelay.support;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpHeaders;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;

/** Real HTTP/1.1 requests for tests, without following redirects. */
public final class Http {

    private static final HttpClient CLIENT = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1)
            .connectTimeout(Duration.ofSeconds(5)).build();

    /**
     * What came back.
     *
     * @param status of the answer
     * @param headers of the answer, names in any case
     * @param bytes of its body; none is an empty array
     */
    public record Answer(int status, HttpHeaders headers, byte[] bytes) {

        /** @return the body as UTF-8 text */
        public String text() {
            return new String(bytes, StandardCharsets.UTF_8);
        }

        /**
         * @param name of a header, in any case
         * @return its first value, or null
         */
        public String header(String name) {
            return headers.firstValue(name).orElse(null);
        }

        /** Fails where the answer tells what it was made by. */
        public void saysNothingOfItsInside() {
            assertThat(text()).doesNotContainIgnoringCase("exception").doesNotContainIgnoringCase("camel")
                    .doesNotContainIgnoringCase("vert").doesNotContain("io.jobrelay").doesNotContain("\tat ")
                    .doesNotContain("h2").doesNotContain("jdbc");
            assertThat(headers.map()).doesNotContainKeys("server", "x-powered-by");
        }
    }

    private Http() {
    }

    /**
     * @param method such as {@code POST}
     * @param url absolute
     * @param body to send; null sends none
     * @param headers names and values in turn
     * @return the answer, after at most 30 seconds
     */
    public static Answer send(String method, String url, byte[] body, String... headers) {
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(url)).timeout(Duration.ofSeconds(30))
                .method(method, body == null ? BodyPublishers.noBody() : BodyPublishers.ofByteArray(body));
        if (headers.length > 0) {
            request.headers(headers);
        }
        try {
            var response = CLIENT.send(request.build(), BodyHandlers.ofByteArray());
            return new Answer(response.statusCode(), response.headers(), response.body());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    /**
     * @param url absolute
     * @param body to send as UTF-8
     * @param headers names and values in turn
     * @return the answer
     */
    public static Answer post(String url, String body, String... headers) {
        return send("POST", url, body.getBytes(StandardCharsets.UTF_8), headers);
    }

    /**
     * @param url absolute
     * @param headers names and values in turn
     * @return the answer
     */
    public static Answer get(String url, String... headers) {
        return send("GET", url, null, headers);
    }
}
