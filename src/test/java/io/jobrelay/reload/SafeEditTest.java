package io.jobrelay.reload;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.jobrelay.RelayFixture;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import java.util.Map;
import org.apache.camel.Exchange;
import org.apache.camel.Route;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** An edit takes effect while the relay runs, or changes nothing. */
class SafeEditTest {

    private static final String MINE = """
            - route:
                id: mine
                routeConfigurationId: relay-propagate
                from:
                  uri: direct
                  parameters:
                    name: mine
                  steps:
                    - setBody:
                        expression:
                          constant:
                            expression: "%s"
            """;

    private RelayFixture relay;

    @BeforeEach
    void start() {
        relay = new RelayFixture().withOwnRoutes().start();
    }

    @AfterEach
    void close() {
        relay.close();
    }

    @Test
    void a_file_is_added_edited_renamed_and_deleted() throws IOException {
        write("mine.camel.yaml", MINE.formatted("one"));
        until(() -> answer("mine"), "one");
        write("mine.camel.yaml", MINE.formatted("two"));
        until(() -> answer("mine"), "two");
        Files.move(file("mine.camel.yaml"), file("yours.camel.yaml"));
        write("yours.camel.yaml", MINE.formatted("three"));
        until(() -> answer("mine"), "three");
        assertThat(reload().rejected()).isEmpty();
        Files.delete(file("yours.camel.yaml"));
        until(() -> relay.context().getRoute("mine"), null);
    }

    private Map<String, Route> routes() {
        return relay.context().getRoutes().stream().collect(Collectors.toMap(Route::getRouteId, r -> r));
    }

    private SafeReload reload() {
        return relay.context().hasService(SafeReload.class);
    }

    private String answer(String route) {
        if (relay.context().getRoute(route) == null) {
            return "none";
        }
        Exchange done = relay.run(route, null);
        return done.getMessage().getBody(String.class);
    }

    private static <T> void until(Supplier<T> found, T wanted) {
        await().atMost(RelayFixture.PATIENCE).until(() -> java.util.Objects.equals(found.get(), wanted));
    }

    private Path file(String name) {
        return relay.routes().resolve(name);
    }

    private void write(String name, String text) {
        try {
            Files.writeString(file(name), text);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void edit(String name, UnaryOperator<String> change) {
        try {
            String before = Files.readString(file(name));
            String after = change.apply(before);
            assertThat(after).isNotEqualTo(before);
            Files.writeString(file(name), after);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
