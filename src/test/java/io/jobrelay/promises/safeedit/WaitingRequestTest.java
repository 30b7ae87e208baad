package io.jobrelay.promises.safeedit;

import static io.jobrelay.promises.safeedit.EditableRelay.until;
import static org.assertj.core.api.Assertions.assertThat;

import io.jobrelay.support.Http;
import io.jobrelay.support.RelayFixture;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.apache.camel.Processor;
import org.apache.camel.Route;
import org.junit.jupiter.api.Test;

/** Who comes or is there while routes are exchanged is answered as ever. */
class WaitingRequestTest {

    @Test
    void a_body_that_is_still_on_its_way_reaches_the_new_route() throws Exception {
        try (EditableRelay files = EditableRelay.start()) {
            String job = files.relay.openJob("slow-body");
            String body = "{\"status\":\"Success\",\"response\":{}}";
            URI url = URI.create(files.relay.callbackUrl(job));
            try (Socket socket = new Socket("127.0.0.1", files.relay.publicPort())) {
                OutputStream out = socket.getOutputStream();
                out.write(("POST " + url.getRawPath() + " HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Length: " + body.length() + "\r\n\r\n"
                        + body.substring(0, 5)).getBytes(StandardCharsets.US_ASCII));
                out.flush();
                exchangeWebhook(files);
                out.write(body.substring(5).getBytes(StandardCharsets.US_ASCII));
                out.flush();
                assertThat(text(socket.getInputStream())).startsWith("HTTP/1.1 200 ");
            }
            files.relay.untilStatus(job, "Success");
            assertThat(files.relay.callbacks(job)).hasSize(1);
        }
    }

    @Test
    void a_request_with_a_query_that_had_to_wait_is_answered_for_its_query() throws Exception {
        try (EditableRelay files = EditableRelay.start()) {
            files.relay.openJob("open-one");
            Http.Answer plain = files.relay.adminGet("/jobs?status=Success&limit=5");
            assertThat(plain.text()).doesNotContain("open-one");
            CompletableFuture<Http.Answer> waited;
            String ops = files.read("admin/admin-jobs.camel.yaml");
            CountDownLatch inside = new CountDownLatch(1);
            waited = CompletableFuture.supplyAsync(() -> {
                inside.countDown();
                Http.Answer last = null;
                for (int i = 0; i < 50; i++) {
                    last = files.relay.adminGet("/jobs?status=Success&limit=5");
                    if (last.status() != 200 || last.text().contains("open-one")) {
                        return last;
                    }
                }
                return last;
            });
            inside.await();
            for (int i = 0; i < 5; i++) {
                files.write("admin/admin-jobs.camel.yaml", ops.replaceFirst("(?m)note: ", "note: (" + i + ") "));
                files.reload().onReload(this);
            }
            Http.Answer answer = waited.get(60, TimeUnit.SECONDS);
            assertThat(answer.status()).isEqualTo(200);
            assertThat(answer.text()).isEqualTo(plain.text());
            assertThat(files.reload().rejected()).isEmpty();
        }
    }

    @Test
    void work_under_way_is_finished_before_its_route_is_exchanged() throws Exception {
        CountDownLatch begun = new CountDownLatch(1);
        CountDownLatch finish = new CountDownLatch(1);
        Processor slow = exchange -> {
            begun.countDown();
            finish.await();
        };
        try (EditableRelay files = EditableRelay.start(new RelayFixture().withOwnRoutes().withBean("slow", slow))) {
            String text = EditableRelay.route("mine", "one").replace("        - setBody:", "        - process:\n            ref: slow\n        - setBody:");
            files.write("mine.camel.yaml", text);
            until(() -> files.routes().containsKey("mine"), true);
            Route before = files.routes().get("mine");
            CompletableFuture<String> working = CompletableFuture.supplyAsync(() -> files.answer("mine"));
            begun.await();
            files.write("mine.camel.yaml", text.replace("one", "two"));
            files.reload().onReload(this); // waits for a moment, in vain
            assertThat(files.routes().get("mine")).isSameAs(before);
            finish.countDown();
            assertThat(working.get(60, TimeUnit.SECONDS)).isEqualTo("one");
            until(() -> files.answer("mine"), "two");
        }
    }

    private static void exchangeWebhook(EditableRelay files) {
        Route before = files.routes().get("intake-webhook");
        files.edit("intake/intake-webhook.camel.yaml", text -> text.replace("description: Answer", "description: Always answer"));
        files.reload().onReload(files);
        assertThat(files.routes().get("intake-webhook")).isNotNull().isNotSameAs(before);
    }

    private static String text(InputStream in) throws Exception {
        return new String(in.readAllBytes(), StandardCharsets.US_ASCII);
    }
}
