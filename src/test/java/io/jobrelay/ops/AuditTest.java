package io.jobrelay.ops;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.jobrelay.Http;
import io.jobrelay.RelayFixture;
import java.util.List;
import java.util.Map;
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

    @Test
    void at_most_eight_megabytes_of_results_are_read_at_once() {
        Audit audit = new Audit(relay.clock(), true);
        assertThat(audit.upTo(sizes(1, 2, 3))).isEqualTo(3);
        assertThat(audit.upTo(sizes(8 << 20, 1))).isEqualTo(1);
        assertThat(audit.upTo(sizes(4 << 20, 4 << 20, 1))).isEqualTo(2);
        assertThat(audit.upTo(sizes(1 << 30, 1 << 30))).isEqualTo(1);
    }

    private static List<Map<String, Object>> sizes(long... bytes) {
        return java.util.stream.IntStream.range(0, bytes.length)
                .mapToObj(i -> Map.<String, Object>of("id", i + 1L, "bytes", bytes[i])).toList();
    }
}
