package io.jobrelay.port;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** Promise: ten wrong keys are answered at once, more the slower the more there are, and what is remembered of whom has a bound. */
class WrongKeyDelayTest {

    private final WrongKeyDelay keys = new WrongKeyDelay();

    @Test
    void ten_are_free_and_after_them_each_waits_longer_up_to_a_second() {
        for (int i = 0; i < 10; i++) {
            assertThat(keys.delay("a", 0)).isZero();
        }
        assertThat(keys.delay("a", 0)).isEqualTo(100);
        assertThat(keys.delay("a", 100)).isEqualTo(200);
        assertThat(keys.delay("a", 300)).isEqualTo(400);
        assertThat(keys.delay("a", 700)).isEqualTo(800);
        assertThat(keys.delay("a", 1_500)).isEqualTo(1_000);
        assertThat(keys.delay("a", 9_000)).isEqualTo(1_000);
        assertThat(keys.delay("b", 9_000)).isZero();
        assertThat(keys.delay("a", 9_000 + 600_001)).as("forgotten").isZero();
    }

    @Test
    void those_that_come_at_once_wait_for_each_other_and_a_dozen_in_a_row_get_no_answer() {
        long longest = 0;
        int unanswered = 0;
        for (int i = 0; i < 1_000; i++) {
            long delay = keys.delay("a", 5);
            unanswered += delay < 0 ? 1 : 0;
            longest = Math.max(longest, delay);
        }
        assertThat(longest).isBetween(9_000L, 10_000L);
        assertThat(unanswered).isGreaterThan(970);
    }

    @Test
    void a_peer_is_an_address_or_a_network_of_the_longer_ones_and_not_too_many_are_remembered() {
        assertThat(WrongKeyDelay.peer("192.0.2.7")).isEqualTo("192.0.2.7");
        assertThat(WrongKeyDelay.peer("::ffff:192.0.2.7")).isEqualTo("192.0.2.7");
        assertThat(WrongKeyDelay.peer("2001:db8:1:2:3:4:5:6")).isEqualTo("2001:0db8:0001:0002::/64").isEqualTo(WrongKeyDelay.peer("2001:db8:1:2::1"));
        assertThat(WrongKeyDelay.peer("2001:db8:1:3::1")).isNotEqualTo(WrongKeyDelay.peer("2001:db8:1:2::1"));
        assertThat(WrongKeyDelay.peer(null)).isEqualTo("nowhere");
        for (int i = 0; i < 10_000; i++) {
            keys.delay("peer " + i, 0);
        }
        assertThat(keys.peers()).isEqualTo(4_096);
    }
}
