package io.jobrelay.time;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.util.concurrent.atomic.AtomicInteger;
import org.apache.camel.builder.RouteBuilder;
import org.apache.camel.impl.DefaultCamelContext;
import org.junit.jupiter.api.Test;

/** The relay's timers fire without Java's own, which goes by the machine's clock, and not any more when their route has stopped. */
class SteadyTimersTest {

    private final AtomicInteger often = new AtomicInteger();
    private final AtomicInteger steadily = new AtomicInteger();
    private final AtomicInteger once = new AtomicInteger();

    @Test
    void a_timer_fires_while_its_route_runs() throws Exception {
        try (DefaultCamelContext context = new DefaultCamelContext()) {
            context.addComponent("timer", new SteadyTimers());
            context.addRoutes(new RouteBuilder() {
                @Override
                public void configure() {
                    from("timer:often?delay=0&period=5").routeId("often").process(e -> often.incrementAndGet());
                    from("timer:steadily?delay=1&period=5&fixedRate=true").process(e -> steadily.incrementAndGet());
                    from("timer:once?delay=1&repeatCount=1").process(e -> once.incrementAndGet());
                }
            });
            context.start();
            await().until(() -> often.get() > 3 && steadily.get() > 3 && once.get() == 1);
            context.getRouteController().stopRoute("often");
            int fired = often.get();
            int others = steadily.get();
            await().until(() -> steadily.get() > others + 3);
            assertThat(often.get()).isEqualTo(fired);
            assertThat(once.get()).isEqualTo(1);
            context.getRouteController().startRoute("often");
            await().until(() -> often.get() > fired);
        }
    }
}
