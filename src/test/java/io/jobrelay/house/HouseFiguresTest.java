package io.jobrelay.house;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** The figures can still be taken, however routes are named by then. */
class HouseFiguresTest {

    private final House house = House.at(Path.of(""));

    @Test
    void every_row_has_a_figure_for_today() throws Exception {
        List<String> rows = HouseFigures.of(house).rows();
        assertThat(rows).hasSizeGreaterThan(10).allMatch(row -> row.matches("\\|([^|]+\\|){4}"));
        assertThat(rows.stream().skip(2)).allMatch(row -> row.split("\\|")[3].matches(".*\\d.*"));
    }

    @Test
    void the_way_of_a_callback_leads_from_the_webhook_through_settle_and_forward_to_its_sink_and_leaves_out_what_is_done_now_and_then() {
        Way way = Way.of(house, "intake-webhook", step -> "sink-file".equals(step.node().route().id()));
        assertThat(way.routes().stream().map(RouteYaml.Route::stage).collect(Collectors.toSet()))
                .containsExactlyInAnyOrder("intake", "settle", "forward", "sink");
        assertThat(way.hops()).hasSizeGreaterThanOrEqualTo(way.routes().size() - 1).noneMatch(hop -> hop.name().equals("forward-failed"));
    }
}
