package io.jobrelay.sandbox;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** Who sits on another machine is not let in. */
class DoorTest {

    @Test
    void addresses_of_this_machine_are_told_from_all_others() {
        assertThat(Door.isLoopback("127.0.0.1")).isTrue();
        assertThat(Door.isLoopback("127.8.9.10")).isTrue();
        assertThat(Door.isLoopback("::1")).isTrue();
        assertThat(Door.isLoopback("0:0:0:0:0:0:0:1")).isTrue();
        assertThat(Door.isLoopback("::ffff:127.0.0.1")).isTrue();
        assertThat(Door.isLoopback("192.0.2.2")).isFalse();
        assertThat(Door.isLoopback("::ffff:192.0.2.2")).isFalse();
        assertThat(Door.isLoopback("fd00::2")).isFalse();
        assertThat(Door.isLoopback("0.0.0.0")).isFalse();
        assertThat(Door.isLoopback(null)).isFalse();
    }
}
