package io.jobrelay.sandbox;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** The API's rule for callbacks: exactly 200 is accepted, anything else is tried five more times, each after twice the time. */
class CallbacksTest {

    private final Callbacks callbacks = new Callbacks(Clock.fixed(Instant.ofEpochMilli(0), ZoneOffset.UTC));

    @Test
    void five_more_tries_each_after_twice_the_time() {
        for (int tries = 0; tries < 5; tries++) {
            assertThat(callbacks.record(job(tries, 0), 503)).containsEntry("next_callback_at", 1_000L << tries)
                    .containsEntry("callbacks", tries + 1);
        }
        assertThat(callbacks.record(job(5, 0), 503)).containsEntry("next_callback_at", null).containsEntry("callbacks", 6);
    }

    @Test
    void only_exactly_200_is_accepted() {
        assertThat(callbacks.record(job(0, 0), 200)).containsEntry("next_callback_at", null);
        for (int other : new int[] {0, 201, 202, 204, 302, 404, 500}) {
            assertThat(callbacks.record(job(0, 0), other)).containsEntry("next_callback_at", 1_000L);
        }
    }

    @Test
    void a_callback_that_is_to_come_twice_comes_again_at_once_and_then_no_more() {
        assertThat(callbacks.record(job(2, 1), 200)).containsEntry("next_callback_at", 0L).containsEntry("callbacks", 0)
                .containsEntry("repeats", 0);
        assertThat(callbacks.record(job(0, 0), 200)).containsEntry("next_callback_at", null);
    }

    private static Map<String, Object> job(int callbacks, int repeats) {
        return new HashMap<>(Map.of("job_id", "j", "claim", "c", "callbacks", callbacks, "repeats", repeats));
    }
}
