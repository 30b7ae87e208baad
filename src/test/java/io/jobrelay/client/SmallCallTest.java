package io.jobrelay.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.jobrelay.support.RawServer;
import io.jobrelay.webhook.NgrokAgent;
import java.io.IOException;
import java.io.OutputStream;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.hc.core5.http.io.support.ClassicRequestBuilder;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Whoever answers the relay's small questions (an ngrok agent, or what has its port; the public URL) cannot fill its memory. */
class SmallCallTest {

    private final AtomicLong written = new AtomicLong();

    @ParameterizedTest
    @ValueSource(strings = {"HTTP/1.1 200 OK\r\nX-Long: ", "HTTP/1.1 200 ", "", "HTTP/1.1 200 OK\r\n\r\n", "HTTP/1.1 200 OK\r\nContent-Length: 999999999\r\n\r\n"})
    void an_answer_without_end_is_none(String begin) {
        try (RawServer server = new RawServer((request, out) -> endless(begin, out))) {
            SmallCall call = new SmallCall(Duration.ofSeconds(5), Duration.ofSeconds(20), Proxies.NONE);
            assertThatThrownBy(() -> call.send(ClassicRequestBuilder.get(server.url() + "/~x"))).isInstanceOf(IOException.class);
            assertThat(new NgrokAgent(URI.create(server.url() + "/api/tunnels"), Clock.systemUTC()).tunnelTo(8080)).isEmpty();
            assertThat(server.lines()).startsWith("GET /~x HTTP/1.1");
        }
        assertThat(written.get()).as("with what the sockets hold").isLessThan(30_000_000);
    }

    @Test
    void a_small_answer_comes_whole_and_a_redirect_is_one() throws IOException {
        try (RawServer server = new RawServer((request, out) -> {
            out.write(RawServer.reply("302 Found", "there", "Location: http://127.0.0.1:1/", "X-A: 1", "X-A: 2"));
            return false;
        })) {
            SmallCall.Answer answer = new SmallCall(Duration.ofSeconds(5), Duration.ofSeconds(20), Proxies.NONE).send(ClassicRequestBuilder.get(server.url()));
            assertThat(answer.status()).isEqualTo(302);
            assertThat(answer.body()).asString(StandardCharsets.UTF_8).isEqualTo("there");
            assertThat(answer.headers()).filteredOn(header -> header.getName().equals("X-A")).hasSize(2);
        }
    }

    private boolean endless(String begin, OutputStream out) throws IOException {
        out.write(begin.getBytes(StandardCharsets.US_ASCII));
        byte[] block = "x".repeat(8192).getBytes(StandardCharsets.US_ASCII);
        while (written.get() < 200_000_000) {
            out.write(block);
            written.addAndGet(block.length);
        }
        return false;
    }
}
