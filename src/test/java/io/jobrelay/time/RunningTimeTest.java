package io.jobrelay.time;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

/** Running time is counted once for all instances, goes on over restarts, and a process that was frozen did not run. */
class RunningTimeTest {

    private final AtomicLong nanos = new AtomicLong(-5);
    private long stored = 1_000;

    @Test
    void two_instances_count_the_same_minutes_once() {
        RunningTime a = new RunningTime(nanos::get);
        RunningTime b = new RunningTime(nanos::get);
        count(a);
        count(b);
        assertThat(stored).isEqualTo(1_000);
        for (int minute = 0; minute < 10; minute++) {
            nanos.addAndGet(Duration.ofSeconds(30).toNanos());
            assertThat(a.due()).isEqualTo(minute % 2 == 1);
            if (a.due()) {
                count(a);
                count(b);
            }
        }
        assertThat(stored).isEqualTo(301_000);
        assertThat(b.now()).isEqualTo(301_000);
    }

    @Test
    void a_new_process_goes_on_from_what_is_stored_and_an_hour_is_the_most_at_once() {
        RunningTime a = new RunningTime(nanos::get);
        assertThat(a.due()).isTrue();
        assertThat(a.known()).isFalse();
        count(a);
        assertThat(a.known()).isTrue();
        nanos.addAndGet(Duration.ofDays(8).toNanos());
        assertThat(a.now()).isEqualTo(1_000 + 3_600_000);
        count(a);
        assertThat(stored).isEqualTo(1_000 + 3_600_000);
        RunningTime later = new RunningTime(() -> 7);
        count(later);
        assertThat(later.now()).isEqualTo(stored);
    }

    private void count(RunningTime time) {
        stored = (long) time.count(List.of(Map.of("name", "running", "n", stored), Map.of("name", "clock.seen", "n", 5L))).get("running");
    }
}
