package io.jobrelay.flow;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** While many callbacks come in, other work shares a small part of the processors; otherwise, and at the latest after a second, it goes on. */
class CallbacksFirstTest {

    private static final long MILLISECOND = Duration.ofMillis(1).toNanos();
    private final AtomicLong now = new AtomicLong();
    private final AtomicLong cpu = new AtomicLong();
    private long step = MILLISECOND / 2;
    private boolean coming;
    private boolean looking;
    private CallbacksFirst first;

    @BeforeEach
    void one_processor_and_a_clock_that_goes_on_a_little_whenever_it_is_looked_at() {
        first = new CallbacksFirst(1, this::look, cpu::get);
    }

    private long look() {
        if (coming && !looking) {
            looking = true;
            first.arrived(1_000);
            looking = false;
        }
        return now.addAndGet(step);
    }

    /** A piece of work that takes a thread so many milliseconds; returns how long it had to wait afterwards. */
    private double work(int millis) throws InterruptedException {
        cpu.addAndGet(millis * MILLISECOND);
        now.addAndGet(millis * MILLISECOND);
        long began = now.get();
        first.process(null);
        return (now.get() - began) / (double) MILLISECOND;
    }

    @Test
    void nothing_waits_while_few_callbacks_come_in() throws Exception {
        for (int i = 0; i < 100; i++) {
            if (i % 10 == 0) {
                first.arrived(1);
            }
            assertThat(work(50)).isLessThan(5);
        }
    }

    /** How long a group of so many has to wait that is there at once after one of so many, in milliseconds. */
    private double companyAfter(int callbacks, int waiting) {
        first.arrived(callbacks);
        long began = now.get();
        first.awaitCompany(() -> waiting);
        return (now.get() - began) / (double) MILLISECOND;
    }

    @Test
    void a_group_waits_two_milliseconds_for_company_while_many_come_in_together_and_else_not() {
        step = MILLISECOND / 10;
        assertThat(companyAfter(20, 1)).isLessThan(1); // few
        assertThat(companyAfter(30, 1)).isBetween(1.5, 2.5);
        assertThat(companyAfter(30, 15)).isBetween(1.5, 2.5);
        assertThat(companyAfter(30, 16)).isLessThan(1); // enough
        assertThat(companyAfter(1, 1)).isLessThan(1); // alone, however often
        now.addAndGet(1_000 * MILLISECOND);
        assertThat(companyAfter(20, 1)).isLessThan(1);
    }

    @Test
    void work_shares_a_fifth_while_some_come_in_and_half_when_they_do_so_for_long() throws Exception {
        work(1);
        for (int i = 0; i < 30; i++) {
            first.arrived(5);
            now.addAndGet(25 * MILLISECOND); // 200 a second
        }
        work(1);
        first.arrived(15);
        assertThat(work(10)).isBetween(30.0, 60.0);
        for (int i = 0; i < 1_300; i++) {
            first.arrived(5);
            now.addAndGet(25 * MILLISECOND);
        }
        work(1);
        first.arrived(15);
        assertThat(work(10)).isBetween(8.0, 25.0);
    }

    @Test
    void few_are_many_where_storing_them_takes_up_the_time() throws Exception {
        work(1);
        for (int i = 0; i < 30; i++) {
            first.arrived(1);
            first.stored(12 * MILLISECOND);
            now.addAndGet(25 * MILLISECOND); // 40 a second, on a machine that can hardly more
        }
        work(1);
        assertThat(work(2)).isBetween(15.0, 60.0); // a twentieth of one processor
        now.addAndGet(1_000 * MILLISECOND);
        first.arrived(1);
        first.stored(90 * MILLISECOND);
        now.addAndGet(100 * MILLISECOND);
        assertThat(work(10)).as("one that is alone holds up nothing").isLessThan(5);
    }

    @Test
    void work_waits_in_proportion_to_what_it_used_while_many_come_in() throws Exception {
        work(1);
        coming = true;
        assertThat(work(1)).isBetween(15.0, 30.0); // a twentieth of one processor
        assertThat(work(4)).isBetween(70.0, 110.0);
    }

    @Test
    void work_gets_half_the_processors_when_many_come_in_for_longer_than_a_burst() throws Exception {
        work(1);
        coming = true;
        work(1);
        step = 10 * MILLISECOND;
        for (long end = now.get() + Duration.ofSeconds(30).toNanos(); now.get() < end;) {
            work(1);
        }
        step = MILLISECOND / 2;
        work(1);
        assertThat(work(10)).isBetween(8.0, 25.0);
        coming = false;
        now.addAndGet(Duration.ofSeconds(1).toNanos());
        work(1);
        coming = true;
        work(1);
        assertThat(work(4)).as("the next burst").isBetween(70.0, 110.0);
    }

    @Test
    void a_group_of_the_rest_is_small_while_many_come_in_and_large_when_few_do_or_for_long() {
        first.arrived(1);
        assertThat(first.atOnce()).isEqualTo(100);
        first.arrived(1_000);
        assertThat(first.atOnce()).isEqualTo(16);
        coming = true;
        step = 10 * MILLISECOND;
        for (long end = now.get() + Duration.ofSeconds(31).toNanos(); now.get() < end;) {
            first.few();
        }
        assertThat(first.atOnce()).as("no burst any more").isEqualTo(100);
        coming = false;
        now.addAndGet(Duration.ofSeconds(1).toNanos());
        assertThat(first.atOnce()).isEqualTo(100);
    }

    @Test
    void nothing_waits_longer_than_a_second_and_what_had_waited_goes_on_when_callbacks_stop() throws Exception {
        work(1);
        coming = true;
        step = 20 * MILLISECOND;
        assertThat(work(10_000)).isBetween(900.0, 1_200.0);
        coming = false;
        now.addAndGet(300 * MILLISECOND);
        assertThat(work(10_000)).isLessThan(100);
    }
}
