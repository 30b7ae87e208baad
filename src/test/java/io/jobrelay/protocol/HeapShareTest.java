package io.jobrelay.protocol;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** Promise: what may be taken of the heap is reckoned from its size, never more than there is, and too small a heap is told. */
class HeapShareTest {

    private static final long MIB = 1 << 20;

    @Test
    void the_room_is_the_heap_and_of_a_small_one_what_the_program_leaves() {
        for (long mib : new long[] {256, 512, 1024, 65_536}) {
            assertThat(HeapShare.room(mib * MIB, false)).isEqualTo(mib * MIB);
            assertThat(HeapShare.room(mib * MIB, true)).isEqualTo(mib * MIB);
        }
        long before = 0;
        for (long mib = 8; mib < 256; mib++) {
            long room = HeapShare.room(mib * MIB, false);
            assertThat(room).isPositive().isGreaterThanOrEqualTo(before).isLessThan(mib * MIB);
            assertThat(HeapShare.room(mib * MIB, true)).as("where large arrays cannot be moved").isPositive().isLessThan(room);
            before = room;
        }
        assertThat(HeapShare.room(128 * MIB, false) / 3).as("the largest callback").isBetween(30 * MIB, 34 * MIB);
    }

    @Test
    void a_heap_that_is_too_small_is_named_with_the_option() {
        assertThat(HeapShare.warning(32 * MIB)).hasValueSatisfying(text -> assertThat(text).contains("32 MiB", "-Xmx"));
        assertThat(HeapShare.warning(256 * MIB)).isEmpty();
        assertThat(HeapShare.warning(124 * MIB)).as("-Xmx128m, as some collectors count it").isEmpty();
    }

    @Test
    void large_things_share_an_account_and_wait_for_each_other() throws Exception {
        HeapShare.Account account = new HeapShare.Account(800);
        assertThat(account.take(500, 0, false)).isEqualTo(500);
        assertThat(account.take(400, 0, false)).as("no room beside it").isZero();
        CompletableFuture<Long> waiting = CompletableFuture.supplyAsync(() -> {
            try {
                return account.take(10_000, 30_000, false);
            } catch (InterruptedException e) {
                throw new IllegalStateException(e);
            }
        });
        account.give(500);
        assertThat(waiting.get(30, TimeUnit.SECONDS)).as("what never fits has nearly all for itself").isEqualTo(700);
        account.give(700);
        assertThat(account.take(700, 0, true)).isEqualTo(700);
    }
}
