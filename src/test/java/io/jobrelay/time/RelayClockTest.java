package io.jobrelay.time;

import static org.assertj.core.api.Assertions.assertThat;

import io.jobrelay.support.SettableClock;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** A step of the machine's clock is not seen before it is followed; time that passes is. */
class RelayClockTest {

    private final SettableClock machine = new SettableClock();
    private final RelayClock clock = new RelayClock(machine, machine::nanos);
    private final long began = machine.millis();

    @Test
    void time_that_passes_is_no_step_and_neither_is_a_clock_that_is_slewed() {
        for (int i = 0; i < 100; i++) {
            machine.advance(Duration.ofDays(1));
            machine.jump(Duration.ofMillis(i % 2 == 0 ? 1_900 : 1));
            assertThat(clock.step()).isNull();
            assertThat(clock.millis()).isEqualTo(machine.millis());
        }
    }

    @Test
    void a_step_shows_when_it_is_followed() {
        machine.jump(Duration.ofDays(8));
        machine.advance(Duration.ofSeconds(3));
        RelayClock.Step step = clock.step();
        assertThat(clock.millis()).isEqualTo(began + 3_000).isEqualTo(step.shown());
        assertThat(step.by()).isEqualTo(Duration.ofDays(8).toMillis());
        machine.advance(Duration.ofSeconds(3));
        assertThat(clock.follow(step)).isEqualTo(new RelayClock.Step(began + 6_000, machine.millis()));
        assertThat(clock.millis()).isEqualTo(machine.millis());
        assertThat(clock.step()).isNull();
        clock.follow(step);
        assertThat(clock.millis()).as("another thread has followed it").isEqualTo(machine.millis());
    }

    @Test
    void a_step_that_is_taken_back_was_none_and_another_one_since_is_not_followed_with_it() {
        machine.jump(Duration.ofHours(-1));
        RelayClock.Step step = clock.step();
        machine.jump(Duration.ofHours(1));
        assertThat(clock.step()).isNull();
        assertThat(clock.millis()).isEqualTo(began);
        machine.jump(Duration.ofHours(3));
        clock.follow(step);
        assertThat(clock.millis()).isEqualTo(began);
    }
}
