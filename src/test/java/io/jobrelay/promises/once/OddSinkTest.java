package io.jobrelay.promises.once;

import static org.assertj.core.api.Assertions.assertThat;

import io.jobrelay.support.RawServer;
import io.jobrelay.support.RawServer.Request;
import io.jobrelay.support.RelayFixture;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/** What an HTTP sink says besides its status is passed over, whatever it is; and nothing of it is without bounds. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class OddSinkTest {

    private static final String PATH = "/a~b/%7e/%2F/c;v=1/?q=~%20+&url=http://x/y&k=%c3%a9";
    private final AtomicReference<RawServer.Play> play = new AtomicReference<>();
    private final AtomicInteger number = new AtomicInteger();
    private RawServer sink;
    private RelayFixture relay;

    @BeforeAll
    void start() {
        sink = new RawServer((request, out) -> play.get().answer(request, out));
        relay = new RelayFixture().with("relay.sinks", "http").with("relay.sink.http.url", sink.url() + PATH)
                .with("relay.sink.http.timeout", "20s").start();
    }

    @AfterAll
    void stop() {
        relay.close();
        sink.close();
    }

    @Test
    void the_url_goes_out_byte_for_byte_as_it_is_configured() {
        answer("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
        delivered(outcome());
        assertThat(sink.lines()).last().isEqualTo("POST " + PATH + " HTTP/1.1");
        assertThat(sink.requests().get(sink.requests().size() - 1).has("relay-request-target")).isFalse();
    }

    @Test
    void a_2xx_counts_whatever_its_header_says_of_its_body() {
        for (String rest : new String[] {
            "Content-Encoding: gzip\r\nContent-Length: 0\r\n\r\n", "Content-Encoding: gzip\r\n\r\n", "Content-Encoding: gzip\r\nContent-Length: 4\r\n\r\nfine",
            "Content-Encoding: br, deflate\r\nContent-Length: 2\r\n\r\nok", "Content-Encoding: \r\nContent-Length: 2\r\n\r\nok",
            "Content-Encoding: gzip\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", "Transfer-Encoding: chunked\r\n\r\nzz\r\n", "Content-Length: 100\r\n\r\nshort",
            "Content-Type: text/plain; charset=nonsense\r\nContent-Length: 2\r\n\r\nok", "Content-Type: application/x-java-serialized-object\r\nContent-Length: 2\r\n\r\nok",
            "Content-Type: ;;;=\r\nContent-Length: 0\r\n\r\n", "Set-Cookie: a=b; Domain=x; Expires=never\r\nContent-Length: 0\r\n\r\n",
            "CamelHttpResponseCode: 500\r\nContent-Length: 0\r\n\r\n"}) {
            answer("HTTP/1.1 200 Fine\r\n" + rest);
            delivered(outcome());
        }
        answer("HTTP/1.1 204 No Content\r\nContent-Encoding: gzip\r\n\r\n");
        delivered(outcome());
    }

    @Test
    void an_endless_head_is_a_failed_attempt_of_which_little_is_read() {
        for (String[] endless : new String[][] {
            {"HTTP/1.1 200 OK\r\nX-Long: ", "xxxxxxxxxxxxxxxx"}, {"HTTP/1.1 200 OK\r\n", "X-Many: one more\r\n"}, {"HTTP/1.1 200 ", "xxxxxxxxxxxxxxxx"},
            {"", "\r\n\r\n\r\n\r\n"}, {"", "garbage\r\n"}, {"", "HTTP/1.1 103 Early Hints\r\nLink: <x>\r\n\r\n"}, {"", "HTTP/1.1 100 Continue\r\n\r\n"},
            {"HTTP/1.1 102 Processing\r\n", "X-Many: one more\r\n"}, {"HTTP/1.1 200 OK\r\nX-Folded: a\r\n", " and on it goes\r\n"}}) {
            AtomicLong written = new AtomicLong();
            play.set((request, out) -> endless(out, endless[0], endless[1], written));
            String id = outcome();
            RelayFixture.patiently().until(() -> !relay.deliveries(id).isEmpty() && relay.deliveries(id).get(0).get("last_error") != null);
            assertThat(relay.deliveries(id).get(0)).as(endless[1]).containsEntry("status", "Pending").containsEntry("attempts", 1);
            assertThat(written.get()).as(endless[1] + ": with what both sockets hold").isLessThan(20_000_000);
        }
    }

    @Test
    void endless_chunk_extensions_and_trailers_of_a_200_are_not_read_and_it_counts() {
        for (String[] endless : new String[][] {{"2;", "extension=more;"}, {"2\r\nok\r\n0\r\n", "X-Trailer: one more\r\n"}, {"2\r\nok\r\n0\r\nX-Long: ", "xxxxxxxxxxxxx"}}) {
            AtomicLong written = new AtomicLong();
            play.set((request, out) -> endless(out, "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n" + endless[0], endless[1], written));
            delivered(outcome());
            assertThat(written.get()).as(endless[1] + ": with what both sockets hold").isLessThan(20_000_000);
        }
    }

    @Test
    void a_kept_connection_that_had_died_is_one_fresh_try_at_once_and_no_attempt() {
        play.set((request, out) -> {
            if (request.turn() == 2) {
                return false; // without a byte
            }
            out.write("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
            return true;
        });
        sink.hangUp();
        delivered(outcome());
        int connections = sink.connections();
        String id = outcome();
        delivered(id);
        Request last = sink.requests().get(sink.requests().size() - 1);
        assertThat(last.connection()).as("a new one").isEqualTo(connections + 1);
        assertThat(sink.requests().stream().filter(r -> r.text().contains(id))).as("on the dead one and on the new one").hasSize(2);
        assertThat(relay.deliveries(id).get(0)).containsEntry("attempts", 1);
    }

    @Test
    void a_fresh_connection_that_breaks_or_an_answer_that_had_begun_is_an_attempt() {
        play.set((request, out) -> false);
        sink.hangUp();
        failed(outcome(), "");
        play.set((request, out) -> {
            if (request.turn() == 2) {
                out.write('H');
                return false;
            }
            out.write("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
            return true;
        });
        delivered(outcome());
        String id = outcome();
        failed(id, "");
        assertThat(sink.requests().stream().filter(r -> r.text().contains(id))).hasSize(1);
    }

    @Test
    void connections_are_closed_soon_after_their_last_use() {
        answer("HTTP/1.1 200 OK\r\nContent-Length: 0\r\nKeep-Alive: timeout=600\r\n\r\n");
        RawServer.Play closing = play.get();
        AtomicReference<OutputStream> connection = new AtomicReference<>();
        play.set((request, out) -> {
            connection.set(out);
            closing.answer(request, out);
            return true;
        });
        delivered(outcome());
        RelayFixture.patiently().atMost(Duration.ofSeconds(20)).until(() -> closed(connection.get()));
    }

    /** A byte sent to who has closed is answered by a reset, so that the next one cannot be sent. */
    private static boolean closed(OutputStream out) {
        try {
            out.write('x');
            return false;
        } catch (IOException e) {
            return true;
        }
    }

    private static boolean endless(OutputStream out, String begin, String more, AtomicLong written) throws IOException {
        out.write(begin.getBytes(StandardCharsets.US_ASCII));
        byte[] block = more.repeat(500).getBytes(StandardCharsets.US_ASCII);
        while (written.get() < 200_000_000) {
            out.write(block);
            written.addAndGet(block.length);
        }
        return false;
    }

    private void answer(String whole) {
        play.set((request, out) -> {
            out.write(whole.getBytes(StandardCharsets.US_ASCII));
            return false;
        });
    }

    private void delivered(String id) {
        RelayFixture.patiently().until(() -> !relay.deliveries(id).isEmpty() && relay.deliveries(id).get(0).get("status").equals("Delivered")
                || relay.deliveries(id).get(0).get("last_error") != null);
        Map<String, Object> delivery = relay.deliveries(id).get(0);
        assertThat(delivery).as(String.valueOf(delivery.get("last_error"))).containsEntry("status", "Delivered").containsEntry("attempts", 1);
    }

    private void failed(String id, String error) {
        RelayFixture.patiently().until(() -> !relay.deliveries(id).isEmpty() && relay.deliveries(id).get(0).get("last_error") != null);
        assertThat(relay.deliveries(id).get(0)).containsEntry("status", "Pending").containsEntry("attempts", 1);
        assertThat((String) relay.deliveries(id).get(0).get("last_error")).contains(error);
    }

    private String outcome() {
        String jobId = "odd-" + number.incrementAndGet();
        String id = relay.openJob(jobId);
        assertThat(relay.post(relay.callbackUrl(id), "{\"jobId\":\"" + jobId + "\",\"status\":\"Success\"}").status()).isEqualTo(200);
        RelayFixture.patiently().until(() -> !relay.deliveries(id).isEmpty());
        return id;
    }
}
