package io.jobrelay.promises.ownfaults;

import static org.assertj.core.api.Assertions.assertThat;

import com.zaxxer.hikari.HikariDataSource;
import io.jobrelay.support.Http;
import io.jobrelay.support.OnBothDatabases;
import io.jobrelay.support.RelayFixture;
import java.io.IOException;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.stream.IntStream;
import javax.sql.DataSource;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The relay's own faults never look like the sender's: without its database it says come again, and what comes again counts once. */
@OnBothDatabases
class DatabaseAwayTest {

    @Test
    void without_a_database_it_is_503_with_retry_after_and_not_a_word_more() throws IOException {
        try (RelayFixture relay = new RelayFixture().start()) {
            String id = relay.openJob("away-1");
            relay.bean("relay-data-source", DataSource.class).unwrap(HikariDataSource.class).close();
            for (String url : List.of(relay.callbackUrl(id), relay.webhookUrl())) {
                Http.Answer answer = relay.post(url, "{\"jobId\":\"away-1\",\"status\":\"Success\"}");
                assertThat(answer.status()).isEqualTo(503);
                assertThat(answer.header("retry-after")).matches("[1-9]\\d*");
                assertThat(answer.bytes()).isEmpty();
                answer.saysNothingOfItsInside();
            }
            assertThat(relay.post(relay.callbackUrl(id), "broken").status()).isEqualTo(503);
            assertThat(relay.post(relay.webhookUrl(), "broken").status()).isEqualTo(400);
            assertThat(relay.post(relay.webhookUrl(), "", "Validation-Token", "t").status()).isEqualTo(200);
        } catch (java.sql.SQLException e) {
            throw new IOException(e);
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void a_database_that_hangs_is_503_and_the_repeat_is_settled_once(boolean signed) {
        try (RelayFixture relay = new RelayFixture().start()) {
            String id = relay.openJob("hangs-1");
            String url = signed ? relay.callbackUrl(id) : relay.webhookUrl();
            String body = "{\"jobId\":\"hangs-1\",\"status\":\"Success\"}";
            try (RelayFixture.Pause pause = relay.pauseDatabase()) {
                Http.Answer answer = relay.post(url, body);
                assertThat(answer.status()).isEqualTo(503);
                assertThat(answer.header("retry-after")).matches("[1-9]\\d*");
            }
            assertThat(relay.post(url, body).status()).isEqualTo(200);
            relay.forward();
            assertThat(relay.deliveries(id)).hasSize(signed ? 1 : 0);
            assertThat(relay.job(id)).containsEntry("status", signed ? "Success" : "InProgress");
        }
    }

    @Test
    void more_than_can_be_held_is_503_for_each_and_nothing_hangs() {
        ExecutorService senders = Executors.newFixedThreadPool(400);
        try (RelayFixture relay = new RelayFixture().start()) {
            List<String> ids = IntStream.range(0, 400).mapToObj(i -> relay.openJob(UUID.randomUUID().toString())).toList();
            List<CompletableFuture<Http.Answer>> answers;
            try (RelayFixture.Pause pause = relay.pauseDatabase()) {
                answers = ids.stream().map(id -> CompletableFuture.supplyAsync(() ->
                        relay.post(relay.callbackUrl(id), "{\"status\":\"Success\"}"), senders)).toList();
                assertThat(answers).allSatisfy(a -> {
                    assertThat(a.join().status()).isEqualTo(503);
                    assertThat(a.join().header("retry-after")).matches("[1-9]\\d*");
                });
            }
            for (String id : ids) {
                assertThat(relay.post(relay.callbackUrl(id), "{\"status\":\"Success\"}").status()).isEqualTo(200);
            }
            relay.settle();
            assertThat(relay.count("SELECT COUNT(*) FROM relay_job WHERE status = 'Success'")).isEqualTo(400);
            assertThat(relay.count("SELECT COUNT(*) FROM relay_delivery")).isEqualTo(400);
        } finally {
            senders.shutdownNow();
        }
    }
}
