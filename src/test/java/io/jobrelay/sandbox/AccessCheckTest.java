package io.jobrelay.sandbox;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** Who sits on another machine is not let in. */
class AccessCheckTest {

    @Test
    void addresses_of_this_machine_are_told_from_all_others() {
        assertThat(AccessCheck.isLoopback("127.0.0.1")).isTrue();
        assertThat(AccessCheck.isLoopback("127.8.9.10")).isTrue();
        assertThat(AccessCheck.isLoopback("::1")).isTrue();
        assertThat(AccessCheck.isLoopback("0:0:0:0:0:0:0:1")).isTrue();
        assertThat(AccessCheck.isLoopback("::ffff:127.0.0.1")).isTrue();
        assertThat(AccessCheck.isLoopback("192.0.2.2")).isFalse();
        assertThat(AccessCheck.isLoopback("::ffff:192.0.2.2")).isFalse();
        assertThat(AccessCheck.isLoopback("fd00::2")).isFalse();
        assertThat(AccessCheck.isLoopback("0.0.0.0")).isFalse();
        assertThat(AccessCheck.isLoopback(null)).isFalse();
    }
}
