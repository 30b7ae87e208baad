package io.jobrelay.promises.anyinput;

import static org.assertj.core.api.Assertions.assertThat;

import io.jobrelay.protocol.Capability;
import io.jobrelay.support.Http;
import io.jobrelay.support.Raw;
import io.jobrelay.support.RelayFixture;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.UUID;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** How a callback is sent does not matter, and nothing of its headers and parameters is obeyed or comes back. */
class StrangeSenderTest {

    private static final String USUAL = "content-type|content-length|date|connection";
    private static RelayFixture relay;
    private String jobId;
    private String id;
    private String body;

    @BeforeAll
    static void start() {
        relay = new RelayFixture().start();
    }

    @AfterAll
    static void stop() {
        relay.close();
    }

    @BeforeEach
    void open() {
        jobId = UUID.randomUUID().toString();
        id = relay.openJob(jobId);
        body = "{\"jobId\":\"" + jobId + "\",\"status\":\"Success\",\"response\":{\"a\":\"1&b=2+%41;\"}}";
    }

    @ParameterizedTest
    @ValueSource(strings = {"application/json", "application/json; charset=UTF-8", "application/json;charset=iso-8859-1", "text/plain",
        "application/x-www-form-urlencoded", "APPLICATION/X-WWW-FORM-URLENCODED; charset=utf-8", "multipart/form-data",
        "multipart/form-data; boundary=x", "application/octet-stream", "application/xml", "text/html", "nonsense", "*/*", "a/b/c;;="})
    void the_content_type_does_not_matter(String type) {
        assertThat(relay.post(relay.callbackUrl(id), body, "Content-Type", type).status()).isEqualTo(200);
        recorded();
    }

    @Test
    void no_content_type_is_as_good() {
        assertThat(relay.post(relay.callbackUrl(id), body).status()).isEqualTo(200);
        recorded();
    }

    @Test
    void a_body_in_chunks_is_read() {
        String path = path(relay.callbackUrl(id));
        StringBuilder chunks = new StringBuilder();
        for (char c : body.toCharArray()) {
            chunks.append("1\r\n").append(c).append("\r\n");
        }
        String reply = Raw.send(relay.publicPort(), ("POST " + path + " HTTP/1.1\r\nHost: x\r\nConnection: close\r\n"
                + "Transfer-Encoding: chunked\r\n\r\n" + chunks + "0\r\n\r\n").getBytes(StandardCharsets.ISO_8859_1));
        assertThat(reply).startsWith("HTTP/1.1 200 ");
        recorded();
    }

    @Test
    void a_sender_that_would_rather_speak_http_2_is_answered() throws Exception {
        HttpClient client = HttpClient.newBuilder().version(HttpClient.Version.HTTP_2).build();
        for (String url : new String[] {relay.callbackUrl(id), relay.adminUrl() + "/jobs"}) {
            String text = url.endsWith("/jobs") ? "{\"jobId\":\"" + UUID.randomUUID() + "\"}" : body;
            HttpRequest request = HttpRequest.newBuilder(URI.create(url)).POST(HttpRequest.BodyPublishers.ofString(text)).build();
            assertThat(client.send(request, HttpResponse.BodyHandlers.ofString()).statusCode()).isIn(200, 202);
        }
        recorded();
    }

    @Test
    void a_sender_of_http_1_0_is_answered() {
        String reply = Raw.send(relay.publicPort(), ("POST " + path(relay.callbackUrl(id)) + " HTTP/1.0\r\nContent-Length: "
                + body.length() + "\r\n\r\n" + body).getBytes(StandardCharsets.ISO_8859_1));
        assertThat(reply).matches("(?s)HTTP/1\\.[01] 200 .*");
        recorded();
    }

    @Test
    void a_sender_that_waits_for_100_continue_is_let_on() {
        String reply = Raw.post(relay.publicPort(), path(relay.callbackUrl(id)), body, "Expect: 100-continue");
        assertThat(reply).contains("HTTP/1.1 200 ");
        recorded();
    }

    @Test
    void headers_of_the_request_are_neither_obeyed_nor_echoed() {
        Http.Answer answer = relay.post(relay.callbackUrl(id), body,
                "CamelHttpResponseCode", "418", "CamelFileName", "../../evil.json", "CamelOverruleFileName", "evil.json",
                "CamelSqlQuery", "DELETE FROM relay_job", "CamelSqlUpdateCount", "7", "CamelSqlRetrieveGeneratedKeys", "true",
                "CamelHttpPath", "/webhook", "CamelHttpUri", "http://127.0.0.1:1/", "CamelBeanMethodName", "toString",
                "CamelHttpQuery", "a=b", "CamelHttpMethod", "GET", "relay-id", "evil", "relay-job-id", "evil", "X-Secret", "s3cr3t",
                "Location", "http://evil.example", "Retry-After", "9", "ETag", "e", "Cache-Control", "no-store",
                "Authorization", "Bearer abc", "Cookie", "a=b", "Content-Encoding", "identity");
        assertThat(answer.status()).isEqualTo(200);
        assertThat(answer.headers().map().keySet()).allMatch(name -> name.toLowerCase().matches(USUAL));
        recorded();
        relay.forward();
        assertThat(relay.resultFiles()).contains(jobId + ".json").doesNotContain("evil.json");
        assertThat(relay.folder().getParent().resolve("evil.json")).doesNotExist();
    }

    @Test
    void parameters_of_the_query_are_neither_obeyed_nor_echoed() {
        Http.Answer answer = relay.post(relay.callbackUrl(id) + "?CamelHttpResponseCode=418&CamelFileName=..%2Fevil.json"
                + "&CamelSqlQuery=DELETE%20FROM%20relay_job&relay-job-id=evil&Location=http%3A%2F%2Fevil.example&Retry-After=9"
                + "&x=%0d%0aSet-Cookie:a"
                + "&range=bytes%3D0-1&idempotency-key=k", body);
        assertThat(answer.status()).isEqualTo(200);
        assertThat(answer.headers().map().keySet()).allMatch(name -> name.toLowerCase().matches(USUAL));
        recorded();
    }

    @Test
    void form_fields_named_like_headers_do_nothing() {
        Http.Answer answer = relay.post(relay.callbackUrl(id), "CamelHttpResponseCode=200&Validation-Token=x&CamelSqlQuery=DELETE",
                "Content-Type", "application/x-www-form-urlencoded");
        assertThat(answer.status()).isEqualTo(400);
        assertThat(answer.header("validation-token")).isNull();
        assertThat(relay.callbacks(id)).singleElement().satisfies(row -> assertThat(row).containsEntry("verdict", "Refused"));
    }

    @Test
    void a_path_with_dots_and_encodings_reaches_nothing_else() {
        String sign = relay.bean("relay-callback-capability", Capability.class).sign(id);
        for (String path : new String[] {"/webhook/../webhook/" + sign, "//webhook/" + sign, "/%77ebhook/" + sign, "/webhook//" + sign}) {
            assertThat(Raw.post(relay.publicPort(), path, body)).as(path).matches("(?s)HTTP/1\\.1 (200|400|404) .*");
        }
    }

    private void recorded() {
        assertThat(relay.callbacks(id)).singleElement().satisfies(row -> {
            assertThat(new String((byte[]) row.get("body"), StandardCharsets.UTF_8)).isEqualTo(body);
            assertThat(row).containsEntry("status", "Success");
        });
    }

    private static String path(String url) {
        return url.substring(url.indexOf('/', "http://".length()));
    }
}
