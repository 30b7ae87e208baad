package io.jobrelay.promises.embedded;

import static org.assertj.core.api.Assertions.assertThat;

import io.jobrelay.spring.WebhookFilter;
import io.jobrelay.support.RelayFixture;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ReadListener;
import jakarta.servlet.ServletInputStream;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.lang.reflect.Proxy;
import java.net.SocketTimeoutException;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Behind servlets the URL's signature decides what a request may take, as on a port of the relay's own; a whole host is in src/it. */
class WebhookFilterTest {

    private static RelayFixture relay;
    private final WebhookFilter filter = new WebhookFilter(relay::context, "/webhook");
    private final Map<String, byte[]> passed = new HashMap<>();
    private final FilterChain chain = (request, response) ->
            passed.put(((HttpServletRequest) request).getRequestURI(), request.getInputStream().readAllBytes());

    @BeforeAll
    static void start() {
        relay = new RelayFixture().with("relay.webhook.max-body", "100KiB").start();
    }

    @AfterAll
    static void stop() {
        relay.close();
    }

    @Test
    void without_a_signature_64_KiB_are_read_and_with_one_as_much_as_the_key_says() throws Exception {
        String path = path(relay.openJob(UUID.randomUUID().toString()));
        assertThat(call("/webhook", new byte[64 * 1024], chain)).isZero();
        assertThat(call("/webhook", new byte[64 * 1024 + 1], chain)).isEqualTo(413);
        for (String left : List.of(path, path + "/", path + ";x=y", "/" + path, path.replace(".", "%2e"))) {
            passed.clear();
            assertThat(call(left, new byte[100 * 1024], chain)).as("as a proxy left it").isZero();
            assertThat(passed).containsOnlyKeys(path);
        }
    }

    @Test
    void what_is_too_large_or_too_slow_makes_the_job_be_polled() throws Exception {
        for (int status : new int[] {413, 408}) {
            String id = relay.openJob(UUID.randomUUID().toString());
            InputStream body = status == 413 ? new ByteArrayInputStream(new byte[100 * 1024 + 1]) : new InputStream() {
                @Override
                public int read() throws IOException {
                    throw new IOException(new SocketTimeoutException());
                }
            };
            assertThat(call(path(id), body, chain)).isEqualTo(status);
            RelayFixture.patiently().until(() -> relay.job(id).get("hinted_at") != null);
        }
        assertThat(passed).isEmpty();
    }

    @Test
    void a_packed_body_is_unpacked_and_no_larger_than_any_other() throws Exception {
        String path = path(relay.openJob(UUID.randomUUID().toString()));
        assertThat(call(path, new ByteArrayInputStream(gzip("{}".getBytes())), chain, "gzip")).isZero();
        assertThat(passed.get(path)).isEqualTo("{}".getBytes());
        assertThat(call(path, new ByteArrayInputStream(gzip(new byte[100 * 1024 + 1])), chain, "gzip")).isEqualTo(413);
        assertThat(call("/webhook", new ByteArrayInputStream(gzip(new byte[64 * 1024 + 1])), chain, "x-gzip")).isEqualTo(413);
        byte[] broken = Arrays.copyOf(gzip(new byte[100]), 12);
        assertThat(call(path, new ByteArrayInputStream(broken), chain, "gzip")).isZero();
        assertThat(passed.get(path)).as("the route refuses it").isEqualTo(broken);
    }

    @Test
    void unsigned_requests_cannot_take_the_places_of_signed_ones() throws Exception {
        String path = path(relay.openJob(UUID.randomUUID().toString()));
        int[] statuses = new int[3];
        int[] inside = {0};
        FilterChain deeper = new FilterChain() {
            @Override
            public void doFilter(jakarta.servlet.ServletRequest request, jakarta.servlet.ServletResponse response) throws IOException {
                try {
                    if (++inside[0] < 100) {
                        call("/webhook", new byte[1], this);
                    } else {
                        statuses[0] = call("/webhook", new byte[1], chain);
                        statuses[1] = call(path, new byte[1], chain);
                    }
                } catch (Exception e) {
                    throw new IOException(e);
                }
            }
        };
        call("/webhook", new byte[1], deeper);
        statuses[2] = call("/webhook", new byte[1], chain);
        assertThat(statuses).as("with a hundred others at once, signed, and afterwards").containsExactly(503, 0, 0);
    }

    @Test
    void a_callback_that_nobody_serves_is_to_come_again_and_media_that_are_gone_are_gone() throws Exception {
        for (int status : new int[] {404, 500, 502, 503}) {
            assertThat(call("/webhook", new byte[1], (request, response) -> ((HttpServletResponse) response).setStatus(status))).isEqualTo(503);
            assertThat(call("/webhook/x", new byte[1], (request, response) -> ((HttpServletResponse) response).sendError(status))).isEqualTo(503);
        }
        assertThat(call("/webhook", new byte[1], (request, response) -> ((HttpServletResponse) response).setStatus(400))).isEqualTo(400);
        assertThat(call("/media/x/y", new byte[1], (request, response) -> ((HttpServletResponse) response).setStatus(404))).isEqualTo(404);
    }

    private static String path(String job) {
        return relay.callbackUrl(job).substring(relay.publicUrl().length());
    }

    private int call(String path, byte[] body, FilterChain next) throws Exception {
        return call(path, new ByteArrayInputStream(body), next);
    }

    /** @return the status the filter answered with; 0 where it passed the request on */
    private int call(String path, InputStream body, FilterChain next, String... codings) throws Exception {
        HttpServletRequest request = (HttpServletRequest) Proxy.newProxyInstance(getClass().getClassLoader(), new Class<?>[] {HttpServletRequest.class},
                (proxy, method, arguments) -> switch (method.getName()) {
                    case "getRequestURI" -> path;
                    case "getContextPath" -> "";
                    case "getMethod" -> "POST";
                    case "getContentLengthLong" -> -1L;
                    case "getInputStream" -> stream(body);
                    case "getHeaders" -> Collections.enumeration(arguments[0].equals("Content-Encoding") ? List.of(codings) : List.of());
                    case "isAsyncStarted" -> false;
                    default -> null;
                });
        int[] status = {0};
        HttpServletResponse response = (HttpServletResponse) Proxy.newProxyInstance(getClass().getClassLoader(), new Class<?>[] {HttpServletResponse.class},
                (proxy, method, arguments) -> {
                    if (method.getName().equals("setStatus")) {
                        status[0] = (int) arguments[0];
                    }
                    return null;
                });
        filter.doFilter(request, response, next);
        return status[0];
    }

    private static ServletInputStream stream(InputStream body) {
        return new ServletInputStream() {
            @Override
            public int read() throws IOException {
                return body.read();
            }

            @Override
            public boolean isFinished() {
                return false;
            }

            @Override
            public boolean isReady() {
                return true;
            }

            @Override
            public void setReadListener(ReadListener listener) {
                throw new UnsupportedOperationException();
            }
        };
    }

    private static byte[] gzip(byte[] body) throws IOException {
        ByteArrayOutputStream packed = new ByteArrayOutputStream();
        try (OutputStream out = new GZIPOutputStream(packed)) {
            out.write(body);
        }
        return packed.toByteArray();
    }
}
