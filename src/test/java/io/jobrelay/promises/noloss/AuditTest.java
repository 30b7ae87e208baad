package io.jobrelay.promises.noloss;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.jobrelay.support.Http;
import io.jobrelay.support.RelayFixture;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/** The audit on H2. */
class AuditTest extends AuditLaws {

    @Override
    RelayFixture fixture() {
        return new RelayFixture().withMemoryDatabase();
    }

    @Override
    void dropForeignKeys() {
        relay.sql("SET REFERENTIAL_INTEGRITY FALSE");
    }

    @Test
    void a_second_audit_is_refused_while_one_is_under_way() {
        CompletableFuture<Http.Answer> first;
        try (RelayFixture.Pause hanging = relay.pauseDatabase()) {
            first = CompletableFuture.supplyAsync(() -> relay.adminGet("/audit"));
            CompletableFuture<Http.Answer> second = CompletableFuture.supplyAsync(() -> relay.adminGet("/audit"));
            Http.Answer refused = (Http.Answer) CompletableFuture.anyOf(first, second).join();
            assertThat(refused.status()).isEqualTo(503);
            assertThat(refused.text()).contains("urn:jobrelay:problem:audit-under-way");
            assertThat(refused.header("Retry-After")).isNotNull();
            if (first.isDone()) {
                first = second;
            }
        }
        assertThat(first.join().status()).isEqualTo(200);
        await().until(() -> relay.adminGet("/audit").status() == 200);
    }
}
