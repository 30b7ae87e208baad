package io.jobrelay.db;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import org.apache.camel.builder.RouteBuilder;
import org.apache.camel.impl.DefaultCamelContext;
import org.apache.camel.support.DefaultExchange;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Rows that nobody waits for are written together, in their order; who wants to know waits until his are, and a failure holds up nobody. */
class GatheringTest {

    private final DefaultCamelContext context = new DefaultCamelContext();
    private final List<List<?>> groups = new CopyOnWriteArrayList<>();
    private final Gathering gathering = new Gathering(context, "write");
    private final CountDownLatch gate = new CountDownLatch(1);
    private volatile Exception failure;
    private volatile Error error;

    @BeforeEach
    void start() throws Exception {
        context.addRoutes(new RouteBuilder() {
            @Override
            public void configure() {
                errorHandler(noErrorHandler());
                from("direct:write").process(exchange -> {
                    gate.await();
                    groups.add(new ArrayList<>(exchange.getMessage().getBody(List.class)));
                    if (failure != null) {
                        throw failure;
                    }
                    if (error != null) {
                        throw error;
                    }
                });
            }
        });
        context.getShutdownStrategy().setTimeout(1); // what an error has left is in flight for ever
        context.start();
        gathering.start();
    }

    @AfterEach
    void stop() {
        gate.countDown();
        gathering.stop();
        context.stop();
    }

    @Test
    void nobody_waits_and_those_of_a_moment_are_one_group() throws Exception {
        for (int i = 0; i < 100; i++) {
            add(i);
        }
        gate.countDown();
        gathering.rest(null);
        assertThat(groups.stream().flatMap(List::stream).map(row -> ((Map<?, ?>) row).get("n"))).hasSize(100).isSorted();
        assertThat(groups.size()).isLessThan(50);
    }

    @Test
    void without_rows_there_is_nothing_to_wait_for_and_nothing_to_write() throws Exception {
        gathering.rest(null);
        assertThat(groups).isEmpty();
    }

    @Test
    void a_group_that_fails_is_let_go_and_the_next_one_is_written() throws Exception {
        gate.countDown();
        failure = new IllegalStateException("no database");
        add(1);
        gathering.rest(null);
        failure = null;
        add(2);
        gathering.rest(null);
        assertThat(groups).hasSize(2);
    }

    @Test
    void an_error_ends_neither_the_waiting_nor_the_writing() throws Exception {
        gate.countDown();
        error = new OutOfMemoryError("for the test");
        add(1);
        gathering.rest(null);
        error = null;
        add(2);
        gathering.rest(null);
        assertThat(groups).hasSize(2);
    }

    @Test
    void who_comes_when_it_is_stopped_is_refused() {
        gathering.stop();
        assertThatThrownBy(() -> add(1)).hasMessage("The relay is stopping");
        assertThatThrownBy(() -> gathering.rest(null)).hasMessage("The relay is stopping");
    }

    private void add(int n) throws InterruptedException {
        DefaultExchange exchange = new DefaultExchange(context);
        exchange.getMessage().setBody(Map.of("n", n));
        gathering.process(exchange);
    }
}
