package io.jobrelay.registry;

import static org.assertj.core.api.Assertions.assertThat;

import io.jobrelay.support.RelayFixture;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What routes share goes on when one of them is stopped, as happens to each route whose file is edited. */
class SharedStepTest {

    @Test
    void a_route_that_is_stopped_takes_no_bell_no_writer_and_no_gauge_with_it() throws Exception {
        try (RelayFixture relay = new RelayFixture().start()) {
            for (String route : List.of("tick-due", "intake-webhook")) {
                relay.context().getRouteController().stopRoute(route);
            }
            relay.context().getRouteController().startRoute("intake-webhook");
            String id = relay.openJob("job-1");
            assertThat(relay.post(relay.callbackUrl(id), "{\"jobId\":\"job-1\",\"status\":\"Success\"}").status()).isEqualTo(200);
            relay.untilDelivered(id);
            assertThat(relay.adminGet("/observe/metrics").text()).contains("relay_jobs{status=\"Success\"} 1.0");
        }
    }
}
