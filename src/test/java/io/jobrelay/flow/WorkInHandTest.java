package io.jobrelay.flow;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.jobrelay.protocol.Problem;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.camel.Exchange;
import org.apache.camel.impl.DefaultCamelContext;
import org.apache.camel.support.DefaultExchange;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is remembered of a process that ends in the middle of something: here what it leaves behind is what the next one begins with. */
class WorkInHandTest {

    private final DefaultCamelContext context = new DefaultCamelContext();
    private final AtomicInteger done = new AtomicInteger();

    @TempDir
    private Path folder;

    @Test
    void two_ends_by_an_error_set_it_aside_once() throws Exception {
        endBy(true, delivery("a"));
        endBy(true, delivery("a"));
        WorkInHand third = new WorkInHand(file());
        assertThatThrownBy(() -> run(third, delivery("a"))).isInstanceOf(WorkInHand.SetAside.class).hasMessageContaining("/redeliver");
        run(third, delivery("a"));
        assertThat(done).as("when it is asked for again").hasValue(1);
        assertThat(file()).content().isBlank();
    }

    @Test
    void a_file_of_the_inbox_is_rejected_with_a_sentence() throws Exception {
        endBy(true, file("a"));
        endBy(true, file("a"));
        assertThatThrownBy(() -> run(new WorkInHand(file()), file("a"))).isInstanceOf(Problem.class).hasMessageContaining("The relay ended while it read");
    }

    @Test
    void what_was_done_in_between_counts_nothing_and_neither_does_a_kill() throws Exception {
        endBy(true, delivery("a"));
        run(new WorkInHand(file()), delivery("a"));
        endBy(true, delivery("a"));
        for (int kills = 0; kills < 5; kills++) {
            endBy(false, delivery("a"));
        }
        run(new WorkInHand(file()), delivery("a"));
        assertThat(done).hasValue(2);
    }

    @Test
    void only_ten_kills_in_a_row_do() throws Exception {
        for (int kills = 0; kills < 10; kills++) {
            endBy(false, delivery("a"));
        }
        assertThatThrownBy(() -> run(new WorkInHand(file()), delivery("a"))).isInstanceOf(WorkInHand.SetAside.class);
    }

    @Test
    void of_two_that_were_in_hand_at_an_end_one_waits_for_the_other_and_goes_no_further() throws Exception {
        Path left = folder.resolve("left");
        WorkInHand first = new WorkInHand(file());
        first.wrap(null, a -> first.wrap(null, b -> {
            first.ended();
            Files.copy(file(), left);
        }).process(delivery("b"))).process(delivery("a"));
        WorkInHand second = new WorkInHand(left);
        Exchange waits = delivery("b");
        second.wrap(null, a -> run(second, waits)).process(delivery("a"));
        assertThat(done).hasValue(0);
        assertThat(waits.isRouteStop()).isTrue();
        run(second, delivery("b"));
        assertThat(done).hasValue(1);
    }

    @Test
    void what_fails_is_out_of_hand_and_where_there_is_no_place_nothing_is_remembered() throws Exception {
        WorkInHand inHand = new WorkInHand(file());
        assertThatThrownBy(() -> inHand.wrap(null, exchange -> {
            throw new IllegalStateException("the sink is down");
        }).process(delivery("a"))).hasMessage("the sink is down");
        assertThat(file()).content().isBlank();
        run(new WorkInHand(null), delivery("a"));
        run(new WorkInHand(Files.writeString(folder.resolve("a file"), "x").resolve("in-hand")), delivery("a"));
        assertThat(done).hasValue(2);
    }

    /** A process takes something in hand and is gone: what the file says at that moment is all that is left of it. */
    private void endBy(boolean error, Exchange exchange) throws Exception {
        WorkInHand inHand = new WorkInHand(file());
        Path left = folder.resolve("left");
        inHand.wrap(null, e -> {
            if (error) {
                inHand.ended();
            }
            Files.copy(file(), left, StandardCopyOption.REPLACE_EXISTING);
        }).process(exchange);
        Files.move(left, file(), StandardCopyOption.REPLACE_EXISTING);
    }

    private void run(WorkInHand inHand, Exchange exchange) throws Exception {
        inHand.wrap(null, e -> done.incrementAndGet()).process(exchange);
    }

    private Path file() {
        return folder.resolve("in-hand");
    }

    private Exchange delivery(String job) {
        Exchange exchange = new DefaultExchange(context);
        exchange.setVariable("delivery", Map.of("job", job, "sink", "x"));
        return exchange;
    }

    private Exchange file(String intake) {
        Exchange exchange = new DefaultExchange(context);
        exchange.setVariable("intake", intake);
        return exchange;
    }
}
