package io.jobrelay.api;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** Many small answers or one large one: never more bytes than the room has. */
class AnswerMemoryTest {

    private final AnswerMemory room = new AnswerMemory(100, 300, 1);
    private final AnswerMemory.Held one = new AnswerMemory.Held();
    private final AnswerMemory.Held other = new AnswerMemory.Held();

    @Test
    void small_ones_share_and_one_goes_beyond() {
        assertThat(room.take(one, 60, 0)).isTrue();
        assertThat(room.take(other, 40, 0)).isTrue();
        assertThat(room.take(other, 200, 0)).as("beyond").isTrue();
        assertThat(room.take(one, 1, 0)).as("only one at a time").isFalse();
        assertThat(room.take(other, 60, 0)).isTrue();
        assertThat(room.take(other, 1, 0)).as("more than one alone may have").isFalse();
        room.give(other);
        assertThat(room.take(one, 240, 0)).isTrue();
    }

    @Test
    void who_finds_no_room_waits_until_somebody_gives_it_back() throws Exception {
        room.take(one, 300, 0);
        CompletableFuture<Boolean> waiting = CompletableFuture.supplyAsync(() -> room.take(other, 300, 30_000));
        room.give(one);
        assertThat(waiting.get(30, TimeUnit.SECONDS)).isTrue();
        room.give(other);
        room.give(other);
        assertThat(room.take(one, 300, 0)).as("given back once").isTrue();
        assertThat(room.take(other, 100, 0)).isFalse();
    }
}
